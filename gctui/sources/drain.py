"""The thread that stands between an observed program and everything slow.

It reads what the program writes and hands it to the spool. It does nothing else, so that the
program finds its pipe empty however busy the parser and the screen are.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gctui.sources.spool import Channel, Spool

_READ_BYTES = 64 << 10
# What an unprivileged process may ask for, and so the most that an ended program can leave behind.
_PIPE_BYTES = 1 << 20
# A trace line is some 40 writes; to wake for each costs four times the CPU of waking for a burst.
_SHORT_READ_BYTES = 4 << 10
_REST_S = 0.001


class Drain(threading.Thread):
    """Reads descriptors until each ended, then closes them and the spool.

    It owns the descriptors from its construction on. A descriptor that ended, or cannot be read,
    is not looked at again.
    """

    def __init__(self, descriptors: Mapping[int, Channel], spool: Spool) -> None:
        super().__init__(name="gctui-drain", daemon=True)
        self._channels = dict(descriptors)
        self._open = set(descriptors)
        self._spool = spool
        self._next_read_bytes = _READ_BYTES
        self._stopping = False
        self._wake_lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        are_widened = [widened(descriptor) for descriptor in descriptors]
        self._rests = all(are_widened)

    def stop(self) -> None:
        """Wake the thread: it takes what already lies in the pipes, closes them and ends.

        Returns at once; may be called from any thread, more than once, and after the end.
        """
        self._stopping = True
        self._spool.release_writer()
        with self._wake_lock:
            if self._wake_write >= 0:
                os.write(self._wake_write, b"x")

    def run(self) -> None:
        """Drain until the end of all descriptors or until stopped."""
        try:
            with selectors.PollSelector() as selector:
                selector.register(self._wake_read, selectors.EVENT_READ)
                for descriptor in self._channels:
                    selector.register(descriptor, selectors.EVENT_READ)
                self._drain(selector)
                self._sweep(selector)
        finally:
            self._close_all()
            self._spool.close()

    def _drain(self, selector: selectors.BaseSelector) -> None:
        while self._open and not self._stopping:
            read_bytes = self._read_ready(selector, timeout_s=None)
            if self._rests and 0 < read_bytes < _SHORT_READ_BYTES:
                time.sleep(_REST_S)

    def _sweep(self, selector: selectors.BaseSelector) -> None:
        """Take what a program that ended has left, and no more than that from one that goes on."""
        left_bytes = len(self._open) * _PIPE_BYTES
        while self._open and left_bytes > 0:
            read_bytes = self._read_ready(selector, timeout_s=0)
            if not read_bytes:
                return
            left_bytes -= read_bytes

    def _read_ready(self, selector: selectors.BaseSelector, timeout_s: float | None) -> int:
        read_bytes = 0
        for key, _ in selector.select(timeout_s):
            if key.fd == self._wake_read:
                continue
            data = _read(key.fd, self._next_read_bytes)
            if data:
                self._spool.put(self._channels[key.fd], data)
                read_bytes += len(data)
                # A busy parser lets this thread run a few times in a hundredth of a second: under
                # a flood each time has to count.
                is_flood = len(data) >= _READ_BYTES
                self._next_read_bytes = _PIPE_BYTES if is_flood else _READ_BYTES
            elif data is not None:
                selector.unregister(key.fd)
                self._close(key.fd)
        return read_bytes

    def _close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        with contextlib.suppress(OSError):
            os.close(descriptor)

    def _close_all(self) -> None:
        for descriptor in tuple(self._open):
            self._close(descriptor)
        with self._wake_lock:
            os.close(self._wake_read)
            os.close(self._wake_write)
            self._wake_write = -1


def _read(descriptor: int, most_bytes: int) -> bytes | None:
    """Read what is there: b"" at the end or when it cannot be read, None when nothing is there."""
    try:
        return os.read(descriptor, most_bytes)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        # EIO is how a terminal's other side hangs up; after any other error nothing can follow.
        return b""


def widened(descriptor: int) -> bool:
    """Enlarge a pipe, so that its writer gets past a moment in which nobody reads."""
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (AttributeError, OSError):
        return False
    return True
