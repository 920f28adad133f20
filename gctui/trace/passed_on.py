"""Trace lines that a program passed on write by write, each piece as a line of its logger.

The runtime prints a line in some forty writes. Whoever logs what a child writes gets them one by
one, or some at once: `gc `, `4`, ` @`, `0.012`, `s 8`. Behind the logger's prefix, or as its
message, each of them is whole, and they follow one another: put together they are the line. One
message may hold the rest of a line, more lines, and the beginning of the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gctui.events import Event, Text, Unparsed
from gctui.trace.beginnings import Beginnings
from gctui.trace.known_forms import KnownForms
from gctui.trace.line import Line
from gctui.trace.message_places import place_of
from gctui.trace.recognizer import Logged, Recognizer

_MOST_LINES = 64
_LONGEST_BYTES = 512
_NUMBER = tuple(bytes([char]) for char in b"0123456789.")
_MARKS = re.compile(rb"[^0-9A-Za-z]{0,3}").fullmatch
"""What the runtime writes by itself of a text that a form has in one: `%`, then `: `."""

_STOPS = rb"[\"\\]|\r?$"
_BEGINS = re.compile(
    rb"(?:(?<![0-9A-Za-z])|(?<=\\n))(?:gc (?=[1-9][0-9]{0,9}+(?: @|%b)|%b)|scav (?=[0-9]|%b))"
    % (_STOPS, _STOPS, _STOPS)
).search


@dataclass(slots=True)
class _Begun:
    """The pieces of one line so far."""

    first: Logged
    text: bytes
    lines: list[Line]
    place: int
    """Where the first piece begins in the first of them."""
    before: list[Event]
    """What stands before it there."""
    otherwise: list[Event]
    """What stands there if the pieces are none."""


class PassedOn:
    """Puts the pieces of one line together at a time."""

    def __init__(self, forms: KnownForms, recognizer: Recognizer, beginnings: Beginnings) -> None:
        self._forms = forms
        self._recognizer = recognizer
        self._beginnings = beginnings
        self._begun: _Begun | None = None

    @property
    def waits(self) -> bool:
        """A line has begun, and the next piece of it may come."""
        return self._begun is not None

    def begin(self, line: Line, events: list[Event]) -> bool:
        """Keep a line that ends in the first piece of one; tell whether it does.

        `events` are what it is by itself.
        """
        if not events or not isinstance(events[-1], Text | Unparsed):
            return False
        found = _BEGINS(line.raw)
        logged = self._recognizer.logged(line.raw, found.start()) if found else None
        return logged is not None and self._begin(line, logged, 0, events)

    def offer(self, line: Line) -> list[Event] | None:
        """Take a line that is the next piece, or begins with it; return what is certain now.

        Returns None when it is not.
        """
        begun = self._begun
        logged = self._recognizer.logged(line.raw, shape=begun.first.shape) if begun else None
        if begun is None or logged is None or logged.around.source != begun.first.around.source:
            return None
        text, newline, rest = logged.text.partition(b"\n")
        joined = begun.text + text
        is_number_split = begun.text.endswith(_NUMBER) and text.startswith(_NUMBER)
        if (
            begun.text.endswith(b"\n")
            or is_number_split
            or len(begun.lines) == _MOST_LINES
            or len(joined) > _LONGEST_BYTES
            or not self._forms.goes_on(joined, _MARKS)
        ):
            return None
        if rest.strip():
            return self._ended_within(begun, line, logged, joined)
        begun.text = joined + newline
        begun.lines.append(line)
        return []

    def end(self) -> tuple[list[Event], list[tuple[Line, list[Event] | None]]]:
        """Return the line that the pieces are, and what stands before it, if they are one.

        Else return the lines that were kept, and what they are, where that is known.
        """
        begun, self._begun = self._begun, None
        if begun is None:
            return [], []
        event = None
        if len(begun.lines) > 1:
            event = self._joined(begun, begun.text, begun.lines[-1].end)
        if event is not None:
            return [*begun.before, event], []
        first, *others = begun.lines
        return [], [(first, begun.otherwise), *((line, None) for line in others)]

    def _begin(self, line: Line, logged: Logged, at: int, otherwise: list[Event]) -> bool:
        """Keep a line whose message is not told yet from `at` on, if it ends in a first piece."""
        cut = max(at, logged.text.rfind(b"\n") + 1)
        text, quoted = logged.text[cut:], logged.quoted
        found = _BEGINS(text)
        is_first_piece = found is not None and found.start() == 0
        if not is_first_piece or not self._forms.goes_on(text, _MARKS):
            return False
        place, before = 0, list[Event]()
        if cut:
            if quoted is None:
                return False
            before = self._recognizer.part(line, logged, at, cut)
            place = place_of(quoted, line, cut if before else at)
        elif len(otherwise) > 1:
            return False
        self._begun = _Begun(logged, text, [line], place, before, otherwise)
        return True

    def _ended_within(
        self, begun: _Begun, line: Line, logged: Logged, joined: bytes
    ) -> list[Event] | None:
        """Take a message that has the rest of the line, and more behind it."""
        at = len(joined) - len(begun.text) + 1
        if logged.quoted is None:
            return None
        place = line.place(place_of(logged.quoted, line, at))
        event = self._joined(begun, joined, place)
        if event is None:
            return None
        told = [*begun.before, event]
        rest = self._recognizer.part(line, logged, at, len(logged.text))
        self._begun = None
        return told if self._begin(line, logged, at, rest) else told + rest

    def _joined(self, begun: _Begun, text: bytes, end: int) -> Event | None:
        """Return the line that ends at `end`, if it is one that may come now."""
        read = self._forms.whole(text.rstrip())
        if read is None:
            return None
        cls, printed = read
        first = begun.lines[0]
        around = replace(begun.first.around, repaired=True)
        event = cls(first.number, first.start + begun.place, end, printed, around)
        self._beginnings.remember(begun.before)
        return event if self._beginnings.is_believed(event) else None
