"""The one time axis that all charts share: zoom, pan, follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor, log10

PRESETS_S = (10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)
LIVE_SPAN_S = 600.0
_SHORTEST_S = 0.01
_STEPS_AHEAD = 12
"""At most this part of a live chart waits for what comes."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What part of the stream is looked at; every change gives a new one.

    `span_s` None means all of it; `end_s` None means that the view follows the newest event.
    """

    span_s: float | None = None
    end_s: float | None = None

    def window(self, first_s: float, now_s: float) -> tuple[float, float]:
        """Return (begin, end) in seconds on the stream's axis."""
        end_s = now_s if self.end_s is None else min(self.end_s, now_s)
        begin_s = first_s if self.span_s is None else max(first_s, end_s - self.span_s)
        return (begin_s, end_s) if end_s > begin_s else (begin_s, begin_s + _SHORTEST_S)

    def drawn(self, first_s: float, now_s: float, *, grows: bool) -> tuple[float, float]:
        """Return the window to draw: while the stream grows it ends at a round time ahead.

        A scale that stands still for a while is calmer, and what is drawn on it can be kept.
        """
        begin_s, end_s = self.window(first_s, now_s)
        if not (grows and self.follows):
            return begin_s, end_s
        step_s = _round_step(max(end_s - begin_s, _SHORTEST_S) / _STEPS_AHEAD)
        ahead_s = ceil(end_s / step_s) * step_s
        if self.span_s is not None:
            begin_s = max(first_s, ahead_s - self.span_s)
        return begin_s, max(end_s, ahead_s)

    def zoomed(self, factor: float, first_s: float, now_s: float) -> Timeline:
        """Show `factor` of the present span, around its end; all of it once it is that long."""
        begin_s, end_s = self.window(first_s, now_s)
        span_s = max(_SHORTEST_S, (end_s - begin_s) * factor)
        return replace(self, span_s=None if span_s >= now_s - first_s else span_s)

    def panned(self, share: float, first_s: float, now_s: float) -> Timeline:
        """Move by a share of the span; at the newest event it follows again."""
        begin_s, end_s = self.window(first_s, now_s)
        span_s = end_s - begin_s
        moved_s = max(first_s + span_s, end_s + share * span_s)
        if moved_s >= now_s:
            return replace(self, end_s=None)
        return Timeline(span_s, moved_s)

    def following(self) -> Timeline:
        """Follow the newest event with the same span."""
        return replace(self, end_s=None)

    def showing(self, time_s: float, first_s: float, now_s: float) -> Timeline:
        """Move as little as brings a moment into view, with a tenth of the span behind it."""
        begin_s, end_s = self.window(first_s, now_s)
        span_s = end_s - begin_s
        if time_s < begin_s:
            return Timeline(span_s, max(first_s + span_s, time_s + 0.9 * span_s))
        if time_s > end_s:
            return Timeline(span_s, min(now_s, time_s + 0.1 * span_s))
        return self

    def preset(self, step: int, first_s: float, now_s: float) -> Timeline:
        """Show the next longer (+1) or shorter (−1) round span."""
        begin_s, end_s = self.window(first_s, now_s)
        span_s = end_s - begin_s
        if step < 0:
            shorter = [preset for preset in PRESETS_S if preset < span_s * 0.99]
            return replace(self, span_s=shorter[-1] if shorter else PRESETS_S[0])
        longer = [preset for preset in PRESETS_S if preset > span_s * 1.01]
        if not longer or longer[0] >= now_s - first_s:
            return replace(self, span_s=None)
        return replace(self, span_s=longer[0])

    @property
    def follows(self) -> bool:
        """Whether the newest event is in view."""
        return self.end_s is None


def _round_step(at_least: float) -> float:
    """Return 1, 2 or 5 × 10ⁿ, the smallest that is no less."""
    power = 10.0 ** floor(log10(at_least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= at_least * (1 - 1e-9))
