"""The columns of the table of collections, declared as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gctui.analysis.units import UNKNOWN, duration_ms, percent, size_of_some
from gctui.model.cycle import Cycle


@dataclass(frozen=True, slots=True)
class Column:
    """A column; it is left out where the newest collection has nothing for it."""

    title: str
    width_cells: int
    text: Callable[[Cycle], str]
    importance: int
    """The largest are the first to go where the room is scarce."""


def fitting(cycle: Cycle | None, width_cells: int) -> list[Column]:
    """Return the columns that this kind of log has and that fit, in their order."""
    known = [
        column
        for column in COLUMNS
        if column.importance == 0 or (cycle is not None and column.text(cycle) != UNKNOWN)
    ]
    kept: list[Column] = []
    for column in sorted(known, key=lambda column: column.importance):
        if sum(other.width_cells for other in kept) + column.width_cells <= width_cells:
            kept.append(column)
    return [column for column in COLUMNS if column in kept]


def row(cycle: Cycle, columns: Sequence[Column]) -> str:
    """Return the texts of a collection under their titles."""
    return "".join(column.text(cycle).rjust(column.width_cells) for column in columns)


def heading(columns: Sequence[Column]) -> str:
    """Return the titles."""
    return "".join(column.title.rjust(column.width_cells) for column in columns)


def _size(value: float | None) -> str:
    return size_of_some(value)


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)


def _start(cycle: Cycle) -> str:
    return UNKNOWN if cycle.event.start_s is None else f"{cycle.event.start_s:.3f} s"


def _live(cycle: Cycle) -> str:
    gc = cycle.event
    return _size(gc.heap_live_mb if gc.heap_live_mb is not None else gc.heap_live_previous_mb)


def _remark(cycle: Cycle) -> str:
    if cycle.event.leak_check:
        return "leaks?"
    return "forced" if cycle.event.forced else ""


COLUMNS: tuple[Column, ...] = (
    Column("GC", 8, lambda cycle: f"#{cycle.number}", 0),
    Column("at", 12, _start, 1),
    Column("start", 11, lambda cycle: _size(cycle.event.heap_start_mb), 5),
    Column("GC end", 11, lambda cycle: _size(cycle.event.heap_end_mb), 6),
    Column("live", 11, _live, 2),
    Column("goal", 11, lambda cycle: _size(cycle.goal_mib), 3),
    Column("pause", 9, lambda cycle: duration_ms(cycle.pause_ms), 2),
    Column("mark", 9, lambda cycle: duration_ms(cycle.event.clock_mark_ms), 7),
    Column("sweep", 9, lambda cycle: duration_ms(cycle.event.clock_sweep_ms), 8),
    Column("assist", 9, lambda cycle: duration_ms(cycle.event.cpu_assist_ms), 8),
    Column("backgr.", 9, lambda cycle: duration_ms(cycle.event.cpu_background_ms), 9),
    Column("idle", 9, lambda cycle: duration_ms(cycle.event.cpu_idle_ms), 10),
    Column("GC CPU", 8, lambda cycle: percent(cycle.gc_cpu_percent), 4),
    Column("objects", 12, lambda cycle: _count(cycle.event.objects), 6),
    Column("goroutines", 12, lambda cycle: _count(cycle.event.goroutines), 3),
    Column("", 8, _remark, 4),
)
