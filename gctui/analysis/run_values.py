"""The figures of a run as one flat mapping; `RunFigures.values` documents the names."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from gctui.analysis.run_counted import counted_values
from gctui.analysis.run_figures import MIB, Measure, Rate, RunFigures, steps
from gctui.analysis.tally import Spread
from gctui.model.metrics import Metric
from gctui.model.series import SeriesView

_Named = Iterator[tuple[str, float]]

_SPREAD_NAMES = {
    Measure.PAUSE: ("pause", "_ms"),
    Measure.SWEEP_TERM: ("sweep_term", "_ms"),
    Measure.MARK: ("mark", "_ms"),
    Measure.MARK_TERM: ("mark_term", "_ms"),
    Measure.WALL: ("wall", "_ms"),
    Measure.CPU: ("cpu", "_ms"),
    Measure.ASSIST: ("assist", "_ms"),
    Measure.BACKGROUND: ("background", "_ms"),
    Measure.IDLE: ("idle", "_ms"),
    Measure.INTERVAL: ("gc.interval", "_s"),
    Measure.GC_CPU: ("gc_cpu.interval", "_percent"),
    Measure.MARK_UTILISATION: ("mark_utilisation", "_percent"),
    Measure.ALLOCATION: ("alloc.interval", "_mb_per_s"),
    Measure.OVERSHOOT: ("overshoot", "_percent"),
    Measure.HEAP_START: ("heap.start", "_mb"),
    Measure.HEAP_END: ("heap.end", "_mb"),
    Measure.LIVE: ("heap.live", "_mb"),
    Measure.GOAL: ("heap.goal", "_mb"),
    Measure.STACKS: ("stacks", "_mb"),
}


def run_values(run: RunFigures) -> _Named:
    """Yield name and number, in the order of the report."""
    yield from _present("run.span_s", run.span_s)
    yield "run.count", run.runs
    if run.counted is not None:
        yield from counted_values(run.counted)
    else:
        yield "gc.count", run.collections
        yield "gc.forced", run.forced
        yield "gc.forced_percent", run.forced_percent
        yield "gc.background", run.collections - run.forced
    yield "gc.periodic", run.periodic
    yield from _present("gc.per_s", run.gc_per_s)
    if run.paused_percent is not None:
        yield "throughput.not_paused_percent", 100 - run.paused_percent
        yield "pause.percent", run.paused_percent
    yield from _present("throughput.mutator_percent", run.mutator_percent)
    for measure, spread in run.spreads.items():
        yield from _spread(*_SPREAD_NAMES[measure], spread)
    if pause := run.spread(Measure.PAUSE):
        yield "pause.total_ms", pause.total
    yield from _cpu(run)
    for name, rate in (
        ("rate", run.allocation),
        ("mutator", run.mutator_allocation),
        ("mark", run.mark_allocation),
    ):
        yield from _rate(name, rate)
    yield from _heap(run)
    yield from _present("mark_utilisation.percent", run.mark_utilisation_percent)
    for length, percent in steps(run.windows):
        yield f"mmu.{length}_percent", percent
    for length, percent in steps(run.windows_unforced):
        yield f"mmu_unforced.{length}_percent", percent
    yield from _inferred(run)
    yield from _process(run)
    yield "lines.unparsed", run.counts.get("unparsed", 0)
    yield "lines.repaired", run.repaired
    yield "lines.repeated", run.repeated
    yield "lines.text", run.counts.get("text", 0)


def _present(name: str, value: float | None) -> _Named:
    if value is not None:
        yield name, value


def _spread(name: str, unit: str, spread: Spread) -> _Named:
    yield f"{name}.p50{unit}", spread.p50
    yield f"{name}.p90{unit}", spread.p90
    yield f"{name}.p95{unit}", spread.p95
    yield f"{name}.p99{unit}", spread.p99
    yield f"{name}.p999{unit}", spread.p999
    yield f"{name}.max{unit}", spread.highest
    yield f"{name}.mean{unit}", spread.mean


def _cpu(run: RunFigures) -> _Named:
    if run.cpu is None:
        return
    yield "gc_cpu.percent", run.cpu.gc_percent
    yield "gc_cpu.stopped_percent", run.cpu.stopped_percent
    yield "gc_cpu.assist_percent", run.cpu.assist_percent
    yield "gc_cpu.background_percent", run.cpu.background_percent
    yield "gc_cpu.idle_percent", run.cpu.idle_percent
    yield "assist.share_percent", run.cpu.assist_share_percent


def _rate(name: str, rate: Rate | None) -> _Named:
    if rate is not None:
        yield f"alloc.{name}_mb_per_s", rate.mb_per_s
        yield f"alloc.{name}_low_mb_per_s", rate.low_mb_per_s
        yield f"alloc.{name}_high_mb_per_s", rate.high_mb_per_s


def _heap(run: RunFigures) -> _Named:
    if run.last_heap is not None:
        yield from _present("heap.live.last_mb", run.last_heap.live_mb)
        yield from _present("heap.goal.last_mb", run.last_heap.goal_mb)
        yield from _present("heap.end.last_mb", run.last_heap.end_mb)


def _inferred(run: RunFigures) -> _Named:
    if run.growth.now is not None:
        yield "growth.mb_per_min", 60 * run.growth.now.slope_per_s
        yield "growth.low_mb_per_min", 60 * run.growth.now.low_per_s
        yield "growth.high_mb_per_min", 60 * run.growth.now.high_per_s
    if run.gogc is not None and not run.gogc.is_off:
        # As the report says it: what must be 100 is not 101.6.
        yield "gogc.percent", run.gogc.setting or run.gogc.percent
        yield "gogc.low_percent", run.gogc.low_percent
        yield "gogc.high_percent", run.gogc.high_percent
    if run.binding is not None:
        yield "gogc.effective_percent", run.binding.effective_percent


def _process(run: RunFigures) -> _Named:
    snapshot = run.snapshot
    process = snapshot.process
    if process is not None and process.rss_bytes is not None:
        yield "rss.last_mb", process.rss_bytes / MIB
    if snapshot.totals.peak_rss_bytes is not None:
        yield "rss.peak_mb", snapshot.totals.peak_rss_bytes / MIB
    goroutines = snapshot.view(Metric.GOROUTINES)
    yield from _present("goroutines.last", goroutines.last)
    yield from _present("goroutines.max", _highest(goroutines))
    grown = run.goroutines
    if grown.now is not None and grown.is_timed:
        yield "goroutines.growth_per_min", 60 * grown.now.slope_per_s
        yield "goroutines.growth_low_per_min", 60 * grown.now.low_per_s
        yield "goroutines.growth_high_per_min", 60 * grown.now.high_per_s
    yield from _present("threads.max", _highest(snapshot.view(Metric.THREADS)))
    if run.work_released_mib:
        yield "scavenger.returned_mb", run.work_released_mib


def _highest(view: SeriesView) -> float | None:
    return max((value for value in view.values if not isnan(value)), default=None)
