"""A queue of records in a temporary file: where the spool goes when its memory is full.

It knows nothing of channels, clocks or threads: the spool locks around it.
"""

from __future__ import annotations

import os
import struct
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO

_LENGTH = struct.Struct("<I")


class OverflowFile:
    """First in, first out, at most `limit_bytes` on disk, in a file that has no name.

    The file is used as a ring, so a queue that never runs empty does not grow it past the limit.
    It is made by the first record and given back to the system when the last one is taken.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._file: BinaryIO | None = None
        self._close: weakref.finalize[[], OverflowFile] | None = None
        self._first_byte = 0
        self._end_byte = 0

    @property
    def empty(self) -> bool:
        """Nothing is queued."""
        return self._first_byte == self._end_byte

    def append(self, record: bytes) -> bool:
        """Queue a record; False, and nothing changed, when the file cannot take it now."""
        framed = _LENGTH.pack(len(record)) + record
        if self._end_byte - self._first_byte + len(framed) > self._limit_bytes:
            return False
        try:
            self._write(self._end_byte, framed)
        except OSError:
            # A full disk, a quota, no folder to write to: for the writer all are "no room".
            if self.empty:
                self._give_back()
            return False
        self._end_byte += len(framed)
        return True

    def take(self) -> bytes:
        """Return the oldest record; the queue must not be empty. OSError when the disk fails."""
        (length,) = _LENGTH.unpack(self._read(self._first_byte, _LENGTH.size))
        record = self._read(self._first_byte + _LENGTH.size, length)
        self._first_byte += _LENGTH.size + length
        if self.empty:
            self._give_back()
        return record

    def _write(self, at_byte: int, data: bytes) -> None:
        descriptor = self._descriptor()
        view = memoryview(data)
        while view:
            offset = at_byte % self._limit_bytes
            written = os.pwrite(descriptor, view[: self._limit_bytes - offset], offset)
            view = view[written:]
            at_byte += written

    def _read(self, at_byte: int, size_bytes: int) -> bytes:
        parts = []
        while size_bytes:
            offset = at_byte % self._limit_bytes
            wanted_bytes = min(size_bytes, self._limit_bytes - offset)
            part = os.pread(self._descriptor(), wanted_bytes, offset)
            if not part:
                raise OSError("the temporary file of the spool has been cut short")
            parts.append(part)
            size_bytes -= len(part)
            at_byte += len(part)
        return b"".join(parts)

    def _descriptor(self) -> int:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0, dir=_folder())  # noqa: SIM115
            self._close = weakref.finalize(self, self._file.close)
        return self._file.fileno()

    def _give_back(self) -> None:
        if self._close is not None:
            self._close()
        self._file = self._close = None
        self._first_byte = self._end_byte = 0


def _folder() -> str | None:
    # /tmp is often memory (tmpfs): going there because memory is full would be absurd.
    if os.environ.get("TMPDIR") or not os.access("/var/tmp", os.W_OK):  # noqa: S108
        return None
    return str(Path("/var/tmp"))  # noqa: S108
