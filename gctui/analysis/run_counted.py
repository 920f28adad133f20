"""What the runtime itself counted of a run without gc lines: a page's MemStats, or samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot
from gctui.model.statistics import Summary

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Counted:
    """Since the program began, as of the last sample; None where the source does not tell."""

    collections: int | None
    forced: int | None
    gc_cpu_percent: float | None
    pause_total_ms: float | None
    pauses: Summary
    """Of the last collections: the runtime remembers 256 of them."""
    allocated_mib: float | None
    """Live or garbage, nobody knows yet."""
    live_mib: float | None
    goal_mib: float | None


def counted(snapshot: Snapshot) -> Counted | None:
    """Return what the counters tell; None where nobody read them."""
    if snapshot.counters is None:
        return None
    sample = snapshot.counters.sample
    return Counted(
        collections=sample.gc_count,
        forced=sample.gc_forced_count,
        gc_cpu_percent=sample.gc_cpu_percent,
        pause_total_ms=sample.pause_total_ms,
        pauses=snapshot.totals.pause,
        allocated_mib=_mib(sample.heap_allocated_bytes),
        live_mib=snapshot.view(Metric.HEAP_LIVE_MIB).last,
        goal_mib=_mib(sample.heap_goal_bytes),
    )


def counted_values(found: Counted) -> Iterator[tuple[str, float]]:
    """Yield name and number, by the names that gc lines have."""
    pauses = found.pauses
    values = {
        "gc.count": found.collections,
        "gc.forced": found.forced,
        "gc_cpu.percent": found.gc_cpu_percent,
        "pause.p50_ms": pauses.p50,
        "pause.p99_ms": pauses.p99,
        "pause.max_ms": pauses.highest,
        "pause.total_ms": found.pause_total_ms,
        "heap.live.last_mb": found.live_mib,
        "heap.goal.last_mb": found.goal_mib,
        "heap.allocated.last_mb": found.allocated_mib,
    }
    for name, value in values.items():
        if value is not None:
            yield name, value
    if found.collections:
        yield "gc.forced_percent", 100 * (found.forced or 0) / found.collections
        yield "gc.background", found.collections - (found.forced or 0)


def _mib(size_bytes: int | None) -> float | None:
    return None if size_bytes is None else size_bytes / MIB
