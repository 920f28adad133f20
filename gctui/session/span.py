"""Which part of a run counts, by its clock or by the log's wall times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from gctui.events import AnyEvent, Event, Gc
from gctui.model.cycle import start_of
from gctui.session.moments import clock_of, is_between, is_on_the_clock, moment_of
from gctui.session.recording_format import rfc3339


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a run counts. Seconds are the trace's own clock; a moment needs a prefix.

    Between two times of day it is that part of every day that the log has; from one alone, all
    that comes after it was reached.
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
        return not self.asks_for_seconds and not self.asks_for_walls

    @property
    def asks_for_seconds(self) -> bool:
        """The trace's own clock tells where it is."""
        return self.from_s is not None or self.to_s is not None

    @property
    def asks_for_walls(self) -> bool:
        """Only what is printed before the lines can tell where it is."""
        ends = (self.from_wall, self.to_wall, self.from_clock, self.to_clock)
        return any(end is not None for end in ends)

    @property
    def words(self) -> str:
        """Say which part it is; empty for all."""
        ends = {
            "from": (self.from_s, self.from_wall, self.from_clock),
            "to": (self.to_s, self.to_wall, self.to_clock),
        }
        return " ".join(
            f"{word} {_in_words(each)}"
            for word, told in ends.items()
            for each in told
            if each is not None
        )

    @property
    def begins_inside(self) -> bool:
        """What comes before the first time that is told counts."""
        return self.from_s is None and self.from_wall is None and self.from_clock is None


def _in_words(end: float | datetime | time) -> str:
    return f"{end:g} s" if isinstance(end, float) else end.isoformat()


_HALF_A_DAY_H = 12
EVERYTHING = Span()


class Beginning:
    """Where in a whole log a time of day is first reached: all programs in it begin there."""

    def __init__(self, span: Span) -> None:
        self._first = None if span.to_clock is not None else span.from_clock
        self._is_tomorrow: bool | None = None
        """The time of day that is asked for comes after midnight; None while nobody knows."""
        self._place: tuple[int, int] | None = None
        """The file and its line."""

    @property
    def is_asked_for(self) -> bool:
        """Something begins at a time of day, whatever day it is then."""
        return self._first is not None

    def look(
        self, events: Sequence[AnyEvent], file_place: int, received: datetime | None = None
    ) -> None:
        """Take the next events of the log, whosever they are."""
        if self._first is None or self._place is not None:
            return
        for event in events:
            at = _clock(event, received)
            if at is not None and self._is_reached(self._first, at):
                self._place = file_place, event.line if isinstance(event, Event) else 0
                return

    def is_before(self, event: AnyEvent, file_place: int) -> bool:
        """Tell whether an event comes after it; a sample comes when it is asked about."""
        if self._place is None:
            return False
        return not isinstance(event, Event) or (file_place, event.line) >= self._place

    def _is_reached(self, first: time, at: time) -> bool:
        """Tell whether a time of day is reached; from then on it goes on, past midnight too."""
        is_reached = at >= first
        if self._is_tomorrow is None:
            # Where a log begins long after it, the next day's is meant.
            self._is_tomorrow = is_reached and at.hour - first.hour > _HALF_A_DAY_H
        self._is_tomorrow = self._is_tomorrow and is_reached
        return is_reached and not self._is_tomorrow


class Inside:
    """Chooses what lies in a span among the events of one program, in their order."""

    def __init__(self, span: Span, beginning: Beginning) -> None:
        self._span = replace(span, from_clock=None) if beginning.is_asked_for else span
        self._is_everything = span.is_everything
        self._beginning = beginning
        self._is_inside = self._span.begins_inside
        self.knows_walls = False
        """Some line or recording told a moment, where one was asked for."""
        self.clock_s: tuple[float, float] | None = None
        """The lowest and the highest time of the trace's clock, where one was asked for."""
        self.walls: tuple[str, str] | None = None
        """The first and the last moment that were told as a whole, where one was asked for."""

    def of(
        self, events: Sequence[AnyEvent], received: datetime | None, file_place: int = 0
    ) -> Sequence[AnyEvent]:
        """Return those that count; one without a time of its own is where the last one is."""
        if self._is_everything:
            return events
        return [event for event in events if self._counts(event, received, file_place)]

    def _counts(self, event: AnyEvent, received: datetime | None, file_place: int) -> bool:
        span = self._span
        if isinstance(event, Gc) and span.asks_for_seconds:
            start_s = start_of(event)
            if start_s is not None:
                low_s, high_s = self.clock_s or (start_s, start_s)
                self.clock_s = min(low_s, start_s), max(high_s, start_s)
                self._is_inside = (span.from_s is None or start_s >= span.from_s) and (
                    span.to_s is None or start_s <= span.to_s
                )
        elif span.asks_for_walls or self._beginning.is_asked_for:
            inside = _is_inside(span, event, received)
            self._is_inside = self._is_inside if inside is None else inside
            is_timed = self._beginning.is_asked_for and _clock(event, received) is not None
            if inside is not None or is_timed:
                self.knows_walls = True
                self._look(event, received)
        if self._beginning.is_asked_for and not self._beginning.is_before(event, file_place):
            return False
        return self._is_inside

    def _look(self, event: AnyEvent, received: datetime | None) -> None:
        wall = event.around.wall if isinstance(event, Event) else None
        if received is not None:
            wall = rfc3339(received)
        if wall:
            self.walls = (self.walls or (wall, wall))[0], wall


def _is_inside(span: Span, event: AnyEvent, received: datetime | None) -> bool | None:
    """Tell whether an event's wall time is inside; None where nothing tells it."""
    near = span.from_wall or span.to_wall
    inside: bool | None = None
    if near is not None:
        at = received or moment_of(event, near)
        inside = None if at is None else is_between(at, span.from_wall, span.to_wall)
    if inside is False or (span.from_clock is None and span.to_clock is None):
        return inside
    clock = _clock(event, received)
    return None if clock is None else is_on_the_clock(clock, span.from_clock, span.to_clock)


def _clock(event: AnyEvent, received: datetime | None) -> time | None:
    return received.time() if received else clock_of(event)
