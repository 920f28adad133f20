"""Which strands are lives of which program: a strand that begins may be a known program's next one.

That is what it is taken for at first. Should an older strand go on after all, each life behind it
is a program of its own. It is settled once the older ones will not go on any more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

from gctui.events import Event, Gc, Runtime
from gctui.model.assignment import Assigner
from gctui.model.lives import is_doubtful, settled
from gctui.model.processes import Processes, without_process
from gctui.model.strand import Strand

_SURE_COUNT = 3
"""So many collections are no chance: fewer every program has."""


@dataclass(slots=True, eq=False, kw_only=True)
class Owner:
    """A program: what its strands tell of it."""

    lives: list[Strand] = field(default_factory=list)
    """Those that may go on, oldest first; the first is settled."""
    had_others: bool = False
    """Of its lives that are over some were other processes."""

    @property
    def newest(self) -> Strand | None:
        """Its newest life."""
        return self.lives[-1] if self.lives else None

    @property
    def source(self) -> str | None:
        """Who printed its lines: of several processes the name that they share."""
        if not self.lives:
            return None
        newest = self.lives[-1].source
        if self.had_others or any(strand.source != newest for strand in self.lives):
            return without_process(newest) or newest
        return newest

    @property
    def heard(self) -> int:
        """The place of the newest line in the stream."""
        return self.lives[-1].heard if self.lives else 0

    @property
    def collections(self) -> int:
        """Of the lives that may go on."""
        return sum(strand.count for strand in self.lives)

    @property
    def is_doubtful(self) -> bool:
        """A lone line from the middle of a life: damaged, as like as not."""
        return is_doubtful(self.newest)


_Program = TypeVar("_Program", bound=Owner)


class Owners(ABC, Generic[_Program]):
    """Every program of one stream, and whose each strand is.

    Where it `joins_processes`, what begins may be the next process of a name; else each process is
    a program of its own.
    """

    def __init__(self, *, joins_processes: bool = True) -> None:
        self.assigner = Assigner()
        self.programs: list[_Program] = []
        """In the order in which they appeared."""
        self.of: dict[Strand, _Program] = {}
        """Whose each strand is, of those that may go on."""
        self.dropped = 0
        """Programs that were one too many."""
        self._joins_processes = joins_processes
        self._processes = Processes()
        self._likely: tuple[_Program, int] | None = None
        """Whose collections the counters told last, and which it was."""

    @abstractmethod
    def _made(self) -> _Program:
        """Make a program, and room for it: drop another one where there are too many."""

    def add(self) -> _Program:
        """Add a program; if it is the first one, the first strand will be its."""
        program = self._made()
        self.programs.append(program)
        return program

    def named(self, source: str | None, event: Event) -> list[_Program]:
        """Return the programs that a line may be of by what it says of who printed it.

        Of more than two the first two: nobody can tell which it is, and there may be thousands.
        """
        named = (p for p in self.programs if p.lives and p.lives[-1].source == source)
        found = list(islice(named, 2))
        if found or not self._joins_processes:
            return found
        follows = self._processes.may_follow
        return list(islice((p for p in self.programs if follows(p.newest, source, event)), 2))

    def begin(self, strand: Strand, event: Event, is_again: Callable[[_Program], bool]) -> _Program:
        """Give a strand that began with `event` to a program.

        `is_again` tells whether it may be the next life of the only one that has its name.
        """
        self._processes.begins(strand.source, event)
        program = self._before(strand, event, is_again) or self.add()
        if program.newest is not None:
            program.newest.is_past = program.newest.source == strand.source
        program.lives.append(strand)
        self.of[strand] = program
        return program

    def _before(
        self, strand: Strand, event: Event, is_again: Callable[[_Program], bool]
    ) -> _Program | None:
        """Return the program that a strand may be of: where there are several, nobody can tell."""
        if self.programs and not self.programs[0].lives:
            return self.programs[0]
        named = self.named(strand.source, event)
        return named[0] if len(named) == 1 and is_again(named[0]) else None

    def split_by(self, program: _Program, strand: Strand, event: Event) -> list[_Program]:
        """Return the programs that the lives behind a strand prove to be, if `event` shows it.

        It is of that strand: an older one goes on after all.
        """
        newest = program.lives[-1]
        if strand is newest or not (isinstance(event, Gc) or strand.source != newest.source):
            return []
        self._processes.ran_at_once(strand, newest)
        at = program.lives.index(strand) + 1
        later, program.lives = program.lives[at:], program.lives[:at]
        strand.is_past = False
        return [self._alone(each) for each in later]

    def _alone(self, strand: Strand) -> _Program:
        program = self.of[strand] = self.add()
        program.lives = [strand]
        strand.is_past = False
        return program

    def settle(self, program: _Program, *, at_once: bool = False) -> list[Strand]:
        """Give up a program's strands that will not go on, `at_once` all but the newest.

        Return them, oldest first.
        """
        count = len(program.lives) - 1 if at_once else settled(program.lives)
        if not count:
            return []
        over, program.lives = program.lives[:count], program.lives[count:]
        newest = program.lives[-1].source
        program.had_others |= any(strand.source != newest for strand in over)
        self._forget(over)
        return over

    def drop(self, program: _Program) -> None:
        """Give up a whole program: nothing goes on with it."""
        self._forget(program.lives)
        self.programs.remove(program)
        self.dropped += not program.is_doubtful

    def _forget(self, strands: Sequence[Strand]) -> None:
        for strand in strands:
            self.assigner.close(strand)
            del self.of[strand]

    def sampled(self, sample: Runtime) -> _Program | None:
        """Return the program that the counters are read of, once they told so twice.

        They tell how often it collected.
        """
        count = sample.gc_count or 0
        alike = [p for p in self.programs if p.newest is not None and p.newest.n == count]
        if count < _SURE_COUNT or len(alike) != 1:
            return None
        (found,), before = alike, self._likely
        self._likely = found, count
        is_sure = before is not None and before[0] is found and before[1] != count
        return found if is_sure else None
