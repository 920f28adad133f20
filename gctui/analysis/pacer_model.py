"""What the pacer does at another goal: where it begins, who marks, and where the heap ends.

The runtime begins a collection below the goal by what it expects the program to allocate while the
mark runs, within bounds (runtime/mgcpacer.go trigger). What is allocated then counts as live, so it
moves the next goal, too. A mark costs the same CPU time at any goal; who spends it does not: where
the room between trigger and goal is short, the program must assist, and stands still meanwhile.

The unknowns depend on each other, so they are found by repetition, from what is measured at the
present setting. Compared with real programs at GOGC 25 to 400 in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gctui.analysis.pace import Pace

_LEAST_TRIGGER, _MOST_TRIGGER = 0.7, 0.95
"""Of the way from live to goal (mgcpacer.go minTriggerRatioDistance, maxTriggerRatioDistance)."""
_TRIGGER_BELOW_GOAL_MIB = 4.0
_AT_LEAST_TRIGGER = 0.9
"""A runway of nearly all that is allowed would be longer if it were allowed."""
_HELD_BACK = 0.7
"""Share of the runway that is used up where assists hold the program back."""
_MUCH_ASSIST = 0.2
_LITTLE_ASSIST = 0.05
_SWEEP_MS_PER_MIB = 0.05
"""Sweeping counts as the program's own time: each MiB of heap once per collection."""
_IDLE_SHARE = 0.1
"""Of a mark: with more of it done by idle Ps the program does not use them all."""
_ROUNDS = 60

GoalOf = Callable[[float], float]
"""Returns the goal for a live heap, both in MiB."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A steady state: sizes in MiB, times in ms per collection."""

    live_mib: float
    trigger_mib: float
    end_mib: float
    """The heap at the end of a collection: its peak."""
    cpu_ms: float
    """What a collection costs, idle mark left out."""
    cycle_ms: float
    """From one collection to the next."""

    def gc_cpu_percent(self, procs: int) -> float:
        """Return the share of all Ps."""
        return min(100.0, 100 * self.cpu_ms / (self.cycle_ms * procs))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark at some runway: how long it takes, how much of it assists do, what is allocated."""

    wall_ms: float
    assist_ms: float
    allocated_mib: float


class PacerModel:
    """What was measured, turned into rates; then asked for other goals."""

    def __init__(self, measured: Pace) -> None:
        self._measured = measured
        # What no mutator, no assist and no worker took of the Ps, the program took.
        mutator_ms = measured.procs * measured.mark_ms - measured.marking_ms
        self._mutator_ms = max(mutator_ms, 0.02 * measured.procs * measured.mark_ms, 1e-6)
        self._mark_ms = max(measured.mark_ms, 1e-6)
        self._runway_mib = max(measured.runway_mib, 0.5)
        self._workers = max(1e-6, (measured.background_ms + measured.idle_ms) / self._mark_ms)
        """Ps that mark, on average; assists come on top."""
        self._mutators = (self._mutator_ms + measured.assist_ms) / self._mark_ms
        """Ps that run the program, or assist in its place."""
        self._mib_per_mutator_ms = max(measured.during_mark_mib, 0.5) / self._mutator_ms
        self._was_held_back = (
            measured.during_mark_mib >= _HELD_BACK * self._runway_mib
            and measured.assist_ms > _MUCH_ASSIST * measured.marking_ms
        )
        self._wanted_runway_mib = self._wanted()

    def at(self, goal_of: GoalOf) -> Outcome:
        """Return the steady state under another goal."""
        measured = self._measured
        kept_mib = max(1.0, measured.live_mib - measured.during_mark_mib)
        live_mib = measured.live_mib
        for _ in range(_ROUNDS):
            goal_mib = max(goal_of(live_mib), live_mib + 0.5)
            trigger_mib = self._trigger_mib(live_mib, goal_mib)
            mark = self._mark(goal_mib - trigger_mib)
            found_mib = kept_mib + mark.allocated_mib
            if abs(found_mib - live_mib) < 0.01:
                break
            live_mib = (live_mib + found_mib) / 2
        end_mib = trigger_mib + mark.allocated_mib
        between_ms = (trigger_mib - live_mib) / self._rate(end_mib, trigger_mib - live_mib)
        return Outcome(
            live_mib=live_mib,
            trigger_mib=trigger_mib,
            end_mib=end_mib,
            cpu_ms=self._cpu_ms(mark),
            cycle_ms=between_ms + mark.wall_ms + measured.pause_ms,
        )

    def _wanted(self) -> float:
        """Return the runway that the pacer would take if it could.

        At its bound it follows from the cons/mark ratio (mgcpacer.go endCycle and trigger).
        """
        measured = self._measured
        room_mib = measured.goal_mib - measured.live_mib
        if self._runway_mib < _AT_LEAST_TRIGGER * (1 - _LEAST_TRIGGER) * room_mib:
            return self._runway_mib
        all_ms = measured.procs * self._mark_ms
        used = min(0.95, (measured.assist_ms + measured.background_ms) / all_ms)
        idle = measured.idle_ms / all_ms
        return max(self._runway_mib, 3 * measured.during_mark_mib * (used + idle) / (1 - used))

    def _trigger_mib(self, live_mib: float, goal_mib: float) -> float:
        room_mib = goal_mib - live_mib
        most_mib = max(live_mib + _MOST_TRIGGER * room_mib, goal_mib - _TRIGGER_BELOW_GOAL_MIB)
        least_mib = live_mib + _LEAST_TRIGGER * room_mib
        return max(least_mib, min(goal_mib - self._wanted_runway_mib, most_mib))

    def _mark(self, runway_mib: float) -> _Mark:
        """Return the mark that fits a runway.

        If assists hold the program to it, what is allocated is the runway, and mutators and workers
        share the time: wall = (runway / rate + marking) / (mutators + workers).
        """
        measured = self._measured
        runway_mib = max(runway_mib, 0.5)
        work_ms, workers, mutators = measured.marking_ms, self._workers, self._mutators
        wall_ms = (runway_mib / self._mib_per_mutator_ms + work_ms) / (mutators + workers)
        assist_ms = work_ms - workers * wall_ms
        least_ms = self._least_assist_ms(runway_mib)
        if assist_ms > least_ms:
            allocated_mib = runway_mib
            if not self._was_held_back:
                allocated_mib = min(runway_mib, measured.during_mark_mib)
            return _Mark(wall_ms, assist_ms, allocated_mib)
        wall_ms = (work_ms - least_ms) / workers
        if self._was_held_back:
            free_mib = self._mib_per_mutator_ms * (mutators * wall_ms - least_ms)
            allocated_mib = min(free_mib, measured.allocation_mib_per_ms * wall_ms)
        else:
            allocated_mib = measured.during_mark_mib * wall_ms / self._mark_ms
        return _Mark(wall_ms, least_ms, min(runway_mib, max(0.0, allocated_mib)))

    def _least_assist_ms(self, runway_mib: float) -> float:
        """Return what bursts cost: the less, the more room there is for them."""
        work_ms = self._measured.marking_ms
        if self._was_held_back:
            return _LITTLE_ASSIST * work_ms
        most_ms = work_ms * self._mutators / (self._mutators + self._workers)
        return min(most_ms, self._measured.assist_ms * self._runway_mib / runway_mib)

    def _cpu_ms(self, mark: _Mark) -> float:
        """Count all but idle mark time: what assists do not, the workers do as before."""
        measured = self._measured
        by_workers_ms = max(1e-6, measured.background_ms + measured.idle_ms)
        background_ms = measured.background_ms * (measured.marking_ms - mark.assist_ms)
        return measured.stopped_ms + mark.assist_ms + background_ms / by_workers_ms

    def _rate(self, end_mib: float, allocated_mib: float) -> float:
        """Return how fast the program allocates between collections, in MiB per ms.

        One that leaves no P idle runs as fast as it can: it gets faster where it sweeps less for
        each MiB that it allocates.
        """
        measured = self._measured
        has_idle_ps = measured.idle_ms > _IDLE_SHARE * measured.marking_ms
        if has_idle_ps and not self._was_held_back:
            return measured.allocation_mib_per_ms
        before_mib = max(1.0, measured.goal_mib - self._runway_mib - measured.live_mib)
        end_before_mib = measured.goal_mib - self._runway_mib + measured.during_mark_mib
        more_swept = end_mib / max(1.0, allocated_mib) - end_before_mib / before_mib
        slowness = 1 / measured.allocation_mib_per_ms
        return 1 / max(slowness / 3, slowness + _SWEEP_MS_PER_MIB * more_swept)
