"""The view without a screen: a ticker while the stream lives, then the summary."""

from __future__ import annotations

import time
from typing import Protocol, TextIO

from gctui.errors import ExitCode
from gctui.model.feed import Feed
from gctui.report.plain import summary, ticker_head, ticker_line

_POLL_S = 0.05
_HEAD_EVERY = 20


class PlainSession(Feed, Protocol):
    """What the ticker needs of a session."""

    @property
    def has_ended(self) -> bool:
        """Nothing will be added any more."""


def tick(session: PlainSession, out: TextIO, interval_s: float) -> None:
    """Print a line per interval until the session ends."""
    due_s = time.monotonic() + interval_s
    lines = 0
    while not session.has_ended:
        time.sleep(min(_POLL_S, interval_s))
        if time.monotonic() < due_s:
            continue
        due_s = max(due_s + interval_s, time.monotonic())
        if lines % _HEAD_EVERY == 0:
            print(ticker_head(), file=out)
        print(ticker_line(session.frame()), file=out, flush=True)
        lines += 1


def print_summary(session: Feed, out: TextIO, *, full: bool = True) -> None:
    """Print the summary; in few lines where a screen showed it all before."""
    for line in summary(session.frame(), full=full):
        print(line, file=out)
    out.flush()


def trace_exit_code(session: Feed) -> int:
    """Return 3 when there was not a single trace line, 0 otherwise."""
    snapshot = session.frame().snapshot
    return ExitCode.GOOD if snapshot.formats else ExitCode.NO_TRACE
