"""Many lines at once that plainly are the next ones of one strand: reading each costs far more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from operator import attrgetter, is_, itemgetter, lt
from typing import TypeVar, cast

from gctui.events import AnyEvent, Event, Gc, Init, Scav, Sched, Scvg, Text, Unparsed
from gctui.events.event import ALONE
from gctui.model.cycle import start_of
from gctui.model.strand import Strand, share_a_go

_SILENT = frozenset({Text, Unparsed})
_around, _printed, _number = attrgetter("around"), attrgetter("printed"), itemgetter(0)
_Kind = TypeVar("_Kind", bound=Event)


@dataclass(frozen=True, slots=True)
class _Told:
    """Lines that the runtime printed, and of which types they are."""

    events: Sequence[Event]
    types: set[type[Event]]

    def of(self, kind: type[_Kind]) -> Sequence[_Kind]:
        """Return those of a kind."""
        wanted = {each for each in self.types if issubclass(each, kind)}
        if not wanted:
            return ()
        if wanted == self.types:
            return cast("Sequence[_Kind]", self.events)
        return cast("Sequence[_Kind]", [each for each in self.events if type(each) in wanted])


def goes_on(strand: Strand, events: Sequence[AnyEvent], types: set[type], heard: int) -> bool:
    """Go on with all of these lines, if plainly they are this strand's; else take none of them.

    They are when its counter goes on by ones: another program's would have to stand just there.
    `heard` is the place of the last one in the stream, and `types` are those of the events.
    """
    if not all(issubclass(each, Event) for each in types):
        return False
    told = _Told(cast("Sequence[Event]", events), cast("set[type[Event]]", types))
    if types & _SILENT:
        told = _Told([e for e in told.events if type(e) not in _SILENT], told.types - _SILENT)
    gcs = told.of(Gc)
    timed: list[Sched | Init] = [*told.of(Sched), *told.of(Init)]
    is_next = (
        _is_printed_by(strand.source, told.events)
        and _is_counted_on(strand, gcs)
        and _is_later(strand, timed)
    )
    if is_next:
        if gcs:
            strand.take_all(gcs, heard)
        for event in timed:
            strand.told_s[event.kind] = _at_s(event)
            strand.tell_time(_at_s(event))
        for scav in told.of(Scav)[-1:]:
            strand.take_figures(scav)
        for scvg in told.of(Scvg):
            strand.take_figures(scvg)
    return is_next


def _is_printed_by(source: str | None, told: Sequence[Event]) -> bool:
    if all(map(is_, map(_around, told), repeat(ALONE))):
        return source is None or not told
    return {event.around.source for event in told} == {source}


def _is_counted_on(strand: Strand, gcs: Sequence[Gc]) -> bool:
    if not gcs:
        return True
    before, first = strand.last, strand.n + 1
    if before is None:
        return False
    if not _are_consecutive(list(map(_number, map(_printed, gcs))), first):
        return False
    starts_s = [before.start_s, start_of(gcs[0]), start_of(gcs[-1])]
    if any(one is not None and two is not None and two < one for one, two in pairwise(starts_s)):
        return False
    forms: set[type[Gc]] = set(map(type, gcs))
    return all(share_a_go(before.gc.versions, form.versions) for form in forms)


def _are_consecutive(texts: list[bytes], first: int) -> bool:
    last = first + len(texts) - 1
    if int(texts[0]) != first or int(texts[-1]) != last:
        return False
    if len(texts[0]) == len(texts[-1]) and all(map(lt, texts, texts[1:])):
        # Of as many digits, texts are in the order of their numbers: none is left out.
        return set(map(len, texts)) == {len(texts[0])}
    return list(map(int, texts)) == list(range(first, last + 1))


def _is_later(strand: Strand, timed: Sequence[Sched | Init]) -> bool:
    """Tell whether the clock of each kind goes on; what the first of a kind tells is unsure."""
    newest_s = dict(strand.told_s)
    for event in timed:
        if _at_s(event) < newest_s.get(event.kind, float("inf")):
            return False
        newest_s[event.kind] = _at_s(event)
    return True


def _at_s(event: Sched | Init) -> float:
    return (event.at_ms or 0) / 1000
