"""Several programs in one stream: each line goes to the state of the program that printed it.

A strand (see `assignment`) that begins while a program is known may be that program again, started
anew. It is taken for that at first: a new epoch. Should the old strand go on after all, there are
two programs, and each gets the state that it would have had from the beginning. Until that is
settled both are kept up to date.

This is part of the model, not of the parser: recordings hold events, not lines, and are told apart
alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from gctui.events import AnyEvent, Event, Gc, Mappings, MemStats, Process, Runtime, Text, Unparsed
from gctui.model.lives import MOST_PROGRAMS, may_be_again, names_of
from gctui.model.oddities import Oddities
from gctui.model.owners import Owner, Owners
from gctui.model.profile import Profile
from gctui.model.program_list import ListedProgram
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.model.strand import Strand

_MORE = 2
"""Another program is shown, unless one was asked for, when it collected so many times as often."""

Sample = Process | Mappings | Runtime | MemStats


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What is needed should a life prove to be another program's."""

    before: ProgramState
    """The program's state without this life and later ones."""
    alone: ProgramState = field(default_factory=ProgramState)
    """The state of this life alone."""


@dataclass(slots=True, eq=False)
class _Program(Owner):
    key: int
    state: ProgramState = field(default_factory=ProgramState)
    doubts: dict[Strand, _Doubt] = field(default_factory=dict)
    """Of the lives that are not settled: all but the first."""
    started: int = 0
    heard_s: float | None = None

    def states(self) -> Iterator[ProgramState]:
        """Yield the state, and those that may take its place."""
        yield self.state
        for doubt in self.doubts.values():
            yield doubt.before


class _Known(Owners[_Program]):
    """Of too many programs the one that was heard last longest ago is dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = count(1)
        self.main = self.add()
        """The program of which samples and profiles are."""

    def _made(self) -> _Program:
        if len(self.programs) >= MOST_PROGRAMS:
            others = (program for program in self.programs if program is not self.main)
            self.drop(min(others, key=lambda program: program.heard))
        return _Program(next(self._keys))


class Programs:
    """Every program of one stream.

    Without `takes_restarts` none is ever taken for an older one, started anew.
    """

    def __init__(self, *, takes_restarts: bool = True) -> None:
        self._takes_restarts = takes_restarts
        self._known = _Known()
        self._assigner = self._known.assigner
        self._oddities = Oddities()
        self._is_recognized = False
        """The counters told which program it is that is sampled."""
        self._shown = 1

    @property
    def dropped(self) -> int:
        """Programs that were one too many."""
        return self._known.dropped

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
        program = self._known.of.get(strand) or self._begin(strand, event)
        if others := self._known.split_by(program, strand, event):
            self._split(program, others)
        program.heard_s = received_s
        is_late = isinstance(event, Gc) and event.n is not None and event.n < strand.n
        program.state.apply(event, received_s, is_late=is_late)
        if program.doubts:
            newest = program.doubts[program.lives[-1]]
            newest.alone.apply(event, received_s, is_late=is_late)
            self._settle(program)

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile: it is of the program that is sampled."""
        for state in self._known.main.states():
            state.take_profile(profile)

    def shown_for(self, wanted: int | None) -> int:
        """Return the key of the program to be shown: the wanted one, if there still is one."""
        if wanted is not None and self._program(wanted).key == wanted:
            return wanted
        programs = self._known.programs
        if len(programs) == 1 or self._is_recognized:
            return self._known.main.key
        if not self._takes_restarts:
            # A tool of Go's runs the program that it builds last.
            started = (p for p in programs if p.collections)
            return max(started, key=lambda p: p.key, default=self._known.main).key
        most = max(programs, key=lambda p: p.collections)
        if most.collections > _MORE * self._program(self._shown).collections:
            self._shown = most.key
        return self._program(self._shown).key

    def snapshot(self, key: int) -> Snapshot:
        """Return everything about a program as it is now."""
        return self._oddities.added_to(self._program(key).state.snapshot())

    def now_at(self, received_s: float, key: int) -> float:
        """Return where a moment of the receipt clock lies on a program's axis."""
        return self._program(key).state.now_at(received_s)

    def listed(self) -> tuple[ListedProgram, ...]:
        """Return all programs that are worth telling of, in the order in which they appeared."""
        shown = [p for p in self._known.programs if p.lives and not p.is_doubtful]
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
            is_sampled=program is self._known.main and brief.is_sampled,
            heard_s=program.heard_s,
        )

    def _program(self, key: int) -> _Program:
        return next((p for p in self._known.programs if p.key == key), self._known.main)

    def _begin(self, strand: Strand, event: Event) -> _Program:
        """Give a strand that began with `event` to a program."""

        def is_again(program: _Program) -> bool:
            return self._takes_restarts and may_be_again(program.newest, event)

        program = self._known.begin(strand, event, is_again)
        if len(program.lives) > 1:
            program.doubts[strand] = _Doubt(program.state.fork())
        program.started += 1
        return program

    def _split(self, program: _Program, others: Sequence[_Program]) -> None:
        """Give others, that were taken for lives of this program, the states of those lives."""
        doubts = [program.doubts.pop(other.lives[0]) for other in others]
        program.state = doubts[0].before
        program.started -= len(others)
        for other, doubt in zip(others, doubts, strict=True):
            other.state, other.started, other.heard_s = doubt.alone, 1, program.heard_s

    def _settle(self, program: _Program) -> None:
        """Doubt no more of lives whose older strands will not go on."""
        if self._known.settle(program):
            program.doubts = {strand: program.doubts[strand] for strand in program.lives[1:]}

    def _sampled(self, sample: Sample, received_s: float | None) -> None:
        if isinstance(sample, Runtime) and len(self._known.programs) > 1:
            self._recognize(sample)
        for state in self._known.main.states():
            state.apply(sample, received_s)

    def _recognize(self, sample: Runtime) -> None:
        found = self._known.sampled(sample)
        if found is None:
            return
        self._is_recognized = True
        if found is not self._known.main:
            for state in self._known.main.states():
                state.forget_samples()
            self._known.main = found
