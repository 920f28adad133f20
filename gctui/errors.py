"""The operator's mistakes: one line of text and an exit code, never a traceback."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What gctui's own exit status means; `run` otherwise gives the child's."""

    GOOD = 0
    BROKEN = 1
    """A limit of `check` or `compare` is."""
    USAGE = 2
    NO_TRACE = 3
    OWN_FAILURE = 125
    NOT_EXECUTABLE = 126
    NOT_FOUND = 127


class GctuiError(Exception):
    """A failure that is reported as one line on stderr and ends with `exit_code`."""

    def __init__(self, message: str, exit_code: int = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.exit_code = int(exit_code)
