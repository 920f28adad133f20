"""The header: the program on the left, what the stream is doing on the right."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from gctui.analysis.go_versions import go_label
from gctui.analysis.neutral import neutral
from gctui.analysis.units import clock, size
from gctui.model.clock import ClockKind
from gctui.model.feed import Frame, Phase, Status
from gctui.model.snapshot import Snapshot
from gctui.tui.cells import cut

_LARGE_BACKLOG_BYTES = 1 << 20
_BAR_CELLS = 10
_GODEBUG_FROM_WIDTH = 110
_LONGEST_VERSION_CELLS = 23
_LONGEST_PROGRAM_CELLS = 24
_LEAST_STREAM_CELLS, _LEAST_NAME_CELLS = 12, 4
_LONGEST_REASON_CELLS = 44
_LONGEST_END_CELLS = 60
_LONGEST_END_SHARE = 3
"""Of several programs; their names need room, too."""


def header(frame: Frame, width: int, *, paused_behind: int | None) -> Content:
    """Return the header."""
    status = frame.status
    right = _recording(status).append(_state(frame, width, paused_behind))
    room = width - right.cell_length - 4
    besides = [_beside(status, width, _go(frame)), _beside(status, width, "")]
    if len(frame.programs) < 2:
        label, rest = _alone(neutral(status.label) or "?", besides, room)
    else:
        label, rest = _one_of_several(frame, besides, room)
    left = Content.assemble((label, "bold"), (rest, "dim"))
    gap = " " * max(2, width - left.cell_length - right.cell_length - 2)
    return Content.assemble(" ", left, gap, right, " ")


def _alone(label: str, besides: list[str], room: int) -> tuple[str, str]:
    """Return the program's name and what has room beside it; the toolchain's version goes first."""
    rest = next((rest for rest in besides if cell_len(label + rest) <= room), besides[-1])
    label = cut(label, max(0, room - cell_len(rest)))
    return label, rest if cell_len(rest) < room else ""


def _one_of_several(frame: Frame, besides: list[str], room: int) -> tuple[str, str]:
    """Name the stream and the program that is shown; last of all goes the key to the others."""
    programs = frame.programs
    places = enumerate(programs, 1)
    found = ((place, program) for place, program in places if program.key == frame.shown)
    at, shown = next(found, (0, None))
    stream, name = neutral(frame.status.label) or "?", "?" if shown is None else shown.label
    name = cut(neutral(name), _LONGEST_PROGRAM_CELLS)
    place = f"{at} of {len(programs)}, l lists"
    told = f" ▸ {name}, {place}"
    for rest in (*besides, ""):
        left_cells = room - cell_len(told + rest)
        if left_cells >= min(cell_len(stream), _LEAST_STREAM_CELLS):
            return cut(stream, left_cells) + told, rest
    name_cells = room - cell_len(f"▸ , {place}")
    if name_cells >= _LEAST_NAME_CELLS:
        return f"▸ {cut(name, name_cells)}, {place}", ""
    return cut(place, max(0, room)), ""


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


def _state(frame: Frame, width: int, paused_behind: int | None) -> Content:
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
        has_several = len(frame.programs) > 1
        cells = width // _LONGEST_END_SHARE if has_several else _LONGEST_END_CELLS
        word = Content.styled(f"■ {cut(neutral(status.ended), cells)}", "bold $warning")
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
