"""What lines of the scheduler, the pacer and the initialisation add up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gctui.events import Init, Pacer, Sched
from gctui.model.metrics import Metric

Point = tuple[Metric, float]
"""A quantity, and what it is now."""


@dataclass(frozen=True, slots=True)
class InitTotals:
    """What all packages took to be initialised, before main."""

    packages: int = 0
    clock_ms: float = 0.0
    bytes: int = 0
    allocs: int = 0
    longest: Init | None = None

    def plus(self, init: Init) -> InitTotals:
        """Return the totals with one more package."""
        clock_ms = init.clock_ms or 0.0
        is_longest = self.longest is None or clock_ms > (self.longest.clock_ms or 0.0)
        return replace(
            self,
            packages=self.packages + 1,
            clock_ms=self.clock_ms + clock_ms,
            bytes=self.bytes + (init.bytes or 0),
            allocs=self.allocs + (init.allocs or 0),
            longest=init if is_longest else self.longest,
        )


@dataclass(frozen=True, slots=True)
class TraceFigures:
    """The newest lines of each sort, and what is summed up over all of them."""

    sched: Sched | None = None
    snapshot: Sched | None = None
    """The newest with goroutines (scheddetail=1)."""
    pacer: Mapping[str, Pacer] | None = None
    """The newest line of each phase."""
    inits: InitTotals = InitTotals()

    def plus(self, event: Sched | Pacer | Init) -> TraceFigures:
        """Return the figures with one more line."""
        match event:
            case Sched():
                has_goroutines = event.counted is not None
                return replace(
                    self, sched=event, snapshot=event if has_goroutines else self.snapshot
                )
            case Pacer():
                return replace(self, pacer={**(self.pacer or {}), event.phase or "": event})
            case Init():
                return replace(self, inits=self.inits.plus(event))


def sched_points(sched: Sched) -> Iterator[Point]:
    """Yield what a SCHED line tells that nothing else does."""
    if sched.idleprocs is not None:
        yield Metric.IDLE_PROCS, sched.idleprocs
    if sched.runqueue is not None:
        yield Metric.RUN_QUEUE, sched.runqueue + sum(sched.local_runqueues or ())
