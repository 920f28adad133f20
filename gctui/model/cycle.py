"""One collection, with what follows from its own line and the line before it."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.events import Gc

IMPOSSIBLE_MS = 10**13
"""Three hundred years: no duration that was measured."""

_IMPOSSIBLE_START_S = 10**10

NO_GOAL_MB = 10**12
"""A printed goal beyond this means that there is none (GOGC=off): formats of Go 1.9 and later."""


@dataclass(frozen=True, slots=True)
class Work:
    """How long a collection took and what it cost, in ms; None where it is not printed.

    A printed duration that cannot be is None too: a clock that stepped back makes a negative
    difference, which mgc.go's fmtNSAsMS prints as an unsigned number of some 1.8 × 10^13 ms.
    """

    sweep_term_ms: float | None
    mark_ms: float | None
    mark_term_ms: float | None
    wall_ms: float
    """All phases together."""
    pause_ms: float
    """How long the world was stopped.

    Go 1.5 and later: sweep termination, installing the write barrier (1.5 only) and mark
    termination. Earlier versions stop the world for the whole collection.
    """
    cpu_stopped_ms: float | None
    """Sweep termination and mark termination: wall clock × stopped Ps."""
    cpu_assist_ms: float | None
    cpu_background_ms: float | None
    cpu_idle_ms: float | None
    cpu_ms: float | None
    """All CPU time but idle mark time."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A collection on the time axis. Durations in ms, times in s, sizes in MiB as printed."""

    number: int
    start_s: float
    end_s: float
    work: Work
    gc_cpu_percent: float | None
    """CPU time of this collection as a share of all Ps since the last one ended.

    As mgc.go counts its own percentage (assist, background and stopped Ps, no idle mark), but for
    the interval and not since the program began.
    """
    allocation_mib_per_s: float | None
    """(heap at start − live after the last collection) / (start − end of the last one)."""
    goal_mib: int | None
    event: Gc

    @property
    def pause_ms(self) -> float:
        """How long the world was stopped."""
        return self.work.pause_ms


def work_of(gc: Gc) -> Work:
    """Read the durations of a collection, each once: reading is what costs."""
    mark_ms, mark_term_ms = _possible(gc.clock_mark_ms), _possible(gc.clock_mark_term_ms)
    if mark_term_ms is None and gc.cpu_mark_term_ms is None:
        wall_ms = _sum(
            mark_ms,
            _possible(gc.clock_stop_ms),
            _possible(gc.clock_sweep_ms),
            _possible(gc.clock_wait_ms),
            _possible(gc.clock_other_ms),
        )
        return Work(None, mark_ms, None, wall_ms, wall_ms, None, None, None, None, None)
    sweep_term_ms, sync_ms = _possible(gc.clock_sweep_term_ms), _possible(gc.clock_sync_ms)
    pause_ms = _sum(sweep_term_ms, sync_ms, mark_term_ms)
    stopped_ms = _sum(_possible(gc.cpu_sweep_term_ms), _possible(gc.cpu_mark_term_ms))
    assist_ms, background_ms = _possible(gc.cpu_assist_ms), _possible(gc.cpu_background_ms)
    others_ms = _sum(gc.cpu_scan_ms, gc.cpu_sync_ms, gc.cpu_mark_ms)
    return Work(
        sweep_term_ms,
        mark_ms,
        mark_term_ms,
        wall_ms=pause_ms + _sum(_possible(gc.clock_scan_ms), mark_ms),
        pause_ms=pause_ms,
        cpu_stopped_ms=stopped_ms,
        cpu_assist_ms=assist_ms,
        cpu_background_ms=background_ms,
        cpu_idle_ms=_possible(gc.cpu_idle_ms),
        cpu_ms=stopped_ms + others_ms + _sum(assist_ms, background_ms),
    )


def start_of(gc: Gc) -> float | None:
    """Return when a collection began by the trace's own clock, in s; None without a real one."""
    start_s = gc.start_s
    return None if start_s is None or start_s >= _IMPOSSIBLE_START_S else start_s


def wall_clock_ms(gc: Gc) -> float:
    """Return the whole wall clock of a collection: the sum of its phases."""
    return work_of(gc).wall_ms


def _possible(ms: float | None) -> float | None:
    return None if ms is None or ms >= IMPOSSIBLE_MS else ms


def _sum(*parts_ms: float | None) -> float:
    return sum(part for part in parts_ms if part is not None)


def goal_mib(gc: Gc) -> int | None:
    """Return the goal, None where none was printed or the print means that there is none."""
    goal = gc.heap_goal_mb
    return None if goal is None or goal > NO_GOAL_MB else goal
