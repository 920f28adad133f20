"""The figures line: what an expert reads first, computed from one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from gctui.model.clock import ClockKind
from gctui.model.ledger import MIB
from gctui.model.metrics import Metric
from gctui.model.pacing import next_goal_mib
from gctui.model.snapshot import Snapshot

_RATE_CYCLES = 20
_SHARE_CYCLES = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """None where the stream does not tell. Sizes in MiB, durations in ms or s, shares in %."""

    gc_number: int | None
    collections: int
    forced: int
    gc_per_s: float | None
    since_gc_s: float | None
    live_mib: float | None
    goal_mib: float | None
    """The one that the last collection raced against, as printed."""
    next_goal_mib: float | None
    """About where the next one is due."""
    allocation_mib_per_s: float | None
    last_pause_ms: float | None
    worst_pause_ms: float | None
    p99_pause_ms: float | None
    gc_cpu_percent: float | None
    """Share of the last collections' time, idle mark excluded."""
    gc_cpu_since_start_percent: int | None
    """The runtime's own cumulative figure."""
    rss_mib: float | None
    virt_mib: float | None
    limit_mib: float | None
    goroutines: int | None


def figures(snapshot: Snapshot, now_s: float) -> Figures:
    """Return the figures as of `now_s` on the stream's axis."""
    cycle, process = snapshot.last_cycle, snapshot.process
    pause = snapshot.totals.pause
    goroutines = snapshot.view(Metric.GOROUTINES).last
    return Figures(
        gc_number=None if cycle is None else cycle.number,
        collections=snapshot.count("gc"),
        forced=snapshot.count("forced"),
        gc_per_s=gc_rate_per_s(snapshot, now_s),
        since_gc_s=_since_gc_s(snapshot, now_s),
        live_mib=snapshot.view(Metric.HEAP_LIVE_MIB).last,
        goal_mib=None if cycle is None else cycle.goal_mib,
        next_goal_mib=next_goal_mib(snapshot.cycles),
        allocation_mib_per_s=_median_allocation(snapshot),
        last_pause_ms=None if cycle is None else cycle.pause_ms,
        worst_pause_ms=pause.highest,
        p99_pause_ms=pause.p99,
        gc_cpu_percent=gc_cpu_share_percent(snapshot),
        gc_cpu_since_start_percent=None if cycle is None else cycle.event.gc_cpu_percent,
        rss_mib=_mib(process.rss_bytes if process else None),
        virt_mib=_mib(process.vms_bytes if process else None),
        limit_mib=_mib(process.cgroup_limit_bytes if process else None),
        goroutines=None if goroutines is None else int(goroutines),
    )


def gc_rate_per_s(snapshot: Snapshot, now_s: float) -> float | None:
    """Return collections per second over the last cycles.

    While none comes the rate falls: the open interval counts once it is longer than the mean.
    """
    if snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    recent = [c for c in snapshot.cycles[-_RATE_CYCLES:] if c.end_s >= _epoch_begin_s(snapshot)]
    if len(recent) < 2:
        return None
    span_s = recent[-1].end_s - recent[0].end_s
    rate = (len(recent) - 1) / span_s if span_s > 0 else None
    open_s = now_s - recent[-1].end_s
    if rate is None or open_s <= 1 / rate:
        return rate
    return len(recent) / (span_s + open_s)


def gc_cpu_share_percent(snapshot: Snapshot) -> float | None:
    """Return the share of CPU that the last collections took, weighted by their intervals."""
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
    if snapshot.last_cycle is None or snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    return max(0.0, now_s - snapshot.last_cycle.end_s)


def _median_allocation(snapshot: Snapshot) -> float | None:
    recent = snapshot.cycles[-_RATE_CYCLES:]
    rates = [c.allocation_mib_per_s for c in recent if c.allocation_mib_per_s is not None]
    return median(rates) if rates else None


def _mib(size_bytes: int | None) -> float | None:
    return None if size_bytes is None else size_bytes / MIB
