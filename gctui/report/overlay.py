"""Two series over one another in a small chart of text: one as an area, the other as points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from gctui.analysis.trend import Point
from gctui.report.ruler import cells


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What a chart is drawn with."""

    area: str
    point: str
    axis: str
    corner: str
    floor: str


UNICODE = Glyphs("░", "●", "│", "└", "─")
ASCII = Glyphs(":", "o", "|", "+", "-")


def overlay(
    area: Sequence[Point],
    points: Sequence[Point],
    *,
    columns: int,
    rows: int,
    label: str,
    glyphs: Glyphs = UNICODE,
) -> list[str]:
    """Return the rows of a chart, both series from 0 to the highest value, which `label` names.

    Each column shows the highest value of its stretch of time; a stretch without one is empty.
    """
    span_s = max((time_s for series in (area, points) for time_s, _ in series), default=0.0)
    width = max(1, columns - cells(label) - 2)
    under, over = (_highest(series, span_s, width) for series in (area, points))
    top = max((value for value in (*under, *over) if value is not None), default=0.0)
    if top <= 0:
        return []
    lines = []
    for row in range(rows, 0, -1):
        row_cells = "".join(
            _cell(low, high, row, rows / top, glyphs) for low, high in zip(under, over, strict=True)
        )
        head = label if row == rows else "0" if row == 1 else ""
        lines.append(f"{head:>{cells(label)}} {glyphs.axis}{row_cells}".rstrip())
    return lines


def _cell(
    under: float | None, over: float | None, row: int, rows_per_unit: float, glyphs: Glyphs
) -> str:
    if over is not None and max(1, _row(over * rows_per_unit)) == row:
        return glyphs.point
    if under is not None and max(1, _row(under * rows_per_unit)) >= row:
        return glyphs.area
    return " "


def _row(height: float) -> int:
    """Return the row, from 1 on, in which a height ends."""
    return -int(-height // 1)


def _highest(series: Sequence[Point], span_s: float, columns: int) -> list[float | None]:
    found: list[float | None] = [None] * columns
    for time_s, value in series:
        if isfinite(value) and time_s >= 0:
            place = min(columns - 1, int(columns * time_s / span_s)) if span_s > 0 else 0
            held = found[place]
            found[place] = value if held is None else max(held, value)
    return found
