"""What the scavenger does next: how much it owes the OS, how fast it pays, when it can pay more.

Since Go 1.13 the background scavenger returns what the heap retains above 110 % of what it had in
use at the end of the last collection, times the goal now over the goal before (runtime/
mgcscavenge.go gcPaceScavenger). Of that it takes only chunks of 4 MiB that were not densely in use
at that end (scavChunkData.shouldScavenge): what a collection itself finds waits for the next one.
The target of 95 % of GOMEMLIMIT is left out: at most a twentieth of the limit, and the allocator
sees to it as well. Up to Go 1.12 pages go back once they were idle for five minutes, which is
looked after every two and a half (runtime/mheap.go).
"""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.next_gc import (
    FORCED_GC_AFTER_S,
    comes_at_the_goal,
    forced_gc_in_s,
    growth_mib_per_s,
)
from gctui.analysis.trend import since, value_at
from gctui.model.counters import Counters
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
OLD_IDLE_S = 300.0
OLD_WAIT_S = FORCED_GC_AFTER_S + OLD_IDLE_S
"""Up to Go 1.12: the garbage has to be found first, then its pages to be idle for so long."""
_KEPT_OVER = 1.1
_RATE_WINDOW_S = 5.0
_SAME_GC_S = 1.0
"""A line and a counter tell of the same collection when their times are this near."""
_AT_ONCE_S = 0.3
_STARTS_WITHIN_S = 15.0
"""The scavenger is at work before that, if there is anything that it may take; often at once."""
SLOWEST_MIB_PER_S = 0.5


@dataclass(frozen=True, slots=True)
class Scavenging:
    """Sizes in MiB, times in s."""

    idle_mib: float
    """Free inside Go and not returned."""
    due_mib: float | None
    """Of that, what the scavenger may take now; None where the last collection was not seen."""
    due_after_gc_mib: float | None
    """What the next collection makes due, if the program goes on as it does."""
    mib_per_s: float | None
    """How fast it was returned in the last seconds; None where that is not known."""
    forced_gc_in_s: float | None
    """When the runtime forces a collection at the latest; None where it is not known."""
    at_goal: bool = False
    """The heap reaches its goal before: the next collection is not the forced one."""
    is_counted: bool = True
    """The runtime's own counters tell, not a line of the trace."""
    is_old: bool = False
    """Go up to 1.12: pages go back by their age."""

    @property
    def goes_back(self) -> bool:
        """Pages are seen to be returned."""
        return self.mib_per_s is not None and self.mib_per_s >= SLOWEST_MIB_PER_S

    @property
    def done_in_s(self) -> float | None:
        """When what is due has gone back at that pace; None where nothing tells."""
        if not self.due_mib or not self.mib_per_s or not self.goes_back:
            return None
        return self.due_mib / self.mib_per_s


@dataclass(frozen=True, slots=True)
class _LastGc:
    """What the heap was when the last collection ended, in MiB; from the samples around it."""

    end_s: float
    inuse_mib: float
    """Before anything was swept: the most of the cycle."""
    free_mib: float
    """Of what was retained then, what was free already."""
    goal_ratio: float
    """The goal that it set over the one before."""
    released_mib: float

    @property
    def target_mib(self) -> float:
        """What the scavenger lets the heap retain."""
        return _KEPT_OVER * self.inuse_mib * self.goal_ratio


def scavenging(snapshot: Snapshot, now_s: float) -> Scavenging | None:
    """Return what is idle and when it goes back; None where nothing tells the idle pages."""
    if snapshot.counters is not None and snapshot.counters.sample.heap_idle_bytes is not None:
        return _counted(snapshot, snapshot.counters, now_s)
    scvg = snapshot.scvg
    if scvg is None or scvg.idle_mb is None:
        return None
    is_old = not any("go1.13" in name or "go1.14" in name for name in snapshot.formats)
    idle_mib = max(0, scvg.idle_mb - (scvg.released_mb or 0))
    forced_in_s = forced_gc_in_s(snapshot, now_s)
    rate = _released_mib_per_s(snapshot, now_s, 0.0)
    return Scavenging(idle_mib, None, None, rate, forced_in_s, is_counted=False, is_old=is_old)


def _counted(snapshot: Snapshot, counters: Counters, now_s: float) -> Scavenging:
    sample, last = counters.sample, _last_gc(snapshot, counters)
    idle_mib = ((sample.heap_idle_bytes or 0) - (sample.heap_released_bytes or 0)) / MIB
    rate = _released_mib_per_s(snapshot, now_s, 0.0 if last is None else last.end_s)
    due_mib = None if last is None else _due_mib(counters, last)
    rests = rate is not None and rate < SLOWEST_MIB_PER_S
    if last is not None and rests and now_s - last.end_s > _STARTS_WITHIN_S:
        # What may be taken is taken at once: chunks that were dense at the last GC are not.
        due_mib = 0.0
    inuse_mib = _inuse_at_next_gc_mib(snapshot, counters, last, now_s)
    retained_mib = (sample.heap_inuse_bytes or 0) / MIB + idle_mib
    after_mib = None if inuse_mib is None else retained_mib - _KEPT_OVER * inuse_mib
    return Scavenging(
        idle_mib=idle_mib,
        due_mib=None if due_mib is None else min(due_mib, idle_mib),
        due_after_gc_mib=None if after_mib is None else min(idle_mib, max(0.0, after_mib)),
        mib_per_s=rate,
        forced_gc_in_s=forced_gc_in_s(snapshot, now_s),
        at_goal=bool(comes_at_the_goal(snapshot, counters, now_s)),
    )


def _due_mib(counters: Counters, last: _LastGc) -> float:
    """Return what exceeds the target and was free at the last collection, so may be taken."""
    sample = counters.sample
    released_mib = (sample.heap_released_bytes or 0) / MIB
    held_bytes = (sample.heap_inuse_bytes or 0) + (sample.heap_idle_bytes or 0)
    over_mib = held_bytes / MIB - released_mib - last.target_mib
    free_mib = last.free_mib - max(0.0, released_mib - last.released_mib)
    return max(0.0, min(over_mib, free_mib))


def _last_gc(snapshot: Snapshot, counters: Counters) -> _LastGc | None:
    """Return the heap at the end of the last collection; None where it was not seen.

    It was seen where a sample came before it, and no other collection in between.
    """
    if not counters.gc_ends_s:
        return None
    end_s, earlier_s = counters.gc_ends_s[-1], counters.gc_ends_s[:-1]
    inuse = snapshot.view(Metric.INUSE_MIB)
    before, after = value_at(inuse, end_s), value_at(inuse, end_s, after=True)
    if before is None or after is None or (earlier_s and earlier_s[-1] > before[0]):
        return None
    goal_before_mib = _goal_before_mib(snapshot, end_s)
    grown_mib = _grown_mib(snapshot, end_s, goal_before_mib)
    if grown_mib is None:
        return None
    inuse_mib = max(after[1], before[1] + grown_mib)
    goal_mib = (counters.sample.heap_goal_bytes or 0) / MIB
    idle, released = (
        value_at(snapshot.view(metric), end_s, after=True)
        for metric in (Metric.IDLE_MIB, Metric.RELEASED_MIB)
    )
    released_mib = 0.0 if released is None else released[1]
    retained_mib = after[1] + (0.0 if idle is None else idle[1]) - released_mib
    return _LastGc(
        end_s=end_s,
        inuse_mib=inuse_mib,
        free_mib=max(0.0, retained_mib - inuse_mib),
        goal_ratio=goal_mib / goal_before_mib if goal_before_mib and goal_mib else 1.0,
        released_mib=released_mib,
    )


def _goal_before_mib(snapshot: Snapshot, end_s: float) -> float | None:
    """Return the goal that a collection raced against: its own line tells, else a sample before."""
    cycle = snapshot.last_cycle
    if cycle is None:
        before = value_at(snapshot.view(Metric.HEAP_GOAL_MIB), end_s)
        return None if before is None else before[1]
    if abs(cycle.end_s - end_s) > _SAME_GC_S or cycle.goal_mib is None:
        return None
    return cycle.goal_mib + 0.5


def _grown_mib(snapshot: Snapshot, end_s: float, goal_mib: float | None) -> float | None:
    """Return what was allocated between the last sample before a collection and its end.

    The line of the collection tells, else how fast the heap grew before that sample; None where
    neither does, and the sample is too old to stand for the end.
    """
    heap = snapshot.view(Metric.HEAP_ALLOCATED_MIB)
    before = value_at(heap, end_s)
    if before is None:
        return None
    cycle = snapshot.last_cycle
    if cycle is not None and abs(cycle.end_s - end_s) <= _SAME_GC_S and cycle.event.heap_end_mb:
        return max(0.0, cycle.event.heap_end_mb - before[1])
    earlier = value_at(heap, before[0])
    if earlier is None or earlier[1] > before[1]:
        return 0.0 if end_s - before[0] < _AT_ONCE_S else None
    slope = (before[1] - earlier[1]) / (before[0] - earlier[0])
    grown_mib = slope * (end_s - before[0])
    # A collection ends about at its goal, if not before.
    return grown_mib if goal_mib is None else max(0.0, min(grown_mib, goal_mib - before[1]))


def _inuse_at_next_gc_mib(
    snapshot: Snapshot, counters: Counters, last: _LastGc | None, now_s: float
) -> float | None:
    """Return what the heap will have in use when the next collection ends; None: not known."""
    sample = counters.sample
    now_mib = (sample.heap_inuse_bytes or 0) / MIB
    at_goal = comes_at_the_goal(snapshot, counters, now_s)
    if at_goal:
        room = (sample.heap_goal_bytes or 0) - (sample.heap_allocated_bytes or 0)
        as_before_mib = 0.0 if last is None else last.target_mib / _KEPT_OVER
        return max(as_before_mib, now_mib + max(0, room) / MIB)
    forced_in_s = forced_gc_in_s(snapshot, now_s)
    growth = growth_mib_per_s(snapshot, counters, now_s)
    if at_goal is None or forced_in_s is None or growth is None:
        return None
    return now_mib + growth * forced_in_s


def _released_mib_per_s(snapshot: Snapshot, now_s: float, gc_end_s: float) -> float | None:
    """Return how fast pages went back since the last collection, of late.

    They go in bursts with seconds in between, so what counts is the sum.
    """
    series = snapshot.view(Metric.RELEASED_MIB)
    if len(series) < 2:
        return None
    began_s = max(gc_end_s, min(now_s - _RATE_WINDOW_S, series.times_s[-2]))
    points = since(series, began_s)
    if len(points) < 2 or points[-1][0] <= points[0][0]:
        return None
    (first_s, first_mib), (last_s, last_mib) = points[0], points[-1]
    return max(0.0, (last_mib - first_mib) / (last_s - first_s))
