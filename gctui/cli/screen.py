"""From a session to the screen and back: the only door from the command line to Textual."""

from __future__ import annotations

import gc
import locale
import os
from collections.abc import Callable
from typing import Protocol

from gctui.model.feed import Feed
from gctui.sources.standard_input import TerminalHandover, hand_terminal_over, has_terminal
from gctui.tui.leaving import Leave, Left, Way

_AFTER_FAILURE = {Leave.QUIT: Way.QUIT, Leave.PIPE: Way.DRAIN, Leave.RUN: Way.LEAVE}


class Worker(Protocol):
    """The thread that fills what is drawn."""

    @property
    def ident(self) -> int | None:
        """None before it has begun."""

    @property
    def rest(self) -> Callable[[float], None]:
        """Has it leave the interpreter to the screen for so many seconds; 0 ends that."""

    def start(self) -> None:
        """Begin."""

    def is_alive(self) -> bool:
        """Tell whether it has begun, and not ended."""


def can_draw(*, plain: bool) -> bool:
    """Tell whether there is a terminal to draw on and the user did not decline it."""
    return not plain and has_terminal()


def draws_ascii(asked: bool) -> bool:
    """Tell whether only ASCII may be drawn: asked for, a plain console, or no UTF-8 locale."""
    is_utf8 = locale.getpreferredencoding(False).lower().replace("-", "") == "utf8"
    return asked or os.environ.get("TERM") == "linux" or not is_utf8


def take_input() -> TerminalHandover:
    """Move the log off standard input and put the terminal there."""
    return hand_terminal_over(take_input=True)


def draw(
    feed: Feed,
    worker: Worker,
    *,
    handover: TerminalHandover | None = None,
    takes_input: bool = False,
    leave: Leave = Leave.QUIT,
    interrupt: Callable[[], None] | None = None,
    pass_signal: Callable[[int], None] | None = None,
    ascii_only: bool = False,
) -> Left:
    """Start `worker`, show the screen until the user leaves, put the terminal back."""
    # What is built until the first frame stays: looking for garbage in it costs a twentieth of it.
    gc.disable()
    from gctui.tui.app import GctuiApp  # noqa: PLC0415 - a quarter of a second that others save

    if os.environ.get("NO_COLOR") == "":
        # Textual takes an empty NO_COLOR for a wish; the convention says to ignore it.
        del os.environ["NO_COLOR"]
    for name in ("COLUMNS", "LINES"):
        # Textual would believe them rather than the terminal, which may be resized.
        os.environ.pop(name, None)
    if handover is None:
        handover = hand_terminal_over(take_input=takes_input)
    app = GctuiApp(feed, leave=leave, interrupt=interrupt, ascii_only=ascii_only)
    app.pass_signal = pass_signal
    app.rest = worker.rest
    try:
        app.call_when_drawn(lambda: _go_on(worker))
        way = app.run()
    finally:
        gc.enable()
        app.let_go()
        worker.rest(0)
        handover.restore()
        if not worker.is_alive() and worker.ident is None:
            worker.start()
    if app.return_code:
        from gctui.cli.screen_failure import say_screen_failed  # noqa: PLC0415 - it never does

        say_screen_failed(app.failure)
        return Left(_AFTER_FAILURE[leave], failed=True)
    return Left(way or Way.QUIT, app.signal_number)


def _go_on(worker: Worker) -> None:
    gc.enable()
    worker.start()
