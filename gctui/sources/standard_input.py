"""Standard input as a log, and the terminal in its place.

In `app 2>&1 | gctui` the log is on descriptor 0. A Textual screen reads its keys from there, draws
on descriptor 2 and asks descriptor 1 for its size, so before a screen starts, each of them must be
the terminal.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from dataclasses import dataclass, field

from gctui.errors import GctuiError

_TERMINAL = "/dev/tty"


@dataclass
class TerminalHandover:
    """What was moved aside for the screen."""

    data_fd: int
    """The log, on a descriptor of the caller's own; -1 when it was not to be taken."""
    _originals: dict[int, int | None] = field(default_factory=dict)

    def restore(self) -> None:
        """Put the original descriptors back; `data_fd` stays. A second call does nothing."""
        _flush()
        while self._originals:
            descriptor, original = self._originals.popitem()
            if original is None:
                os.close(descriptor)
            else:
                os.dup2(original, descriptor)
                os.close(original)

    def _replace(self, descriptor: int, terminal: int) -> None:
        self._originals[descriptor] = _copy(descriptor)
        os.dup2(terminal, descriptor)


def take_standard_input() -> int:
    """Return a descriptor to read the log from. Raises GctuiError when standard input is closed."""
    data_fd = _copy(0)
    if data_fd is None:
        raise GctuiError("standard input is closed")
    return data_fd


def hand_terminal_over(*, take_input: bool) -> TerminalHandover:
    """Make 0, 1 and 2 the terminal, those that are none, and keep the log when `take_input`.

    Raises GctuiError, with nothing changed, when there is no controlling terminal.
    """
    terminal = _open_terminal()
    try:
        handover = TerminalHandover(take_standard_input() if take_input else -1)
        _flush()
        for descriptor in (0, 1, 2):
            if not os.isatty(descriptor) or (take_input and descriptor == 0):
                handover._replace(descriptor, terminal)
    finally:
        os.close(terminal)
    return handover


def has_terminal() -> bool:
    """Whether a screen can be drawn: there is a terminal, and it can more than print."""
    if os.environ.get("TERM", "") in {"", "dumb"}:
        return False
    try:
        os.close(_open_terminal())
    except GctuiError:
        return False
    return True


def _open_terminal() -> int:
    try:
        terminal = os.open(_TERMINAL, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise GctuiError(f"no terminal to draw on: {_TERMINAL}: {error.strerror}") from error
    moved = _copy(terminal)
    os.close(terminal)
    if moved is None:
        raise GctuiError("no terminal to draw on: too many open files")
    return moved


def _copy(descriptor: int) -> int | None:
    """Duplicate a descriptor, above 2: one of those three may be closed, and is then not free."""
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    except OSError:
        return None


def _flush() -> None:
    """Let what was printed go where it was meant to go."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
