"""What a live session keeps in a file: the stream as it came, or every event with its time.

Profiles are kept as `gctui.session.recording_profiles` chooses: not every one of them, and not
without a bound on what they take.

A session reads the stream from a spool, which another thread fills: the observed program waits for
a slow disk no sooner than it would for a slow screen.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType

from gctui.events import AnyEvent, Event, MemStats, Text, Unparsed
from gctui.model.profile import Profile
from gctui.session.recording_file import RecordingFile
from gctui.session.recording_format import End, Header, end_line, header_line, moment_of, rfc3339
from gctui.session.recording_profiles import ProfileRows
from gctui.session.whole_lines import WholeLines

Encode = Callable[[AnyEvent, str], bytes]
"""Returns an event of a stream as a JSON object with its newline."""

EVENTS_SUFFIX = ".jsonl"


class Recording(ABC):
    """Is told all that comes, in the order in which it is applied; closed at its end."""

    def __init__(self, file: RecordingFile) -> None:
        self._file = file

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def status(self) -> str:
        """What the user is told of it."""
        file = self._file
        if file.failure:
            return f"recording failed: {file.failure}"
        return f"{'recording' if file.is_open else 'recorded'} to {file.path}"

    def tend(self) -> None:
        """Write what is due; to be called several times a second."""
        self._file.tend()

    @abstractmethod
    def describe(self, header: Header) -> None:
        """Take what is known of the stream, at its beginning and when more is known."""

    @abstractmethod
    def keep_bytes(self, data: bytes, channel: Hashable = None) -> None:
        """Take a piece of a stream."""

    @abstractmethod
    def keep_events(self, events: Sequence[AnyEvent], received_s: float, source: str) -> None:
        """Take what was read; `source` is its stream, empty for samples."""

    @abstractmethod
    def keep_profile(self, profile: Profile, page: bytes, received_s: float) -> None:
        """Take a profile and the text it was read from, before the figures that came with it."""

    def end(self, received_s: float, end: End) -> None:
        """Finish the file."""
        self._file.close()


class RawRecording(Recording):
    """The stream, byte for byte, in the order in which its pieces came.

    Of two streams none stands within a trace line of the other.
    """

    def __init__(self, file: RecordingFile) -> None:
        super().__init__(file)
        self._lines = WholeLines()

    def tend(self) -> None:
        """Write what is due, the beginning of a line included that nobody ends."""
        for data in self._lines.overdue():
            self._file.add(data)
        super().tend()

    def end(self, received_s: float, end: End) -> None:
        """Finish the file."""
        self._file.add(self._lines.finish())
        super().end(received_s, end)

    def describe(self, header: Header) -> None:
        """Do nothing: the stream alone is kept."""

    def keep_bytes(self, data: bytes, channel: Hashable = None) -> None:
        """Add the piece."""
        self._file.add(self._lines.feed(channel, data))

    def keep_events(self, events: Sequence[AnyEvent], received_s: float, source: str) -> None:
        """Do nothing: events are in the stream already, and samples are not."""

    def keep_profile(self, profile: Profile, page: bytes, received_s: float) -> None:
        """Do nothing: what a server tells is not in the stream."""


class EventRecording(Recording):
    """Every event as JSON with its receipt time, samples and profiles included."""

    def __init__(self, file: RecordingFile, encode: Encode) -> None:
        super().__init__(file)
        self._encode = encode
        self._began: datetime | None = None
        self._profiles = ProfileRows()

    def describe(self, header: Header) -> None:
        """Write the header."""
        self._began = header.began
        self._file.add(header_line(header))

    def keep_bytes(self, data: bytes, channel: Hashable = None) -> None:
        """Do nothing: all bytes are in the events."""

    def keep_events(self, events: Sequence[AnyEvent], received_s: float, source: str) -> None:
        """Write the events."""
        if self._began is None or not events or not self._file.is_open:
            return
        tail = _tail(self._began, received_s)
        self._file.add(b"".join(self._members(event, source) + tail for event in events))

    def keep_profile(self, profile: Profile, page: bytes, received_s: float) -> None:
        """Write the profile if it is time for one of its kind. Packs it: some time for a MiB."""
        if self._began is None or not self._file.is_open:
            return
        row = self._profiles.take(profile, page, received_s)
        if row is not None:
            self._file.add(row + _tail(self._began, received_s))

    def end(self, received_s: float, end: End) -> None:
        """Write the newest profiles, if they are not, and how it ended."""
        if self._began is not None:
            tail = _tail(self._began, received_s)
            self._file.add(b"".join(row + tail for row in self._profiles.left_over()))
            self._file.add(end_line(moment_of(self._began, received_s), end))
        super().end(received_s, end)

    def _members(self, event: AnyEvent, source: str) -> bytes:
        """Return an event up to its last member."""
        if isinstance(event, MemStats) and (counted := self._profiles.take_uncounted()) is not None:
            event = replace(event, goroutines=counted)
        exported = self._encode(event, source)[:-2]
        return exported + _place(event) if isinstance(event, Event) else exported


def _tail(began: datetime, received_s: float) -> bytes:
    """Return the last member of an event's line."""
    return b',"received":"%b"}\n' % rfc3339(moment_of(began, received_s)).encode()


def _place(event: Event) -> bytes:
    """Return where an event was printed, and for a trace line its bytes."""
    place = b',"range":[%d,%d]' % (event.start, event.end)
    if isinstance(event, Text | Unparsed):
        return place
    raw = json.dumps(event.raw.decode("utf-8", "surrogateescape"))
    return place + b',"raw":' + raw.encode()


def open_recording(path: str, encode: Encode) -> Recording:
    """Open the file of a recording, whose name tells what is kept. Raises GctuiError."""
    file = RecordingFile(path)
    return EventRecording(file, encode) if path.endswith(EVENTS_SUFFIX) else RawRecording(file)
