"""What was sampled at the same moment: a process's RSS means little beside counters of another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gctui.events import Process, Runtime


@dataclass(frozen=True, slots=True)
class Moment:
    """A sample of the process, and the runtime's counters nearest to it; either may be missing."""

    process: Process | None = None
    sample: Runtime | None = None
    collections: int = 0
    """How many collections a trace had told of when the process was sampled."""


NOTHING = Moment()


class MomentKeeper:
    """Pairs what comes one by one: the process first, and the counters after it.

    What the counters tell later waits for the next sample of the process. Where they come more
    seldom than it, as from a server, they are held against each sample until newer ones come.
    """

    def __init__(self) -> None:
        self.now = NOTHING
        """The last that go together."""
        self._awaiting: Moment | None = None
        """A sample of the process whose counters are still to come."""

    def process_sampled(self, process: Process, collections: int = 0) -> None:
        """Take a sample of the process."""
        newest = Moment(process, self.now.sample, collections)
        if self.now.process is None or self.now.sample is None or self._awaiting is not None:
            self.now = newest
        self._awaiting = newest

    def counters_sampled(self, sample: Runtime) -> None:
        """Take the counters that were read after it, or anew."""
        if self._awaiting is not None or self.now.process is None or self.now.sample is None:
            self.now = replace(self._awaiting or self.now, sample=sample)
        self._awaiting = None
