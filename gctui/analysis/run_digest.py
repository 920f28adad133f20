"""What the figures of a run need of many of its lines, without the lines themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import cast

from gctui.analysis.collections_read import CollectionReader, Collections
from gctui.events import AnyEvent, Event, Gc, Notice, Scav, Text, Unparsed
from gctui.events.alike import Alike, ends_of
from gctui.events.event import ALONE
from gctui.model.state import KEPT_UNPARSED

_RETURNED = frozenset({"work_kib", "background_kib", "eager_kib"})


@dataclass(frozen=True, slots=True)
class Told:
    """Many events, sorted."""

    counts: Counter[str]
    """Of each kind, the program's own text included."""
    events: Sequence[AnyEvent]
    """All but text."""
    by_kind: Mapping[str, Sequence[AnyEvent]]
    """The same. By kind, not by form: a program prints several forms of gc lines in turn."""


def told(events: Sequence[AnyEvent]) -> Told:
    """Sort events by their kinds."""
    if isinstance(events, Alike):
        return Told(Counter({events.cls.kind: len(events)}), events, {events.cls.kind: events})
    counts: Counter[str] = Counter()
    classes: Counter[type[AnyEvent]] = Counter(map(type, events))
    for cls, count in classes.items():
        counts[cls.kind] += count
    if classes.pop(Text, 0):
        events = [each for each in events if type(each) is not Text]
    kinds = dict.fromkeys(cls.kind for cls in classes)
    by_kind = {
        kind: events if len(kinds) == 1 else [each for each in events if each.kind == kind]
        for kind in kinds
    }
    return Told(counts, events, by_kind)


@dataclass(slots=True)
class Digest:
    """What counts of many events; what is kept of single ones stands elsewhere."""

    counts: Counter[str] = field(default_factory=Counter)
    collections: list[Collections] = field(default_factory=list)
    released_kib: int = 0
    periodic: int = 0
    repaired: int = 0
    unparsed: list[Unparsed] = field(default_factory=list)
    """The last ones."""
    walls: list[tuple[str, str]] = field(default_factory=list)
    """The first and the last moment that lines of a kind tell."""

    def add(self, found: Told, reader: CollectionReader, wall: str = "") -> None:
        """Take the next events; `reader` may keep the last collections until more follow.

        `wall` is when they came, where a recording tells.
        """
        self.counts.update(found.counts)
        for group in found.by_kind.values():
            cls = type(ends_of(group)[0])
            if issubclass(cls, Gc):
                self.collections += reader.add(cast("Sequence[Gc]", group))
            elif issubclass(cls, Scav):
                self.released_kib += _released_kib(cast("Sequence[Scav]", group))
            elif issubclass(cls, Notice):
                notices = cast("Sequence[Notice]", group)
                self.periodic += sum((each.text or "").endswith("GC forced") for each in notices)
            elif issubclass(cls, Unparsed):
                unparsed = [*self.unparsed, *cast("Sequence[Unparsed]", group)]
                self.unparsed = unparsed[-KEPT_UNPARSED:]
            if issubclass(cls, Event):
                self._surroundings(cast("Sequence[Event]", group), wall)

    def _surroundings(self, events: Sequence[Event], wall: str) -> None:
        is_alone = isinstance(events, Alike)
        arounds = [] if is_alone else [each.around for each in events if each.around is not ALONE]
        self.repaired += sum(around.repaired for around in arounds)
        walls = [around.wall for around in arounds if around.wall] or [wall]
        if walls[0]:
            self.walls.append((walls[0], walls[-1]))


def _released_kib(scavs: Sequence[Scav]) -> int:
    released_kib = 0
    cls: type[Scav]
    for cls, form in groupby(scavs, key=type):
        columns = zip(*map(attrgetter("printed"), form), strict=True)
        for each, column in zip(cls.fields, columns, strict=True):
            if each.name in _RETURNED:
                released_kib += sum(map(int, column))
    return released_kib
