"""Which charts fit a terminal, and how they are laid out. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gctui.tui.charts import CHARTS

_TINY_WIDTH, _TINY_HEIGHT = 40, 12
_LOW_HEIGHT = 32
_CHART_WIDTH, _CHART_HEIGHT = 36, 8
_WIDE_COLUMNS = 3
_WIDE_WIDTH = 180


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a terminal of some size shows."""

    tiny: bool
    """Room for the figures alone."""
    low: bool
    """No legend under the bar, a low tab pane."""
    columns: int
    charts: tuple[str, ...]
    spans: Mapping[str, int]
    """Charts that take more than one column."""


def arrange(
    width_cells: int,
    height_cells: int,
    chosen: Sequence[str] | None,
    filled: Sequence[str],
) -> Arrangement:
    """Lay charts out: `chosen` by the user, or as many as fit, those with data first."""
    tiny = width_cells < _TINY_WIDTH or height_cells < _TINY_HEIGHT
    low = height_cells < _LOW_HEIGHT
    columns = max(1, min(2, width_cells // _CHART_WIDTH))
    if width_cells >= _WIDE_WIDTH:
        columns = _WIDE_COLUMNS
    rows = 1 if low else max(1, min(2, (height_cells - 18) // _CHART_HEIGHT))
    charts = _fitting(chosen, filled, columns * rows)
    columns = min(columns, max(1, len(charts)))
    return Arrangement(tiny, low, columns, charts, _spans(charts, columns))


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
