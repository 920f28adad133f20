"""A line of a source and its place there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or the rest of one."""

    raw: bytes
    number: int
    start: int
    end: int
    """In the source, its terminator included."""
    head: int = 0
    """How long its prefix is."""

    def place(self, offset: int) -> int:
        """Return the place in the source; the line's end has its terminator."""
        return self.end if offset == len(self.raw) else self.start + offset
