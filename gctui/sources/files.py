"""Saved logs, plain or compressed, as a stream of bytes."""

from __future__ import annotations

import io
import os
import select
import stat
import zlib
from typing import TYPE_CHECKING

from gctui.errors import GctuiError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class LogFile:
    """One file to be read once, from its beginning to its end. `-` is the standard input.

    The constructor raises GctuiError when the file cannot be opened or is of an unknown kind.
    """

    def __init__(self, path: str | Path) -> None:
        self.label = "standard input" if str(path) == "-" else str(path) or "''"
        self._file = self._open(path)
        status = os.fstat(self._file.fileno())
        self._size_bytes = status.st_size if stat.S_ISREG(status.st_mode) else None
        self._read_bytes = 0
        self._head: bytes | None = None
        if self._size_bytes is not None:
            # Here, a wrong file is refused before anything is drawn; a pipe's head may take long.
            self._read_head()

    @property
    def progress(self) -> float:
        """How much of the file's own bytes has been read, 0 to 1; of a pipe 0.0."""
        if self._size_bytes is None:
            return 0.0
        return min(1.0, self._read_bytes / self._size_bytes) if self._size_bytes else 1.0

    def chunks(self, size_bytes: int = 1 << 18) -> Iterator[bytes]:
        """Yield the log's bytes, decompressed, at most `size_bytes` at a time.

        Raises GctuiError when reading fails; of a damaged file what can be read is yielded first.
        """
        if self._read_head().startswith(_GZIP_MAGIC):
            return self._unzipped(size_bytes)
        return self._raw(size_bytes)

    def close(self) -> None:
        """Close the file; it may be closed already."""
        self._file.close()

    def _open(self, path: str | Path) -> io.FileIO:
        try:
            # The standard input is the caller's: what is closed here is a copy of it.
            return io.FileIO(os.dup(0) if str(path) == "-" else os.fspath(path))
        except (OSError, ValueError) as error:
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
            while len(self._head) < len(_ZSTD_MAGIC):
                part = self._read(len(_ZSTD_MAGIC) - len(self._head))
                if not part:
                    break
                self._head += part
        if self._head == _ZSTD_MAGIC:
            self.close()
            raise GctuiError(f"{self.label}: .zst is not supported yet; unpack it with zstd -d")
        return self._head

    def _raw(self, size_bytes: int) -> Iterator[bytes]:
        """Yield the file's own bytes."""
        block, self._head = self._head or b"", b""
        while block := block or self._read(size_bytes):
            self._read_bytes += len(block)
            yield block
            block = b""

    def _unzipped(self, size_bytes: int) -> Iterator[bytes]:
        given_bytes = 0
        members = _Members(size_bytes)
        try:
            for block in self._raw(size_bytes):
                for part in members.feed(block):
                    given_bytes += len(part)
                    yield part
            for part in members.end():
                given_bytes += len(part)
                yield part
        except zlib.error as error:
            message = f"{self.label}: damaged gzip data after {given_bytes} bytes"
            raise GctuiError(message) from error


class _Members:
    """Decompresses concatenated gzip members; raises zlib.error where they are damaged."""

    def __init__(self, part_bytes: int) -> None:
        self._part_bytes = part_bytes
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._started = False
        self._ended_once = False

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield what `block` decompresses to, in parts, so that a bomb stays small."""
        while block := block if self._started else self._next_member(block):
            before = self._member.copy()
            try:
                part = self._member.decompress(block, self._part_bytes)
            except zlib.error:
                yield from _salvaged(before, block)
                raise
            block = self._member.unconsumed_tail or self._member.unused_data
            if part:
                yield part
            if self._member.eof:
                self._started = False
                self._ended_once = True

    def end(self) -> Iterator[bytes]:
        """Yield what is left of a member that was cut short, and raise zlib.error."""
        if self._started:
            yield self._member.flush()
            raise zlib.error("cut short")

    def _next_member(self, block: bytes) -> bytes:
        if self._ended_once:
            # Tapes and block devices pad with zeros, and gzip itself ignores them.
            block = block.lstrip(b"\0")
        if block:
            self._member = zlib.decompressobj(_GZIP_WINDOW)
            self._started = True
        return block


def _salvaged(member: zlib._Decompress, block: bytes) -> Iterator[bytes]:
    """Yield the good bytes before the error: zlib drops those of the call that fails."""
    for at in range(len(block)):
        try:
            part = member.decompress(block[at : at + 1])
        except zlib.error:
            return
        if part:
            yield part
