"""Lines of one form, one right behind the other, of which nothing but their texts is kept.

Most portions of a long log are such lines. What counts them column by column needs no event of
each; whoever asks for events gets them, made once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, count
from operator import add, attrgetter
from typing import TypeVar, cast, overload

from gctui.events.event import Event, Printed

_Any = TypeVar("_Any")
_line, _printed = attrgetter("line"), attrgetter("printed")


class Alike(Sequence[Event]):
    """Events of one class without surroundings, of lines that follow one another; at least one."""

    __slots__ = ("_ends", "_events", "_start", "_text", "cls", "lines", "rows")

    def __init__(
        self, cls: type[Event], line: int, start: int, text: bytes, rows: Sequence[Printed]
    ) -> None:
        """Take whole lines: `text`, which begins at `start`, and what is printed in each of them.

        `line` is the number of the first one.
        """
        self.cls = cls
        self.lines = range(line, line + len(rows))
        self.rows = rows
        self._start = start
        self._text = text
        self._events: list[Event] | None = None
        self._ends: list[int] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._made())

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> list[Event]: ...
    def __getitem__(self, place: int | slice) -> Event | list[Event]:
        places = range(len(self))[place]
        return self._event(places) if isinstance(places, int) else list(map(self._event, places))

    @property
    def first(self) -> Event:
        """The first one; asking for it alone costs nothing."""
        end = self._start + self._text.index(b"\n") + 1
        return self.cls(self.lines[0], self._start, end, self.rows[0])

    @property
    def last(self) -> Event:
        """The last one, likewise."""
        start = self._start + self._text.rfind(b"\n", 0, -1) + 1
        return self.cls(self.lines[-1], start, self._start + len(self._text), self.rows[-1])

    def _made(self) -> list[Event]:
        if self._events is None:
            places = self._places()
            self._events = list(map(self.cls, self.lines, places, places[1:], self.rows))
        return self._events

    def _event(self, i: int) -> Event:
        start, end = self._places()[i : i + 2]
        return self.cls(self.lines[i], start, end, self.rows[i])

    def _places(self) -> list[int]:
        """Return where each line begins, and where the last one ends."""
        if self._ends is None:
            lengths = map(len, self._text.split(b"\n")[:-1])
            ends = map(add, accumulate(lengths), count(self._start + 1))
            self._ends = [self._start, *ends]
        return self._ends


def types_of(events: Sequence[object]) -> set[type]:
    """Return the classes of events."""
    return {events.cls} if isinstance(events, Alike) else set(map(type, events))


def lines_of(events: Sequence[Event]) -> Iterable[int]:
    """Return the numbers of events' lines."""
    return events.lines if isinstance(events, Alike) else map(_line, events)


def rows_of(events: Sequence[Event]) -> Iterable[Printed]:
    """Return what is printed in events' lines."""
    return events.rows if isinstance(events, Alike) else map(_printed, events)


def ends_of(events: Sequence[_Any]) -> tuple[_Any, _Any]:
    """Return the first and the last one."""
    if isinstance(events, Alike):
        return cast("_Any", events.first), cast("_Any", events.last)
    return events[0], events[-1]
