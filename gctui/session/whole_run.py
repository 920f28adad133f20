"""One whole run, read from saved files for its figures; nothing is drawn meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from gctui.analysis.run_figures import RunFigures
from gctui.analysis.run_fold import RunFold
from gctui.errors import GctuiError
from gctui.events import AnyEvent, Gc
from gctui.model.cycle import start_of
from gctui.model.feed import Asked
from gctui.session.moments import clock_of, is_between, is_on_the_clock, moment_of
from gctui.session.recording_format import rfc3339, seconds_since
from gctui.session.saved import Batch, SavedReader
from gctui.sources.files import LogFile


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a run counts. Seconds are the trace's own clock; a moment needs a prefix.

    A time of day is one of every day that the log has.
    """

    from_s: float | None = None
    to_s: float | None = None
    from_wall: datetime | None = None
    to_wall: datetime | None = None
    from_clock: time | None = None
    to_clock: time | None = None

    @property
    def is_everything(self) -> bool:
        """Nothing is left out."""
        return self.from_s is None and self.to_s is None and not self.asks_for_walls

    @property
    def asks_for_walls(self) -> bool:
        """Only what is printed before the lines can tell where it is."""
        ends = (self.from_wall, self.to_wall, self.from_clock, self.to_clock)
        return any(end is not None for end in ends)

    @property
    def begins_inside(self) -> bool:
        """What comes before the first time that is told counts."""
        return self.from_s is None and self.from_wall is None and self.from_clock is None


EVERYTHING = Span()


class WholeRun:
    """Reads files, those of one run in their order, into one fold."""

    def __init__(self, label: str, span: Span = EVERYTHING) -> None:
        self.label = label
        self._fold = RunFold(label)
        self._span = span
        self._is_inside = span.begins_inside
        self._began: datetime | None = None
        self.knows_walls = False
        """Some line or recording told a moment: `--from` a wall time can be found."""
        self.has_profile = False
        self.damage = ""
        """What is wrong with a recording that was read all the same."""

    @property
    def tells(self) -> bool:
        """There was at least one trace line, or a sample of the program."""
        return self._fold.tells

    def read(self, file: LogFile, progress: Callable[[float], None] | None = None) -> None:
        """Read one file to its end. Raises GctuiError; what came before a damage counts."""
        reader = SavedReader(file.label)
        self._fold.next_file()
        try:
            for chunk in file.chunks():
                for batch in reader.feed(chunk):
                    self._take(batch)
                if progress is not None:
                    progress(file.progress)
        except GctuiError:
            for batch in reader.finish():
                self._take(batch)
            raise
        finally:
            file.close()
        for batch in reader.finish():
            self._take(batch)
        if reader.recording is not None:
            header = reader.recording.header
            self._fold.go_version = self._fold.go_version or header.go_version
            self.damage = self.damage or reader.recording.damage

    def figures(self, asked: Sequence[Asked] = ()) -> RunFigures:
        """Return the figures of what was read."""
        return self._fold.figures(asked)

    def _take(self, batch: Batch) -> None:
        received_s, wall = None, ""
        if batch.received is not None:
            self._began = self._began or batch.received
            received_s, wall = seconds_since(self._began, batch.received), rfc3339(batch.received)
        if batch.profile is not None:
            self.has_profile = True
            self._fold.take_profile(batch.profile)
        events: Sequence[AnyEvent] = batch.events
        if not self._span.is_everything:
            events = [event for event in events if self._counts(event, batch.received)]
        self._fold.add(events, received_s, wall)

    def _counts(self, event: AnyEvent, received: datetime | None) -> bool:
        """Tell whether an event counts; one without a time of its own is where the last one is."""
        span = self._span
        if isinstance(event, Gc) and (span.from_s is not None or span.to_s is not None):
            start_s = start_of(event)
            if start_s is not None:
                self._is_inside = (span.from_s is None or start_s >= span.from_s) and (
                    span.to_s is None or start_s <= span.to_s
                )
        elif span.asks_for_walls:
            inside = _is_inside(span, event, received)
            if inside is not None:
                self.knows_walls = True
                self._is_inside = inside
        return self._is_inside


def read_run(
    files: Sequence[LogFile],
    span: Span = EVERYTHING,
    asked: Sequence[Asked] = (),
    progress: Callable[[float], None] | None = None,
) -> RunFigures:
    """Read files as one run and return its figures. Raises GctuiError."""
    label = ", ".join(file.label for file in files[:3])
    if len(files) > 3:
        label += f" and {len(files) - 3} more"
    run = WholeRun(label, span)
    for file in files:
        run.read(file, progress)
    return run.figures(asked)


def _is_inside(span: Span, event: AnyEvent, received: datetime | None) -> bool | None:
    """Tell whether an event's wall time is inside; None where nothing tells it."""
    near = span.from_wall or span.to_wall
    inside: bool | None = None
    if near is not None:
        at = received or moment_of(event, near)
        inside = None if at is None else is_between(at, span.from_wall, span.to_wall)
    if inside is False or (span.from_clock is None and span.to_clock is None):
        return inside
    clock = received.time() if received else clock_of(event)
    return None if clock is None else is_on_the_clock(clock, span.from_clock, span.to_clock)
