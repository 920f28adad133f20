"""The report of a run as a document: what every format shows, in one order, in one wording."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gctui.analysis.findings import Finding, findings
from gctui.analysis.findings.finding import Thresholds
from gctui.analysis.neutral import neutral, place
from gctui.analysis.pacing_notes import gogc_note, growth_note
from gctui.analysis.run_figures import Chart, Measure, Rate, RunFigures, steps
from gctui.analysis.tally import Spread
from gctui.analysis.units import (
    UNKNOWN,
    Quantity,
    clock,
    duration_ms,
    percent,
    rate,
    size,
    size_of_some,
)
from gctui.analysis.utilisation import Window
from gctui.model.series import SeriesView
from gctui.report.counted import counted_headline, counted_words, untold

_LONGEST_LABEL = 200
_Shown = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a heading; the first column names, the others are figures or words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    words: frozenset[int] = frozenset()
    """The columns that are prose: set left, and wrapped where there is room."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    points: SeriesView
    is_level: bool = False
    """It holds until its next point, as sizes do."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart over the run's time."""

    title: str
    quantity: Quantity
    unit: str
    """Of the values: `MiB`, `ms` or `%`."""
    lines: tuple[Line, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    headline: tuple[tuple[str, str, str], ...]
    """Name, figure, and what it means or its range."""
    found: tuple[Finding, ...]
    drawings: tuple[Drawing, ...]
    tables: tuple[Table, ...]


def document(run: RunFigures, thresholds: Mapping[str, Thresholds] | None = None) -> Document:
    """Lay out the figures of a run."""
    return Document(
        title=neutral(run.label, _LONGEST_LABEL),
        subtitle=_subtitle(run),
        headline=tuple(_headline(run)),
        found=findings(run, thresholds),
        drawings=tuple(_drawings(run)),
        tables=tuple(table for table in _tables(run) if table.rows),
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
    if run.runs > 1:
        parts.append(f"started {run.runs} times")
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
        left = "" if run.mutator_percent is None else f"CPU left to it {_near(run.mutator_percent)}"
        yield "throughput", _near(100 - run.paused_percent), f"of the time not paused; {left}"
    if pause is not None:
        yield "pause p99", duration_ms(pause.p99), f"worst {duration_ms(pause.highest)}"
    if run.cpu is not None:
        yield "GC CPU", percent(run.cpu.gc_percent), "of all Ps' time, idle mark time aside"
    if run.gc_per_s is not None:
        yield "GC rate", rate(run.gc_per_s), f"{percent(run.forced_percent)} forced"
    if run.allocation is not None:
        yield "allocation", f"{_mb(run.allocation.mb_per_s)}/s", _range(run.allocation)
    live, last = run.spread(Measure.LIVE), run.last_heap
    if live is not None and last is not None:
        about = f"{size_of_some(live.p50)} median, {size_of_some(live.highest)} top"
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


def _goroutines(run: RunFigures) -> Iterator[tuple[str, str, str]]:
    values = run.values()
    if (last := values.get("goroutines.last")) is None:
        return
    about = f"{values['goroutines.max']:.0f} at most"
    if run.goroutines.grows and "goroutines.growth_per_min" in values:
        about += f", {values['goroutines.growth_per_min']:+.0f} a minute"
        about += "" if run.goroutines.life is None else " before a restart"
    yield "goroutines", f"{last:.0f}", about


def _near(share: float) -> str:
    """Format a share near 100 % so that what is missing shows."""
    return f"{share:.3f}%" if 99 <= share < 100 else f"{share:.1f}%"


def _mb(mb: float) -> str:
    return size(round(mb, 1) if mb < 10 else round(mb))


def _range(found: Rate) -> str:
    said = f"{_mb(found.low_mb_per_s)} to {_mb(found.high_mb_per_s)}/s"
    return said if found.tells else f"too small to tell: {said}"


def _drawings(run: RunFigures) -> Iterator[Drawing]:
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


def _tables(run: RunFigures) -> Iterator[Table]:
    yield _durations(run)
    yield _sizes(run)
    yield _work(run)
    yield _windows(run)
    yield _settings(run)
    yield _what_if(run)
    yield _memory(run)
    yield _log(run)


_HEAD = ("", "p50", "p90", "p95", "p99", "p99.9", "max")


def _cells(name: str, spread: Spread, shown: _Shown) -> tuple[str, ...]:
    figures = (spread.p50, spread.p90, spread.p95, spread.p99, spread.p999, spread.highest)
    return (name, *(shown(each) for each in figures))


def _rows(
    run: RunFigures, named: Iterable[tuple[Measure, str]], shown: _Shown
) -> tuple[tuple[str, ...], ...]:
    rows = []
    for measure, name in named:
        spread = run.spread(measure)
        if spread is not None:
            rows.append(_cells(name, spread, shown))
    return tuple(rows)


def _durations(run: RunFigures) -> Table:
    named = (
        (Measure.PAUSE, "pause, whole"),
        (Measure.SWEEP_TERM, "sweep termination"),
        (Measure.MARK_TERM, "mark termination"),
        (Measure.MARK, "mark"),
        (Measure.WALL, "collection, whole"),
        (Measure.CPU, "CPU, without idle"),
        (Measure.ASSIST, "CPU: assists"),
        (Measure.BACKGROUND, "CPU: background"),
        (Measure.IDLE, "CPU: idle mark"),
    )
    rows = _rows(run, named, duration_ms)
    interval = run.spread(Measure.INTERVAL)
    if interval is not None:
        rows += (_cells("between collections", interval, lambda each: duration_ms(1000 * each)),)
    spreads = run.spreads.values()
    about = any(spread.relative_error for spread in spreads)
    note = "Percentiles by nearest rank over all collections"
    return Table("Durations", _HEAD, rows, f"{note}, within 1%." if about else f"{note}, exact.")


def _sizes(run: RunFigures) -> Table:
    named = (
        (Measure.LIVE, "live heap"),
        (Measure.GOAL, "heap goal"),
        (Measure.HEAP_START, "heap at GC start"),
        (Measure.HEAP_END, "heap at GC end"),
        (Measure.STACKS, "stacks"),
    )
    return Table("Sizes", _HEAD, _rows(run, named, size_of_some))


def _work(run: RunFigures) -> Table:
    rows = []
    for measure, name in (
        (Measure.GC_CPU, "GC CPU of an interval"),
        (Measure.MARK_UTILISATION, "CPU of a mark"),
        (Measure.OVERSHOOT, "over the goal"),
    ):
        spread = run.spread(measure)
        if spread is not None:
            rows.append(_cells(name, spread, percent))
    spread = run.spread(Measure.ALLOCATION)
    if spread is not None:
        rows.append(_cells("allocation", spread, lambda mb: f"{_mb(mb)}/s"))
    note = []
    if run.cpu is not None:
        cpu = run.cpu
        note.append(
            f"Over the run: assists {percent(cpu.assist_percent)}, background "
            f"{percent(cpu.background_percent)}, stopped {percent(cpu.stopped_percent)}, idle mark "
            f"{percent(cpu.idle_percent)} of the CPU; assists do "
            f"{percent(cpu.assist_share_percent)} of the marking."
        )
    for name, found in (
        ("between collections", run.mutator_allocation),
        ("during marks", run.mark_allocation),
    ):
        if found is not None:
            note.append(f"Allocation {name} {_mb(found.mb_per_s)}/s ({_range(found)}).")
    return Table("Work", _HEAD, tuple(rows), " ".join(note))


def _windows(run: RunFigures) -> Table:
    without = dict(steps(run.windows_unforced))
    rows = tuple(
        (name, _share(share), _share(without.get(name)), clock(window.begin_s), _in_column(window))
        for (name, share), window in zip(steps(run.windows), run.windows, strict=True)
    )
    return Table(
        "Mutator utilisation",
        ("window", "least", "forced aside", "from", "line"),
        rows,
        "What was left of the CPU in the worst window of each length (MMU); below 1 ms the trace "
        "is too coarse." + _mean(run),
    )


def _in_column(window: Window) -> str:
    return str(window.line) if window.file is None else place(window.line, window.file)


def _mean(run: RunFigures) -> str:
    return "" if run.mutator_percent is None else f" Mean {_near(run.mutator_percent)}."


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f}%"


def _settings(run: RunFigures) -> Table:
    earlier = () if run.growth.life is None else growth_note(run.snapshot, run.growth)
    rows = [
        (str(note.topic), note.said, note.basis)
        for note in (*gogc_note(run.snapshot), *earlier, *growth_note(run.snapshot))
    ]
    for limit in run.limits:
        used = f"{size(round(limit.used_mib))} of {size(round(limit.limit_mib))} used"
        rows.append((limit.name, used, f"counts {limit.counted}"))
    words = frozenset({1, 2})
    return Table("Settings and growth", ("", "", "basis"), tuple(rows), words=words)


def _what_if(run: RunFigures) -> Table:
    found = run.what_if
    rows = tuple(
        (
            f"{each.setting} (now)" if each.is_now else each.setting,
            UNKNOWN if each.heap_mib is None else size(round(each.heap_mib)),
            percent(each.gc_cpu_percent),
            rate(each.gc_per_s),
            each.remark,
        )
        for each in (found.predictions if found is not None else ())
    )
    head = ("setting", "at GC end", "GC CPU", "GCs", "")
    note = "" if found is None else found.assumptions
    return Table("What if", head, rows, note, words=frozenset({4}))


def _memory(run: RunFigures) -> Table:
    ledger = run.ledger
    rows = [
        (
            str(part.name),
            UNKNOWN if part.mapped_mib is None else size(round(part.mapped_mib)),
            size(round(min(part.mib, ledger.most_rss_mib or part.mib))),
            f"{part.certainty}: {neutral(part.evidence, 160)}",
        )
        for part in ledger.parts
        if max(part.mib, part.mapped_mib or 0.0) >= 0.5
    ]
    if ledger.rss_mib is not None:
        rows.append(("RSS", UNKNOWN, size(round(ledger.rss_mib)), "as the OS counts it"))
    elif ledger.most_rss_mib is not None:
        most = size(round(ledger.most_rss_mib))
        rows.append(("RSS", UNKNOWN, most, "its peak, as the OS counts it: no more is resident"))
    # Where nobody saw the RSS, what is mapped may never have been touched.
    resident = "resident, at most" if ledger.rss_mib is None else "resident"
    head = ("", "mapped", resident, "how it is known")
    return Table("Where the memory is, at the end", head, tuple(rows), words=frozenset({3}))


def _log(run: RunFigures) -> Table:
    rows = [(kind, str(count)) for kind, count in sorted(run.counts.items())]
    if run.repaired:
        rows.append(("torn and put together", str(run.repaired)))
    note = " ".join(filter(None, [_unparsed(run), untold(run)]))
    return Table("The log", ("events", "count"), tuple(rows), note)


def _unparsed(run: RunFigures) -> str:
    last = run.unparsed[-3:]
    if not last:
        return ""
    said = "; ".join(
        f"line {each.line}, column {each.column}: expected {neutral(each.expected, 100)}"
        for each in last
    )
    return f"Cannot be read, the last: {said}."
