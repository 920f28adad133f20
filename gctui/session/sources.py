"""Who printed each line of a log that several programs printed to, for those who pass lines on.

Lines keep their order. Those of the first program that has no name keep none; the others are told
by their number: `program 2`. What begins while a program is known may be its next life: until that
is settled, as it is in `model.lives`, lines wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

from gctui.events import AnyEvent, Event
from gctui.model.going_on import Passage
from gctui.model.lives import is_doubtful, may_be_again
from gctui.model.owners import Owner, Owners
from gctui.model.strand import Strand
from gctui.session.saved import Batch

_MOST_WAITING = 1 << 16
_MOST_WAITING_BYTES = 32 << 20
_MOST_PROGRAMS = 256
"""Of more, the one that was heard last longest ago is forgotten."""
_FEW_STARTS = 3


@dataclass(slots=True, eq=False)
class _Program(Owner):
    name: str | None = None
    """What its lines get as their source; empty if nothing, None while nobody asked."""


class _Known(Owners[_Program]):
    """Those of lines that wait are not forgotten."""

    def __init__(self, waiting: Sequence[object]) -> None:
        super().__init__(joins_processes=False)
        self._waiting = waiting
        self.over: dict[Strand, _Program] = {}
        """Whose strands were that will not go on: lines of them wait."""

    def _made(self) -> _Program:
        if len(self.programs) >= _MOST_PROGRAMS and not self._waiting:
            self.drop(min(self.programs, key=lambda program: program.heard))
        return _Program()

    def _forget(self, strands: Sequence[Strand]) -> None:
        self.over |= {strand: self.of[strand] for strand in strands}
        super()._forget(strands)


_Told = tuple[AnyEvent, Strand | None]


class Sources:
    """Gives the lines of one stream their sources."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Batch, list[_Told]]] = []
        self._known = _Known(self._waiting)
        self._assigner, self._programs = self._known.assigner, self._known.programs
        self._waiting_count = self._waiting_bytes = 0
        self._named = self._begun_count = 0

    @property
    def starts_often(self) -> bool:
        """So far lines had to be told apart again and again: so will those that follow."""
        return self._begun_count > _FEW_STARTS

    @property
    def is_one_program(self) -> bool:
        """Nothing speaks for a second one so far."""
        return len(self._programs) <= 1 and not self._waiting

    def take(self, batch: Batch) -> Iterator[Batch]:
        """Yield what is settled, in its order."""
        if len(self._programs) == 1 and not self._waiting:
            only = self._assigner.assign_all(batch.events)
            if only is not None and self._known.of[only].name == (only.source or ""):
                yield batch
                return
        self._waiting.append((batch, [(event, self._teller(event)) for event in batch.events]))
        self._waiting_count += len(batch.events)
        self._waiting_bytes += sum(map(_size_bytes, batch.events))
        if self._waiting_count > _MOST_WAITING or self._waiting_bytes > _MOST_WAITING_BYTES:
            for program in self._programs:
                self._known.settle(program, at_once=True)
        if all(len(program.lives) == 1 for program in self._programs):
            yield from self.rest()

    def goes_on(self, passages: Sequence[Passage | None]) -> bool:
        """Tell whether lines of which this is known need no source; take nothing if they may."""
        known = [passage for passage in passages if passage is not None]
        if len(known) < len(passages) or not self.is_one_program:
            return False
        if not any(passage.sources for passage in known):
            return True
        only = self._assigner.assign_passages(known)
        return only is not None and self._known.of[only].name == (only.source or "")

    @property
    def waits(self) -> bool:
        """Lines wait until it is settled whose they are."""
        return bool(self._waiting)

    def unsettled(self) -> Iterator[Batch]:
        """Yield what waits as what it seems to be: somebody wants to see it.

        What comes is told apart as if it had waited on; what is gone keeps its source.
        """
        for batch, told in self._waiting:
            yield replace(batch, events=[self._with_source(*each) for each in told])
        self._waiting.clear()
        self._waiting_count = self._waiting_bytes = 0

    def rest(self) -> Iterator[Batch]:
        """Yield what waits: nothing is to follow, or it need not wait any more."""
        yield from self.unsettled()
        self._known.over.clear()

    def _teller(self, event: AnyEvent) -> Strand | None:
        strand = self._assigner.assign(event)
        if strand is None or not isinstance(event, Event):
            return None
        program = self._known.of.get(strand) or self._begin(strand, event)
        self._known.split_by(program, strand, event)
        if len(program.lives) > 1:
            self._known.settle(program)
        return strand

    def _begin(self, strand: Strand, event: Event) -> _Program:
        self._begun_count += 1
        program = self._known.begin(strand, event, lambda p: may_be_again(p.newest, event))
        if len(program.lives) > 1 and program.lives[-2] not in self._assigner.strands:
            # Of very many strands it was over: nothing will go on with it.
            self._known.settle(program, at_once=True)
        return program

    def _with_source(self, event: AnyEvent, strand: Strand | None) -> AnyEvent:
        if strand is None or not isinstance(event, Event):
            return event
        program = self._known.of.get(strand) or self._known.over[strand]
        if program.name is None and not is_doubtful(strand):
            self._name(program, strand.source)
        if not program.name or event.around.source == program.name:
            return event
        named = copy(event)
        named.around = replace(event.around, source=program.name)
        return named

    def _name(self, program: _Program, source: str | None) -> None:
        """Name a program as `model.lives.names_of` does, but by what is known so far."""
        self._named += 1
        if source is None:
            program.name = f"program {self._named}" if self._named > 1 else ""
        else:
            alike = sum(p.name is not None and p.lives[-1].source == source for p in self._programs)
            program.name = f"{source} ({alike + 1})" if alike else source


def _size_bytes(event: AnyEvent) -> int:
    return event.end - event.start if isinstance(event, Event) else 0
