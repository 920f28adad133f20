"""A stream of bytes in, events out, whatever the sizes of the pieces the stream arrives in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gctui.events import Event
from gctui.trace.line_scanner import LINE_LIMIT_BYTES, LineScanner
from gctui.trace.sched_snapshot import SchedSnapshots
from gctui.trace.utf16 import SNIFFED_BYTES, Utf16, sniffed


class Scanner:
    """Turns the bytes of one source into events; the events' ranges partition the bytes.

    Events come in the order in which they are certain: a line that was torn comes when its last
    piece is there. Memory is bounded by the limit of a line and by the size of the pieces fed.
    """

    def __init__(self, limit_bytes: int = LINE_LIMIT_BYTES) -> None:
        self._lines = LineScanner(limit_bytes)
        self._head: bytes | None = b""
        """The first bytes, as long as they do not tell the encoding; then None."""
        self._utf16: Utf16 | None = None
        self._snapshots = SchedSnapshots()

    def feed(self, data: bytes) -> Sequence[Event]:
        """Return the events that `data` makes certain."""
        if self._head is not None:
            data = self._head + data
            if len(data) < SNIFFED_BYTES:
                self._head = data
                return []
            self._head, self._utf16 = None, sniffed(data)
        events = self._lines.feed(self._utf16.decoded(data) if self._utf16 else data)
        return self._folded(events)

    def settle(self) -> list[Event]:
        """Return what waits for more to come, now that nothing comes for a while."""
        return [*self._folded(self._lines.settle()), *self._snapshots.flush()]

    def finish(self) -> list[Event]:
        """Return what is left at the end; nothing may follow."""
        rest = self._utf16.finish() if self._utf16 else self._head or b""
        events = [*self._lines.feed(rest), *self._lines.finish()]
        return [*self._folded(events), *self._snapshots.finish()]

    def _folded(self, events: Sequence[Event]) -> Sequence[Event]:
        placed = self._utf16.at_source(events) if self._utf16 else events
        return self._snapshots.fold_all(placed)


def scan(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Yield the events of a whole source, chunk by chunk."""
    scanner = Scanner()
    for chunk in chunks:
        yield from scanner.feed(chunk)
    yield from scanner.finish()
