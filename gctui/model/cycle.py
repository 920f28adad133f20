"""One collection, with what follows from its own line and the line before it."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.events import Gc

IMPOSSIBLE_MS = 10**13
"""Three hundred years: no duration that was measured."""

NO_GOAL_MB = 10**12
"""A printed goal beyond this means that there is none (GOGC=off): formats of Go 1.9 and later."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A collection on the time axis. Durations in ms, times in s, sizes in MiB as printed."""

    number: int
    start_s: float
    end_s: float
    pause_ms: float
    """Sum of the phases that stop the world."""
    gc_cpu_percent: float | None
    """CPU time of this collection as a share of all Ps since the last one ended.

    As mgc.go counts its own percentage (assist, background and stopped Ps, no idle mark), but for
    the interval and not since the program began.
    """
    allocation_mib_per_s: float | None
    """(heap at start − live after the last collection) / (start − end of the last one)."""
    goal_mib: int | None
    event: Gc


def wall_clock_ms(gc: Gc) -> float:
    """Return the whole wall clock of a collection: the sum of its phases."""
    phases = (
        gc.clock_sweep_term_ms,
        gc.clock_scan_ms,
        gc.clock_sync_ms,
        gc.clock_mark_ms,
        gc.clock_mark_term_ms,
        gc.clock_stop_ms,
        gc.clock_sweep_ms,
        gc.clock_wait_ms,
        gc.clock_other_ms,
    )
    return sum(phase for phase in map(possible_ms, phases) if phase is not None)


def possible_ms(ms: float | None) -> float | None:
    """Return a printed duration, None where it is one that cannot be.

    A clock that stepped back makes a negative difference, which mgc.go's fmtNSAsMS prints as an
    unsigned number of some 1.8 × 10^13 ms.
    """
    return None if ms is None or ms >= IMPOSSIBLE_MS else ms


def pause_ms(gc: Gc) -> float:
    """Return how long the world was stopped.

    Go 1.5 and later: sweep termination, installing the write barrier (1.5 only) and mark
    termination. Earlier versions stop the world for the whole collection.
    """
    if gc.clock_mark_term_ms is None:
        return wall_clock_ms(gc)
    phases = (gc.clock_sweep_term_ms, gc.clock_sync_ms, gc.clock_mark_term_ms)
    return sum(phase for phase in map(possible_ms, phases) if phase is not None)


def gc_cpu_ms(gc: Gc) -> float | None:
    """Return the CPU time of a collection without idle mark time; None where it is not printed."""
    if gc.cpu_mark_term_ms is None:
        return None
    parts = (
        gc.cpu_sweep_term_ms,
        gc.cpu_scan_ms,
        gc.cpu_sync_ms,
        gc.cpu_mark_ms,
        gc.cpu_assist_ms,
        gc.cpu_background_ms,
        gc.cpu_mark_term_ms,
    )
    return sum(part for part in map(possible_ms, parts) if part is not None)


def stopped_cpu_ms(gc: Gc) -> float | None:
    """Return the CPU time of the phases that stop the world; None where it is not printed."""
    begin_ms, end_ms = possible_ms(gc.cpu_sweep_term_ms), possible_ms(gc.cpu_mark_term_ms)
    return None if begin_ms is None or end_ms is None else begin_ms + end_ms


def goal_mib(gc: Gc) -> int | None:
    """Return the goal, None where none was printed or the print means that there is none."""
    goal = gc.heap_goal_mb
    return None if goal is None or goal > NO_GOAL_MB else goal
