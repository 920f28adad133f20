"""The runtime's counters for each command: whose they are, and how that program is found.

Reading a process works on Linux alone, and its libraries take a tenth of a second to load: both are
left to the moment when something is read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from gctui.events import Mappings, Runtime
from gctui.session.sampling import CounterSource

_LINUX_ONLY = "the runtime's counters can be read on Linux only"


def counters_of_tree(root_pid: int) -> CounterSource:
    """Return the counters of the Go program under a wrapped command."""

    def find() -> int | None:
        from gctui.sources.inside.programs import go_process_in_tree  # noqa: PLC0415

        return go_process_in_tree(root_pid)

    return counters_of(find)


def counters_of(
    find: Callable[[], int | None], why_none: Callable[[], str] = lambda: ""
) -> CounterSource:
    """Return the counters of the program that `find` finds; `why_none` tells why it finds none."""
    return _Deferred(find, why_none) if sys.platform == "linux" else _Unreadable(_LINUX_ONLY)


class Upstream:
    """The program at the other end of a pipe: the one that is named, or that writes into it."""

    def __init__(self, data_fd: int, named_pid: int | None) -> None:
        self._data_fd = data_fd
        self._named_pid = named_pid
        self._why_none = ""

    def pid(self) -> int | None:
        """Return the Go program; None where there is none to be found."""
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
    """A system on which nothing can be read."""

    def __init__(self, why_not: str) -> None:
        self.why_not = why_not
        self.go_version = ""
        self.pid: int | None = None

    def sample(self) -> Runtime | None:
        return None

    def mappings(self) -> Mappings | None:
        return None

    def close(self) -> None:
        """Nothing is open."""


class _Deferred(_Unreadable):
    """Loads the reader when the first sample is asked for."""

    def __init__(self, find: Callable[[], int | None], why_none: Callable[[], str]) -> None:
        super().__init__("")
        self._find = find
        self._why_none = why_none
        self._watch: CounterSource | None = None

    def sample(self) -> Runtime | None:
        if self._watch is None:
            from gctui.sources.inside.watch import CounterWatch  # noqa: PLC0415

            self._watch = CounterWatch(self._find)
        sample = self._watch.sample()
        self.pid = self._watch.pid
        self.why_not = self._watch.why_not or ("" if self.pid else self._why_none())
        self.go_version = self._watch.go_version
        return sample

    def mappings(self) -> Mappings | None:
        return None if self._watch is None else self._watch.mappings()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
