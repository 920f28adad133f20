"""Stops that are long because threads had no CPU: what they cost is no matter of GOGC."""

from __future__ import annotations

import re

from gctui.analysis.run_figures import Measure, RunFigures
from gctui.analysis.utilisation import Window

_LONG_STOP_MS = 1.0
"""A stop takes tens of µs on a machine with CPU to spare."""
_MOST = 0.5
_OLDEST_GO = re.compile(r"Go 1\.([0-9]+)")

CPU_SHORTAGE = (
    "Hold the times against the container's throttling (cpu.stat nr_throttled, "
    "throttled_usec); with a CPU limit of N set GOMAXPROCS=N, which Go 1.25 does by itself."
)


def are_the_cost(run: RunFigures) -> bool:
    """Tell whether most of the GC's CPU time is that of Ps held still by long stops.

    Many short ones are not meant: those become fewer with the collections.
    """
    cpu, pause = run.cpu, run.spread(Measure.PAUSE)
    if cpu is None or pause is None or _may_mark_while_stopped(run):
        return False
    if cpu.stopped_percent <= _MOST * cpu.gc_percent:
        return False
    return pause.p50 >= _LONG_STOP_MS or pause.mean >= max(2 * pause.p50, _LONG_STOP_MS / 10)


def is_most_of(window: Window, run: RunFigures) -> bool:
    """Tell whether one stop is most of what a window lacks."""
    worst = run.extremes.get(Measure.PAUSE)
    if worst is None or worst.at_s is None or _may_mark_while_stopped(run):
        return False
    lost_ms = (1 - window.utilisation) * window.length_ms
    end_s = window.begin_s + window.length_ms / 1000
    is_in_it = window.begin_s <= worst.at_s + worst.value / 1000 and worst.at_s <= end_s
    return is_in_it and worst.value >= _MOST * lost_ms


def causes(go: str) -> str:
    """Say what long stops mean; what the versions of Go that it may be exclude is left out."""
    oldest = _oldest_minor(go)
    said = "threads waited for a CPU (a container's quota, an overloaded host, a page fault)"
    if oldest < 5:
        return (
            f"{said}, that Go is older than 1.14 and a loop has no safe point, or older than 1.5 "
            "and the whole collection stops the world"
        )
    if oldest < 14:
        return f"{said}, or that Go is older than 1.14 and a loop has no safe point"
    return said


def _may_mark_while_stopped(run: RunFigures) -> bool:
    """Tell Go up to 1.4, and the forced collections of Go up to 1.8."""
    return 0 < _oldest_minor(run.go) < 5 or 2 * run.forced > run.collections


def _oldest_minor(go: str) -> int:
    """Return the minor version of the oldest Go that it may be; 0 where nothing tells."""
    found = _OLDEST_GO.match(go)
    return 0 if found is None else int(found[1])
