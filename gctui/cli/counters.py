"""What is read of the program itself for each command: whose it is, and how it is found.

Its counters need the right to attach to it, its mappings the right to read about it only: they are
there where the counters are refused, or not wanted. Reading a process works on Linux alone, and its
libraries take a tenth of a second to load: both are left to the moment when something is read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from gctui.events import Mappings, Runtime
from gctui.session.sampling import CounterSource
from gctui.sources.inside.proc_files import why_no_proc

if TYPE_CHECKING:
    from gctui.sources.inside.watch import CounterWatch
    from gctui.sources.process import ProcessSampler

_LINUX_ONLY = "the runtime's counters can be read on Linux only"

Find = Callable[[], "int | None"]
"""Returns the PID of the Go program, None while there is none."""


class ProgramCounters(CounterSource, Protocol):
    """Counters that know where the heap's arenas are."""

    def mappings(self) -> Mappings | None:
        """Return where the resident memory lies; None while the counters are not read."""


def go_program_under(root_pid: int) -> Find:
    """Return how to find the Go program under a wrapped command."""

    def find() -> int | None:
        if sys.platform != "linux" or why_no_proc():
            return None
        from gctui.sources.inside.programs import go_process_in_tree  # noqa: PLC0415

        return go_process_in_tree(root_pid)

    return find


def while_it_lives(sampler: ProcessSampler, find: Find) -> Find:
    """Return `find`, but for a number that by now may be another process's."""
    return lambda: find() if sampler.is_alive else None


def counters_of(find: Find, why_none: Callable[[], str] = lambda: "") -> ProgramCounters:
    """Return the counters of the program that `find` finds; `why_none` tells why it finds none."""
    if sys.platform != "linux":
        return _Unreadable(_LINUX_ONLY)
    why = why_no_proc()
    return _Unreadable(f"{why}: RSS is unknown, too") if why else _Deferred(find, why_none)


def counters_if(
    wanted: bool, find: Find, why_none: Callable[[], str] = lambda: ""
) -> ProgramCounters | None:
    """Return the counters where they are wanted, or where what is wanted cannot be read either."""
    if wanted or (sys.platform == "linux" and why_no_proc()):
        return counters_of(find, why_none)
    return None


def no_counters(why_not: str) -> ProgramCounters:
    """Return the counters of a program that is known to be unreadable."""
    return _Unreadable(why_not)


def mappings_of(find: Find, counters: ProgramCounters | None) -> Callable[[], Mappings | None]:
    """Return how to ask where its memory lies: by the runtime's arenas where they are read.

    Elsewhere the heap is told by names and addresses.
    """

    def ask() -> Mappings | None:
        told = counters.mappings() if counters is not None else None
        if told is not None:
            return told
        from gctui.sources.mappings import read_mappings  # noqa: PLC0415

        pid = find()
        return None if pid is None else read_mappings(pid)

    return ask


class Upstream:
    """The program at the other end of a pipe: the one that is named, or that writes into it."""

    def __init__(self, data_fd: int, named_pid: int | None) -> None:
        self._data_fd = data_fd
        self._named_pid = named_pid
        self._why_none = ""

    def pid(self) -> int | None:
        """Return the Go program; None where there is none to be found."""
        if sys.platform == "linux" and why_no_proc():
            return None
        if self._named_pid is not None or sys.platform != "linux":
            return self._named_pid
        from gctui.sources.inside.upstream import upstream_of  # noqa: PLC0415

        found = upstream_of(self._data_fd)
        self._why_none = found.why
        return found.pid

    def why_none(self) -> str:
        """Tell why none was found the last time."""
        return self._why_none


class _Unreadable:
    """Nothing can be read."""

    def __init__(self, why_not: str) -> None:
        self.why_not = why_not
        self.go_version = self.default_godebug = ""
        self.pid: int | None = None

    def sample(self) -> Runtime | None:
        return None

    def mappings(self) -> Mappings | None:
        return None

    def close(self) -> None:
        """Nothing is open."""


class _Deferred(_Unreadable):
    """Loads the reader when the first sample is asked for."""

    def __init__(self, find: Find, why_none: Callable[[], str]) -> None:
        super().__init__("")
        self._find = find
        self._why_none = why_none
        self._watch: CounterWatch | None = None

    def sample(self) -> Runtime | None:
        if self._watch is None:
            from gctui.sources.inside.watch import CounterWatch  # noqa: PLC0415

            self._watch = CounterWatch(self._find)
        sample = self._watch.sample()
        self.pid = self._watch.pid
        self.why_not = self._watch.why_not or ("" if self.pid else self._why_none())
        self.go_version = self._watch.go_version
        self.default_godebug = self._watch.default_godebug
        return sample

    def mappings(self) -> Mappings | None:
        return None if self._watch is None else self._watch.mappings()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
