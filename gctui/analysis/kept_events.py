"""Of a long log, the events that its model is made of: the newest of a kind, and some older ones.

An older one is kept by its line's number, not by what was kept before: so several processes that
read parts of a log choose what one would have chosen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import cast

from gctui.events import AnyEvent, Event
from gctui.events.alike import Alike

RECENT = 2048
"""Of each kind, so many events at the end are kept all; of those before, fewer and fewer."""
_MOST_OLD = 2048
_FACTOR, _SHIFT = 954436695, 12
"""Found by a search: at every stride, between two lines that count there are less than two strides,
and of every few lines that take turns each counts as often as the others, but for a tenth."""
_MOST_STRIDE = 1 << 20
_line = attrgetter("line")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What may be kept of many events of a kind."""

    old: Sequence[AnyEvent]
    """Those of the older ones that count at some stride."""
    aged: Sequence[AnyEvent]
    """Those of the last ones that will count when they are old."""
    last_count: int
    last: Callable[[], Sequence[Sequence[AnyEvent]]]
    """The last ones, in portions: mostly nobody asks for them, as more follow."""


@dataclass(frozen=True, slots=True)
class _Portion:
    """Events that came together, not long ago."""

    events: Sequence[AnyEvent]
    counting: list[AnyEvent]
    """Those that will count when they are old; at a larger stride, some of them."""


class KeptEvents:
    """Takes the events of one kind, in their order; from the first, one of `stride` is kept."""

    def __init__(self, stride: int = 1) -> None:
        self._old: list[AnyEvent] = []
        self._recent: deque[_Portion] = deque()
        """The newest; of the first portion, some may be older."""
        self._recent_count = 0
        self._excerpt: Excerpt | None = None
        """Whose last ones are the recent ones."""
        self.stride = stride
        """One of about so many older ones is kept; it only grows."""

    def add(self, events: Sequence[AnyEvent]) -> None:
        """Take the next events."""
        self._ask()
        counting = _at_stride(events, self.stride)
        kept = events.text_alone() if isinstance(events, Alike) else events
        self._recent.append(_Portion(kept, counting))
        self._recent_count += len(events)
        while self._recent_count - len(self._recent[0].events) >= RECENT:
            older = self._recent.popleft()
            self._recent_count -= len(older.events)
            self._add_old(older.counting)

    def add_excerpt(self, excerpt: Excerpt) -> None:
        """Take the next events, of which an excerpt is left."""
        if excerpt.last_count < RECENT:
            for events in excerpt.last():
                self.add(events)
            return
        self._add_old(self._counting() if self._excerpt is None else self._excerpt.aged)
        self._add_old(excerpt.old)
        self._forget()
        self._excerpt = excerpt

    def all(self) -> list[AnyEvent]:
        """Return what is kept."""
        last = self._last()
        return [*self._old, *chain.from_iterable(last)]

    def excerpt(self) -> Excerpt:
        """Return what may be kept at this stride or any larger one."""
        last = self._last()
        counting = _at_stride(self._counting(), self.stride)
        return Excerpt(self._old, counting, self._recent_count, lambda: last)

    def _ask(self) -> None:
        if self._excerpt is not None:
            excerpt, self._excerpt = self._excerpt, None
            for events in excerpt.last():
                self.add(events)

    def _last(self) -> list[Sequence[AnyEvent]]:
        """Return the newest; what is older is old from now on."""
        self._ask()
        excess = self._recent_count - RECENT
        if excess > 0:
            first = self._recent.popleft().events
            self._add_old(first[:excess])
            newer = first[excess:]
            self._recent.appendleft(_Portion(newer, _at_stride(newer, self.stride)))
            self._recent_count = RECENT
        return [portion.events for portion in self._recent]

    def _counting(self) -> list[AnyEvent]:
        return [event for portion in self._recent for event in portion.counting]

    def _forget(self) -> None:
        self._recent.clear()
        self._recent_count = 0

    def _add_old(self, events: Sequence[AnyEvent]) -> None:
        self._old += _at_stride(events, self.stride)
        while len(self._old) > _MOST_OLD and self.stride < _MOST_STRIDE:
            self.stride *= 2
            self._old = _at_stride(self._old, self.stride)


def _at_stride(events: Sequence[AnyEvent], stride: int) -> list[AnyEvent]:
    """Return about one of `stride`, a power of two, spread evenly whatever the lines between."""
    if stride == 1:
        return [*events]
    if isinstance(events, Alike):
        return [*events.of_lines([*_lines_at(events.lines, stride)])]
    if not isinstance(events[0] if events else None, Event):
        return [*events]
    lines = map(_line, cast("Sequence[Event]", events))
    mask = stride - 1
    return [
        each
        for each, line in zip(events, lines, strict=True)
        if not (line * _FACTOR >> _SHIFT) & mask
    ]


def _lines_at(lines: range, stride: int) -> Iterator[int]:
    """Yield those of `lines` that count at a stride, without a look at any other."""
    period, found = stride << _SHIFT, _first_lines_at(stride)
    for base in range(lines.start // period * period, lines.stop, period):
        first = bisect_left(found, lines.start - base)
        behind = bisect_left(found, lines.stop - base)
        yield from (base + line for line in found[first:behind])


@cache
def _first_lines_at(stride: int) -> list[int]:
    """Return those of the first lines that count at a stride; all others repeat them."""
    period = stride << _SHIFT
    inverse = pow(_FACTOR, -1, period)
    return sorted(rest * inverse % period for rest in range(1 << _SHIFT))
