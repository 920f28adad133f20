"""Several programs in one stream, as text: a ticker's line and a summary's section for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gctui.analysis.figures import figures
from gctui.analysis.go_versions import go_label
from gctui.analysis.neutral import neutral
from gctui.analysis.odd_lines import odd_lines
from gctui.analysis.units import clock, rate, size_of_some
from gctui.model.clock import ClockKind
from gctui.model.feed import Feed, Frame
from gctui.model.program_list import ListedProgram
from gctui.report.plain import (
    heap_line,
    memory_of_process,
    ticker_line,
    work_lines,
)

MOST_TOLD = 12
"""Programs of which a summary tells in full lines; of more, those that collected most."""
_MOST_TICKED = 6
_LABEL_CELLS = 40
_ALONE = -1
_GUESSED_AHEAD_S = 1.0
"""A live stream's time runs ahead of what is read by less; what goes back further begins anew."""


def frame_of(feed: Feed, frame: Frame, program: ListedProgram) -> Frame:
    """Return the frame as it would be if a program were shown."""
    if program.key == frame.shown:
        return frame
    snapshot = feed.snapshot_of(program.key)
    return replace(frame, snapshot=snapshot, now_s=snapshot.now_s, shown=program.key)


class ProgramTicker:
    """Returns lines of figures for those programs that were heard since it was asked last.

    None that says what the one before did: while a backlog is read, time stands.
    """

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._now_s: dict[int, float] = {}
        self._said: dict[int, str] = {}

    def lines(self, feed: Feed, frame: Frame) -> Iterator[str]:
        """Yield a line per program; one alone is not named."""
        if len(frame.programs) < 2:
            yield from self._news(frame, _ALONE)
            return
        heard = [p for p in frame.programs if self._seen.get(p.key) != p.collections]
        self._seen = {program.key: program.collections for program in frame.programs}
        for program in heard[-_MOST_TICKED:]:
            name = neutral(program.label, _LABEL_CELLS)
            for line in self._news(frame_of(feed, frame, program), program.key):
                yield f"{line}  {name}"
        if len(heard) > _MOST_TICKED:
            yield f"  and {len(heard) - _MOST_TICKED} other programs"

    def _news(self, frame: Frame, key: int) -> Iterator[str]:
        before_s = self._now_s.get(key, 0.0)
        if before_s - _GUESSED_AHEAD_S <= frame.now_s < before_s:
            frame = replace(frame, now_s=before_s)
        self._now_s[key] = frame.now_s
        line = ticker_line(frame)
        if line != self._said.get(key):
            self._said[key] = line
            yield line


def programs_summary(feed: Feed, frame: Frame, *, full: bool = True) -> Iterator[str]:
    """Yield a section per program, those first that appeared first."""
    programs = frame.programs
    most = sorted(programs, key=lambda program: -program.collections)[:MOST_TOLD]
    ended = f"; {neutral(frame.status.ended, 200)}" if frame.status.ended else ""
    yield f"gctui: {neutral(frame.status.label, 60)}: {len(programs)} programs in one stream{ended}"
    if frame.status.recording:
        yield f"  {neutral(frame.status.recording, 400)}"
    for program in programs:
        if program in most:
            yield from _section(frame_of(feed, frame, program), program, full=full)
    if len(programs) > len(most):
        others = len(programs) - len(most)
        plural = "" if others == 1 else "s"
        yield f"  and {others} program{plural} with fewer collections"
    if unassigned := frame.snapshot.count("unassigned"):
        plural = "" if unassigned == 1 else "s"
        yield f"  {unassigned} line{plural} of the scavenger or the pacer may be of any of them"
    yield from (f"  {said}" for said in odd_lines(frame.snapshot))


def _section(frame: Frame, program: ListedProgram, *, full: bool) -> Iterator[str]:
    snapshot = frame.snapshot
    now = figures(snapshot, frame.now_s)
    counted = f"{now.collections} collection{'' if now.collections == 1 else 's'}"
    if snapshot.clock not in {ClockKind.NONE, ClockKind.ORDER} and snapshot.cycles:
        counted += f" in {clock(snapshot.now_s - snapshot.first_s)}"
    if program.lives > 1:
        counted += f", started {program.lives} times"
    go = go_label(frame.status.go_version if program.is_sampled else "", snapshot)
    told = f"{counted}, {neutral(go, 60)}" if go else counted
    yield f"  {neutral(program.label, _LABEL_CELLS)}: {told}"
    if not now.collections:
        return
    if not full:
        pace = rate(program.rate_per_s)
        yield f"    live {size_of_some(now.live_mib)}, {pace}"
        return
    yield f"  {heap_line(now)}"
    for line in work_lines(snapshot, now):
        yield f"  {line}"
    for line in memory_of_process(snapshot, now):
        yield f"  {line}"
