"""What was sampled at the same moment: a process's RSS means little beside counters of another."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.events import Process, Runtime


@dataclass(frozen=True, slots=True)
class Moment:
    """A sample of the process, and the runtime's counters nearest to it; either may be missing."""

    process: Process | None = None
    sample: Runtime | None = None


class MomentKeeper:
    """Pairs what comes one by one: the process first, and the counters after it.

    What the counters tell later waits for the next sample of the process. Where they come more
    seldom than it, as from a server, they are held against each sample until newer ones come.
    """

    def __init__(self) -> None:
        self.now = Moment()
        """The last that go together."""
        self._awaiting: Process | None = None

    def process_sampled(self, process: Process) -> None:
        """Take a sample of the process."""
        if self.now.process is None or self.now.sample is None or self._awaiting is not None:
            self.now = Moment(process, self.now.sample)
        self._awaiting = process

    def counters_sampled(self, sample: Runtime) -> None:
        """Take the counters that were read after it, or anew."""
        if self._awaiting is not None or self.now.process is None or self.now.sample is None:
            self.now = Moment(self._awaiting or self.now.process, sample)
        self._awaiting = None
