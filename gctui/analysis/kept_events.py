"""Of a long log, the events that its model is made of: the newest of a kind, and some older ones.

An older one is kept by its line's number, not by what was kept before: so several processes that
read parts of a log choose what one would have chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import cast

from gctui.events import AnyEvent, Event

RECENT = 2048
"""Of each kind, so many events at the end are kept all; of those before, fewer and fewer."""
_MOST_OLD = 4096
_FIBONACCI = 2654435761
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
    last: Callable[[], Sequence[AnyEvent]]
    """The last ones: mostly nobody asks for them, as more follow."""


class KeptEvents:
    """Takes the events of one kind, in their order; from the first, one of `stride` is kept."""

    def __init__(self, stride: int = 1) -> None:
        self._old: list[AnyEvent] = []
        self._recent: list[AnyEvent] = []
        self._excerpt: Excerpt | None = None
        """Whose last ones are the recent ones."""
        self.stride = stride
        """One of about so many older ones is kept; it only grows."""

    def add(self, events: Sequence[AnyEvent]) -> None:
        """Take the next events."""
        self._ask()
        self._recent += events
        if len(self._recent) >= 2 * RECENT:
            self._age()

    def add_excerpt(self, excerpt: Excerpt) -> None:
        """Take the next events, of which an excerpt is left."""
        if excerpt.last_count < RECENT:
            self.add(excerpt.last())
            return
        self._add_old(self._recent if self._excerpt is None else self._excerpt.aged)
        self._add_old(excerpt.old)
        self._recent, self._excerpt = [], excerpt

    def all(self) -> list[AnyEvent]:
        """Return what is kept."""
        self._ask()
        self._age()
        return self._old + self._recent

    def excerpt(self) -> Excerpt:
        """Return what may be kept at this stride or any larger one."""
        self._ask()
        self._age()
        last = self._recent
        return Excerpt(self._old, _at_stride(last, self.stride), len(last), lambda: last)

    def _ask(self) -> None:
        if self._excerpt is not None:
            self._recent, self._excerpt = [*self._excerpt.last()], None

    def _age(self) -> None:
        older = self._recent[:-RECENT]
        if older:
            del self._recent[:-RECENT]
            self._add_old(older)

    def _add_old(self, events: Sequence[AnyEvent]) -> None:
        self._old += _at_stride(events, self.stride)
        while len(self._old) > _MOST_OLD and self.stride < _MOST_STRIDE:
            self.stride *= 2
            self._old = _at_stride(self._old, self.stride)


def _at_stride(events: Sequence[AnyEvent], stride: int) -> list[AnyEvent]:
    """Return about one of `stride`, a power of two, spread evenly whatever the lines between."""
    if stride == 1 or not isinstance(events[0] if events else None, Event):
        return [*events]
    lines = map(_line, cast("Sequence[Event]", events))
    mask = stride - 1
    return [
        each
        for each, line in zip(events, lines, strict=True)
        if not (line * _FIBONACCI >> 12) & mask
    ]
