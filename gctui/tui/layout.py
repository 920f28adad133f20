"""Which charts fit a terminal, and how they are laid out. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gctui.tui.charts import CHARTS

TABS = "tabs"
"""What may be enlarged beside the charts."""

_TINY_WIDTH, _TINY_HEIGHT = 40, 14
_SHORT_HEIGHT = 20
_TWO_ROWS_HEIGHT = 24
_LOW_HEIGHT = 32
_NARROW_WIDTH = 100
_CHART_WIDTH, _CHART_HEIGHT = 36, 8
_WIDE_COLUMNS = 3
_WIDE_WIDTH = 180


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a terminal of some size shows."""

    tiny: bool = False
    """Room for the figures alone."""
    low: bool = False
    """A low tab pane."""
    narrow: bool = False
    """The sentence takes two rows."""
    figure_rows: int = 1
    tabs: bool = True
    columns: int = 1
    charts: tuple[str, ...] = ()
    spans: Mapping[str, int] = field(default_factory=dict)
    """Charts that take more than one column."""


def arrange(
    width_cells: int,
    height_cells: int,
    chosen: Sequence[str] | None,
    filled: Sequence[str],
    enlarged: str | None = None,
) -> Arrangement:
    """Lay charts out: `chosen` by the user, or as many as fit, those with data first."""
    tiny = width_cells < _TINY_WIDTH or height_cells < _TINY_HEIGHT
    low = height_cells < _LOW_HEIGHT
    narrow = width_cells < _NARROW_WIDTH
    figure_rows = 2 if narrow and height_cells >= _TWO_ROWS_HEIGHT else 1
    if tiny:
        figure_rows = max(1, height_cells - 1)
    columns = max(1, min(2, width_cells // _CHART_WIDTH))
    if width_cells >= _WIDE_WIDTH:
        columns = _WIDE_COLUMNS
    rows = 1 if low else max(1, min(2, (height_cells - 18) // _CHART_HEIGHT))
    if enlarged is not None:
        charts: tuple[str, ...] = () if enlarged == TABS else (enlarged,)
        tabs = enlarged == TABS
        return Arrangement(tiny, low, narrow, figure_rows, tabs=tabs, charts=charts)
    charts = _fitting(chosen, filled, columns * rows)
    columns = min(columns, max(1, len(charts)))
    # Charts that the user asked for beyond the room push the tabs out.
    tabs = height_cells >= _SHORT_HEIGHT and -(-len(charts) // columns) <= rows
    spans = _spans(charts, columns)
    return Arrangement(tiny, low, narrow, figure_rows, tabs, columns, charts, spans)


def _fitting(chosen: Sequence[str] | None, filled: Sequence[str], places: int) -> tuple[str, ...]:
    keys = [chart.key for chart in CHARTS]
    if chosen is not None:
        return tuple(chosen)
    by_importance = sorted(
        keys, key=lambda key: (bool(filled) and key not in filled, keys.index(key))
    )
    kept = set(by_importance[:places])
    return tuple(key for key in keys if key in kept)


def _spans(charts: Sequence[str], columns: int) -> dict[str, int]:
    """Let the first chart fill the gap that would remain in the last row."""
    missing = -len(charts) % columns
    return {charts[0]: 1 + missing} if charts and missing else {}
