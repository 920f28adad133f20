"""What was saved, a log, a recording or a profile; how the content begins tells which it is.

What reads a recording is loaded with the first of them: most files are logs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from gctui.errors import GctuiError
from gctui.events import AnyEvent
from gctui.model.profile import Profile
from gctui.session.pump import new_scanner
from gctui.session.recording_format import HEADER_BEGINS, VERSION
from gctui.session.saved_profile import SavedProfileReader, may_be_profile, profile_reader

if TYPE_CHECKING:
    from gctui.session.recorded import Recorded, RecordedReader
    from gctui.trace.scanner import Scanner

_LONGEST_HEADER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that came together."""

    events: Sequence[AnyEvent]
    end: int
    """Offset behind them in what was fed."""
    received: datetime | None = None
    """When; None in a log."""
    source: str = ""
    """The stream that they were printed to, where a recording tells."""
    profile: Profile | None = None
    """What a file that is a profile holds besides; in a recording it comes by itself."""


class SavedReader:
    """Reads one saved file."""

    def __init__(self, label: str) -> None:
        self._label = label
        self.recording: RecordedReader | None = None
        """The reader of a recording, once the file proved to be one."""
        self._profile: SavedProfileReader | None = None
        self._head: bytes | None = b""
        self._scanner = new_scanner()
        self._fed_bytes = 0

    @property
    def scanner(self) -> Scanner | None:
        """What reads the lines, once the file proved to be a log."""
        is_log = self._head is None and self.recording is None and self._profile is None
        return self._scanner if is_log else None

    def feed(self, data: bytes) -> Iterator[Batch]:
        """Yield the events of the lines that `data` completes. Raises GctuiError."""
        if self._head is not None:
            self._head += data
            if _may_become_recording(self._head) or may_be_profile(self._head):
                return
            data = self._decided()
        if self.recording is not None:
            yield from _batches(self.recording.feed(data))
            return
        self._fed_bytes += len(data)
        if self._profile is not None:
            self._profile.feed(data)
        elif events := self._scanner.feed(data):
            yield Batch(events, self._fed_bytes)

    def settle(self) -> Iterator[Batch]:
        """Yield what waits for more to come, in a log that is followed and stopped growing."""
        is_log = self._head is None and self.recording is None and self._profile is None
        if is_log and (events := self._scanner.settle()):
            yield Batch(events, self._fed_bytes)

    def finish(self) -> Iterator[Batch]:
        """Yield the events of a last line that lacks its newline; nothing may follow."""
        if self._head is not None:
            data = self._decided()
            yield from self.feed(data)
        if self.recording is not None:
            yield from _batches(self.recording.finish())
        elif self._profile is not None:
            saved = self._profile.finish()
            stats = [] if saved.memstats is None else [saved.memstats]
            yield Batch([*stats], self._fed_bytes, profile=saved.profile)
        elif events := self._scanner.finish():
            yield Batch(events, self._fed_bytes)

    def _decided(self) -> bytes:
        """Tell what it is, by how it begins, and return what was held back until then."""
        data, self._head = self._head or b"", None
        if data.startswith(HEADER_BEGINS):
            self.recording = self._recording(data.partition(b"\n")[0])
        if self.recording is None:
            self._profile = profile_reader(data, self._label)
        return data

    def _recording(self, first_line: bytes) -> RecordedReader | None:
        from gctui.session.recorded import RecordedReader, recording_header  # noqa: PLC0415

        found = recording_header(first_line)
        if found is None:
            return None
        header, version = found
        if version != VERSION:
            reads = f"this gctui reads version {VERSION}"
            raise GctuiError(f"{self._label}: a recording of version {version}; {reads}")
        return RecordedReader(header)


def _may_become_recording(head: bytes) -> bool:
    if len(head) < len(HEADER_BEGINS):
        return HEADER_BEGINS.startswith(head)
    is_whole = b"\n" in head or len(head) > _LONGEST_HEADER_BYTES
    return head.startswith(HEADER_BEGINS) and not is_whole


def _batches(recorded: Iterator[Recorded]) -> Iterator[Batch]:
    for (received, source), group in groupby(recorded, key=attrgetter("received", "source")):
        events: list[AnyEvent] = []
        for item in group:
            end = item.end
            if not isinstance(item.event, Profile):
                events.append(item.event)
                continue
            if events:
                yield Batch(events, end, received, source)
                events = []
            yield Batch([], end, received, profile=item.event)
        if events:
            yield Batch(events, end, received, source)
