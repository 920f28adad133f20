"""The fork that a drain goes on in, and what both sides know of the pipes between them.

HEAD and a chunk's bytes, again and again; a HEAD with END in the end
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import select
import signal
import struct
import threading
from typing import TYPE_CHECKING, NoReturn

from gctui.sources.drain import Drain, widened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gctui.sources.spool import Channel, Spool

HEAD = struct.Struct("<BdI")
"""The channel, when its first byte came, how many there are."""
END = 255
"""In the place of a channel, behind the last chunk."""
_COUNT = struct.Struct("@Q")
_NAME = b"gctui-drain"
_DESCRIPTORS_MOST = 1 << 16


class Told:
    """What the process tells of its spool: a page that both have, so that no pipe delays it."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def __call__(self, put_bytes: int, writer_waits: bool) -> None:
        """Tell it."""
        _COUNT.pack_into(self._page, 0, put_bytes)
        self._page[_COUNT.size] = writer_waits

    @property
    def put_bytes(self) -> int:
        """All bytes that were read from the program so far."""
        (put_bytes,) = _COUNT.unpack_from(self._page)
        return int(put_bytes)

    @property
    def writer_waits(self) -> bool:
        """The spool is full: the program is being held up."""
        return bool(self._page[_COUNT.size])


class Ends:
    """The three pipes between the processes, both ends of each; raises OSError without room.

    Chunks come through the first. The second ends when gctui wants the drain to stop, or dies; the
    third when nothing more will be read from the program.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[int] = set()
        self.chunks_read, self.chunks_write = self._pipe()
        self.going_read, self.going_write = self._pipe()
        self.draining_read, self.draining_write = self._pipe()
        widened(self.chunks_write)

    def _pipe(self) -> tuple[int, int]:
        try:
            pipe = os.pipe()
        except OSError:
            self.close()
            raise
        self._open.update(pipe)
        return pipe

    @property
    def of_the_drain(self) -> tuple[int, ...]:
        """The ends that are the other process's."""
        return self.chunks_write, self.going_read, self.draining_write

    def close(self, *ends: int) -> None:
        """Close some ends, or all; what is closed already stays so."""
        with self._lock:
            for end in self._open.intersection(ends or self._open):
                self._open.discard(end)
                os.close(end)

    def is_open(self, end: int) -> bool:
        """Tell whether an end was not closed here."""
        with self._lock:
            return end in self._open

    def has_drained(self, timeout_s: float | None) -> bool:
        """Wait until nothing more will be read from the program; False when that takes longer."""
        if not self.is_open(self.draining_read):
            return True
        poll = select.poll()
        poll.register(self.draining_read, select.POLLIN)
        return bool(poll.poll(None if timeout_s is None else 1000 * timeout_s))


def fork_drain(descriptors: Mapping[int, Channel], spool: Spool, told: Told) -> tuple[int, Ends]:
    """Start the process; return its number and the pipes, of which gctui's ends are open.

    It is reached by no signal but SIGKILL and SIGSTOP, and by no terminal: it ends with gctui, or
    after all descriptors did. Raises OSError where there is no room for it.
    """
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        # The kernel would give its number to another process while it is still ours to end.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ends = Ends()
    # Whatever garbage collection touches would no longer be shared.
    gc.freeze()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _drain_alone(descriptors, spool, ends, told)
    except OSError:
        ends.close()
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    ends.close(*ends.of_the_drain)
    return pid, ends


def _drain_alone(
    descriptors: Mapping[int, Channel], spool: Spool, ends: Ends, told: Told
) -> NoReturn:
    """Be the other process."""
    try:
        gc.disable()
        os.setsid()
        _keep_only({*descriptors, *ends.of_the_drain})
        _take_name()
        spool.tell = told
        drain = Drain(descriptors, spool)
        sender = threading.Thread(target=_send, args=(spool, ends.chunks_write))
        sender.start()
        threading.Thread(target=_end_with_gctui, args=(ends, drain), daemon=True).start()
        drain.run()
        os.close(ends.draining_write)
        sender.join()
    finally:
        os._exit(0)


def _keep_only(kept: set[int]) -> None:
    in_order = sorted(kept)
    for low, high in zip([-1, *in_order], [*in_order, _DESCRIPTORS_MOST], strict=True):
        os.closerange(low + 1, high)
    for descriptor in range(3):
        if descriptor not in kept:
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)


def _take_name() -> None:
    with contextlib.suppress(OSError):
        name = os.open("/proc/self/comm", os.O_WRONLY)
        os.write(name, _NAME)
        os.close(name)


def _send(spool: Spool, into: int) -> None:
    """Pass the spool on to gctui."""
    try:
        while not spool.finished:
            chunk = spool.get(None)
            if chunk is not None:
                head = HEAD.pack(chunk.channel.value, chunk.received_s, len(chunk.data))
                _write(into, head + chunk.data)
        _write(into, HEAD.pack(END, 0.0, 0))
    except OSError:
        # Either gctui is gone, or the temporary file cannot be read and gctui drains by itself.
        os._exit(1)


def _write(into: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(into, view) :]


def _end_with_gctui(ends: Ends, drain: Drain) -> None:
    poll = select.poll()
    poll.register(ends.going_read, select.POLLIN)
    # Nothing but that its other end is gone is told of this one.
    poll.register(ends.chunks_write, 0)
    if any(descriptor == ends.chunks_write for descriptor, _ in poll.poll()):
        os._exit(0)
    drain.stop()
