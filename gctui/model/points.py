"""The points that an event adds to the series: which quantity, when, and how much.

A value of None is none. Tuples, as the first of them are made for every trace line.
"""

from __future__ import annotations

from gctui.events import Gc, Runtime, Scvg
from gctui.model.cycle import Cycle, Work, goal_mib, start_of
from gctui.model.metrics import Metric

MIB = 1 << 20
Points = tuple[tuple[Metric, float, float | None], ...]


def cycle_after(last: Cycle | None, gc: Gc, work: Work, start_s: float, end_s: float) -> Cycle:
    """Return a collection, with what follows from the one before it."""
    cpu_percent = allocation = None
    if last is not None and start_of(gc) is not None:
        interval_s, procs = end_s - last.end_s, gc.procs
        if work.cpu_ms is not None and interval_s > 0 and procs:
            cpu_percent = min(100.0, work.cpu_ms / (interval_s * 10 * procs))
        idle_s, live_mb, start_mb = (
            start_s - last.end_s,
            last.event.heap_live_mb,
            gc.heap_start_mb,
        )
        if live_mb is not None and start_mb is not None and idle_s > 0:
            allocation = max(0, start_mb - live_mb) / idle_s
    number = gc.n or 0
    return Cycle(number, start_s, end_s, work, cpu_percent, allocation, goal_mib(gc), gc)


def cycle_points(cycle: Cycle) -> Points:
    """Return what a collection tells, but for its goal, which applied before it."""
    gc, work, end_s = cycle.event, cycle.work, cycle.end_s
    return (
        (Metric.HEAP_START_MIB, cycle.start_s, gc.heap_start_mb),
        (Metric.HEAP_END_MIB, end_s, gc.heap_end_mb),
        (Metric.HEAP_LIVE_MIB, end_s, gc.heap_live_mb),
        (Metric.HEAP_LIVE_MIB, end_s, gc.heap_live_previous_mb),
        (Metric.GOROUTINES, end_s, gc.goroutines),
        (Metric.PAUSE_MS, end_s, work.pause_ms),
        (Metric.PAUSE_SWEEP_TERM_MS, end_s, work.sweep_term_ms),
        (Metric.PAUSE_MARK_TERM_MS, end_s, work.mark_term_ms),
        (Metric.MARK_MS, end_s, work.mark_ms),
        (Metric.CPU_STOPPED_MS, end_s, work.cpu_stopped_ms),
        (Metric.CPU_ASSIST_MS, end_s, work.cpu_assist_ms),
        (Metric.CPU_BACKGROUND_MS, end_s, work.cpu_background_ms),
        (Metric.CPU_IDLE_MS, end_s, work.cpu_idle_ms),
    )


def page_points(scvg: Scvg, time_s: float) -> Points:
    """Return what a line of the old scavenger tells of the heap's pages."""
    return (
        (Metric.INUSE_MIB, time_s, scvg.inuse_mb),
        (Metric.IDLE_MIB, time_s, scvg.idle_mb),
        (Metric.SYS_MIB, time_s, scvg.sys_mb),
        (Metric.RELEASED_MIB, time_s, scvg.released_mb),
        (Metric.CONSUMED_MIB, time_s, scvg.consumed_mb),
    )


def counter_points(sample: Runtime, time_s: float) -> Points:
    """Return what the runtime's counters tell, whether there is a trace or not."""
    return (
        (Metric.INUSE_MIB, time_s, in_mib(sample.heap_inuse_bytes)),
        (Metric.IDLE_MIB, time_s, in_mib(sample.heap_idle_bytes)),
        (Metric.RELEASED_MIB, time_s, in_mib(sample.heap_released_bytes)),
        (Metric.SYS_MIB, time_s, in_mib(sample.sys_bytes)),
        (Metric.HEAP_ALLOCATED_MIB, time_s, in_mib(sample.heap_allocated_bytes)),
        (Metric.GOROUTINES, time_s, sample.goroutines),
    )


def in_mib(size_bytes: int | None) -> float | None:
    """Return a size in MiB."""
    return None if size_bytes is None else size_bytes / MIB
