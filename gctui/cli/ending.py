"""Why a live session's program is over, as the kernel's counters tell it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from gctui.sources.ending import KILLED, Ending, ended_by_gctui, ending
from gctui.sources.inside.proc_files import binary_name, command_line

if TYPE_CHECKING:
    from gctui.sources.command import WrappedCommand
    from gctui.sources.process import ProcessSampler

_VANISHED = "the program has ended"
_DIES_WITHIN_S = 1.0
_LOOK_AGAIN_S = 0.02


class CommandEnd:
    """The end of a wrapped command."""

    def __init__(self, command: WrappedCommand, sampler: ProcessSampler) -> None:
        self._command = command
        self._sampler = sampler
        self._ending: Ending | None = None

    def how(self) -> str | None:
        """Return in few words how it ended, None while it runs."""
        code = self._command.poll_exit_code()
        if code is None:
            return None
        if self._ending is None:
            self._ending = self._end(code)
        return self._ending.how

    def explained(self) -> str:
        """Return who killed it; empty where nothing needs explaining."""
        self.how()
        return "" if self._ending is None else self._ending.explained

    def _end(self, code: int) -> Ending:
        how, sampler = self._command.describe_exit(), self._sampler
        if self._command.was_killed and code == KILLED:
            return ended_by_gctui(how)
        return ending(how, code, sampler.oom.kills(), sampler.last)


class VanishedEnd:
    """The end of a program that gctui did not start, so that nobody tells how it ended."""

    def __init__(self, sampler: Callable[[], ProcessSampler | None]) -> None:
        self._sampler = sampler

    def how(self) -> str | None:
        """Return in few words how it ended, None while it runs."""
        sampler = self._sampler()
        return None if sampler is None or sampler.is_alive else _vanished(sampler).how

    def explained(self) -> str:
        """Return who killed it, as it seems; empty where it lives, or nothing was counted."""
        sampler = self._sampler()
        if sampler is None:
            return ""
        explained = _vanished(sampler).explained
        # A pipe's end comes before its writer's.
        return explained if explained and _dies(sampler) else ""


class AttachedEnd(VanishedEnd):
    """The end of a program that was attached to: that of its process, or an exec of no Go program.

    A program that becomes another Go program, or itself anew, is watched on.
    """

    def __init__(self, sampler: ProcessSampler, command: str) -> None:
        super().__init__(lambda: sampler)
        self._pid = sampler.pid
        self._binary = binary_name(sampler.pid)
        self._how = ""
        self.command = command
        """The command that the process runs now."""

    def how(self) -> str | None:
        """Return in few words how it ended, None while it runs."""
        from gctui.sources.inside.programs import became_no_go_program  # noqa: PLC0415

        if not self._how:
            self._how = super().how() or became_no_go_program(self._pid)
            self._take_new_name()
        return self._how or None

    def _take_new_name(self) -> None:
        binary = binary_name(self._pid)
        if not self._how and binary not in {"", self._binary}:
            self._binary = binary
            self.command = " ".join(command_line(self._pid)) or binary


def _vanished(sampler: ProcessSampler) -> Ending:
    return ending(_VANISHED, None, sampler.oom.kills(), sampler.last)


def _dies(sampler: ProcessSampler) -> bool:
    until_s = time.monotonic() + _DIES_WITHIN_S
    while sampler.is_alive:
        if time.monotonic() > until_s:
            return False
        time.sleep(_LOOK_AGAIN_S)
    return True
