"""The view without a screen: a ticker while the stream lives, then the summary.

A screen comes before its summary: reports are loaded when they are printed.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Protocol, TextIO

from gctui.analysis.neutral import neutral
from gctui.cli.text_out import TextOut
from gctui.errors import ExitCode
from gctui.model.feed import Feed, Frame

_POLL_S = 0.05
_HEAD_EVERY = 20
_NARROWEST_CELLS, _ANY_CELLS = 40, 1 << 20


class PlainSession(Feed, Protocol):
    """What the ticker needs of a session."""

    @property
    def has_ended(self) -> bool:
        """Nothing will be added any more."""


def tick(
    session: PlainSession,
    out: TextIO,
    interval_s: float,
    *,
    at_first_answer: bool = False,
    beside: TextOut | None = None,
) -> None:
    """Print a line per interval until the session ends.

    `at_first_answer`: the first as soon as there are figures, or a reason why there are none.
    `beside`: what writes the program's own text where `out` goes.
    """
    from gctui.report.plain import ticker_head  # noqa: PLC0415 - a screen has no ticker
    from gctui.report.programs import ProgramTicker  # noqa: PLC0415

    due_s = time.monotonic() + interval_s
    lines, unanswered, ticker = 0, "", ProgramTicker()
    while not session.has_ended:
        time.sleep(min(_POLL_S, interval_s))
        is_answered = at_first_answer and not lines and _is_answered(session.frame())
        if time.monotonic() < due_s and not is_answered:
            continue
        due_s = max(due_s + interval_s, time.monotonic())
        if is_answered:
            due_s = time.monotonic() + interval_s
        frame = session.frame()
        rows = list(ticker.lines(session, frame))
        if frame.status.unanswered not in {"", unanswered}:
            rows.insert(0, f"no answer: {neutral(frame.status.unanswered)}")
        unanswered = frame.status.unanswered
        if not rows:
            continue
        if beside is not None:
            beside.end_line()
        head = [ticker_head()] if lines % _HEAD_EVERY == 0 else []
        print(*head, *rows, sep="\n", file=out, flush=True)
        lines += 1


def _is_answered(frame: Frame) -> bool:
    snapshot = frame.snapshot
    told = (snapshot.counters, snapshot.process, snapshot.profile, snapshot.goroutine_profile)
    return any(each is not None for each in told) or bool(frame.status.unanswered)


def print_summary(
    session: Feed, out: TextIO, *, full: bool = True, with_profile: bool = True
) -> None:
    """Print the summary; in few lines where a screen showed it all before.

    `with_profile`: and who holds the heap, unless the profile is printed by itself.
    """
    from gctui.cli.profile_summary import profile_beside_a_run  # noqa: PLC0415 - after the screen
    from gctui.report.advice import WIDTH_CELLS  # noqa: PLC0415
    from gctui.report.hanging import hanging  # noqa: PLC0415
    from gctui.report.plain import summary  # noqa: PLC0415
    from gctui.report.programs import programs_summary  # noqa: PLC0415

    frame, width_cells = session.frame(), _width_cells(out)
    if len(frame.programs) > 1:
        told = programs_summary(session, frame, full=full)
    else:
        told = summary(frame, full=full, width_cells=min(width_cells, WIDTH_CELLS))
    for line in told:
        for row in hanging(line, width_cells):
            print(row, file=out)
    if full and with_profile:
        for line in profile_beside_a_run(frame.snapshot):
            print(line, file=out)
    out.flush()


def _width_cells(out: TextIO) -> int:
    """Return how wide the rows may be: a pipe or a file takes all."""
    with suppress(OSError, ValueError):
        if out.isatty():
            return max(_NARROWEST_CELLS, os.get_terminal_size(out.fileno()).columns)
    return _ANY_CELLS


def trace_exit_code(session: Feed) -> int:
    """Return 3 when there was not a single trace line, 0 otherwise."""
    frame = session.frame()
    snapshot = frame.snapshot
    is_trace = bool(snapshot.formats or frame.programs or snapshot.count("unassigned"))
    return ExitCode.GOOD if is_trace else ExitCode.NO_TRACE
