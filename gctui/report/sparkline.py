"""A series in one row of blocks, for text: the highest value of each stretch of time."""

from __future__ import annotations

from math import isnan

from gctui.model.series import SeriesView

_BLOCKS, _ASCII = "▁▂▃▄▅▆▇█", "_.-~=+*#"


def sparkline(
    view: SeriesView, width: int, *, highest: float, holds: bool = False, is_ascii: bool = False
) -> str:
    """Return at most `width` cells; a stretch without a point is a space, or `holds` the last."""
    if not len(view) or highest <= 0:
        return ""
    marks = _ASCII if is_ascii else _BLOCKS
    first_s, span_s = view.times_s[0], view.times_s[-1] - view.times_s[0]
    tops: list[float | None] = [None] * width
    for time_s, value in view:
        place = min(width - 1, int(width * (time_s - first_s) / span_s)) if span_s > 0 else 0
        known = tops[place]
        if not isnan(value) and (known is None or value > known):
            tops[place] = value
    for place in range(1, width if holds else 0):
        if tops[place] is None:
            tops[place] = tops[place - 1]
    cells = (" " if top is None else marks[min(7, max(0, int(8 * top / highest)))] for top in tops)
    return "".join(cells).rstrip()
