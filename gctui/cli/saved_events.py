"""The trace lines of a saved log or recording, for commands that look at lines alone."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.errors import GctuiError
from gctui.events import Event
from gctui.session.saved import Batch, SavedReader
from gctui.sources.files import LogFile


class SavedEvents:
    """The file `name`, `-` for standard input. Raises GctuiError where it cannot be opened."""

    def __init__(self, name: str) -> None:
        self._file = LogFile(name)
        self._reader = SavedReader(self._file.label)
        self.has_profile = False
        """What was read is a profile, and no recording that holds one."""

    @property
    def go_version(self) -> str:
        """The toolchain that built the program, where a recording that was read tells."""
        recording = self._reader.recording
        return "" if recording is None else recording.header.go_version

    def __iter__(self) -> Iterator[list[Event]]:
        """Yield the printed events as they are read; what comes before a damage is yielded."""
        try:
            for chunk in self._file.chunks():
                yield from map(self._printed, self._reader.feed(chunk))
        except GctuiError:
            yield from map(self._printed, self._reader.finish())
            raise
        finally:
            self._file.close()
        yield from map(self._printed, self._reader.finish())

    def _printed(self, batch: Batch) -> list[Event]:
        self.has_profile |= batch.profile is not None and batch.received is None
        return [event for event in batch.events if isinstance(event, Event)]
