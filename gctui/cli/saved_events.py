"""The trace lines of a saved log or recording, for commands that look at lines alone."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.errors import GctuiError
from gctui.events import Event
from gctui.session.saved import Batch, SavedReader
from gctui.sources.files import LogFile


def saved_events(name: str) -> Iterator[list[Event]]:
    """Yield the printed events of the file `name`, `-` for standard input, as they are read.

    Raises GctuiError where the file cannot be read; what comes before a damage is yielded.
    """
    file = LogFile(name)
    reader = SavedReader(file.label)
    try:
        for chunk in file.chunks():
            yield from map(_printed, reader.feed(chunk))
    except GctuiError:
        yield from map(_printed, reader.finish())
        raise
    finally:
        file.close()
    yield from map(_printed, reader.finish())


def _printed(batch: Batch) -> list[Event]:
    return [event for event in batch.events if isinstance(event, Event)]
