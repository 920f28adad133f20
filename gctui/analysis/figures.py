"""The figures line: what an expert reads first, computed from one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from gctui.analysis.goroutines import counted
from gctui.model.clock import ClockKind
from gctui.model.ledger import MIB
from gctui.model.metrics import Metric
from gctui.model.pacing import goal_ahead_mib
from gctui.model.snapshot import Snapshot

LATELY = "lately"
"""What is of the last collections; the rest is of this moment, or of the whole run."""

_RATE_CYCLES = 20
_SHARE_CYCLES = 20
_NOT_FAR_AHEAD_S = 2.0


@dataclass(frozen=True, slots=True)
class Figures:
    """None where the stream does not tell. Sizes in MiB, durations in ms or s, shares in %."""

    gc_number: int | None
    live_gc_number: int | None
    """The collection that `live_mib` is of, where that is another one."""
    collections: int
    forced: int
    gc_per_s: float | None
    since_gc_s: float | None
    live_mib: float | None
    goal_mib: float | None
    """The one that the last collection raced against, as printed."""
    next_goal_mib: float | None
    """Where the next one is due."""
    goal_is_exact: bool
    """The runtime's own figure, not one that follows from a trace."""
    allocation_mib_per_s: float | None
    last_pause_ms: float | None
    worst_pause_ms: float | None
    p99_pause_ms: float | None
    gc_cpu_percent: float | None
    """Share of the last collections' time, idle mark excluded."""
    gc_cpu_since_start_percent: float | None
    """The runtime's own cumulative figure."""
    rss_mib: float | None
    virt_mib: float | None
    limit_mib: float | None
    goroutines: int | None


def figures(snapshot: Snapshot, now_s: float, *, has_ended: bool = False) -> Figures:
    """Return the figures as of `now_s` on the stream's axis.

    What is live, the goal, RSS and VIRT are of the moment that the ledger splits. So is the number
    of the collection while the program runs: a newer one has its own figures within a second.
    """
    cycle, process = snapshot.last_cycle, snapshot.process
    pause, counters = snapshot.totals.pause, snapshot.counters
    number, live_number = _gc_number(snapshot), _live_gc_number(snapshot)
    if live_number is not None and not has_ended and _is_of_now(snapshot):
        number = live_number
    return Figures(
        gc_number=number,
        live_gc_number=None if live_number == number else live_number,
        collections=_collections(snapshot),
        forced=_forced(snapshot),
        gc_per_s=gc_rate_per_s(snapshot, now_s),
        since_gc_s=_since_gc_s(snapshot, now_s),
        live_mib=_live_mib(snapshot),
        goal_mib=None if cycle is None else cycle.goal_mib,
        next_goal_mib=goal_ahead_mib(snapshot),
        goal_is_exact=counters is not None,
        allocation_mib_per_s=_allocation_mib_per_s(snapshot),
        last_pause_ms=_last_pause_ms(snapshot),
        worst_pause_ms=pause.highest,
        p99_pause_ms=pause.p99,
        gc_cpu_percent=gc_cpu_share_percent(snapshot),
        gc_cpu_since_start_percent=_since_start_percent(snapshot),
        rss_mib=_mib(process.rss_bytes if process else None),
        virt_mib=_mib(process.vms_bytes if process else None),
        limit_mib=_mib(process.cgroup_limit_bytes if process else None),
        goroutines=counted(snapshot),
    )


def gc_rate_per_s(snapshot: Snapshot, now_s: float) -> float | None:
    """Return collections per second over the last cycles.

    While none comes the rate falls: the open interval counts once it is longer than the mean.
    """
    if snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    ends_s = _gc_ends_s(snapshot)
    if len(ends_s) < 2:
        return None
    span_s = ends_s[-1] - ends_s[0]
    rate = (len(ends_s) - 1) / span_s if span_s > 0 else None
    open_s = now_s - ends_s[-1]
    if rate is None or open_s <= 1 / rate:
        return rate
    return len(ends_s) / (span_s + open_s)


def _gc_ends_s(snapshot: Snapshot) -> list[float]:
    """Return when the last collections ended, by the trace, else by the runtime's counters."""
    if not _tells_of_it(snapshot):
        return list(snapshot.counters.gc_ends_s) if snapshot.counters else []
    begin_s = _epoch_begin_s(snapshot)
    return [c.end_s for c in snapshot.cycles[-_RATE_CYCLES:] if c.end_s >= begin_s]


def gc_cpu_share_percent(snapshot: Snapshot) -> float | None:
    """Return the share of CPU that the last collections took, weighted by their intervals."""
    if not _tells_of_it(snapshot) and snapshot.counters is not None:
        return snapshot.counters.gc_cpu_percent
    weighted = total_s = 0.0
    recent = snapshot.cycles[-_SHARE_CYCLES:]
    for before, cycle in pairwise(recent):
        if cycle.gc_cpu_percent is not None:
            interval_s = cycle.end_s - before.end_s
            weighted += cycle.gc_cpu_percent * interval_s
            total_s += interval_s
    return weighted / total_s if total_s > 0 else None


def _epoch_begin_s(snapshot: Snapshot) -> float:
    return snapshot.epochs[-1].begin_s if snapshot.epochs else 0.0


def _since_gc_s(snapshot: Snapshot, now_s: float) -> float | None:
    ends_s = _gc_ends_s(snapshot)
    if not ends_s or snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    return max(0.0, now_s - ends_s[-1])


def _tells_of_it(snapshot: Snapshot) -> bool:
    """Tell whether the gc lines are those of the program whose counters are read.

    Where several programs print into one stream they need not be.
    """
    return bool(snapshot.cycles) and (snapshot.counters is None or snapshot.count("epochs") <= 1)


def _live_mib(snapshot: Snapshot) -> float | None:
    sample = snapshot.sample
    if sample is not None and sample.heap_live_bytes is not None:
        return sample.heap_live_bytes / MIB
    return snapshot.view(Metric.HEAP_LIVE_MIB).last


def _live_gc_number(snapshot: Snapshot) -> int | None:
    """Return the number of the collection that the runtime's live heap is of."""
    sample = snapshot.sample
    return None if sample is None or sample.heap_live_bytes is None else sample.gc_count


def _is_of_now(snapshot: Snapshot) -> bool:
    """Tell whether the counters are still read: collections are not far ahead of them."""
    cycle, counters = snapshot.last_cycle, snapshot.counters
    if cycle is None or counters is None:
        return True
    return cycle.end_s - counters.time_s <= _NOT_FAR_AHEAD_S


def _gc_number(snapshot: Snapshot) -> int | None:
    sample = snapshot.sample
    if snapshot.last_cycle is not None and _tells_of_it(snapshot):
        return snapshot.last_cycle.number
    return None if sample is None else sample.gc_count


def _collections(snapshot: Snapshot) -> int:
    sample = snapshot.sample
    counted = 0 if sample is None else sample.gc_count
    return snapshot.count("gc") or counted or 0


def _forced(snapshot: Snapshot) -> int:
    sample = snapshot.sample
    counted = 0 if sample is None else sample.gc_forced_count
    return snapshot.count("forced") if snapshot.cycles else counted or 0


def _last_pause_ms(snapshot: Snapshot) -> float | None:
    if snapshot.last_cycle is not None and _tells_of_it(snapshot):
        return snapshot.last_cycle.pause_ms
    return None if snapshot.counters is None else snapshot.counters.last_pause_ms


def _since_start_percent(snapshot: Snapshot) -> float | None:
    if snapshot.last_cycle is not None and _tells_of_it(snapshot):
        return snapshot.last_cycle.event.gc_cpu_percent
    sample = snapshot.sample
    return None if sample is None else sample.gc_cpu_percent


def _allocation_mib_per_s(snapshot: Snapshot) -> float | None:
    """Return what the runtime counts, else what the trace lets one estimate."""
    if snapshot.counters is not None and snapshot.counters.allocation_mib_per_s is not None:
        return snapshot.counters.allocation_mib_per_s
    return _median_allocation(snapshot)


def _median_allocation(snapshot: Snapshot) -> float | None:
    recent = snapshot.cycles[-_RATE_CYCLES:]
    rates = [c.allocation_mib_per_s for c in recent if c.allocation_mib_per_s is not None]
    return median(rates) if rates else None


def _mib(size_bytes: int | None) -> float | None:
    return None if size_bytes is None else size_bytes / MIB
