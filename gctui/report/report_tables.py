"""The tables of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gctui.analysis.neutral import neutral, place
from gctui.analysis.pacing_notes import gogc_note, growth_note
from gctui.analysis.run_figures import Measure, RunFigures, steps
from gctui.analysis.tally import Spread
from gctui.analysis.units import (
    UNKNOWN,
    clock,
    duration_ms,
    percent,
    rate,
    size,
    size_in_short,
    size_of_some,
)
from gctui.analysis.utilisation import Window
from gctui.report.counted import untold
from gctui.report.goroutines import goroutine_table
from gctui.report.report_amounts import near, rate_range
from gctui.report.report_parts import Table

_Shown = Callable[[float], str]


def tables(run: RunFigures) -> Iterator[Table]:
    """Yield the tables, in their order; one without rows is not to be shown."""
    yield _durations(run)
    yield _sizes(run)
    yield _work(run)
    yield _windows(run)
    yield _settings(run)
    yield _what_if(run)
    yield _memory(run)
    yield goroutine_table(run)
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
        rows.append(_cells("allocation", spread, lambda mb: f"{size_in_short(mb)}/s"))
    note = []
    if run.spread(Measure.OVERSHOOT) is not None:
        note.append("Over the goal: of goals of 10 MB and more; smaller ones are too coarse.")
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
            note.append(
                f"Allocation {name} {size_in_short(found.mb_per_s)}/s ({rate_range(found)})."
            )
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
    return "" if run.mutator_percent is None else f" Mean {near(run.mutator_percent)}."


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
