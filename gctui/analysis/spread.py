"""How a form's figures are spread over a log: median and 95th percentile, by nearest rank."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import isfinite

from gctui.analysis.tally import Tally
from gctui.events import Event

_PLACES = frozenset({"n", "start_s", "at_ms", "generation"})
"""Where a line stands, not how large something is."""

_NEAR = 0.02
"""Closer than this is the same, where percentiles are off by up to one percent."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over a log."""

    count: int
    median: float
    p95: float
    is_exact: bool = True
    """Else off by up to one percent, of very many different values."""


class LogSpread:
    """Folds a log's lines of some forms."""

    def __init__(self, forms: Collection[str]) -> None:
        self._forms = frozenset(forms)
        self._figures: dict[tuple[str, str], Tally] = {}
        self._fractions: set[tuple[str, str]] = set()
        self._flags: dict[tuple[str, str], int] = {}
        self.lines: dict[str, int] = {}
        """Lines of each form."""

    def add(self, events: Iterable[Event]) -> None:
        """Count the lines of every form, and fold the figures of those that are asked for."""
        new: dict[tuple[str, str], list[float]] = {}
        for event in events:
            form = event.format
            if form is not None:
                self.lines[form] = self.lines.get(form, 0) + 1
                if form in self._forms:
                    self._read(event, form, new)
        for place, values in new.items():
            self._figures.setdefault(place, Tally()).add(values)

    def _read(self, event: Event, form: str, new: dict[tuple[str, str], list[float]]) -> None:
        for name, value in event.values().items():
            if isinstance(value, bool):
                self._flags[form, name] = self._flags.get((form, name), 0) + value
            elif isinstance(value, int | float) and name not in _PLACES and value >= 0:
                # A NaN is not above nought either; what can be negative is compared above it.
                if isfinite(value):
                    new.setdefault((form, name), []).append(value)
                if isinstance(value, float):
                    self._fractions.add((form, name))

    def of(self, form: str, name: str) -> Spread | None:
        """Return how a figure is spread; None where there is nothing to compare with."""
        tally = self._figures.get((form, name))
        found = tally.spread() if tally else None
        if found is None:
            return None
        median, p95, is_exact = found.p50, found.p95, not found.relative_error
        if not is_exact and (form, name) not in self._fractions:
            median, p95 = round(median), round(p95)
        return Spread(found.count, median, p95, is_exact)

    def flagged(self, form: str, name: str) -> int:
        """Return how many lines of a form have a flag."""
        return self._flags.get((form, name), 0)


def compared(value: float, spread: Spread, lines: int) -> str:
    """Say where a value stands: `3.1× the median 4.2 of 214 lines, p95 8`."""
    about, near = ("", 0.0) if spread.is_exact else ("~", _NEAR)
    median, p95 = (about + figure(each) for each in (spread.median, spread.p95))
    beyond = ": beyond it" if value > spread.p95 * (1 + near) else ""
    among = f"of {lines} line{'' if lines == 1 else 's'}, p95 {p95}{beyond}"
    if abs(value - spread.median) <= near * spread.median:
        return f"{'about' if about else 'equal to'} the median {among}"
    if not spread.median:
        return f"above the median 0 {among}"
    return f"{_times(value / spread.median)}× the median {median} {among}"


def _times(ratio: float) -> str:
    if ratio >= 10:
        return f"{ratio:.0f}"
    return f"{ratio:.1f}" if ratio >= 0.95 else f"{ratio:.2g}"


def figure(value: float) -> str:
    """Format a figure as exactly as it is known: in two digits, or whole."""
    if value >= 10 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.2g}"
