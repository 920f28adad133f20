"""The header and the figures line: one row of text each, redrawn only when it changes."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from gctui.analysis.figures import Figures, figures
from gctui.analysis.go_versions import go_label
from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, clock, duration_ms, percent, rate, size
from gctui.model.clock import ClockKind
from gctui.model.feed import Frame, Phase, Status
from gctui.model.snapshot import Snapshot
from gctui.tui.cells import cut

_LARGE_BACKLOG_BYTES = 1 << 20
_BAR_CELLS = 10
_GODEBUG_FROM_WIDTH = 110
_LONGEST_VERSION_CELLS = 23
_LONGEST_PROGRAM_CELLS = 24
_LONGEST_REASON_CELLS = 44


class TextRow(Static):
    """A row that is given whole texts and knows when nothing changed."""

    _shown = Content()

    def show(self, content: Content) -> None:
        """Draw `content` unless it is there already."""
        if not content.is_same(self._shown):
            self._shown = content
            # The row's place never changes: the screen need not be laid out again.
            self.update(content, layout=False)


def header(frame: Frame, width: int, *, paused_behind: int | None) -> Content:
    """Return the header: the program on the left, what the stream is doing on the right."""
    status = frame.status
    right = _recording(status).append(_state(frame, paused_behind))
    room = width - right.cell_length - 4
    label = (neutral(status.label) or "?") + _program(frame)
    rest = _beside(status, width, _go(frame))
    if cell_len(label + rest) > room:
        rest = _beside(status, width, "")
    label = _fitting(label, max(0, room - cell_len(rest)))
    left = Content.assemble((label, "bold"), (rest if cell_len(rest) < room else "", "dim"))
    gap = " " * max(2, width - left.cell_length - right.cell_length - 2)
    return Content.assemble(" ", left, gap, right, " ")


def _program(frame: Frame) -> str:
    """Name the program that is shown, where there are several, and the key to the others."""
    programs = frame.programs
    if len(programs) < 2:
        return ""
    places = enumerate(programs, 1)
    found = ((place, program) for place, program in places if program.key == frame.shown)
    at, shown = next(found, (0, None))
    name = "?" if shown is None else neutral(shown.label)
    return f" ▸ {cut(name, _LONGEST_PROGRAM_CELLS)}, {at} of {len(programs)}, l lists"


def _fitting(label: str, width_cells: int) -> str:
    """Cut the stream's name before the program's."""
    stream, arrow, program = label.rpartition(" ▸ ")
    room = width_cells - cell_len(arrow + program)
    if not arrow or room < 1:
        return cut(label, width_cells)
    return cut(stream, room) + arrow + program


def _recording(status: Status) -> Content:
    if not status.recording or status.phase is Phase.ENDED:
        return Content("")
    if status.recording.startswith("recording failed"):
        return Content.styled("recording failed  ", "bold $error")
    return Content.styled("rec  ", "bold $accent")


def _go(frame: Frame) -> str:
    """Return the program's Go, as its binary or its trace lines tell it."""
    label = neutral(go_label(frame.status.go_version, frame.snapshot))
    return cut(label, _LONGEST_VERSION_CELLS)


def _beside(status: Status, width: int, go: str) -> str:
    """Return what stands beside the program's name."""
    texts = []
    if status.pid is not None:
        texts.append(f"pid {status.pid}")
    if go:
        texts.append(go)
    if status.godebug and width >= _GODEBUG_FROM_WIDTH:
        texts.append(cut(neutral(f"GODEBUG={status.godebug}"), width // 4))
    return "".join(f"   {text}" for text in texts)


def collections_between(before: Snapshot, after: Snapshot) -> int:
    """Return how many collections came between two moments, by the trace or by the counters."""
    if after.count("gc"):
        return after.count("gc") - before.count("gc")
    return max(0, _counted(after) - _counted(before))


def _counted(snapshot: Snapshot) -> int:
    return (snapshot.counters.sample.gc_count or 0) if snapshot.counters else 0


def _state(frame: Frame, paused_behind: int | None) -> Content:
    status = frame.status
    at = "" if frame.snapshot.clock in {ClockKind.NONE, ClockKind.ORDER} else clock(frame.now_s)
    share = status.progress or 0.0
    if paused_behind is not None:
        word = Content.styled(f"‖ paused, {_behind(paused_behind)}", "bold $warning")
    elif status.phase is Phase.LOADING:
        return _bar(share).append(Content.styled(f" loading {share:.0%}", "bold $accent"))
    elif status.phase is Phase.LIVE and status.progress is not None:
        word = Content.styled(f"▶ playing{f' {share:.0%}' if share < 1 else ''}", "bold $success")
    elif status.phase is Phase.ENDED:
        word = Content.styled(f"■ {cut(neutral(status.ended), 60)}", "bold $warning")
    elif status.unanswered:
        said = cut(neutral(status.unanswered), _LONGEST_REASON_CELLS)
        word = Content.styled(f"● no answer: {said}", "bold $warning")
    elif status.writer_waits:
        word = Content.styled("● live, the program waits for the spool", "bold $error")
    elif status.backlog_bytes >= _LARGE_BACKLOG_BYTES:
        behind = f"● live, {size(status.backlog_bytes >> 20)} still to read"
        word = Content.styled(behind, "bold $warning")
    else:
        word = Content.styled("● live", "bold $success")
    return word.append(f"  {at}" if at else "")


def _behind(cycles: int) -> str:
    return f"{cycles} cycle{'' if cycles == 1 else 's'} behind"


def _bar(share: float) -> Content:
    done = round(max(0.0, min(1.0, share)) * _BAR_CELLS)
    return Content.assemble(("█" * done, "$accent"), ("░" * (_BAR_CELLS - done), "dim"))


def figures_rows(frame: Frame, width: int, height: int) -> Content:
    """Return the figures in `height` rows; what does not fit is left out from the end."""
    now = figures(frame.snapshot, frame.now_s, has_ended=frame.status.phase is Phase.ENDED)
    rows = [Content("")]
    for name, value in _figures(now):
        cell = Content.assemble((f" {name} ", "dim"), (f"{value} ", "bold"))
        if rows[-1].cell_length + cell.cell_length <= width:
            rows[-1] = rows[-1].append(cell)
        elif len(rows) < height:
            rows.append(cell)
        else:
            break
    return Content("\n").join(rows)


def _live(now: Figures) -> str:
    """Return the live heap, rounded as the bar rounds it."""
    if now.live_mib is None:
        return UNKNOWN
    at = "" if now.live_gc_number is None else f" at #{now.live_gc_number}"
    return size(round(now.live_mib)) + at


def _goal(now: Figures) -> str:
    if now.next_goal_mib is None:
        return "–"
    return ("" if now.goal_is_exact else "~") + size(round(now.next_goal_mib))


def _figures(now: Figures) -> list[tuple[str, str]]:
    """Return names and values in the order of their importance; what is unknown is left out."""
    allocation = now.allocation_mib_per_s
    cells = [
        ("GC", UNKNOWN if now.gc_number is None else f"#{now.gc_number}"),
        ("GCs", rate(now.gc_per_s)),
        ("live", _live(now)),
        ("goal", _goal(now)),
        ("RSS", size(now.rss_mib)),
        ("goroutines", UNKNOWN if now.goroutines is None else f"{now.goroutines:,}"),
        ("pause", duration_ms(now.last_pause_ms)),
        ("GC CPU", percent(now.gc_cpu_percent)),
        ("alloc", UNKNOWN if allocation is None else f"{size(allocation)}/s"),
        ("worst", duration_ms(now.worst_pause_ms)),
        ("last GC", UNKNOWN if now.since_gc_s is None else f"{clock(now.since_gc_s)} ago"),
        ("p99 pause", duration_ms(now.p99_pause_ms)),
        ("forced", str(now.forced) if now.collections else UNKNOWN),
        ("VIRT", size(now.virt_mib)),
    ]
    return [(name, value) for name, value in cells if value != UNKNOWN or name == "GC"]
