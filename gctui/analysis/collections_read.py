"""Collections as a run's figures take them, worked out wherever their lines are read.

What a line's own figures tell is counted at once. What is left stands in columns: that which needs
the collections before, however far back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import compress, groupby, repeat
from operator import le, sub
from typing import Any, cast

from gctui.analysis.collection_columns import (
    LEAST_GOAL_MB,
    CollectionColumns,
    columns_of,
    went_back,
)
from gctui.analysis.packed_columns import packed, unpacked
from gctui.analysis.run_figures import Measure
from gctui.analysis.tallies import Tallies, tenths, thousandths
from gctui.analysis.text_columns import TextColumns
from gctui.events import Gc
from gctui.events.alike import ends_of, types_of

BLOCK_BYTES = 1 << 18
"""Parts of a log that are read by themselves are as long as some of these, and begin with one."""
_MOST_LINES = 1 << 14
"""Of lines whose places tell nothing."""


@dataclass(frozen=True, slots=True)
class CpuParts:
    """CPU time by who used it, in milliseconds."""

    stopped_ms: float
    assist_ms: float
    background_ms: float
    idle_ms: float


@dataclass(slots=True)
class Collections:
    """Collections of one form and one life of the program, in the order of their lines.

    None for what the form lacks; of each column, what `CollectionColumns` says.
    """

    begins: bool
    """The program restarted right before them; before the first that were read, it may have."""
    first_number: int
    last_number: int
    is_reordered: bool
    lines: list[int]
    starts_s: list[float] | None
    forced: list[bool] | None
    walls_s: list[float]
    first_stops_ms: list[float]
    concurrent_ms: list[float]
    last_stops_ms: list[float]
    mark_rates: list[float]
    costs_ms: list[float] | None
    heap_starts_mb: list[int] | None
    heap_ends_mb: list[int] | None
    lives_mb: list[int] | None
    goals_mb: list[int] | None
    procs: list[int] | None
    cpu: CpuParts | None
    """Of all of them together."""
    first_cpu: CpuParts | None
    """Of the first of them."""
    mark_used_ms: float
    mark_room_ms: float
    """All Ps' time while the marks ran; 0 where it is not printed."""
    highest: Mapping[Measure, tuple[float, int]]
    """The highest value of a quantity, and the place of the first that has it."""

    def __len__(self) -> int:
        return len(self.lines)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process have arrays: of lists, it would read every number by itself."""
        return _unpacked, tuple(packed(getattr(self, each.name)) for each in fields(self))

    def follow(self, number: int, start_s: float) -> bool:
        """Tell whether the first of them may be the next one of a life of the program."""
        back_s = start_s - self.starts_s[0] if self.starts_s else 0.0
        is_reordered = self.is_reordered
        return not went_back(number, self.first_number, back_s, is_reordered=is_reordered)


def _unpacked(*columns: Any) -> Collections:
    return Collections(*map(unpacked, columns))


class CollectionReader:
    """Reads gc lines and counts them in `tallies`; tells what is left of them, many at a time.

    Together are those of one form and one life whose lines end in the same block of the log: so
    they are the same, and sums have the same last digit, in whatever portions a log is read.
    """

    def __init__(self, tallies: Tallies) -> None:
        self._tallies = tallies
        self._columns: TextColumns | None = None
        self._block = 0

    def add(self, gcs: Sequence[Gc]) -> Iterator[Collections]:
        """Take the next lines; yield what is complete."""
        first, last = ends_of(gcs)
        if len(types_of(gcs)) == 1 and _block_of(first) == _block_of(last):
            yield from self._add(type(first), _block_of(first), gcs)
            return
        for (cls, block), group in groupby(gcs, key=lambda gc: (type(gc), _block_of(gc))):
            yield from self._add(cls, block, list(group))

    def rest(self) -> Iterator[Collections]:
        """Yield what no more lines are to be added to."""
        texts, self._columns = self._columns, None
        if texts is None:
            return
        columns = columns_of(texts)
        _count(columns, self._tallies)
        for place, life in enumerate(columns.lives()):
            _count_intervals(life, self._tallies)
            yield _left_of(life, begins=place > 0)

    def _add(self, cls: type[Gc], block: int, gcs: Sequence[Gc]) -> Iterator[Collections]:
        columns = self._columns
        if columns is None or (cls, block) != (columns.cls, self._block):
            yield from self.rest()
            columns = self._columns = TextColumns(cls)
            self._block = block
        columns.add(gcs)
        if len(columns) >= _MOST_LINES:
            yield from self.rest()


def _block_of(gc: Gc) -> int:
    return (gc.end - 1) // BLOCK_BYTES


def _count(columns: CollectionColumns, tallies: Tallies) -> None:
    for measure, values in (
        (Measure.PAUSE, columns.pauses_ms),
        (Measure.WALL, columns.walls_ms),
        (Measure.SWEEP_TERM, columns.sweep_terms_ms),
        (Measure.MARK, columns.marks_ms),
        (Measure.MARK_TERM, columns.mark_terms_ms),
        (Measure.ASSIST, columns.assists_ms),
        (Measure.BACKGROUND, columns.backgrounds_ms),
        (Measure.IDLE, columns.idles_ms),
        (Measure.HEAP_START, columns.heap_starts_mb),
        (Measure.HEAP_END, columns.heap_ends_mb),
        (Measure.LIVE, columns.lives_mb),
        (Measure.STACKS, columns.stacks_mb),
    ):
        if values is not None:
            tallies[measure].add(cast("list[float]", values))
    _count_goals(columns, tallies)
    if columns.starts_s is not None and columns.procs is not None and columns.costs_ms is not None:
        tallies[Measure.CPU].add(columns.costs_ms)
        _count_marks(columns, tallies)


def _count_goals(columns: CollectionColumns, tallies: Tallies) -> None:
    goals, over = columns.goals_mb, columns.overshoots
    if goals is not None:
        there = goals if all(goals) else [goal for goal in goals if goal]
        tallies[Measure.GOAL].add(cast("list[float]", there))
    if goals is not None and over is not None:
        if min(goals) < LEAST_GOAL_MB:
            over = list(compress(over, map(le, repeat(LEAST_GOAL_MB), goals)))
        tallies[Measure.OVERSHOOT].add_keys(over, tenths)


def _count_marks(columns: CollectionColumns, tallies: Tallies) -> None:
    rooms_ms, rates = columns.mark_rooms_ms, columns.mark_rates
    if rooms_ms is None:
        return
    if not all(rooms_ms):
        rates = list(compress(rates, rooms_ms))
    keys = [int(1000 * rate + 0.5) for rate in rates]
    tallies[Measure.MARK_UTILISATION].add_keys(keys, tenths)


def _count_intervals(life: CollectionColumns, tallies: Tallies) -> None:
    """Count the times from start to start, in milliseconds as starts are printed."""
    starts_s = life.starts_s
    if starts_s is None:
        return
    keys = [int(1000 * span_s + 0.5) for span_s in map(sub, starts_s[1:], starts_s)]
    if keys and min(keys) < 0:
        keys = [max(0, key) for key in keys]
    tallies[Measure.INTERVAL].add_keys(keys, thousandths)


def _left_of(life: CollectionColumns, *, begins: bool) -> Collections:
    forced, rooms_ms, used_ms = life.forced, life.mark_rooms_ms, life.marks_used_ms
    if rooms_ms is not None and used_ms is not None and not all(rooms_ms):
        used_ms = list(compress(used_ms, rooms_ms))
    return Collections(
        begins=begins,
        first_number=life.numbers[0],
        last_number=life.numbers[-1],
        is_reordered=life.is_reordered,
        lines=life.lines,
        starts_s=life.starts_s,
        forced=forced if forced is not None and any(forced) else None,
        walls_s=[wall_ms / 1000 for wall_ms in life.walls_ms],
        first_stops_ms=life.first_stops_ms,
        concurrent_ms=life.concurrent_ms,
        last_stops_ms=life.last_stops_ms,
        mark_rates=life.mark_rates,
        costs_ms=life.costs_ms,
        heap_starts_mb=life.heap_starts_mb,
        heap_ends_mb=life.heap_ends_mb,
        lives_mb=life.lives_mb,
        goals_mb=life.goals_mb,
        procs=life.procs,
        cpu=_cpu(life, len(life)),
        first_cpu=_cpu(life, 1),
        mark_used_ms=sum(used_ms or ()),
        mark_room_ms=sum(rooms_ms or ()),
        highest=dict(_highest(life)),
    )


def _cpu(life: CollectionColumns, count: int) -> CpuParts | None:
    """Return the CPU time of the first so many."""
    if life.stopped_cpu_ms is None:
        return None
    parts = (life.stopped_cpu_ms, life.assists_ms, life.backgrounds_ms, life.idles_ms)
    stopped, assist, background, idle = (sum(part[:count]) if part else 0.0 for part in parts)
    return CpuParts(stopped, assist, background, idle)


def _highest(life: CollectionColumns) -> Iterator[tuple[Measure, tuple[float, int]]]:
    columns: tuple[tuple[Measure, Sequence[float] | None], ...] = (
        (Measure.PAUSE, life.pauses_ms),
        (Measure.MARK, life.marks_ms),
        (Measure.ASSIST, life.assists_ms),
        (Measure.OVERSHOOT, life.overshoots),
        (Measure.HEAP_END, life.heap_ends_mb or life.heap_starts_mb),
    )
    for measure, values in columns:
        if values is not None:
            highest = max(values)
            place = values.index(highest)
            yield measure, (tenths(int(highest)) if values is life.overshoots else highest, place)
