"""Parser and model turning together, behind one lock; every kind of session drives one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import TYPE_CHECKING

from gctui.events import AnyEvent, Text, Unparsed
from gctui.model.profile import Profile
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.session.output import OutputTail
from gctui.session.recording import Recording
from gctui.session.recording_format import whole_microseconds_s
from gctui.sources.spool import Channel

if TYPE_CHECKING:
    from gctui.trace.scanner import Scanner

TextSink = Callable[[Text | Unparsed], None]


def new_scanner() -> Scanner:
    """Return a parser. The first one reads the grammars: call this when the screen is drawn."""
    from gctui.trace.scanner import Scanner  # noqa: PLC0415 - costs a tenth of a second

    return Scanner()


class Pump:
    """Feeds bytes to a parser per channel and their events to one state; may be read meanwhile.

    Texts of the channels in `passed_on` do not go to the sink: all their bytes go elsewhere. What
    is recorded is recorded as it is applied: in that order, at that time.
    """

    def __init__(
        self,
        text_sink: TextSink | None = None,
        recording: Recording | None = None,
        passed_on: Collection[Hashable] = (),
    ) -> None:
        self._lock = threading.Lock()
        self._scanners: dict[Hashable, Scanner] = {}
        self._state = ProgramState()
        self._output = OutputTail()
        self._snapshot: Snapshot | None = None
        self._recording = recording
        self._passed_on = passed_on
        self.text_sink = text_sink
        self.version = 0

    def feed(self, channel: Hashable, data: bytes, received_s: float | None) -> None:
        """Parse a piece of one channel and apply what it completes."""
        scanner = self._scanners.get(channel)
        if scanner is None:
            scanner = self._scanners[channel] = new_scanner()
        if self._recording is not None:
            self._recording.keep_bytes(data)
        self.apply(scanner.feed(data), received_s, channel)

    def finish(self, received_s: float | None) -> None:
        """Apply the last lines, which have no newline."""
        for channel, scanner in self._scanners.items():
            self.apply(scanner.finish(), received_s, channel)
        self._scanners.clear()

    def apply(
        self,
        events: Sequence[AnyEvent],
        received_s: float | None,
        channel: Hashable = None,
    ) -> None:
        """Fold events and keep the texts among them; those of a sample come by no channel."""
        with self._lock:
            if self._recording is not None and received_s is not None:
                received_s = whole_microseconds_s(received_s)
                source = channel.name.lower() if isinstance(channel, Channel) else ""
                self._recording.keep_events(events, received_s, source)
            texts = self._fold(events, received_s)
            self._snapshot = None
            self.version += 1
        if self._recording is not None:
            self._recording.tend()
        if self.text_sink is not None and channel not in self._passed_on:
            for text in texts:
                self.text_sink(text)

    def _fold(self, events: Sequence[AnyEvent], received_s: float | None) -> list[Text | Unparsed]:
        texts = []
        for event in events:
            self._state.apply(event, received_s)
            if isinstance(event, Text | Unparsed):
                self._output.add(event)
                texts.append(event)
        return texts

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile as the newest of its kind."""
        with self._lock:
            self._state.take_profile(profile)
            self._snapshot = None
            self.version += 1

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
