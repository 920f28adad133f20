"""Lines in, events out: what one line tells, and what several tell together."""

from __future__ import annotations

import re

from gctui.events import Event, Text, Unparsed
from gctui.trace.beginnings import Beginnings
from gctui.trace.known_forms import NOTHING_QUICK, Known, KnownForms, Quickly
from gctui.trace.line import Line
from gctui.trace.passed_on import PassedOn
from gctui.trace.recognizer import Recognizer
from gctui.trace.rests import with_rests
from gctui.trace.torn import Mender

_BEGINNING = re.compile(rb"gc [1-9]|[0-9] @[0-9]").search
_REMEMBERED = 256


class LineReader:
    """Reads the lines of one stream, in their order."""

    def __init__(self) -> None:
        self._forms = KnownForms()
        self._recognizer = Recognizer(self._forms)
        self._beginnings = Beginnings(self._forms)
        self._mender = Mender(self._recognizer.events, self._beginnings.is_believed)
        self._passed_on = PassedOn(self._forms, self._recognizer, self._beginnings)
        self.remember = self._beginnings.remember

    def quickly(self) -> Quickly:
        """Return how to read the two likeliest forms where a line stands alone, and plain text.

        All other lines, and everything while a torn line waits for its end, are for `events`.
        """
        return NOTHING_QUICK if self.waits else self._forms.quickly()

    def likeliest(self) -> Known | None:
        """Return the form that is tried first; none while a torn line waits for its end."""
        return None if self.waits else self._forms.likeliest()

    @property
    def waits(self) -> bool:
        """A line has begun whose end may still come."""
        return self._mender.waits or self._passed_on.waits

    def events(
        self, raw: bytes, number: int, start: int, end: int, before: list[Event]
    ) -> list[Event]:
        """Return what is certain now that this line is here.

        `raw` is the line without its terminator, `end - start` counts the terminator too, `before`
        are the events that came since `remember`.
        """
        return with_rests(self._events(raw, number, start, end, before))

    def _events(
        self, raw: bytes, number: int, start: int, end: int, before: list[Event]
    ) -> list[Event]:
        if self._passed_on.waits:
            self._beginnings.remember(before)
            taken = self._passed_on.offer(Line(raw, number, start, end))
            if taken is not None:
                return taken if self._passed_on.waits else self._begun(taken, before)
            ended = self._passed_on_events(before)
            return ended + self._events(raw, number, start, end, [*before[-_REMEMBERED:], *ended])
        if self._mender.waits:
            return self._mended(raw, number, start, end, before)
        events = self._recognizer.events(raw, number, start, end)
        if self._passed_on.begin(Line(raw, number, start, end), events):
            return []
        return self._after(events, raw, before)

    def _after(self, events: list[Event], raw: bytes, before: list[Event]) -> list[Event]:
        is_text = len(events) == 1 and type(events[0]) is Text
        return events if is_text and not _may_be_torn(raw) else self._begun(events, before)

    def _passed_on_events(self, before: list[Event]) -> list[Event]:
        """Return the line whose pieces were kept, or what they are by themselves."""
        self._beginnings.remember(before)
        found, lines = self._passed_on.end()
        for line, known in lines:
            seen = [*before[-_REMEMBERED:], *found]
            whole = line.raw, line.number, line.start, line.end
            if self._mender.waits:
                found += self._mended(*whole, seen)
            else:
                events = self._recognizer.events(*whole) if known is None else known
                found += self._after(events, line.raw, seen)
        return found

    def _mended(
        self, raw: bytes, number: int, start: int, end: int, before: list[Event]
    ) -> list[Event]:
        """Return what is certain now that a line is here that may be the rest of a torn one."""
        head, around = self._recognizer.prefix(raw)
        line = Line(raw, number, start, end, head)
        # What is a line of its own is nobody's rest.
        if self._forms.whole(raw.rstrip(), head) is None:
            self._beginnings.remember(before)
            taken = self._mender.offer(line, around.source)
            if taken is not None:
                return self._begun(taken, before)
        events = self._recognizer.events(raw, number, start, end)
        return self._begun(self._mender.pass_by(line, events), before)

    def finish(self) -> list[Event]:
        """Return what was kept for a line that has not come."""
        return with_rests(self._passed_on_events([]) + self._mender.give_up())

    def _begun(self, events: list[Event], before: list[Event]) -> list[Event]:
        """Keep the last of `events` back if it is the beginning of a torn line."""
        if not events or self._mender.waits:
            return events
        last = events[-1]
        raw = last.printed[0] or b""
        begun = None
        if isinstance(last, Unparsed):
            begun = self._beginnings.unfinished(raw)
        elif isinstance(last, Text) and _may_be_torn(raw):
            seen = [*before[-_REMEMBERED:], *events[:-1]]
            begun = self._beginnings.doubtful(raw, seen)
        if begun is None:
            return events
        begin, starts = begun
        self._beginnings.remember([*before[-_REMEMBERED:], *events[:-1]])
        head, around = self._recognizer.prefix(raw)
        line = Line(raw, last.line, last.start, last.end, head)
        return events[:-1] + self._mender.begin(last, line, begin, starts, around)


def _may_be_torn(text: bytes) -> bool:
    """Tell at a glance whether a look at it can be worth its time."""
    if b"scvg" in text:
        return True
    return (b"gc " in text or b" @" in text) and _BEGINNING(text) is not None
