"""The tail of the program's own output, bounded in lines and in bytes."""

from __future__ import annotations

from collections import deque
from itertools import islice

from gctui.events import Text, Unparsed

KEPT_LINES = 5000
KEPT_BYTES = 8 << 20


class OutputTail:
    """Keeps the newest lines as raw bytes; older ones are dropped and counted by `total`."""

    def __init__(self, lines: int = KEPT_LINES, size_bytes: int = KEPT_BYTES) -> None:
        self._lines: deque[bytes] = deque()
        self._most_lines = lines
        self._most_bytes = size_bytes
        self._bytes = 0
        self.total = 0

    def add(self, event: Text | Unparsed) -> None:
        """Add one text as a line of its own."""
        self._lines.append(event.raw)
        self._bytes += len(event.raw)
        self.total += 1
        while len(self._lines) > self._most_lines or self._bytes > self._most_bytes:
            self._bytes -= len(self._lines.popleft())

    def lines(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return up to `count` kept lines from number `first` on, and the number of the first."""
        oldest = self.total - len(self._lines)
        begin = max(first, oldest)
        kept = islice(self._lines, begin - oldest, begin - oldest + max(0, count))
        return begin, [line.decode("utf-8", "surrogateescape") for line in kept]
