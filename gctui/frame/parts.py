"""Pieces of files that can be read each by itself, anywhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gctui.errors import GctuiError

PART_BYTES = 8 << 20
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """Whole lines of one file."""

    path: str
    start: int
    """Offset in the file."""
    size_bytes: int
    first_line: int
    """The number of its first line in the file, 1-based."""

    def bytes(self) -> bytes:
        """Read it. Raises GctuiError."""
        try:
            with Path(self.path).open("rb") as file:
                file.seek(self.start)
                return file.read(self.size_bytes)
        except (OSError, ValueError) as error:
            raise _cannot(self.path, error) from error


def parts(paths: Paths, size_bytes: int = PART_BYTES) -> Iterator[Part]:
    """Cut files into parts of about `size_bytes`, at line boundaries.

    The files are read once for that, to count their lines. Raises GctuiError for a file that cannot
    be read, or is packed.
    """
    for path in paths_of(paths):
        try:
            yield from _parts_of(path, size_bytes)
        except (OSError, ValueError) as error:
            raise _cannot(path, error) from error


def paths_of(paths: Paths) -> list[str]:
    """Return the paths that were given, one or several."""
    if isinstance(paths, str | os.PathLike):
        return [os.fspath(paths)]
    return [os.fspath(path) for path in paths]


def _parts_of(path: str, size_bytes: int) -> Iterator[Part]:
    with Path(path).open("rb") as file:
        start, first_line = 0, 1
        while block := file.read(size_bytes):
            if start == 0:
                _refuse_encoded(path, block)
            # A line belongs to the part that it begins in.
            if not block.endswith(b"\n"):
                block += file.readline()
            yield Part(path, start, len(block), first_line)
            start += len(block)
            first_line += block.count(b"\n")


def _refuse_encoded(path: str, block: bytes) -> None:
    for magic, name in _PACKED.items():
        if block.startswith(magic):
            raise GctuiError(f"{path}: packed with {name}; unpack it, or use gctui export")
    if block.startswith(_UTF16):
        raise GctuiError(f"{path}: UTF-16; use gctui export")


def _cannot(path: str, error: OSError | ValueError) -> GctuiError:
    return GctuiError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")
