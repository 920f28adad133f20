"""When the next collection comes: at the goal, or forced after two minutes without one.

The runtime forces one after forcegcperiod (runtime/proc.go), not while GOGC is off (runtime/mgc.go
gcTrigger.test). Whether the goal is reached before follows from the rhythm of the last collections;
once that has broken off, from how the heap grew since.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from gctui.analysis.trend import value_at
from gctui.model.clock import ClockKind
from gctui.model.counters import Counters
from gctui.model.metrics import Metric
from gctui.model.pacing import has_no_goal
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
FORCED_GC_AFTER_S = 120.0
_RHYTHM_INTERVALS = 5
_BROKEN_AFTER = 3.0
"""Intervals without a collection after which the rhythm no longer holds."""
_FORCED_SHARE = 0.9
"""Intervals near two minutes are those of forced collections."""
_SHORTEST_S = 1.0
_RECENT_S = 5.0


def forced_gc_in_s(snapshot: Snapshot, now_s: float) -> float | None:
    """Return when two minutes without a collection will be over; None where it is not known."""
    if snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    counters = snapshot.counters
    if counters is not None and (counters.sample.gc_percent or 0) < 0:
        return None
    ends_s = [] if counters is None else list(counters.gc_ends_s)
    if snapshot.last_cycle is not None:
        ends_s.append(snapshot.last_cycle.end_s)
    return None if not ends_s else max(0.0, FORCED_GC_AFTER_S - (now_s - max(ends_s)))


def keeps_its_rhythm(ends_s: tuple[float, ...], now_s: float) -> bool:
    """Tell whether collections come as often as they did, and not just because they are forced."""
    intervals_s = [after - before for before, after in pairwise(ends_s[-_RHYTHM_INTERVALS - 1 :])]
    if not intervals_s or intervals_s[-1] >= _FORCED_SHARE * FORCED_GC_AFTER_S:
        return False
    usual_s = max(median(intervals_s), intervals_s[-1])
    return now_s - ends_s[-1] <= _BROKEN_AFTER * usual_s


def growth_mib_per_s(snapshot: Snapshot, counters: Counters, now_s: float) -> float | None:
    """Return how fast the heap grows since the last collection; None of one sample.

    The later half of that time counts: a burst right after a collection is over by then.
    """
    heap = snapshot.view(Metric.HEAP_ALLOCATED_MIB)
    gc_s = max([*counters.gc_ends_s[-1:], *heap.times_s[:1]], default=now_s)
    began_s = max(gc_s, counters.time_s - max(_RECENT_S, (counters.time_s - gc_s) / 2))
    first, last = value_at(heap, began_s, after=True), heap.last
    if first is None or last is None or counters.time_s - first[0] < _SHORTEST_S:
        return counters.allocation_mib_per_s
    return max(0.0, (last - first[1]) / (counters.time_s - first[0]))


def comes_at_the_goal(snapshot: Snapshot, counters: Counters, now_s: float) -> bool | None:
    """Tell whether the heap reaches its goal before a collection is forced; None: not known."""
    goal_bytes, allocated_bytes = counters.sample.heap_goal_bytes, _allocated_bytes(counters)
    if goal_bytes is None:
        return False if has_no_goal(counters.sample) else None
    if keeps_its_rhythm(counters.gc_ends_s, now_s):
        return True
    forced_in_s = forced_gc_in_s(snapshot, now_s)
    growth = growth_mib_per_s(snapshot, counters, now_s)
    if forced_in_s is None or growth is None:
        return None
    return growth * forced_in_s >= (goal_bytes - allocated_bytes) / MIB


def _allocated_bytes(counters: Counters) -> int:
    return counters.sample.heap_allocated_bytes or 0
