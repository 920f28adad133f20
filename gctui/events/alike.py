"""Lines of one form, one right behind the other, of which nothing but their texts is kept.

Most portions of a long log are such lines. What counts them column by column needs no event of
each; whoever asks for events gets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, count
from operator import add, attrgetter
from typing import Any, TypeVar, cast, overload

from gctui.events.event import Event, Printed, Value

Read = Callable[[bytes], Sequence[Printed] | None]
"""Reads whole lines of one form: what is printed in each; None where one is of another."""
Columns = tuple[tuple[bytes | None, ...], ...]
"""The text of each field on every line."""
_FEW = 6
"""So many are made one by one in the time of all."""
_Any = TypeVar("_Any")
_line, _printed = attrgetter("line"), attrgetter("printed")


class Alike(Sequence[Event]):
    """Events of one class without surroundings, of lines that follow one another; at least one."""

    __slots__ = ("_columns", "_events", "_read", "_rows", "cls", "lines", "start", "text")

    def __init__(self, cls: type[Event], lines: range, start: int, text: bytes, read: Read) -> None:
        """Take whole lines and their numbers; `text` begins at `start`, and `read` reads it."""
        self.cls = cls
        self.lines = lines
        self.start = start
        self.text = text
        self._read = read
        self._rows: Sequence[Printed] | None = None
        self._columns: Columns | None = None
        self._events: list[Event] | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._made())

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> list[Event]: ...
    def __getitem__(self, place: int | slice) -> Event | list[Event]:
        if isinstance(place, slice):
            return self._made()[place]
        return self._event(range(len(self))[place])

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process have the events: it reads no text."""
        return list, (self._made(),)

    @property
    def first(self) -> Event:
        """The first one; asking for it alone costs nothing."""
        return self._of_text(self.lines[0], self.start, self.start + self.text.index(b"\n") + 1)

    @property
    def last(self) -> Event:
        """The last one, likewise."""
        begin, end = self.text.rfind(b"\n", 0, -1) + 1, len(self.text)
        return self._of_text(self.lines[-1], self.start + begin, self.start + end)

    @property
    def rows(self) -> Sequence[Printed]:
        """What is printed in each line."""
        if self._rows is None:
            self._rows = self._read(self.text)
        return self._rows or ()

    @property
    def columns(self) -> Columns:
        """The same, figure by figure."""
        if self._columns is None:
            self._columns = tuple(zip(*self.rows, strict=True))
        return self._columns

    def of_lines(self, numbers: Sequence[int]) -> list[Event]:
        """Return those of some lines."""
        if len(numbers) > _FEW:
            made = self._made()
            return [made[number - self.lines[0]] for number in numbers]
        return [self._event(number - self.lines[0]) for number in numbers]

    def text_alone(self) -> Alike:
        """Return the same for somebody who keeps it, and hardly asks: it is read again then.

        What is printed takes ten times the memory of the text.
        """
        return Alike(self.cls, self.lines, self.start, self.text, self._read)

    def _made(self) -> list[Event]:
        if self._events is None:
            lengths = map(len, self.text.split(b"\n")[:-1])
            ends = list(map(add, accumulate(lengths), count(self.start + 1)))
            starts = [self.start, *ends[:-1]]
            self._events = list(map(self.cls, self.lines, starts, ends, self.rows))
        return self._events

    def _event(self, i: int) -> Event:
        start = self.start + sum(map(len, self.text.split(b"\n", i)[:i])) + i
        end = self.start + self.text.index(b"\n", start - self.start) + 1
        return self._of_text(self.lines[i], start, end)

    def _of_text(self, line: int, start: int, end: int) -> Event:
        if self._rows is not None:
            return self.cls(line, start, end, self._rows[line - self.lines[0]])
        rows = self._read(self.text[start - self.start : end - self.start])
        return self.cls(line, start, end, (rows or ())[0])


def alike(cls: type[Event], line: int, start: int, text: bytes, read: Read) -> Alike | None:
    """Return the lines of a text that begins at `start` with line number `line`.

    None where `read` does not read all of them.
    """
    rows = read(text)
    if not rows:
        return None
    lines = Alike(cls, range(line, line + len(rows)), start, text, read)
    lines._rows = rows
    return lines


def types_of(events: Sequence[object]) -> set[type]:
    """Return the classes of events."""
    return {events.cls} if isinstance(events, Alike) else set(map(type, events))


def lines_of(events: Sequence[Event]) -> Iterable[int]:
    """Return the numbers of events' lines."""
    return events.lines if isinstance(events, Alike) else map(_line, events)


def columns_of(events: Sequence[Event]) -> Columns:
    """Return what is printed in events' lines, which are of one form, figure by figure."""
    return events.columns if isinstance(events, Alike) else tuple(zip(*_rows(events), strict=True))


def first_fields_of(events: Sequence[Event]) -> Sequence[bytes | None]:
    """Return what stands first in events' lines."""
    return events.columns[0] if isinstance(events, Alike) else [row[0] for row in _rows(events)]


def figures_of(events: Sequence[Event], name: str, step: int) -> Iterable[Value | None]:
    """Return a figure of every so many events; None where it is not printed."""
    if not isinstance(events, Alike):
        return map(attrgetter(name), events[::step])
    for place, field in enumerate(events.cls.fields):
        if field.name == name:
            texts = events.columns[place][::step]
            return (None if text is None else field.read(text) for text in texts)
    return ()


def _rows(events: Sequence[Event]) -> Iterable[Printed]:
    return map(_printed, events)


def ends_of(events: Sequence[_Any]) -> tuple[_Any, _Any]:
    """Return the first and the last one."""
    if isinstance(events, Alike):
        return cast("_Any", events.first), cast("_Any", events.last)
    return events[0], events[-1]
