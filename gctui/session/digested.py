"""What a run's figures need of a piece of a log that another process reads.

The lines themselves stay there: whose they are is told by `Passage`, what counts of them by
`Digest`, and of the few that the model is made of an excerpt is sent. Where one process that reads
all would have looked at single lines, there is none of this, and the piece is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from mmap import mmap
from typing import TYPE_CHECKING

from gctui.analysis.collections_read import CollectionReader
from gctui.analysis.kept_events import Excerpt, KeptEvents
from gctui.analysis.run_digest import Digest, Told, told
from gctui.analysis.tallies import Tallies
from gctui.events import PRINTED_KINDS, Event, Unparsed
from gctui.model.going_on import Passage, passage_of, together
from gctui.session.parallel import ParallelLog, ReadAhead
from gctui.session.pickled import PackedEvents, pickled, unpickled
from gctui.session.program_part import ProgramPart
from gctui.session.told_apart import ToldApart
from gctui.session.waiting import Origin

if TYPE_CHECKING:
    from gctui.trace.scanner import Scanner

_FEW = 768
"""So many trace lines of a piece are sent as they are.

Pieces with more are refused while every line counts, which is over after three of these.
"""
_MOST_REFUSED = 3
"""So many pieces in a row had to be read again: several programs print to this log."""
_KINDS: tuple[type[Event], ...] = (*PRINTED_KINDS, Unparsed)
_PLACES = {cls.kind: place for place, cls in enumerate(_KINDS)}


@dataclass(frozen=True, slots=True)
class PieceDigest:
    """What counts of a piece."""

    passages: list[Passage]
    digest: Digest
    tallies: Tallies
    """Of all collections."""
    few: list[Told] | None
    """All trace lines of each portion, where there are few."""
    many: Mapping[str, Excerpt]
    """An excerpt of each kind, where there are many."""


class Strides:
    """Of which kinds one of how many older lines is kept: what one process writes, others read."""

    def __init__(self) -> None:
        self._exponents = mmap(-1, len(_PLACES))

    def tell(self, strides: Mapping[str, int]) -> None:
        """Say it: strides are powers of two."""
        for kind, stride in strides.items():
            if kind in _PLACES:
                self._exponents[_PLACES[kind]] = stride.bit_length() - 1

    def of(self, kind: str) -> int:
        """Return it for a kind, or what it was a moment ago: it only grows."""
        return 1 << self._exponents[_PLACES[kind]] if kind in _PLACES else 1


def read_rest(
    programs: ToldApart[ProgramPart],
    scanner: Scanner,
    plain: tuple[int, int],
    origin: Origin,
    jobs: int,
    passed: Callable[[int], None],
) -> None:
    """Give programs the rest of a log of which `scanner` read the beginning.

    `plain` is its descriptor and size; `passed` is told how much of it is done.
    """
    strides = Strides()
    log = ParallelLog(scanner, *plain, partial(encoded, strides=strides), jobs)
    refused = 0
    for part in log.parts():
        if not isinstance(part, ReadAhead):
            programs.add(part, origin)
        elif _take(programs, part.encoded, origin):
            refused = 0
        else:
            refused += 1
            for events in part.again():
                programs.add(events, origin)
        if refused >= _MOST_REFUSED:
            log.read_on_alone()
        strides.tell(programs.main.fold.strides())
        passed(log.read_bytes)


def encoded(portions: Iterable[Sequence[Event]], strides: Strides) -> bytes:
    """Return what counts of a piece as bytes; none where several programs seem to print."""
    passages: list[Passage | None] = []
    digest, tallies, kept = Digest(), Tallies(), _Kept(strides)
    reader = CollectionReader(tallies)
    for events in portions:
        passages.append(passage_of(events))
        if passages[-1] is None:
            # What is asked for is to be read to its end.
            continue
        found = told(events)
        digest.add(found, reader)
        kept.add(found)
    known = [passage for passage in passages if passage is not None]
    if len(known) < len(passages):
        return b""
    digest.collections += reader.rest()
    return pickled(PieceDigest(together(known), digest, tallies, kept.few, kept.many()))


class _Kept:
    """What is kept of the lines of a piece: all while they are few."""

    def __init__(self, strides: Strides) -> None:
        self.few: list[Told] | None = []
        self._strides = strides
        self._count = 0
        self._by_kind: dict[str, KeptEvents] = {}

    def add(self, found: Told) -> None:
        """Take a portion."""
        self._count += len(found.events)
        if self.few is not None:
            self.few.append(found)
            if self._count <= _FEW:
                return
        for each in self.few or [found]:
            self._excerpt(each)
        self.few = None

    def many(self) -> Mapping[str, Excerpt]:
        """Return an excerpt of each kind, where there are many."""
        return {kind: _packed(kept.excerpt()) for kind, kept in self._by_kind.items()}

    def _excerpt(self, found: Told) -> None:
        for kind, events in found.by_kind.items():
            kept = self._by_kind.get(kind)
            if kept is None:
                kept = self._by_kind[kind] = KeptEvents(self._strides.of(kind))
            kept.add(events)


def _packed(excerpt: Excerpt) -> Excerpt:
    return replace(excerpt, last=PackedEvents(excerpt.last()))


def decoded(data: bytes) -> PieceDigest | None:
    """Return what `encoded` made into bytes."""
    return unpickled(data) if data else None


def _take(programs: ToldApart[ProgramPart], data: bytes, origin: Origin) -> bool:
    found = decoded(data)
    if found is None or (found.few is None and programs.main.fold.keeps_all):
        return False
    part = programs.part_of(found.passages, origin)
    if part is None:
        return False
    part.open(origin)
    part.fold.add_digest(found.digest, found.tallies, found.few, found.many)
    return True
