"""How a program collects: what its last collections have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from gctui.model.cycle import Cycle

_CYCLES_CONSIDERED = 200
_FEWEST_CYCLES = 10
_LATELY, _CHANGED = 20, 0.2
_LEAST_LIVE_MIB = 8
"""Below it the figures, cut to whole MB, say little."""

_Pair = tuple[Cycle, Cycle]


@dataclass(frozen=True, slots=True)
class Pace:
    """Sizes: medians, in MiB. Times: means per collection, in ms. Forced collections left out."""

    live_mib: float
    roots_mib: float
    goal_mib: float
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
    collections: int

    @property
    def marking_ms(self) -> float:
        """CPU time of one mark, whoever did it."""
        return self.assist_ms + self.background_ms + self.idle_ms


def pace(cycles: Sequence[Cycle]) -> Pace | None:
    """Return how the last collections went; None where they are too few, or the heap too small."""
    pairs = [
        (before, cycle)
        for before, cycle in pairwise(cycles[-_CYCLES_CONSIDERED:])
        if cycle.number == before.number + 1 and _tells_all(before, cycle)
    ]
    if len(pairs) < _FEWEST_CYCLES:
        return None
    pairs = _as_now(pairs)
    procs = pairs[-1][1].event.procs or 0
    between_ms = sum(cycle.start_s - before.end_s for before, cycle in pairs) * 1000
    allocated_mib = sum(_allocated_mib(before, cycle) for before, cycle in pairs)
    live_mib = _live_mib(pairs)
    if not procs or between_ms <= 0 or allocated_mib <= 0 or live_mib < _LEAST_LIVE_MIB:
        return None
    took_ms = sum(cycle.end_s - before.end_s for before, cycle in pairs) * 1000
    return Pace(
        live_mib=live_mib,
        roots_mib=median(_roots_mib(cycle) for _, cycle in pairs),
        goal_mib=_middle(pairs, lambda cycle: cycle.goal_mib),
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
        collections=len(pairs),
    )


def _as_now(pairs: list[_Pair]) -> list[_Pair]:
    """Leave out what was before the live heap changed: a leak is asked about as it is now."""
    lately = pairs[-_LATELY:]
    whole_mib, now_mib = _live_mib(pairs), _live_mib(lately)
    return lately if abs(now_mib - whole_mib) > _CHANGED * whole_mib else pairs


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
