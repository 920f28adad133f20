"""Many lines at once that plainly are the next ones of one strand: reading each costs far more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise, repeat
from operator import attrgetter, is_, lt
from typing import TypeVar, cast

from gctui.events import AnyEvent, Event, Gc, Init, Scav, Sched, Scvg, Text, Unparsed
from gctui.events.alike import Alike, ends_of, figures_of, first_fields_of, types_of
from gctui.events.event import ALONE
from gctui.model.cycle import start_of
from gctui.model.strand import LOOKED_AT, Strand, share_a_go

_SILENT = frozenset({Text, Unparsed})
_HEADING_BEGINS, _HEADING_ENDS = b"==> ", b" <=="
_around = attrgetter("around")
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


@dataclass(frozen=True, slots=True)
class CountedOn:
    """Collections whose numbers go up by ones."""

    first: Gc
    last: Gc
    count: int
    versions: frozenset[str]
    """The Go versions that print such lines, of each form."""
    peak_mb: int
    """The largest heap of every few of them."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What of many lines tells whether one program printed them all, and which."""

    count: int
    sources: frozenset[str | None]
    """Who printed them, as they say; empty where no line tells anything."""
    gcs: CountedOn | None
    timed: Sequence[Sched | Init]
    """Those that tell how long the program has run."""
    scavenged: Sequence[Scav | Scvg]
    """Those whose figures count."""


def passage_of(events: Sequence[AnyEvent]) -> Passage | None:
    """Return what tells whose these lines are; None where they plainly are of several programs."""
    types = types_of(events)
    if not all(issubclass(each, Event) for each in types):
        return None
    if Text in types and any(map(heading_of, events)):
        return None
    told = _Told(cast("Sequence[Event]", events), types)
    if types & _SILENT:
        told = _Told([e for e in told.events if type(e) not in _SILENT], told.types - _SILENT)
    gcs = told.of(Gc)
    counted = _counted_on(gcs) if gcs else None
    if gcs and counted is None:
        return None
    return Passage(
        count=len(events),
        sources=_sources_of(told.events),
        gcs=counted,
        timed=[*told.of(Sched), *told.of(Init)],
        scavenged=[*told.of(Scav)[-1:], *told.of(Scvg)],
    )


def together(passages: Iterable[Passage]) -> list[Passage]:
    """Return the same of longer parts, where one plainly goes on with the one before."""
    found: list[Passage] = []
    for passage in passages:
        longer = _together(found[-1], passage) if found else None
        if longer is None:
            found.append(passage)
        else:
            found[-1] = longer
    return found


def _together(before: Passage, behind: Passage) -> Passage | None:
    first, last = before.gcs, behind.gcs
    if first is None or last is None or before.sources != behind.sources:
        return None
    if before.timed or behind.timed or before.scavenged or behind.scavenged:
        return None
    versions, times_s = first.versions, (start_of(first.last), start_of(last.first))
    if last.versions != versions or len(versions) > 1 or not _are_in_order(times_s):
        return None
    if int(first.last.printed[0] or b"0") + 1 != int(last.first.printed[0] or b"0"):
        return None
    all_mb = max(first.peak_mb, last.peak_mb)
    gcs = CountedOn(first.first, last.last, first.count + last.count, versions, all_mb)
    return replace(before, count=before.count + behind.count, gcs=gcs)


def go_on(strand: Strand, passages: Iterable[Passage], heard: int) -> int | None:
    """Go on with all of these lines, if plainly they are this strand's; else take none of them.

    They are when its counter goes on by ones: another program's would have to stand just there.
    `heard` is the place of the last line before them in the stream; that of their last is returned.
    """
    trial, passages = copy(strand), list(passages)
    trial.told_s = dict(strand.told_s)
    for passage in passages:
        if not _is_next(trial, passage):
            return None
        heard += passage.count
        _take(trial, passage, heard)
    strand.become(trial)
    return heard


def heading_of(event: AnyEvent) -> str | None:
    """Return the file that `tail` says the next lines are of."""
    raw = event.printed[0] or b"" if type(event) is Text else b""
    if not raw.startswith(_HEADING_BEGINS) or not raw.rstrip().endswith(_HEADING_ENDS):
        return None
    return raw.rstrip()[len(_HEADING_BEGINS) : -len(_HEADING_ENDS)].decode(
        "utf-8", "surrogateescape"
    )


def _is_next(strand: Strand, passage: Passage) -> bool:
    gcs = passage.gcs
    return (
        passage.sources <= {strand.source}
        and (gcs is None or _is_counted_on(strand, gcs))
        and _is_later(strand, passage.timed)
    )


def _take(strand: Strand, passage: Passage, heard: int) -> None:
    gcs = passage.gcs
    if gcs is not None:
        strand.take_all(gcs.last, gcs.count, gcs.peak_mb, heard)
    for event in passage.timed:
        strand.told_s[event.kind] = _at_s(event)
        strand.tell_time(_at_s(event))
    for figures in passage.scavenged:
        strand.take_figures(figures)
    strand.heard = heard


def _sources_of(told: Sequence[Event]) -> frozenset[str | None]:
    if isinstance(told, Alike) or all(map(is_, map(_around, told), repeat(ALONE))):
        return frozenset({None} if told else ())
    return frozenset(event.around.source for event in told)


def _counted_on(gcs: Sequence[Gc]) -> CountedOn | None:
    """Return what is known of collections; None where their numbers do not go up by ones."""
    texts = cast("Sequence[bytes]", first_fields_of(gcs))
    if not _are_consecutive(texts):
        return None
    forms: set[type[Gc]] = types_of(gcs)
    versions = frozenset(form.versions for form in forms)
    heaps = figures_of(gcs, "heap_start_mb", LOOKED_AT)
    peak_mb = max((cast("int", heap_mb or 0) for heap_mb in heaps), default=0)
    return CountedOn(*ends_of(gcs), len(gcs), versions, peak_mb)


def _is_counted_on(strand: Strand, gcs: CountedOn) -> bool:
    before = strand.last
    if before is None or int(gcs.first.printed[0] or b"0") != strand.n + 1:
        return False
    if not _are_in_order((before.start_s, start_of(gcs.first), start_of(gcs.last))):
        return False
    return all(share_a_go(before.gc.versions, versions) for versions in gcs.versions)


def _are_in_order(times_s: Sequence[float | None]) -> bool:
    pairs = pairwise(times_s)
    return not any(one is not None and two is not None and two < one for one, two in pairs)


def _are_consecutive(texts: Sequence[bytes]) -> bool:
    first = int(texts[0])
    last = first + len(texts) - 1
    if int(texts[-1]) != last:
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
