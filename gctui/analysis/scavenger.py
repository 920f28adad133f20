"""What the scavenger does next: how much it owes the OS, how fast it pays, when it can pay more.

Since Go 1.13 the background scavenger returns what exceeds 110 % of the heap that was in use at the
end of the last collection, scaled by the next goal (runtime/mgcscavenge.go gcPaceScavenger). So
after a peak nothing more is due until a collection has seen that the heap is small; the runtime
forces one after two minutes (runtime/proc.go forcegcperiod). Up to Go 1.12 pages go back once they
were idle for five minutes, which is looked after every two and a half (runtime/mheap.go).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import isnan

from gctui.analysis.trend import since, thinned, trend
from gctui.model.clock import ClockKind
from gctui.model.counters import Counters
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
FORCED_GC_AFTER_S = 120.0
OLD_IDLE_S = 300.0
OLD_WAIT_S = FORCED_GC_AFTER_S + OLD_IDLE_S
"""Up to Go 1.12: the garbage has to be found first, then its pages to be idle for so long."""
_KEPT_OVER = 1.1
_RATE_WINDOW_S = 10.0
_RATE_STRETCHES = 16


@dataclass(frozen=True, slots=True)
class Scavenging:
    """Sizes in MiB, times in s."""

    idle_mib: float
    """Free inside Go and not returned."""
    due_mib: float | None
    """Of that, what exceeds the scavenger's target now; None for Go up to 1.12."""
    due_after_gc_mib: float | None
    """What would exceed it if a collection ran now: as much as the heap in use has shrunk."""
    mib_per_s: float | None
    """How fast it was returned in the last seconds; None where that is not known."""
    forced_gc_in_s: float | None
    """When the runtime forces a collection at the latest; None where it is not known."""
    is_old: bool = False
    """Go up to 1.12: pages go back by their age."""

    @property
    def done_in_s(self) -> float | None:
        """When what is due has gone back at that pace; None where nothing tells."""
        if not self.due_mib or not self.mib_per_s:
            return None
        return self.due_mib / self.mib_per_s


def scavenging(snapshot: Snapshot, now_s: float) -> Scavenging | None:
    """Return what is idle and when it goes back; None where nothing tells the idle pages."""
    if snapshot.counters is not None and snapshot.counters.sample.heap_idle_bytes is not None:
        return _counted(snapshot, snapshot.counters, now_s)
    scvg = snapshot.scvg
    if scvg is None or scvg.idle_mb is None:
        return None
    is_old = not any("go1.13" in name or "go1.14" in name for name in snapshot.formats)
    idle_mib = max(0, scvg.idle_mb - (scvg.released_mb or 0))
    forced_in_s = _forced_gc_in_s(snapshot, now_s)
    rate = _released_mib_per_s(snapshot, now_s)
    return Scavenging(idle_mib, None, None, rate, forced_in_s, is_old)


def _counted(snapshot: Snapshot, counters: Counters, now_s: float) -> Scavenging:
    sample = counters.sample
    idle_mib = ((sample.heap_idle_bytes or 0) - (sample.heap_released_bytes or 0)) / MIB
    inuse_mib = (sample.heap_inuse_bytes or 0) / MIB
    retained_mib = inuse_mib + idle_mib
    at_gc_mib = _inuse_at_last_gc_mib(snapshot, counters)
    due_mib = None if at_gc_mib is None else max(0.0, retained_mib - _KEPT_OVER * at_gc_mib)
    return Scavenging(
        idle_mib=idle_mib,
        due_mib=None if due_mib is None else min(due_mib, idle_mib),
        due_after_gc_mib=min(idle_mib, max(0.0, retained_mib - _KEPT_OVER * inuse_mib)),
        mib_per_s=_released_mib_per_s(snapshot, now_s),
        forced_gc_in_s=_forced_gc_in_s(snapshot, now_s),
    )


def _inuse_at_last_gc_mib(snapshot: Snapshot, counters: Counters) -> float | None:
    """Return what the heap had in use when the last collection ended, as near as it was sampled."""
    if not counters.gc_ends_s:
        return None
    series = snapshot.view(Metric.INUSE_MIB)
    place = bisect_right(series.times_s, counters.gc_ends_s[-1])
    around = [value for value in series.values[max(0, place - 1) : place + 1] if not isnan(value)]
    # Sweeping makes it smaller right after: the larger of both is the one at the end.
    return max(around, default=None)


def _forced_gc_in_s(snapshot: Snapshot, now_s: float) -> float | None:
    """Return when two minutes without a collection will be over."""
    if snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    ends_s = [] if snapshot.counters is None else list(snapshot.counters.gc_ends_s)
    if snapshot.last_cycle is not None:
        ends_s.append(snapshot.last_cycle.end_s)
    return None if not ends_s else max(0.0, FORCED_GC_AFTER_S - (now_s - max(ends_s)))


def _released_mib_per_s(snapshot: Snapshot, now_s: float) -> float | None:
    recent = since(snapshot.view(Metric.RELEASED_MIB), now_s - _RATE_WINDOW_S)
    line = trend(thinned(recent, _RATE_STRETCHES))
    return None if line is None else max(0.0, line.slope_per_s)
