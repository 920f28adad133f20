"""Keeps reading one program's counters, through its start, exec and end; says why where it cannot.

A wrapped command may be a shell or `go run`, whose Go program comes later; a program may not be set
up yet, or replace itself. So the search goes on, seldom where the system has refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from gctui.events import GoroutineGroup, Mappings, Runtime
from gctui.sources.inside.errors import CannotRead, Gone, NotGo
from gctui.sources.inside.permission import why_refused
from gctui.sources.inside.program import NotReady, RunningProgram
from gctui.sources.mappings import read_mappings

_SEARCH_EVERY_S = 1.0
_SEARCH_AT_FIRST_S = 0.05
_EAGER_FOR_S = 2.0
_CENSUS_EVERY_S = 1.0
_READY_WITHIN_S = 2.0
_HOPELESS_FOR_S = 5.0
"""A process may become another program, or drop the rights that protect it."""

Find = Callable[[], "int | None"]
"""Returns the PID of the Go program to read, None while there is none."""


class CounterWatch:
    """Finds the program, opens it, and reads it; every method is of one thread."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._program: RunningProgram | None = None
        self._hopeless: int | None = None
        self._hopeless_until_s = 0.0
        self._unready_pid: int | None = None
        self._unready_since_s = 0.0
        self._began_s = time.monotonic()
        self._next_search_s = 0.0
        self._next_census_s = 0.0
        self.pid: int | None = None
        """The program that is read, or was last, or would be."""
        self.go_version = self.default_godebug = ""
        self.why_not = ""
        """Why the counters are not read, in plain words; empty while they are or may yet be."""

    def sample(self) -> Runtime | None:
        """Return the counters of now, None where there are none to read at the moment."""
        program = self._program or self._opened()
        if program is None:
            return None
        try:
            sample = program.sample()
        except Gone:
            self.close()
            return None
        if sample is None:
            self._say_if_it_lasts(program.pid, "its counters do not add up")
            return None
        self._unready_pid, self.why_not = None, ""
        try:
            return self._with_census(program, sample)
        except Gone:
            self.close()
            return None

    def mappings(self) -> Mappings | None:
        """Return where its resident memory lies; None where there is no program or no answer."""
        if self._program is None:
            return None
        try:
            return read_mappings(self._program.pid, self._program.heap_arenas())
        except Gone:
            self.close()
            return None

    def close(self) -> None:
        """Give back what is open."""
        if self._program is not None:
            self._program.close()
            self._program = None
            self._next_search_s = 0.0

    def _with_census(self, program: RunningProgram, sample: Runtime) -> Runtime:
        now_s = time.monotonic()
        if now_s < self._next_census_s:
            return sample
        groups = program.count_goroutines()
        if groups is None or not _agree(groups, sample.goroutines or 0):
            return sample
        self._next_census_s = now_s + _CENSUS_EVERY_S
        return replace(sample, goroutine_groups=groups)

    def _opened(self) -> RunningProgram | None:
        now_s = time.monotonic()
        if now_s < self._next_search_s:
            return None
        eager = now_s - self._began_s < _EAGER_FOR_S
        self._next_search_s = now_s + (_SEARCH_AT_FIRST_S if eager else _SEARCH_EVERY_S)
        pid = self._find()
        if pid is None or (pid == self._hopeless and now_s < self._hopeless_until_s):
            return None
        return self._open(pid)

    def _open(self, pid: int) -> RunningProgram | None:
        self.pid = pid
        try:
            self._program = RunningProgram(pid)
        except Gone:
            return None
        except NotReady as error:
            self._say_if_it_lasts(pid, str(error))
            return None
        except NotGo:
            # It may become one: a shell that will exec the program.
            return None
        except PermissionError:
            self._give_up(pid, why_refused(pid))
            return None
        except (CannotRead, OSError) as error:
            self._give_up(pid, str(error))
            return None
        self.why_not = ""
        self.go_version = self._program.go_version
        self.default_godebug = self._program.default_godebug
        return self._program

    def _say_if_it_lasts(self, pid: int, why: str) -> None:
        """Take a program that starts for not ready, and one that stays so for not understood."""
        now_s = time.monotonic()
        if pid != self._unready_pid:
            self._unready_pid, self._unready_since_s = pid, now_s
        elif now_s - self._unready_since_s > _READY_WITHIN_S:
            self.why_not = why

    def _give_up(self, pid: int, why: str) -> None:
        self._hopeless, self.why_not = pid, why
        self._hopeless_until_s = time.monotonic() + _HOPELESS_FOR_S


def _agree(groups: tuple[GoroutineGroup, ...], goroutines: int) -> bool:
    """Tell whether a census still holds: while it was taken the numbers may have changed."""
    counted = sum(group.count for group in groups)
    return abs(counted - goroutines) <= max(64, max(counted, goroutines) // 5)
