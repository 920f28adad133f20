"""How a program collects: what its last collections have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from gctui.model.cycle import Cycle

_CYCLES_CONSIDERED = 200
_FEWEST_CYCLES = 10
_LATELY, _NEWEST = 20, 3
_CHANGED, _STEP, _ALIKE = 0.12, 0.1, 0.15
"""Shares of the live heap: a level that is another one; a step from one collection to the next; how
near collections are that count."""
_FEWEST_ALIKE = 4
_LEAST_LIVE_MIB = 8
"""Below it the figures, cut to whole MB, say little."""

_Pair = tuple[Cycle, Cycle]


@dataclass(frozen=True, slots=True)
class Pace:
    """Sizes: medians, in MiB. Times: means per collection, in ms. Forced collections left out."""

    live_mib: float
    """The newest one where the live heap moves."""
    is_moving: bool
    """The live heap changed of late: only the newest collections count."""
    roots_mib: float
    goal_mib: float
    end_mib: float
    """The heap at the end of a collection."""
    runway_mib: float
    """From the heap at which a collection began to its goal."""
    during_mark_mib: float
    """Allocated while the mark ran; all of it counts as live until the next mark."""
    mark_ms: float
    pause_ms: float
    assist_ms: float
    background_ms: float
    idle_ms: float
    stopped_ms: float
    """CPU time of all Ps while the world is stopped."""
    allocation_mib_per_ms: float
    """Between collections."""
    procs: int
    gc_cpu_percent: float
    """Of all Ps, idle mark left out: as it was."""
    cycle_ms: float
    """From the end of one collection to the end of the next."""
    collections: int

    @property
    def marking_ms(self) -> float:
        """CPU time of one mark, whoever did it."""
        return self.assist_ms + self.background_ms + self.idle_ms


def pace(cycles: Sequence[Cycle]) -> Pace | None:
    """Return how the last collections went; None where they are too few, or the heap too small."""
    pairs = [
        (before, cycle)
        for before, cycle in pairwise(_since_start(cycles[-_CYCLES_CONSIDERED:]))
        if cycle.number == before.number + 1 and _tells_all(before, cycle)
    ]
    if len(pairs) < _FEWEST_CYCLES:
        return None
    pairs, is_moving = _as_now(pairs)
    procs = pairs[-1][1].event.procs or 0
    between_ms = sum(cycle.start_s - before.end_s for before, cycle in pairs) * 1000
    allocated_mib = sum(_allocated_mib(before, cycle) for before, cycle in pairs)
    live_mib = _live_mib(pairs[-1:] if is_moving else pairs)
    if not procs or between_ms <= 0 or allocated_mib <= 0 or live_mib < _LEAST_LIVE_MIB:
        return None
    took_ms = sum(cycle.end_s - before.end_s for before, cycle in pairs) * 1000
    return Pace(
        live_mib=live_mib,
        is_moving=is_moving,
        roots_mib=median(_roots_mib(cycle) for _, cycle in pairs),
        goal_mib=_middle(pairs, lambda cycle: cycle.goal_mib),
        end_mib=_middle(pairs, lambda cycle: cycle.event.heap_end_mb),
        runway_mib=median(max(0, _runway_mib(cycle)) for _, cycle in pairs),
        during_mark_mib=median(_during_mark_mib(cycle) for _, cycle in pairs),
        mark_ms=_mean(pairs, lambda cycle: cycle.work.mark_ms),
        pause_ms=_mean(pairs, lambda cycle: cycle.work.pause_ms),
        assist_ms=_mean(pairs, lambda cycle: cycle.work.cpu_assist_ms),
        background_ms=_mean(pairs, lambda cycle: cycle.work.cpu_background_ms),
        idle_ms=_mean(pairs, lambda cycle: cycle.work.cpu_idle_ms),
        stopped_ms=_mean(pairs, lambda cycle: cycle.work.cpu_stopped_ms),
        allocation_mib_per_ms=allocated_mib / between_ms,
        procs=procs,
        gc_cpu_percent=100 * _mean(pairs, _cpu_ms) * len(pairs) / (took_ms * procs),
        cycle_ms=took_ms / len(pairs),
        collections=len(pairs),
    )


def _since_start(cycles: Sequence[Cycle]) -> Sequence[Cycle]:
    """Leave out what was before the program's last start."""
    starts = [i for i, (one, two) in enumerate(pairwise(cycles), 1) if two.number <= one.number]
    return cycles[starts[-1] :] if starts else cycles


def _as_now(pairs: list[_Pair]) -> tuple[list[_Pair], bool]:
    """Leave out what was before the live heap changed, and tell whether it did of late.

    One that goes up and down does not count as changed: its median is what it is about.
    """
    lately = pairs[-_LATELY:]
    whole_mib, lately_mib = _live_mib(pairs), _live_mib(lately)
    first_mib, now_mib = _live_mib(lately[: len(lately) // 3]), _live_mib(lately[-_NEWEST:])
    if abs(first_mib - now_mib) > _CHANGED * now_mib and not _swings(lately):
        alike = [pair for pair in lately if abs(_live_mib([pair]) - now_mib) <= _ALIKE * now_mib]
        return (alike if len(alike) >= _FEWEST_ALIKE else lately[-_FEWEST_ALIKE:]), True
    return (lately if abs(lately_mib - whole_mib) > _CHANGED * whole_mib else pairs), False


def _swings(lately: Sequence[_Pair]) -> bool:
    """Tell a live heap that went up and down again, more than once."""
    lives_mib = [_live_mib([pair]) for pair in lately]
    steps = [after / before for before, after in pairwise(lives_mib)]
    ups, downs = sum(step > 1 + _STEP for step in steps), sum(step < 1 - _STEP for step in steps)
    return min(ups, downs) > 1


def _live_mib(pairs: Sequence[_Pair]) -> float:
    return _middle(pairs, lambda cycle: cycle.event.heap_live_mb)


def _tells_all(before: Cycle, cycle: Cycle) -> bool:
    event, work = cycle.event, cycle.work
    sizes = (event.heap_start_mb, event.heap_end_mb, event.heap_live_mb, cycle.goal_mib)
    times = (work.mark_ms, work.cpu_assist_ms, work.cpu_background_ms, work.cpu_stopped_ms)
    if None in sizes or None in times or before.event.heap_live_mb is None:
        return False
    return not event.forced and not before.event.forced


def _mean(pairs: Sequence[_Pair], of: Callable[[Cycle], float | None]) -> float:
    return fmean(of(cycle) or 0.0 for _, cycle in pairs)


def _middle(pairs: Sequence[_Pair], of: Callable[[Cycle], int | None]) -> float:
    """Return a median; a figure that was cut to whole MB stands for half an MB more."""
    return median((of(cycle) or 0) + 0.5 for _, cycle in pairs)


def _allocated_mib(before: Cycle, cycle: Cycle) -> int:
    return max(0, (cycle.event.heap_start_mb or 0) - (before.event.heap_live_mb or 0))


def _during_mark_mib(cycle: Cycle) -> int:
    return (cycle.event.heap_end_mb or 0) - (cycle.event.heap_start_mb or 0)


def _runway_mib(cycle: Cycle) -> int:
    return (cycle.goal_mib or 0) - (cycle.event.heap_start_mb or 0)


def _roots_mib(cycle: Cycle) -> int:
    return (cycle.event.stacks_mb or 0) + (cycle.event.globals_mb or 0)


def _cpu_ms(cycle: Cycle) -> float | None:
    return cycle.work.cpu_ms
