"""The quantities that the model follows over time; a chart names them, the state fills them."""

from __future__ import annotations

from enum import StrEnum, auto


class Metric(StrEnum):
    """One series of the state. Sizes in MiB, durations in ms, shares in percent."""

    HEAP_START_MIB = auto()
    HEAP_END_MIB = auto()
    HEAP_LIVE_MIB = auto()
    HEAP_GOAL_MIB = auto()
    HEAP_ALLOCATED_MIB = auto()

    INUSE_MIB = auto()
    IDLE_MIB = auto()
    SYS_MIB = auto()
    RELEASED_MIB = auto()
    CONSUMED_MIB = auto()
    RSS_MIB = auto()

    PAUSE_MS = auto()
    PAUSE_SWEEP_TERM_MS = auto()
    PAUSE_MARK_TERM_MS = auto()
    MARK_MS = auto()

    CPU_STOPPED_MS = auto()
    """Sweep termination and mark termination: wall clock × stopped Ps."""
    CPU_ASSIST_MS = auto()
    CPU_BACKGROUND_MS = auto()
    CPU_IDLE_MS = auto()

    GOROUTINES = auto()
    THREADS = auto()
    IDLE_PROCS = auto()
    """Ps with nothing to run."""
    RUN_QUEUE = auto()
    """Goroutines that could run and wait for a P: the global queue, and all local ones if told."""
