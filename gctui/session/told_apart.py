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
from gctui.model.assignment import Assigner
from gctui.model.going_on import Passage, passage_of
from gctui.model.lives import (
    goes_on_alone,
    is_doubtful,
    may_be_again,
    names_of,
    settled,
    source_of,
)
from gctui.model.processes import Processes
from gctui.model.profile import Profile
from gctui.model.strand import Strand
from gctui.session.waiting import Origin, Waiting

MOST_PROGRAMS = 32
"""A long log's figures take some ten to twenty MiB for each."""
_MOST_WAITING = 1 << 16
_FOLDED_AT_ONCE = 1024
_HEARD_LATELY = 16
_MOST_NAMES = 1 << 16
_SURE_COUNT = 3
"""So many collections are no chance: fewer every program has."""


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
class _Life(Generic[_Part]):
    strand: Strand
    program: _Program[_Part]
    waiting: Waiting = field(default_factory=Waiting)
    """What is the program's if this is the program's; the first life's goes there at once."""


@dataclass(slots=True, eq=False)
class _Program(Generic[_Part]):
    part: _Part
    waiting: Waiting = field(default_factory=Waiting)
    """What is the program's, and not yet given to its part."""
    lives: list[_Life[_Part]] = field(default_factory=list)
    """Oldest first; the first is settled."""
    collections: int = 0
    """Of the lives that are over."""
    had_others: bool = False
    """Of its lives that are over some were other processes."""
    repeated: int = 0
    """Lines that say once more what had been printed."""
    place: int = 0
    """Of the file with its newest line."""

    @property
    def newest(self) -> Strand | None:
        return self.lives[-1].strand if self.lives else None

    @property
    def source(self) -> str | None:
        return source_of([life.strand for life in self.lives], had_others=self.had_others)

    def prints_as(self, source: str | None) -> bool:
        """Tell whether its newest line said so who printed it."""
        return self.newest is not None and self.newest.source == source

    @property
    def heard(self) -> int:
        return self.newest.heard if self.newest is not None else 0

    @property
    def all_collections(self) -> int:
        return self.collections + sum(life.strand.count for life in self.lives)

    def flush(self) -> None:
        for origin, events in self.waiting.take():
            self.part.add(events, origin)


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
        self._make = make
        self._takes = takes
        self._assigner = Assigner()
        self._processes = Processes()
        self._main: _Program[_Part] = _Program(make())
        self._programs = [self._main]
        self._owners: dict[Strand, _Life[_Part]] = {}
        self._last = self._main
        """To which text and damaged lines are counted: nobody knows whose they are."""
        self._likely: tuple[_Program[_Part], int] | None = None
        self.left_out: Counter[str] = Counter()
        """Collections of named programs that were not wanted, or one too many."""
        self.unassigned = 0
        """Lines of the scavenger or the pacer that may be of several programs."""
        self.dropped = 0
        """Programs without a name that were one too many."""

    @property
    def _is_one_life(self) -> bool:
        return len(self._programs) == 1 and len(self._main.lives) == 1

    @property
    def main(self) -> _Part:
        """The program of which samples and profiles are."""
        return self._main.part

    def part_of(self, passages: Sequence[Passage], origin: Origin) -> _Part | None:
        """Return the program whose the next lines are, if all plainly are the only one's."""
        main = self._main
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
        is_alone = len(self._programs) == 1
        for program in self._programs:
            is_enough = program.waiting.count >= _FOLDED_AT_ONCE
            if is_enough or is_alone or origin.received is not None:
                program.flush()

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile: it is of the program that is sampled."""
        self._main.flush()
        self._main.part.take_profile(profile)

    def programs(self) -> list[ToldProgram[_Part]]:
        """Return all programs that are worth telling of, in the order in which they appeared.

        Nothing is to follow.
        """
        for program in self._programs:
            for life in program.lives[1:]:
                program.waiting.extend(life.waiting)
            program.flush()
        shown = [p for p in self._programs if p.lives and not is_doubtful(p.newest)]
        shown = shown or [self._main]
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
        life = self._owners.get(strand) or self._begin(strand, event, origin)
        if self._assigner.is_repeat:
            life.program.repeated += 1
            return
        newest = life.program.lives[-1].strand
        if goes_on_alone(strand, newest, event):
            self._processes.ran_at_once(strand, newest)
            self._split(life)
        program = self._last = life.program
        program.place = origin.place
        waiting = program.waiting if life is program.lives[0] else life.waiting
        if isinstance(event, Gc) and event.n is not None and event.n < strand.n:
            waiting.put_before_later(event, origin)
        else:
            waiting.add(event, origin)
        if len(program.lives) > 1:
            self._settle(program)

    def _is_taken(self, source: str, event: Event) -> bool:
        if source in self.left_out or (self._takes is not None and not self._takes(source)):
            return False
        is_full = len(self._programs) >= MOST_PROGRAMS
        return not is_full or bool(self._named(source, event))

    def _begin(self, strand: Strand, event: Event, origin: Origin) -> _Life[_Part]:
        """Give a strand that began with `event` to a program."""
        self._processes.begins(strand.source, event)
        program = self._before(strand, event, origin) or self._begun()
        if program.newest is not None:
            program.newest.is_past = program.newest.source == strand.source
        life = self._owners[strand] = _Life(strand, program)
        program.lives.append(life)
        return life

    def _before(self, strand: Strand, event: Event, origin: Origin) -> _Program[_Part] | None:
        """Return the program that a strand may be of: where there are several, nobody can tell."""
        if not self._main.lives:
            return self._main
        named = self._named(strand.source, event)
        if len(named) != 1:
            return None
        # The files of a run are one program's, if need be in several builds.
        is_same = named[0].place != origin.place or may_be_again(named[0].newest, event)
        return named[0] if is_same else None

    def _named(self, source: str | None, event: Event) -> list[_Program[_Part]]:
        """Return the programs that a line may be of by what it says of who printed it."""
        named = [p for p in self._programs if p.prints_as(source)]
        return named or [
            p for p in self._programs if self._processes.may_follow(p.newest, source, event)
        ]

    def _begun(self) -> _Program[_Part]:
        if len(self._programs) >= MOST_PROGRAMS:
            by_age = sorted(self._programs, key=lambda program: program.heard)
            old = [program for program in by_age[:-_HEARD_LATELY] if program is not self._main]
            self._drop(min(old, key=lambda program: program.all_collections))
        program = _Program(self._make())
        self._programs.append(program)
        return program

    def _drop(self, program: _Program[_Part]) -> None:
        self._forget(program.lives)
        self._programs.remove(program)
        self.dropped += not is_doubtful(program.newest)

    def _forget(self, lives: Sequence[_Life[_Part]]) -> None:
        for life in lives:
            self._assigner.close(life.strand)
            del self._owners[life.strand]

    def _split(self, life: _Life[_Part]) -> None:
        """Make each life behind one that goes on a program of its own."""
        program = life.program
        at = program.lives.index(life) + 1
        later, program.lives = program.lives[at:], program.lives[:at]
        life.strand.is_past = False
        for each in later:
            other = each.program = self._begun()
            other.lives, other.place = [each], program.place
            each.strand.is_past = False
            for origin, events in each.waiting.take():
                for event in events:
                    # Samples are of one program, whichever that is.
                    is_printed = isinstance(event, Event)
                    (other if is_printed else program).waiting.add(event, origin)

    def _settle(self, program: _Program[_Part]) -> None:
        """Give up the strands that will not go on."""
        lives = program.lives
        is_long = lives[-1].waiting.count > _MOST_WAITING
        first = len(lives) - 1 if is_long else settled([life.strand for life in lives])
        if not first:
            return
        self._forget(lives[:first])
        program.collections += sum(life.strand.count for life in lives[:first])
        newest = lives[-1].strand.source
        program.had_others |= any(life.strand.source != newest for life in lives[:first])
        program.lives = lives[first:]
        for life in lives[1 : first + 1]:
            program.waiting.extend(life.waiting)

    def _sampled(self, sample: AnyEvent, origin: Origin) -> None:
        if isinstance(sample, Runtime) and len(self._programs) > 1:
            self._recognize(sample)
        lives = self._main.lives
        waiting = lives[-1].waiting if len(lives) > 1 else self._main.waiting
        waiting.add(sample, origin)

    def _recognize(self, sample: Runtime) -> None:
        """Find the program that the counters are read of: they tell how often it collected."""
        count = sample.gc_count or 0
        alike = [p for p in self._programs if p.newest is not None and p.newest.n == count]
        if count < _SURE_COUNT or len(alike) != 1:
            return
        found, before = alike[0], self._likely
        self._likely = found, count
        is_sure = before is not None and before[0] is found and before[1] != count
        if is_sure and found is not self._main:
            self._main.flush()
            self._main.part.forget_samples()
            self._main = found
