"""The courses of two runs over one another."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.run_difference import Run
from gctui.analysis.run_figures import Chart
from gctui.analysis.units import clock, duration_ms, size
from gctui.report.overlay import Glyphs, overlay

_ROWS = 5
_WIDEST = 100
_SHOWN = (
    (Chart.LIVE, "live heap"),
    (Chart.GOAL, "heap goal"),
    (Chart.PAUSE, "pause"),
)


def charts(base: Run, new: Run, width: int, glyphs: Glyphs) -> Iterator[tuple[str, list[str]]]:
    """Yield a title and the rows of each chart that has anything to show; of the first runs."""
    for chart, name in _SHOWN:
        under, over = base.lines.get(chart, ()), new.lines.get(chart, ())
        if not under and not over:
            continue
        highest = max(value for _, value in (*under, *over))
        label = duration_ms(highest) if chart is Chart.PAUSE else size(highest)
        rows = overlay(
            under, over, columns=min(width, _WIDEST), rows=_ROWS, label=label, glyphs=glyphs
        )
        span_s = max(time_s for time_s, _ in (*under, *over))
        if rows:
            yield f"{name} over {clock(span_s)}: {glyphs.area} base, {glyphs.point} new", rows
