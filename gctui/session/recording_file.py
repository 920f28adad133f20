"""The file of a recording: nothing that is wrong with it may hold up or end the watching."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
import time

from gctui.errors import GctuiError

_WRITE_EVERY_S = 0.5
_WRITE_BYTES = 256 << 10
_MOST_HELD_BYTES = 64 << 20


class RecordingFile:
    """Gathers bytes and writes them in pieces; the first failure ends it, and is kept.

    `add` never waits for the disk. Any thread may call any method.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.failure = ""
        """Why nothing is written any more; empty while all is well."""
        self._fd = _opened(path)
        self._is_open = True
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._due_s = 0.0
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    @property
    def is_open(self) -> bool:
        """What is added will be written."""
        return self._is_open

    def add(self, data: bytes) -> None:
        """Keep `data` to be written within a second, if `tend` is called that often."""
        with self._lock:
            if not self._is_open:
                return
            self._held.append(data)
            self._held_bytes += len(data)
            if self._held_bytes > _MOST_HELD_BYTES:
                self._fail("the disk does not answer")

    def tend(self) -> None:
        """Write what has waited long enough, unless another thread does already."""
        if not self._held or (self._held_bytes < _WRITE_BYTES and time.monotonic() < self._due_s):
            return
        if self._writing.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._writing.release()

    def close(self) -> None:
        """Write what is held, and close the file; it may be closed already."""
        with self._writing:
            self._write()
            with self._lock:
                self._is_open = False
            if self._fd >= 0:
                fd, self._fd = self._fd, -1
                try:
                    os.close(fd)
                except OSError as error:
                    # Some file systems tell only now that they had no room.
                    self.failure = self.failure or _reason(error)

    def _write(self) -> None:
        with self._lock:
            data = memoryview(b"".join(self._held))
            self._forget()
        self._due_s = time.monotonic() + _WRITE_EVERY_S
        try:
            while data and self._is_open:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            with self._lock:
                self._fail(_reason(error))

    def _fail(self, why: str) -> None:
        self.failure = self.failure or why
        self._is_open = False
        self._forget()

    def _forget(self) -> None:
        self._held, self._held_bytes = [], 0


def _opened(path: str) -> int:
    """Open a new or an empty file. Raises GctuiError for anything else."""
    shown = path or "''"
    if path == "-":
        raise GctuiError("--record -: name a file")
    # Without waiting for the reader of a named pipe, which may never come.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOCTTY | os.O_NONBLOCK
    try:
        fd = _off_the_standard(os.open(path, flags, 0o666))
        os.set_blocking(fd, True)
        status = os.fstat(fd)
    except (OSError, ValueError) as error:
        raise GctuiError(f"--record {shown}: cannot be written: {_reason(error)}") from error
    if stat.S_ISREG(status.st_mode) and status.st_size > 0:
        os.close(fd)
        raise GctuiError(f"--record {shown}: exists and is not empty; name a new file")
    return fd


def _off_the_standard(fd: int) -> int:
    """Move a descriptor that came to be standard input, where that was closed."""
    if fd > 2:
        return fd
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(fd)
    return moved


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
