"""For terminals that cannot draw and for logs: one line per interval, and a summary."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.figures import LATELY, Figures, figures
from gctui.analysis.go_versions import go_label
from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import REMEDY, no_trace, no_trace_yet
from gctui.analysis.odd_lines import odd_lines
from gctui.analysis.sentence import sentence
from gctui.analysis.units import UNKNOWN, clock, duration_ms, percent, rate, size, size_of_some
from gctui.model.clock import ClockKind
from gctui.model.feed import Frame, Phase, Status
from gctui.model.ledger import ledger
from gctui.model.pacing import has_no_goal
from gctui.model.parts import Certainty, Ledger, Part, PartName
from gctui.model.snapshot import Snapshot
from gctui.model.statistics import Summary
from gctui.report.advice import WIDTH_CELLS, advice_lines
from gctui.report.counters import counter_lines
from gctui.report.ladder import ladder_lines

_NO_GOAL = "no goal"
_COLUMNS = (
    ("time", 9),
    ("GC", 7),
    ("rate", 8),
    ("live", 9),
    ("goal", 9),
    ("RSS", 9),
    ("alloc/s", 9),
    ("pause", 8),
    ("worst", 8),
    ("GC CPU", 7),
    ("gorout.", 7),
)


def ticker_head() -> str:
    """Return the heading of the ticker's columns."""
    return " ".join(name.rjust(width) for name, width in _COLUMNS)


def ticker_line(frame: Frame) -> str:
    """Return one line of figures, under `ticker_head`."""
    now = figures(frame.snapshot, frame.now_s)
    cells = (
        _time(frame),
        "–" if now.gc_number is None else f"#{now.gc_number}",
        rate(now.gc_per_s),
        size_of_some(now.live_mib),
        size(now.goal_mib if now.next_goal_mib is None else now.next_goal_mib),
        size(now.rss_mib),
        size(now.allocation_mib_per_s),
        duration_ms(now.last_pause_ms),
        duration_ms(now.worst_pause_ms),
        percent(now.gc_cpu_percent),
        "–" if now.goroutines is None else str(now.goroutines),
    )
    return " ".join(cell.rjust(width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True))


def summary(frame: Frame, *, full: bool = True, width_cells: int = WIDTH_CELLS) -> Iterator[str]:
    """Yield what was seen, and where the memory is; prose in rows of at most `width_cells`.

    Not `full`: the few lines that stay on the normal screen when the other one closes.
    """
    snapshot = frame.snapshot
    now = figures(snapshot, frame.now_s, has_ended=frame.status.phase is Phase.ENDED)
    split = ledger(snapshot, frame.now_s)
    yield _headline(frame, now)
    if frame.status.recording:
        yield f"  {neutral(frame.status.recording, 400)}"
    if _is_profile_alone(snapshot):
        return
    if go := go_label(frame.status.go_version, snapshot):
        how = "" if frame.status.go_version else ", by its trace lines"
        yield f"  program  {neutral(go, 80)}{how}"
    if not snapshot.count("gc") and snapshot.counters is None:
        yield from _without_collections(snapshot, frame.status)
        yield from advice_lines(frame, full=full, width_cells=width_cells)
        return
    if frame.status.godebug:
        yield f"  GODEBUG  {neutral(frame.status.godebug, 400)}"
    table = [*ladder_lines(split, full=full)]
    yield from memory_lines(snapshot, split, has_table=bool(table) and not full)
    sample = snapshot.moment.sample
    is_told = sample is None or has_no_goal(sample)
    no_goal = _NO_GOAL if is_told else "the goal is not told"
    yield heap_line(now, split.part(PartName.LIVE), no_goal=no_goal)
    if full:
        yield from work_lines(snapshot, now)
    yield from memory_of_process(snapshot, now)
    yield from table
    yield from counter_lines(snapshot, full=full)
    if not snapshot.count("gc") and frame.status.shows_output:
        yield "  no gc line: no collection, or tracing is off; these are the runtime's counters"
    if frame.status.inside:
        yield f"  counters not read: {neutral(frame.status.inside, 400)}"
    yield from advice_lines(frame, full=full, width_cells=width_cells)
    yield from (f"  {said}" for said in odd_lines(snapshot))


def heap_line(now: Figures, estimated: Part | None = None, *, no_goal: str = _NO_GOAL) -> str:
    """Return what is live, when the next collection is due, and how much is allocated.

    `estimated`: what is live where nothing tells it. `no_goal`: what the lack of one means.
    """
    ahead = now.next_goal_mib
    about = "" if now.goal_is_exact else "about "
    until = no_goal if ahead is None else f"next GC at {about}{size(round(ahead))}"
    rate = now.allocation_mib_per_s
    allocates = "" if rate is None else f", allocates {size(rate)}/s {LATELY}"
    at = "" if now.live_gc_number is None else f" at GC #{now.live_gc_number}"
    live = size_of_some(now.live_mib)
    if now.live_mib is None and estimated is not None and estimated.mib > 0:
        live = f"~{size_of_some(estimated.mib)}"
    return f"  heap     live {live}{at}, {until}{allocates}"


def memory_lines(snapshot: Snapshot, split: Ledger, *, has_table: bool = False) -> Iterator[str]:
    """Yield where the memory is in one sentence, and unless a table tells it, the parts."""
    said = sentence(snapshot, split)
    if has_table:
        yield f"  memory   {said}"
        return
    yield f"  memory   {_split(split)}"
    yield f"           {said}"


def _time(frame: Frame) -> str:
    if frame.snapshot.clock is ClockKind.ORDER:
        return "–"
    return clock(frame.now_s)


def _headline(frame: Frame, now: Figures) -> str:
    snapshot = frame.snapshot
    if _is_profile_alone(snapshot):
        return f"gctui: {neutral(frame.status.label, 60)}: a profile alone, no run to sum up"
    counted = f"{now.collections} collection{'' if now.collections == 1 else 's'}"
    if now.forced:
        counted += f" ({now.forced} forced)"
    timed = snapshot.clock not in {ClockKind.NONE, ClockKind.ORDER}
    counters_began = snapshot.counters and not snapshot.count("memstats")
    if timed and (snapshot.cycles or counters_began):
        # Counters count since the program began, where the axis begins too: but not a server's.
        counted += f" in {clock(frame.now_s - (snapshot.first_s if snapshot.cycles else 0.0))}"
    if snapshot.count("epochs") > 1:
        counted += f", {snapshot.count('epochs')} programs or restarts"
    ended = f"; {frame.status.ended}" if frame.status.ended else ""
    return f"gctui: {neutral(frame.status.label, 60)}: {counted}{neutral(ended, 200)}"


def _is_profile_alone(snapshot: Snapshot) -> bool:
    told = (snapshot.profile, snapshot.goroutine_profile)
    seen = snapshot.formats or snapshot.count("text") or snapshot.counters is not None
    return any(each is not None for each in told) and not seen


def _remedy(status: Status) -> str:
    if not status.godebug:
        return REMEDY
    return (
        "no Go program, or one that ended before its first GC, or tracing is off: "
        f"it got GODEBUG={neutral(status.godebug, 80)}"
    )


def _without_collections(snapshot: Snapshot, status: Status) -> Iterator[str]:
    lines = snapshot.count("text") + snapshot.count("unparsed")
    if status.shows_output:
        is_left = status.ended.startswith("left by the user")
        yield f"  {no_trace_yet(lines) if is_left else no_trace(lines, _remedy(status))}"
    if status.inside:
        yield f"  counters not read: {neutral(status.inside, 400)}"
    yield from (f"  {said}" for said in odd_lines(snapshot))


def _split(split: Ledger) -> str:
    shown = " · ".join(_part(part) for part in split.parts if part.mib >= 0.5)
    total = f" = RSS {size(split.rss_mib)}" if split.rss_mib is not None else ""
    if split.most_rss_mib is not None and split.rss_mib is None:
        total = f", of which at most {size(round(split.most_rss_mib))} resident"
    limit = f" of {size(split.limit_mib)} {split.limit_name}" if split.limit_mib is not None else ""
    nothing = size_of_some(0) if split.parts else UNKNOWN
    return (shown or nothing) + total + limit


def _part(part: Part) -> str:
    sign = "" if part.certainty is Certainty.EXACT else "~"
    return f"{part.name} {sign}{size(round(part.mib))}"


def _gc_cpu(now: Figures) -> str:
    recent = f"{percent(now.gc_cpu_percent)} {LATELY} (the last cycles)"
    since = now.gc_cpu_since_start_percent
    if since is None:
        return recent
    share = f"{since:.0f}" if since >= 1 else "less than 1"
    return f"{recent}, {share}% from the program's start up to the last GC"


def work_lines(snapshot: Snapshot, now: Figures) -> Iterator[str]:
    """Yield what the collections cost."""
    pause = snapshot.totals.pause
    yield (
        f"  pauses   median {_about(pause.p50, pause)}, p99 {_about(pause.p99, pause)}, "
        f"worst {duration_ms(pause.highest)}, {_in_all(pause)} in all"
    )
    yield f"  GC CPU   {_gc_cpu(now)}"


def _in_all(pause: Summary) -> str:
    return duration_ms(pause.total) if pause.count else UNKNOWN


def _about(value_ms: float | None, spread: Summary) -> str:
    """Format a percentile of a stream: it is kept within a percent, unless it is an extreme."""
    is_exact = value_ms is None or value_ms in {0.0, spread.lowest, spread.highest}
    return duration_ms(value_ms) if is_exact else f"~{duration_ms(value_ms)}"


def memory_of_process(snapshot: Snapshot, now: Figures) -> Iterator[str]:
    """Yield what the system tells of the process, where it was asked."""
    if now.rss_mib is not None:
        peak = snapshot.totals.peak_rss_bytes
        peak_text = "" if peak is None else f", peak seen {size(peak / (1 << 20))}"
        yield f"  process  RSS {size(now.rss_mib)}{peak_text}, VIRT {size(now.virt_mib)}"
