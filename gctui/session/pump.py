"""Parser and model turning together, behind one lock; every kind of session drives one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING

from gctui.events import AnyEvent, Text, Unparsed
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.session.output import OutputTail

if TYPE_CHECKING:
    from gctui.trace.scanner import Scanner

TextSink = Callable[[Text | Unparsed], None]


def new_scanner() -> Scanner:
    """Return a parser. The first one reads the grammars: call this when the screen is drawn."""
    from gctui.trace.scanner import Scanner  # noqa: PLC0415 - costs a tenth of a second

    return Scanner()


class Pump:
    """Feeds bytes to a parser per channel and their events to one state; may be read meanwhile."""

    def __init__(self, text_sink: TextSink | None = None) -> None:
        self._lock = threading.Lock()
        self._scanners: dict[Hashable, Scanner] = {}
        self._state = ProgramState()
        self._output = OutputTail()
        self._snapshot: Snapshot | None = None
        self.text_sink = text_sink
        self.version = 0

    def feed(self, channel: Hashable, data: bytes, received_s: float | None) -> None:
        """Parse a piece of one channel and apply what it completes."""
        scanner = self._scanners.get(channel)
        if scanner is None:
            scanner = self._scanners[channel] = new_scanner()
        self.apply(scanner.feed(data), received_s)

    def finish(self, received_s: float | None) -> None:
        """Apply the last lines, which have no newline."""
        for scanner in self._scanners.values():
            self.apply(scanner.finish(), received_s)
        self._scanners.clear()

    def apply(self, events: Iterable[AnyEvent], received_s: float | None) -> None:
        """Fold events and keep the texts among them."""
        texts = []
        with self._lock:
            for event in events:
                self._state.apply(event, received_s)
                if isinstance(event, Text | Unparsed):
                    self._output.add(event)
                    texts.append(event)
            self._snapshot = None
            self.version += 1
        if self.text_sink is not None:
            for text in texts:
                self.text_sink(text)

    def snapshot(self) -> Snapshot:
        """Return the state as it is now; the same object while nothing is applied."""
        with self._lock:
            if self._snapshot is None:
                self._snapshot = self._state.snapshot()
            return self._snapshot

    def now_s(self, received_s: float) -> float:
        """Return where a moment of the receipt clock lies on the stream's axis."""
        with self._lock:
            return self._state.now_at(received_s)

    @property
    def text_lines(self) -> int:
        """Lines of the program's own output so far."""
        return self._output.total

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return kept lines of output; see `Feed.text`."""
        with self._lock:
            return self._output.lines(first, count)
