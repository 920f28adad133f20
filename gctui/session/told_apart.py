"""The events of a saved run, told apart: each program's go to a part of its own.

What the live screen does with states (see `model.programs`) is done here with whole runs: a strand
that begins may be the program's next life. Its lines wait until that is settled; should the old
strand go on after all, they are the first ones of another program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from gctui.events import AnyEvent, Event, Gc, Runtime, Text, Unparsed
from gctui.model.going_on import Passage, passage_of
from gctui.model.lives import may_be_again, names_of
from gctui.model.owners import Owner, Owners
from gctui.model.profile import Profile
from gctui.model.strand import Strand
from gctui.session.waiting import Origin, Waiting

MOST_PROGRAMS = 32
"""A long log's figures take some ten to twenty MiB for each."""
_MOST_WAITING = 1 << 16
_FOLDED_AT_ONCE = 1024
_HEARD_LATELY = 16
_MOST_NAMES = 1 << 16


class Part(Protocol):
    """Takes one program's events, in their order."""

    def add(self, events: Sequence[AnyEvent], origin: Origin) -> None:
        """Take the next events."""

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile."""

    def forget_samples(self) -> None:
        """Take back what the process and its counters told: they were another program's."""


_Part = TypeVar("_Part", bound=Part)


@dataclass(slots=True, eq=False)
class _Program(Owner, Generic[_Part]):
    part: _Part
    waiting: Waiting = field(default_factory=Waiting)
    """What is the program's, and not yet given to its part."""
    later: dict[Strand, Waiting] = field(default_factory=dict)
    """What is the program's if a life is: of those that are not settled, all but the first."""
    over: int = 0
    """Collections of the lives that are over."""
    repeated: int = 0
    """Lines that say once more what had been printed."""
    place: int = 0
    """Of the file with its newest line."""

    @property
    def all_collections(self) -> int:
        return self.over + self.collections

    def flush(self) -> None:
        for origin, events in self.waiting.take():
            self.part.add(events, origin)


class _Known(Owners[_Program[_Part]], Generic[_Part]):
    """Of too many programs the smallest of those not heard lately is dropped."""

    def __init__(self, make: Callable[[], _Part]) -> None:
        super().__init__()
        self._make = make
        self.main = self.add()
        """The program of which samples and profiles are."""

    @property
    def is_full(self) -> bool:
        return len(self.programs) >= MOST_PROGRAMS

    def _made(self) -> _Program[_Part]:
        if self.is_full:
            by_age = sorted(self.programs, key=lambda program: program.heard)
            old = [program for program in by_age[:-_HEARD_LATELY] if program is not self.main]
            self.drop(min(old, key=lambda program: program.all_collections))
        return _Program(self._make())


@dataclass(frozen=True, slots=True)
class ToldProgram(Generic[_Part]):
    """One program of a run."""

    number: int
    """By the order in which they appeared, from 1."""
    name: str
    """By the prefix of its lines, or its number."""
    source: str | None
    """Who printed it, as the prefix tells."""
    collections: int
    part: _Part
    repeated: int
    """Lines that whoever logs printed once more: they count once."""


class ToldApart(Generic[_Part]):
    """Every program of one run; `takes` says of which names the lines are wanted.

    Of more than are kept, the lines of further names are counted only; without names, the smallest
    of those not heard lately are dropped.
    """

    def __init__(
        self, make: Callable[[], _Part], takes: Callable[[str], bool] | None = None
    ) -> None:
        self._takes = takes
        self._known = _Known(make)
        self._assigner = self._known.assigner
        self._last = self._known.main
        """To which text and damaged lines are counted: nobody knows whose they are."""
        self.left_out: Counter[str] = Counter()
        """Collections of named programs that were not wanted, or one too many."""
        self.unassigned = 0
        """Lines of the scavenger or the pacer that may be of several programs."""

    @property
    def dropped(self) -> int:
        """Programs without a name that were one too many."""
        return self._known.dropped

    @property
    def _is_one_life(self) -> bool:
        return len(self._known.programs) == 1 and len(self._known.main.lives) == 1

    @property
    def main(self) -> _Part:
        """The program of which samples and profiles are."""
        return self._known.main.part

    def part_of(self, passages: Sequence[Passage], origin: Origin) -> _Part | None:
        """Return the program whose the next lines are, if all plainly are the only one's."""
        main = self._known.main
        if not self._is_one_life or self._assigner.assign_passages(passages) is None:
            return None
        main.flush()
        main.place = origin.place
        return main.part

    def add(self, events: Sequence[AnyEvent], origin: Origin) -> None:
        """Take the next events."""
        # Telling lines apart one by one costs a good part of what folding them does.
        if self._is_one_life and origin.received is None:
            passage = passage_of(events)
            part = None if passage is None else self.part_of([passage], origin)
            if part is not None:
                part.add(events, origin)
                return
        for event in events:
            self._add(event, origin)
        programs = self._known.programs
        is_alone = len(programs) == 1
        for program in programs:
            is_enough = program.waiting.count >= _FOLDED_AT_ONCE
            if is_enough or is_alone or origin.received is not None:
                program.flush()

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile: it is of the program that is sampled."""
        self._known.main.flush()
        self._known.main.part.take_profile(profile)

    def programs(self) -> list[ToldProgram[_Part]]:
        """Return all programs that are worth telling of, in the order in which they appeared.

        Nothing is to follow.
        """
        for program in self._known.programs:
            for waiting in program.later.values():
                program.waiting.extend(waiting)
            program.flush()
        shown = [p for p in self._known.programs if p.lives and not p.is_doubtful]
        shown = shown or [self._known.main]
        names = names_of([program.source for program in shown])
        return [
            ToldProgram(number, name, each.source, each.all_collections, each.part, each.repeated)
            for number, (name, each) in enumerate(zip(names, shown, strict=True), 1)
        ]

    def _add(self, event: AnyEvent, origin: Origin) -> None:
        if not isinstance(event, Event):
            self._sampled(event, origin)
            return
        if isinstance(event, Text | Unparsed):
            self._assigner.assign(event)
            self._last.waiting.add(event, origin)
            return
        source = self._assigner.source_of(event)
        if source is not None and not self._is_taken(source, event):
            if source in self.left_out or len(self.left_out) < _MOST_NAMES:
                self.left_out[source] += isinstance(event, Gc)
            return
        strand = self._assigner.assign(event)
        if strand is None:
            self.unassigned += 1
            return
        program = self._known.of.get(strand) or self._begin(strand, event, origin)
        if self._assigner.is_repeat:
            program.repeated += 1
            return
        if others := self._known.split_by(program, strand, event):
            self._split(program, others)
        self._last = program
        program.place = origin.place
        waiting = program.later.get(strand, program.waiting)
        if isinstance(event, Gc) and event.n is not None and event.n < strand.n:
            waiting.put_before_later(event, origin)
        else:
            waiting.add(event, origin)
        if program.later:
            self._settle(program)

    def _is_taken(self, source: str, event: Event) -> bool:
        if source in self.left_out or (self._takes is not None and not self._takes(source)):
            return False
        return not self._known.is_full or bool(self._known.named(source, event))

    def _begin(self, strand: Strand, event: Event, origin: Origin) -> _Program[_Part]:
        """Give a strand that began with `event` to a program."""

        def is_again(program: _Program[_Part]) -> bool:
            # The files of a run are one program's, if need be in several builds.
            return program.place != origin.place or may_be_again(program.newest, event)

        program = self._known.begin(strand, event, is_again)
        if len(program.lives) > 1:
            program.later[strand] = Waiting()
        return program

    def _split(self, program: _Program[_Part], others: Sequence[_Program[_Part]]) -> None:
        """Give others, that were taken for lives of this program, what waited with those lives."""
        for other in others:
            other.place = program.place
            for origin, events in program.later.pop(other.lives[0]).take():
                for event in events:
                    # Samples are of one program, whichever that is.
                    is_printed = isinstance(event, Event)
                    (other if is_printed else program).waiting.add(event, origin)

    def _settle(self, program: _Program[_Part]) -> None:
        """Let nothing wait with lives whose older strands will not go on."""
        is_long = program.later[program.lives[-1]].count > _MOST_WAITING
        over = self._known.settle(program, at_once=is_long)
        if not over:
            return
        program.over += sum(strand.count for strand in over)
        for strand in (*over[1:], program.lives[0]):
            program.waiting.extend(program.later.pop(strand))

    def _sampled(self, sample: AnyEvent, origin: Origin) -> None:
        if isinstance(sample, Runtime) and len(self._known.programs) > 1:
            self._recognize(sample)
        main = self._known.main
        waiting = main.later[main.lives[-1]] if main.later else main.waiting
        waiting.add(sample, origin)

    def _recognize(self, sample: Runtime) -> None:
        found = self._known.sampled(sample)
        if found is not None and found is not self._known.main:
            self._known.main.flush()
            self._known.main.part.forget_samples()
            self._known.main = found
