"""Trace lines that a program passed on write by write, each piece as a line of its logger.

The runtime prints a line in some forty writes. Whoever logs what a child writes gets them one by
one, or some at once: `gc `, `4`, ` @`, `0.012`, `s 8`. Behind the logger's prefix, or as its
message, each of them is whole, and they follow one another: put together they are the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from gctui.events import Event, Surroundings
from gctui.trace.known_forms import KnownForms
from gctui.trace.prefix import Shape
from gctui.trace.recognizer import Recognizer
from gctui.trace.torn import Line

_MOST_LINES = 64
_LONGEST_BYTES = 512
_NUMBER = tuple(bytes([char]) for char in b"0123456789.")
_MARKS = re.compile(rb"[^0-9A-Za-z]{0,3}").fullmatch
"""What the runtime writes by itself of a text that a form has in one: `%`, then `: `."""

_STOPS = rb"[\"\\]|\r?$"
_BEGINS = re.compile(
    rb"(?<![0-9A-Za-z])(?:gc (?=[1-9][0-9]{0,9}+(?: @|%b)|%b)|scav (?=[0-9]|%b))"
    % (_STOPS, _STOPS, _STOPS)
).search


@dataclass(slots=True)
class _Begun:
    """The pieces of one line so far."""

    around: Surroundings
    shape: Shape | None
    """Of its first line's prefix."""
    text: bytes
    lines: list[Line]


class PassedOn:
    """Puts the pieces of one line together at a time."""

    def __init__(
        self,
        forms: KnownForms,
        recognizer: Recognizer,
        is_believed: Callable[[Event], bool],
    ) -> None:
        self._forms = forms
        self._recognizer = recognizer
        self._is_believed = is_believed
        self._begun: _Begun | None = None

    @property
    def waits(self) -> bool:
        """A line has begun, and the next piece of it may come."""
        return self._begun is not None

    def begin(self, line: Line) -> bool:
        """Keep a line that is the first piece of one, and nothing else; tell whether it is."""
        found = _BEGINS(line.raw)
        piece = self._recognizer.piece(line.raw, found.start()) if found else None
        if piece is None:
            return False
        text, around, shape = piece
        if not self._forms.goes_on(text, _MARKS):
            return False
        self._begun = _Begun(around, shape, text, [line])
        return True

    def offer(self, line: Line) -> bool:
        """Keep a line that is the next piece; tell whether it is."""
        begun = self._begun
        piece = self._recognizer.piece(line.raw, shape=begun.shape) if begun else None
        if begun is None or piece is None:
            return False
        text, around, _ = piece
        joined = begun.text + text
        is_number_split = begun.text.endswith(_NUMBER) and text.startswith(_NUMBER)
        if (
            around.source != begun.around.source
            or begun.text.endswith(b"\n")
            or is_number_split
            or len(begun.lines) == _MOST_LINES
            or len(joined) > _LONGEST_BYTES
            or not self._forms.goes_on(joined.rstrip(b"\n"), _MARKS)
        ):
            return False
        begun.text = joined
        begun.lines.append(line)
        return True

    def end(self) -> tuple[Event | None, list[Line]]:
        """Return the line that the pieces are; None, and they themselves, where they are none."""
        begun, self._begun = self._begun, None
        if begun is None:
            return None, []
        read = self._forms.whole(begun.text.rstrip()) if len(begun.lines) > 1 else None
        if read is not None:
            cls, printed = read
            first, last = begun.lines[0], begun.lines[-1]
            around = replace(begun.around, repaired=True)
            event = cls(first.number, first.start, last.end, printed, around)
            if self._is_believed(event):
                return event, begun.lines
        return None, begun.lines
