"""How far a chart's axes go and what is written on them."""

from __future__ import annotations

from math import ceil, floor, log10

from gctui.analysis.units import AxisUnit
from gctui.analysis.window import nice_ticks, time_ticks
from gctui.model.clock import ClockKind

_CELLS_PER_TIME_TICK = 9
_ROWS_PER_VALUE_TICK = 2
_MOST_VALUE_TICKS = 6
_HEADROOM = 1.02
_LIMIT_WITHIN = 3
"""A limit this many times beyond the highest value would flatten the lines."""
_VALUE_LABEL_CELLS = 4
"""Charts above each other line up, and do not jump when a label gets longer."""

Ticks = tuple[tuple[float, str], ...]


def fits(limit: float | None, highest: float) -> bool:
    """Tell whether a chart of such values may show its limit."""
    return limit is not None and limit <= _LIMIT_WITHIN * highest


def upper_end(highest: float) -> float:
    """Return where an axis ends; it stays the same while values grow a little."""
    wanted = max(highest * _HEADROOM, 1e-3)
    step = 10.0 ** floor(log10(wanted)) / 4
    return ceil(wanted / step) * step


def time_labels(begin_end_s: tuple[float, float], clock: ClockKind, width_cells: int) -> Ticks:
    """Return round times, or round numbers of collections where a log has no clock."""
    most = max(2, width_cells // _CELLS_PER_TIME_TICK)
    if clock is ClockKind.ORDER:
        return tuple((tick, f"#{tick:g}") for tick in nice_ticks(*begin_end_s, most))
    return tuple(time_ticks(*begin_end_s, most))


def value_labels(highest: float, unit: AxisUnit, height_cells: int) -> Ticks:
    """Return round values in a unit."""
    most = max(2, min(_MOST_VALUE_TICKS, height_cells // _ROWS_PER_VALUE_TICK))
    ticks = nice_ticks(0.0, highest / unit.divisor, most)
    return tuple((tick * unit.divisor, f"{tick:g}".rjust(_VALUE_LABEL_CELLS)) for tick in ticks)
