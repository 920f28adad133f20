"""A drain in a process of its own: nothing that holds gctui up reaches the observed program.

    program ─pipes→ [Drain → Spool → _send] ─one pipe→ DrainProcess.get → session

Neither a stop (SIGSTOP, Ctrl-Z, a debugger) nor a busy interpreter of gctui's is felt there. The
process is forked before gctui has threads; where that cannot be, a thread of gctui's drains.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Protocol

from gctui.sources.drain import Drain
from gctui.sources.drain_fork import END, HEAD, Ends, Told, fork_drain
from gctui.sources.spool import Channel, Chunk, Spool, SpoolReader

if TYPE_CHECKING:
    from collections.abc import Mapping

_READ_BYTES = 1 << 20
_LOST = b"\ngctui: the process that drained this output has failed; what it held is lost\n"


class Draining(Protocol):
    """What can be done with a drain that has begun."""

    def stop(self) -> None:
        """Have it take what already lies in the pipes, close them and end; return at once."""

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended: all that it will ever take is in the spool."""

    def is_alive(self) -> bool:
        """Tell whether it has not ended."""


def begin_draining(
    descriptors: Mapping[int, Channel], spool: Spool
) -> tuple[SpoolReader, Draining]:
    """Drain into a spool, in a process of its own if possible; return what to read, and the drain.

    The descriptors are the drain's from now on.
    """
    if _may_fork():
        with contextlib.suppress(OSError):
            process = DrainProcess(descriptors, spool)
            return process, process
    drain = Drain(descriptors, spool)
    drain.start()
    return spool, drain


def _may_fork() -> bool:
    """Tell whether a fork is safe: macOS has libraries that start threads unasked."""
    if sys.platform != "linux":
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    except OSError:
        return threading.active_count() == 1


class DrainProcess:
    """The other process as gctui has it: a spool to be read, and a drain to be stopped.

    gctui keeps the descriptors, too: should the process fail, a thread drains them on.
    """

    def __init__(self, descriptors: Mapping[int, Channel], spool: Spool) -> None:
        self._descriptors = dict(descriptors)
        self._spool = spool
        self._instead: Drain | None = None
        self._told = Told()
        self._taken_bytes = 0
        self._data, self._at = b"", 0
        self._ended = False
        self.pid, self._ends = fork_drain(self._descriptors, spool, self._told)
        self._poll = select.poll()
        self._poll.register(self._ends.chunks_read, select.POLLIN)
        self._let_go = weakref.finalize(self, _let_go, self.pid, self._ends, self._descriptors)

    def now_s(self) -> float:
        """Seconds since the spool's clock began."""
        return self._spool.now_s()

    @property
    def finished(self) -> bool:
        """The program's output ended and everything was taken."""
        return self._spool.finished if self._instead is not None else self._ended

    @property
    def held_bytes(self) -> int:
        """Bytes that were read from the program and not yet taken, wherever they are."""
        if self._instead is not None:
            return self._spool.held_bytes
        return max(0, self._told.put_bytes - self._taken_bytes)

    @property
    def writer_waits(self) -> bool:
        """Memory and temporary file are full: the observed program is being held up."""
        if self._instead is not None:
            return self._spool.writer_waits
        return self._told.writer_waits

    def stop(self) -> None:
        """Have it take what already lies in the pipes, close them and end."""
        self._ends.close(self._ends.going_write)
        if self._instead is not None:
            self._instead.stop()

    def join(self, timeout: float | None = None) -> None:
        """Wait until all that it will ever take is in its spool."""
        if self._instead is not None:
            self._instead.join(timeout)
        else:
            self._ends.has_drained(timeout)

    def is_alive(self) -> bool:
        """Tell whether it still drains."""
        if self._instead is not None:
            return self._instead.is_alive()
        return not self._ends.has_drained(0)

    def get(self, timeout_s: float | None) -> Chunk | None:
        """Return the oldest chunk, as `Spool.get` does."""
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        while self._instead is None and not self._ended:
            chunk = self._unpacked()
            if chunk is not None or self._ended or not self._receives(until_s):
                return chunk
        return None if self._instead is None else self._spool.get(_left_s(until_s))

    def _unpacked(self) -> Chunk | None:
        begin = self._at + HEAD.size
        if len(self._data) < begin:
            return None
        kind, received_s, size = HEAD.unpack_from(self._data, self._at)
        end = begin + size
        if len(self._data) < end:
            return None
        data = self._data[begin:end]
        self._at = end
        if kind == END:
            self._ended = True
            self._let_go()
            return None
        self._taken_bytes += size
        return Chunk(Channel(kind), received_s, data)

    def _receives(self, until_s: float | None) -> bool:
        """Wait for more; False when nothing came in time."""
        left_s = _left_s(until_s)
        if not self._poll.poll(None if left_s is None else 1000 * left_s):
            return False
        data = os.read(self._ends.chunks_read, _READ_BYTES)
        if data:
            self._data, self._at = self._data[self._at :] + data, 0
        else:
            self._drain_instead()
        return True

    def _drain_instead(self) -> None:
        """Go on with a thread, and say in the stream that there is a gap."""
        self._let_go.detach()
        _reap(self.pid)
        is_to_stop = not self._ends.is_open(self._ends.going_write)
        self._ends.close()
        self._spool.put(next(iter(self._descriptors.values())), _LOST)
        self._instead = Drain(self._descriptors, self._spool)
        if is_to_stop:
            self._instead.stop()
        self._instead.start()


def _left_s(until_s: float | None) -> float | None:
    return None if until_s is None else max(0.0, until_s - time.monotonic())


def _let_go(pid: int, ends: Ends, descriptors: Mapping[int, Channel]) -> None:
    """Close everything. What is left of the process has nobody to write to."""
    _reap(pid)
    ends.close()
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)


def _reap(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
