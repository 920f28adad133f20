"""The report of a run as a document: what every format shows, in one order, in one wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gctui.analysis.findings import findings
from gctui.analysis.findings.finding import Thresholds
from gctui.analysis.neutral import neutral, place
from gctui.analysis.run_figures import Chart, Measure, RunFigures
from gctui.analysis.units import (
    Quantity,
    clock,
    duration_ms,
    percent,
    rate,
    size,
    size_in_short,
    size_of_some,
)
from gctui.report.counted import counted_headline, counted_words
from gctui.report.report_amounts import near, rate_range
from gctui.report.report_parts import Document, Drawing, Line
from gctui.report.report_tables import tables

_LONGEST_LABEL = 200


def document(run: RunFigures, thresholds: Mapping[str, Thresholds] | None = None) -> Document:
    """Lay out the figures of a run."""
    return Document(
        title=neutral(run.label, _LONGEST_LABEL),
        subtitle=_subtitle(run),
        headline=tuple(_headline(run)),
        found=findings(run, thresholds),
        drawings=tuple(_drawings(run)),
        tables=tuple(table for table in tables(run) if table.rows),
    )


def _subtitle(run: RunFigures) -> str:
    parts = [neutral(run.go, 80) if run.go else ""]
    counted = f"{run.collections} collection{'' if run.collections == 1 else 's'}"
    if run.counted is not None:
        parts.append(counted_words(run.counted))
    else:
        parts.append(f"{counted} ({run.forced} forced)" if run.forced else counted)
    if run.span_s is not None:
        parts.append(f"over {clock(run.span_s)}")
    if run.cut:
        parts.append(f"only {run.cut}")
    if run.runs > 1:
        parts.append(f"started {run.runs} times")
    if run.repeated:
        many = "line" if run.repeated == 1 else "lines"
        parts.append(f"{run.repeated} repeated {many} left out")
    if run.procs is not None:
        low, high = run.procs
        parts.append(f"{low} P" if low == high else f"{low} to {high} P")
    if run.first_wall:
        parts.append(f"{neutral(run.first_wall, 40)} to {neutral(run.last_wall, 40)}")
    return ", ".join(part for part in parts if part)


def _headline(run: RunFigures) -> Iterator[tuple[str, str, str]]:
    if run.counted is not None:
        yield from counted_headline(run.counted)
    pause = run.spread(Measure.PAUSE)
    if run.paused_percent is not None:
        left = "" if run.mutator_percent is None else f"CPU left to it {near(run.mutator_percent)}"
        yield "throughput", near(100 - run.paused_percent), f"of the time not paused; {left}"
    if pause is not None:
        yield "pause p99", duration_ms(pause.p99), f"worst {duration_ms(pause.highest)}"
    if run.cpu is not None:
        yield "GC CPU", percent(run.cpu.gc_percent), "of all Ps' time, idle mark time aside"
    if run.gc_per_s is not None:
        yield "GC rate", rate(run.gc_per_s), ", ".join(_unasked(run))
    if run.allocation is not None:
        yield (
            "allocation",
            f"{size_in_short(run.allocation.mb_per_s)}/s",
            rate_range(run.allocation),
        )
    live, last = run.spread(Measure.LIVE), run.last_heap
    if live is not None and last is not None:
        about = f"at the end; {size_of_some(live.p50)} median, {size_of_some(live.highest)} top"
        yield "live heap", size_of_some(last.live_mb), about
    peak = run.extremes.get(Measure.HEAP_END)
    if peak is not None:
        yield (
            "at GC end",
            size_of_some(peak.value),
            f"the largest heap, {place(peak.line, peak.file)}",
        )
    peak_bytes = run.snapshot.totals.peak_rss_bytes
    if peak_bytes is not None:
        yield "peak RSS", size(round(peak_bytes / (1 << 20))), "as the OS counts it"
    yield from _goroutines(run)


def _unasked(run: RunFigures) -> Iterator[str]:
    """Say which collections the pacer did not ask for."""
    yield f"{percent(run.forced_percent)} forced"
    if run.periodic:
        yield f"{run.periodic} as two minutes had passed"


def _goroutines(run: RunFigures) -> Iterator[tuple[str, str, str]]:
    values = run.values()
    if (last := values.get("goroutines.last")) is None:
        return
    about = f"{values['goroutines.max']:.0f} at most"
    if run.goroutines.grows and "goroutines.growth_per_min" in values:
        about += f", {values['goroutines.growth_per_min']:+.0f} a minute"
        about += "" if run.goroutines.life is None else " before a restart"
    yield "goroutines", f"{last:.0f}", about


def _drawings(run: RunFigures) -> Iterator[Drawing]:
    restarts_s = tuple(each.at_s for each in run.starts[1:] if each.at_s is not None)
    said = " A dotted vertical line is a restart." if restarts_s else ""
    for each in _charts(run):
        yield replace(each, about=each.about + said, restarts_s=restarts_s)


def _charts(run: RunFigures) -> Iterator[Drawing]:
    named = {
        chart: Line(name, run.charts[chart], chart in _LEVELS)
        for chart, name in _NAMES
        if chart in run.charts
    }
    heap = [named[chart] for chart in (Chart.GOAL, Chart.HEAP_END, Chart.LIVE) if chart in named]
    if heap:
        about = "What each collection found alive, the heap as it ended, and the goal it raced."
        yield Drawing("Heap", Quantity.SIZE_MIB, "MiB", tuple(heap), about)
    if Chart.PAUSE in named:
        about = "How long the world was stopped, per collection."
        yield Drawing("Pauses", Quantity.DURATION_MS, "ms", (named[Chart.PAUSE],), about)
    if Chart.GC_CPU in named:
        about = "CPU of each collection as a share of all Ps since the one before ended."
        yield Drawing("GC CPU", Quantity.COUNT, "%", (named[Chart.GC_CPU],), about)


_LEVELS = frozenset({Chart.GOAL, Chart.HEAP_END, Chart.LIVE})
_NAMES = (
    (Chart.GOAL, "goal"),
    (Chart.HEAP_END, "at GC end"),
    (Chart.LIVE, "live"),
    (Chart.PAUSE, "pause"),
    (Chart.GC_CPU, "GC CPU"),
)
