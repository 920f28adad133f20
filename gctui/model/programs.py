"""Several programs in one stream: each line goes to the state of the program that printed it.

A strand (see `assignment`) that begins while a program is known may be that program again, started
anew. It is taken for that at first: a new epoch. Should the old strand go on after all, there are
two programs, and each gets the state that it would have had from the beginning. Until that is
settled both are kept up to date.

This is part of the model, not of the parser: recordings hold events, not lines, and are told apart
alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gctui.events import AnyEvent, Event, Gc, Mappings, MemStats, Process, Runtime, Text, Unparsed
from gctui.model.assignment import Assigner
from gctui.model.lives import (
    MOST_PROGRAMS,
    goes_on_alone,
    is_doubtful,
    may_be_again,
    names_of,
    settled,
    source_of,
)
from gctui.model.oddities import Oddities
from gctui.model.processes import Processes
from gctui.model.profile import Profile
from gctui.model.program_list import ListedProgram
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.model.strand import Strand

_MORE = 2
"""Another program is shown, unless one was asked for, when it collected so many times as often."""
_SURE_COUNT = 3
"""So many collections are no chance: fewer every program has."""

Sample = Process | Mappings | Runtime | MemStats


@dataclass(slots=True)
class _Life:
    """A strand of a program. Of those that may prove to be another program's, what is needed."""

    strand: Strand
    before: ProgramState | None = None
    """The program's state without this life and later ones; None where that is settled."""
    alone: ProgramState | None = None
    """The state of this life alone; None where that is settled."""


@dataclass(slots=True)
class _Program:
    key: int
    state: ProgramState = field(default_factory=ProgramState)
    lives: list[_Life] = field(default_factory=list)
    """Oldest first; the first is settled."""
    started: int = 0
    had_others: bool = False
    """Of its lives that are over some were other processes."""
    heard_s: float | None = None

    @property
    def newest(self) -> Strand | None:
        return self.lives[-1].strand if self.lives else None

    @property
    def source(self) -> str | None:
        return source_of([life.strand for life in self.lives], had_others=self.had_others)

    @property
    def heard(self) -> int:
        return self.newest.heard if self.newest is not None else 0

    @property
    def collections(self) -> int:
        return sum(life.strand.count for life in self.lives)

    @property
    def is_doubtful(self) -> bool:
        """A lone line from the middle of a life: damaged, as like as not."""
        return is_doubtful(self.newest)

    def states(self) -> Iterator[ProgramState]:
        """Yield the state, and those that may take its place."""
        yield self.state
        for life in self.lives:
            if life.before is not None:
                yield life.before


class Programs:
    """Every program of one stream.

    Without `takes_restarts` none is ever taken for an older one, started anew.
    """

    def __init__(self, *, takes_restarts: bool = True) -> None:
        self._assigner = Assigner()
        self._takes_restarts = takes_restarts
        self._main = _Program(1)
        self._programs = {1: self._main}
        self._next_key = 2
        self._owners: dict[Strand, _Program] = {}
        self._processes = Processes()
        self._oddities = Oddities()
        self._likely: tuple[int, int] | None = None
        """Whose collections the counters told last, and which it was."""
        self._is_recognized = False
        """The counters told which program it is that is sampled."""
        self._shown = 1
        self.dropped = 0
        """Programs that were one too many."""

    def apply(self, event: AnyEvent, received_s: float | None = None) -> None:
        """Fold one event; `received_s` is when it arrived, None for a saved log."""
        if not isinstance(event, Event):
            self._sampled(event, received_s)
            return
        strand = self._assigner.assign(event)
        self._oddities.take(event)
        if isinstance(event, Text | Unparsed):
            return
        if self._assigner.is_repeat:
            self._oddities.count("repeated")
            return
        if strand is None:
            self._oddities.count("unassigned")
            return
        program = self._owners.get(strand) or self._owned(strand, event)
        if program.newest is not None and goes_on_alone(strand, program.newest, event):
            self._processes.ran_at_once(strand, program.newest)
            self._split(program, strand)
        program.heard_s = received_s
        is_late = isinstance(event, Gc) and event.n is not None and event.n < strand.n
        program.state.apply(event, received_s, is_late=is_late)
        alone = program.lives[-1].alone
        if alone is not None:
            alone.apply(event, received_s, is_late=is_late)
        if len(program.lives) > 1:
            self._settle(program)

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile: it is of the program that is sampled."""
        for state in self._main.states():
            state.take_profile(profile)

    def shown_for(self, wanted: int | None) -> int:
        """Return the key of the program to be shown: the wanted one, if there still is one."""
        if wanted in self._programs:
            return wanted
        if len(self._programs) == 1 or self._is_recognized:
            return self._main.key
        if not self._takes_restarts:
            # A tool of Go's runs the program that it builds last.
            started = (p for p in self._programs.values() if p.collections)
            return max(started, key=lambda p: p.key, default=self._main).key
        most = max(self._programs.values(), key=lambda p: p.collections)
        if most.collections > _MORE * self._programs.get(self._shown, self._main).collections:
            self._shown = most.key
        return self._shown if self._shown in self._programs else self._main.key

    def snapshot(self, key: int) -> Snapshot:
        """Return everything about a program as it is now."""
        return self._oddities.added_to(self._program(key).state.snapshot())

    def now_at(self, received_s: float, key: int) -> float:
        """Return where a moment of the receipt clock lies on a program's axis."""
        return self._program(key).state.now_at(received_s)

    def listed(self) -> tuple[ListedProgram, ...]:
        """Return all programs that are worth telling of, in the order in which they appeared."""
        shown = [p for p in self._programs.values() if p.lives and not p.is_doubtful]
        names = names_of([program.source for program in shown])
        return tuple(map(self._described, shown, names))

    def _described(self, program: _Program, label: str) -> ListedProgram:
        brief = program.state.brief()
        return ListedProgram(
            key=program.key,
            label=label,
            printed_by=brief.printed_by,
            newest=brief.newest,
            number=brief.number,
            collections=brief.collections,
            lives=max(1, program.started),
            live_mib=brief.live_mib,
            rate_per_s=brief.rate_per_s,
            is_sampled=program is self._main and brief.is_sampled,
            heard_s=program.heard_s,
        )

    def _program(self, key: int) -> _Program:
        return self._programs.get(key) or self._main

    def _owned(self, strand: Strand, event: Event) -> _Program:
        """Give a strand that began with `event` to a program."""
        self._processes.begins(strand.source, event)
        program = self._before(strand, event)
        if program is None:
            program = self._begun()
        if not program.lives:
            program.lives.append(_Life(strand))
        else:
            before = program.lives[-1].strand
            before.is_past = before.source == strand.source
            program.lives.append(_Life(strand, program.state.fork(), ProgramState()))
        program.started += 1
        self._owners[strand] = program
        return program

    def _before(self, strand: Strand, event: Event) -> _Program | None:
        """Return the program that a strand may be of: where there are several, nobody can tell."""
        if self._main.newest is None:
            return self._main
        source, programs = strand.source, [p for p in self._programs.values() if p.newest]
        named = [p for p in programs if p.newest is not None and p.newest.source == source]
        named = named or [
            p for p in programs if self._processes.may_follow(p.newest, source, event)
        ]
        if not self._takes_restarts or len(named) != 1:
            return None
        return named[0] if may_be_again(named[0].newest, event) else None

    def _begun(self) -> _Program:
        if len(self._programs) >= MOST_PROGRAMS:
            others = (p for p in self._programs.values() if p is not self._main)
            self._drop(min(others, key=lambda program: program.heard))
        program = _Program(self._next_key)
        self._programs[program.key] = program
        self._next_key += 1
        return program

    def _drop(self, program: _Program) -> None:
        for life in program.lives:
            self._forget(life.strand)
        del self._programs[program.key]
        self.dropped += not program.is_doubtful

    def _forget(self, strand: Strand) -> None:
        self._assigner.close(strand)
        self._owners.pop(strand, None)

    def _split(self, program: _Program, strand: Strand) -> None:
        """Make each life behind a strand that goes on a program of its own."""
        places = enumerate(program.lives, 1)
        at = next(place for place, life in places if life.strand is strand)
        later = program.lives[at:]
        if not later:
            return
        del program.lives[at:]
        strand.is_past = False
        program.started -= len(later)
        if later[0].before is not None:
            program.state = later[0].before
        for life in later:
            other = self._begun()
            life.strand.is_past = False
            other.state = life.alone or other.state
            other.lives, other.started = [_Life(life.strand)], 1
            other.heard_s = program.heard_s
            self._owners[life.strand] = other

    def _settle(self, program: _Program) -> None:
        """Give up the strands that will not go on."""
        lives = program.lives
        first = settled([life.strand for life in lives])
        if not first:
            return
        for life in lives[:first]:
            program.had_others |= life.strand.source != lives[-1].strand.source
            self._forget(life.strand)
        program.lives = lives[first:]
        program.lives[0].before = program.lives[0].alone = None

    def _sampled(self, sample: Sample, received_s: float | None) -> None:
        if isinstance(sample, Runtime) and len(self._programs) > 1:
            self._recognize(sample)
        for state in self._main.states():
            state.apply(sample, received_s)

    def _recognize(self, sample: Runtime) -> None:
        """Find the program that the counters are read of: they tell how often it collected."""
        count = sample.gc_count or 0
        alike = [p for p in self._programs.values() if p.newest is not None and p.newest.n == count]
        if count < _SURE_COUNT or len(alike) != 1:
            return
        found, before = alike[0], self._likely
        self._likely = found.key, count
        is_sure = before is not None and before[0] == found.key and before[1] != count
        if is_sure and found is not self._main:
            for state in self._main.states():
                state.forget_samples()
            self._main = found
        self._is_recognized = self._is_recognized or is_sure
