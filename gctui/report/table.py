"""An export as it is written: rows come as JSON lines, a format makes its own of them.

The JSON lines are the one description of an event; the other formats are made from them, so that
all say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Put = Callable[[bytes], None]
"""Where the bytes of an export go."""


class TableWriter(Protocol):
    """Writes rows in one format."""

    @property
    def remark(self) -> str:
        """What to know of what was written; empty for nothing."""

    def write(self, encoded: bytes) -> None:
        """Take rows as `TableFormat.encode` gave them."""

    def close(self) -> None:
        """Write what is left; nothing may follow."""


class TableFormat(Protocol):
    """One format."""

    def encode(self, lines: bytes) -> bytes:
        """Turn JSON lines into what a writer takes; depends on nothing else."""

    def writer(self, put: Put) -> TableWriter:
        """Begin to write."""


class JsonLines:
    """JSON lines as they are."""

    def encode(self, lines: bytes) -> bytes:
        """Return them."""
        return lines

    def writer(self, put: Put) -> TableWriter:
        """Return what hands them on."""
        return PlainWriter(put)


class PlainWriter:
    """Hands on what is complete as it is."""

    remark = ""

    def __init__(self, put: Put) -> None:
        self._put = put

    def write(self, encoded: bytes) -> None:
        """Hand it on."""
        if encoded:
            self._put(encoded)

    def close(self) -> None:
        """Nothing is left."""
