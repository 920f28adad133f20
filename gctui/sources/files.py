"""Saved logs, plain or compressed, as a stream of bytes."""

from __future__ import annotations

import io
import os
import select
import stat
from typing import TYPE_CHECKING

from gctui.errors import GctuiError
from gctui.sources.unpack import MAGIC_BYTES, Damaged, Unpacker, packing_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


CHUNK_BYTES = 1 << 16
"""So much is read at once: its events fit into a processor's cache, which saves a good part."""


class LogFile:
    """One file to be read once, from its beginning to its end. `-` is the standard input.

    The constructor raises GctuiError when the file cannot be opened or is of an unknown kind.
    """

    def __init__(self, path: str | Path) -> None:
        self.label = "standard input" if str(path) == "-" else str(path) or "''"
        self._is_standard_input = str(path) == "-"
        self._file = self._open(path)
        status = os.fstat(self._file.fileno())
        self._size_bytes = status.st_size if stat.S_ISREG(status.st_mode) else None
        self.read_bytes = 0
        """Of the file's own; whoever reads on by its descriptor sets it."""
        self._head: bytes | None = None
        if self._size_bytes is not None:
            # Here, a wrong file is refused before anything is drawn; a pipe's head may take long.
            self._read_head()

    @property
    def progress(self) -> float:
        """How much of the file's own bytes has been read, 0 to 1; of a pipe 0.0."""
        if self._size_bytes is None:
            return 0.0
        return min(1.0, self.read_bytes / self._size_bytes) if self._size_bytes else 1.0

    @property
    def is_regular(self) -> bool:
        """All of it is there: it is no pipe."""
        return self._size_bytes is not None

    @property
    def plain(self) -> tuple[int, int] | None:
        """The descriptor and the size of a plain regular file; None for all else."""
        if self._size_bytes is None or self._is_standard_input or packing_of(self._read_head()):
            return None
        return self._file.fileno(), self._size_bytes

    def chunks(
        self, size_bytes: int = CHUNK_BYTES, pause_s: float | None = None
    ) -> Iterator[bytes]:
        """Yield the log's bytes, decompressed, at most `size_bytes` at a time.

        Where nothing comes through a pipe for `pause_s`, that is an empty chunk. Raises GctuiError
        when reading fails; of a damaged file what can be read is yielded first.
        """
        packing = packing_of(self._read_head())
        if packing:
            return self._unpacked(packing, size_bytes, pause_s)
        return self._raw(size_bytes, pause_s)

    def close(self) -> None:
        """Close the file; it may be closed already."""
        self._file.close()

    def _open(self, path: str | Path) -> io.FileIO:
        try:
            # The standard input is the caller's: what is closed here is a copy of it.
            return io.FileIO(os.dup(0) if str(path) == "-" else os.fspath(path))
        except (OSError, ValueError) as error:
            if str(path) == "-":
                raise GctuiError("standard input is closed") from error
            reason = getattr(error, "strerror", None) or str(error)
            raise GctuiError(f"{self.label}: cannot be opened: {reason}") from error

    def _read(self, size_bytes: int) -> bytes:
        try:
            while (data := self._file.read(size_bytes)) is None:
                # Whoever shares this pipe has made it non-blocking.
                select.select([self._file], [], [])
        except OSError as error:
            self.close()
            raise GctuiError(f"{self.label}: cannot be read: {error.strerror}") from error
        return data

    def _read_head(self) -> bytes:
        """Read, once, as many bytes as tell the kind of the file."""
        if self._head is None:
            self._head = b""
            while len(self._head) < MAGIC_BYTES:
                part = self._read(MAGIC_BYTES - len(self._head))
                if not part:
                    break
                self._head += part
        return self._head

    def _raw(self, size_bytes: int, pause_s: float | None) -> Iterator[bytes]:
        """Yield the file's own bytes, all but the first in pieces that begin at whole multiples."""
        block, self._head = self._head or b"", b""
        while block := block or self._read(size_bytes - self.read_bytes % size_bytes):
            self.read_bytes += len(block)
            yield block
            block = b""
            if pause_s is not None and self._is_silent(pause_s):
                yield b""

    def _is_silent(self, pause_s: float) -> bool:
        """Tell whether nothing comes for so long."""
        return self._size_bytes is None and not select.select([self._file], [], [], pause_s)[0]

    def _unpacked(self, packing: str, size_bytes: int, pause_s: float | None) -> Iterator[bytes]:
        given_bytes = 0
        unpacker = Unpacker(packing, size_bytes)
        try:
            for block in self._raw(size_bytes, pause_s):
                if not block:
                    yield b""
                    continue
                for part in unpacker.feed(block):
                    given_bytes += len(part)
                    yield part
            for part in unpacker.end():
                given_bytes += len(part)
                yield part
        except Damaged as error:
            message = f"{self.label}: damaged {packing} data after {given_bytes} bytes"
            raise GctuiError(message) from error
