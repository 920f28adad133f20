"""Compressed logs as a stream: gzip and Zstandard, members one after the other, bombs in parts."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
MAGIC_BYTES = len(_ZSTD_MAGIC)
"""So much of a file's beginning tells how it is packed."""
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class Damaged(Exception):
    """The data cannot be unpacked any further."""


class _Member(Protocol):
    """One gzip member or Zstandard frame."""

    @property
    def eof(self) -> bool:
        """It ended."""

    @property
    def unused(self) -> bytes:
        """What was fed beyond its end."""

    @property
    def has_more(self) -> bool:
        """It can give more without being fed."""

    def unpack(self, data: bytes, most_bytes: int) -> Iterator[bytes]:
        """Yield at most `most_bytes`, in all. Raises Damaged, after what is good was yielded."""

    def flush(self) -> bytes:
        """Return what is left of a member that was cut short."""


class Unpacker:
    """Unpacks concatenated members."""

    def __init__(self, packing: str, part_bytes: int) -> None:
        self.packing = packing
        """`gzip` or `zstd`."""
        self._part_bytes = part_bytes
        self._member: _Member | None = None
        self._ended_once = False

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield what `block` unpacks to, in parts, so that a bomb stays small. Raises Damaged."""
        while True:
            if self._member is None:
                if self._ended_once:
                    # Tapes and block devices pad with zeros, and gzip itself ignores them.
                    block = block.lstrip(b"\0")
                if not block:
                    return
                self._member = _MEMBERS[self.packing]()
            yield from self._member.unpack(block, self._part_bytes)
            block = b""
            if self._member.eof:
                block, self._member = self._member.unused, None
                self._ended_once = True
            elif not self._member.has_more:
                return

    def end(self) -> Iterator[bytes]:
        """Yield what is left of a member that was cut short, and raise Damaged."""
        if self._member is not None:
            if rest := self._member.flush():
                yield rest
            raise Damaged


def packing_of(head: bytes) -> str:
    """Tell by the first bytes how a file is packed: `gzip`, `zstd`, or empty for not at all."""
    if head.startswith(_GZIP_MAGIC):
        return "gzip"
    return "zstd" if head.startswith(_ZSTD_MAGIC) else ""


class _Gzip:
    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused(self) -> bytes:
        return self._member.unused_data

    @property
    def has_more(self) -> bool:
        return bool(self._member.unconsumed_tail)

    def unpack(self, data: bytes, most_bytes: int) -> Iterator[bytes]:
        data = self._member.unconsumed_tail + data
        before = self._member.copy()
        try:
            part = self._member.decompress(data, most_bytes)
        except zlib.error as error:
            yield from _salvaged(before, data)
            raise Damaged from error
        if part:
            yield part

    def flush(self) -> bytes:
        return self._member.flush()


def _salvaged(member: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Yield the good bytes before the error: zlib drops those of the call that fails."""
    for at in range(len(data)):
        try:
            part = member.decompress(data[at : at + 1])
        except zlib.error:
            return
        if part:
            yield part


class _Zstd:
    def __init__(self) -> None:
        # Few logs need it, and to load it takes as long as to read a small one.
        if sys.version_info >= (3, 14):
            from compression import zstd  # noqa: PLC0415
        else:
            from backports import zstd  # noqa: PLC0415
        self._member = zstd.ZstdDecompressor()
        self._error = zstd.ZstdError

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused(self) -> bytes:
        return self._member.unused_data

    @property
    def has_more(self) -> bool:
        return not self._member.needs_input

    def unpack(self, data: bytes, most_bytes: int) -> Iterator[bytes]:
        # A frame's blocks are good or not as a whole, and are given before the next is looked at.
        try:
            part = self._member.decompress(data, most_bytes)
        except self._error as error:
            raise Damaged from error
        if part:
            yield part

    def flush(self) -> bytes:
        return b""


_MEMBERS: dict[str, type[_Member]] = {"gzip": _Gzip, "zstd": _Zstd}
