"""Many gc lines of one form, as columns, and what follows from each line by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import compress
from operator import add, gt, le, mul, truediv
from typing import Any

from gctui.analysis.text_columns import TextColumns, summed

LEAST_GOAL_MB = 10
"""Of smaller ones, whole MB are too coarse to tell how far a heap was above them."""
_WENT_BACK_S, _WENT_BACK_REORDERED_S = 0.5, 0.1
_WITHOUT_SPLIT = 0.25
"""The share of the Ps that marks, where its CPU figures are not printed (mgc.go)."""


@dataclass(slots=True)
class CollectionColumns:
    """Collections of one form in the order of their lines; None for what the form lacks."""

    lines: list[int]
    numbers: list[int]
    starts_s: list[float] | None
    forced: list[bool] | None
    """None where not one of them is."""
    sweep_terms_ms: list[float] | None
    marks_ms: list[float] | None
    mark_terms_ms: list[float] | None
    first_stops_ms: list[float]
    """Sweep termination, and installing the write barrier in Go 1.5."""
    concurrent_ms: list[float]
    last_stops_ms: list[float]
    pauses_ms: list[float]
    walls_ms: list[float]
    """How long each took."""
    stopped_cpu_ms: list[float] | None
    assists_ms: list[float] | None
    backgrounds_ms: list[float] | None
    idles_ms: list[float] | None
    costs_ms: list[float] | None
    """CPU time of each, without idle mark time."""
    marks_used_ms: list[float] | None
    mark_rooms_ms: list[float] | None
    """All Ps' time while each mark ran; absent where that time is not printed."""
    mark_rates: list[float]
    """The share of the Ps that each mark used, 0 to 1."""
    heap_starts_mb: list[int] | None
    heap_ends_mb: list[int] | None
    lives_mb: list[int] | None
    goals_mb: list[int] | None
    """0 where there is none."""
    overshoots: list[int] | None
    """How far each heap was above its goal, in tenths of a percent; 0 if not at all."""
    stacks_mb: list[int] | None
    procs: list[int] | None
    is_reordered: bool
    """Go 1.5 prints after the world runs again: lines may change places."""

    def __len__(self) -> int:
        return len(self.lines)

    def lives(self) -> Iterator[CollectionColumns]:
        """Cut where the program restarted: its counter or its clock went back."""
        numbers, starts = self.numbers, self.starts_s
        is_rising = not self.is_reordered and all(map(gt, numbers[1:], numbers))
        if is_rising and (starts is None or all(map(le, starts, starts[1:]))):
            yield self
            return
        first = 0
        for i in range(1, len(self)):
            back_s = starts[i - 1] - starts[i] if starts else 0.0
            if went_back(numbers[i - 1], numbers[i], back_s, is_reordered=self.is_reordered):
                yield self._part(first, i)
                first = i
        yield self._part(first, len(self))

    def _part(self, first: int, behind: int) -> CollectionColumns:
        cut: dict[str, Any] = {
            field.name: value[first:behind]
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), list)
        }
        return replace(self, **cut)


def went_back(before: int, number: int, back_s: float, *, is_reordered: bool) -> bool:
    """Tell whether a program restarted, by a collection's number and that of the one before it.

    `back_s` is how far its clock went back, below 0 where it went on.
    """
    if is_reordered:
        return back_s > _WENT_BACK_REORDERED_S
    return number <= before or back_s > _WENT_BACK_S


def columns_of(columns: TextColumns) -> CollectionColumns:
    """Return what collections of one form tell line by line."""
    durations, whole = columns.durations, columns.whole
    first_stops, concurrent, last_stops = _phases(columns)
    pauses = list(map(add, first_stops, last_stops))
    forced, marks = columns.flags("forced"), durations("clock_mark_ms")
    costs = _Costs(columns)
    if forced is not None and marks is not None and not all(marks):
        costs.drop_left_over(
            [is_forced and not mark for is_forced, mark in zip(forced, marks, strict=True)]
        )
    procs, goals, ends = whole("procs"), columns.goals_mb(), whole("heap_end_mb")
    used, rooms = costs.marking(concurrent, procs)
    return CollectionColumns(
        lines=columns.lines,
        numbers=whole("n") or [0] * len(columns),
        starts_s=columns.seconds("start_s"),
        forced=forced,
        sweep_terms_ms=durations("clock_sweep_term_ms"),
        marks_ms=marks,
        mark_terms_ms=durations("clock_mark_term_ms"),
        first_stops_ms=first_stops,
        concurrent_ms=concurrent,
        last_stops_ms=last_stops,
        pauses_ms=pauses,
        walls_ms=list(map(add, pauses, concurrent)),
        stopped_cpu_ms=costs.stopped_ms,
        assists_ms=costs.assists_ms,
        backgrounds_ms=costs.backgrounds_ms,
        idles_ms=costs.idles_ms,
        costs_ms=costs.all_ms(),
        marks_used_ms=used,
        mark_rooms_ms=rooms,
        mark_rates=_rates(used, rooms) or [_WITHOUT_SPLIT] * len(columns),
        heap_starts_mb=whole("heap_start_mb"),
        heap_ends_mb=ends,
        lives_mb=whole("heap_live_mb"),
        goals_mb=goals,
        overshoots=_overshoots(ends, goals),
        stacks_mb=whole("stacks_mb"),
        procs=procs,
        is_reordered=columns.has("clock_sync_ms"),
    )


class _Costs:
    """CPU time of collections, by who used it."""

    def __init__(self, columns: TextColumns) -> None:
        durations = columns.durations
        self.stopped_ms = _with(durations, "cpu_sweep_term_ms", "cpu_mark_term_ms")
        self.assists_ms = durations("cpu_assist_ms")
        self.backgrounds_ms = _with(durations, "cpu_background_ms", "cpu_scan_ms", "cpu_sync_ms")
        self.idles_ms = durations("cpu_idle_ms")

    def drop_left_over(self, which: Sequence[bool]) -> None:
        """Drop the figures that forced collections of Go 1.5 – 1.8 print of the one before."""
        for column in (self.assists_ms, self.backgrounds_ms, self.idles_ms):
            if column is not None and self.assists_ms is not None:
                for i in compress(range(len(column)), which):
                    column[i] = 0.0

    def all_ms(self) -> list[float] | None:
        """Return all but idle time."""
        if self.stopped_ms is None:
            return None
        return summed([self.stopped_ms, self.assists_ms, self.backgrounds_ms])

    def marking(
        self, concurrent_ms: list[float], procs: list[int] | None
    ) -> tuple[list[float] | None, list[float] | None]:
        """Return what each mark used, and of how much."""
        if self.assists_ms is None or self.backgrounds_ms is None or procs is None:
            return None, None
        used_ms = list(map(add, self.assists_ms, self.backgrounds_ms))
        return used_ms, list(map(mul, concurrent_ms, procs))


def _phases(columns: TextColumns) -> tuple[list[float], list[float], list[float]]:
    """Return how long the world was stopped, then not, then stopped again."""
    zeros = [0.0] * len(columns)
    durations = columns.durations
    mark, last = durations("clock_mark_ms"), durations("clock_mark_term_ms")
    if last is None:
        # Up to Go 1.4 it is stopped throughout.
        others = [durations(f"clock_{name}_ms") for name in ("stop", "sweep", "wait", "other")]
        return summed([mark, *others]) or zeros, zeros, zeros
    first = summed([durations("clock_sweep_term_ms"), durations("clock_sync_ms")])
    return first or zeros, summed([durations("clock_scan_ms"), mark]) or zeros, last


def _with(
    durations: Callable[[str], list[float] | None], name: str, *others: str
) -> list[float] | None:
    """Return one column with others added to it; None where it is not printed."""
    column = durations(name)
    return None if column is None else summed([column, *map(durations, others)])


def _rates(used_ms: list[float] | None, rooms_ms: list[float] | None) -> list[float]:
    if used_ms is None or rooms_ms is None:
        return []
    if all(rooms_ms):
        rates = list(map(truediv, used_ms, rooms_ms))
    else:
        rates = [used / room if room else 0.0 for used, room in zip(used_ms, rooms_ms, strict=True)]
    return rates if max(rates) <= 1 else [min(1.0, rate) for rate in rates]


def _overshoots(ends_mb: list[int] | None, goals_mb: list[int] | None) -> list[int] | None:
    if goals_mb is None or ends_mb is None or max(goals_mb) < LEAST_GOAL_MB:
        return None
    return [
        int(1000 * (end / goal - 1) + 0.5) if end > goal >= LEAST_GOAL_MB else 0
        for end, goal in zip(ends_mb, goals_mb, strict=True)
    ]
