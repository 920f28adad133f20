"""A program that rests: what its last collection found alive may be long gone."""

from __future__ import annotations

from gctui.analysis.next_gc import FORCED_GC_AFTER_S
from gctui.analysis.units import clock, size
from gctui.model.counters import Counters
from gctui.model.parts import Ledger, PartName
from gctui.model.snapshot import Snapshot

_RESTS_FROM_S = 10.0
_LITTLE_MIB_PER_S = 0.5
_MOST_OF_IT = 0.5
_NOTABLE_MIB = 64
_SLACK_S = 1.0


def outdated_live(snapshot: Snapshot, split: Ledger) -> str:
    """Say so where most memory is a live heap that was marked long ago, while the program worked.

    A collection after a rest, as one is forced every two minutes (runtime/proc.go), found the heap
    as it is: nothing is said then.
    """
    counters, live = snapshot.counters, split.part(PartName.LIVE)
    if counters is None or live is None or not counters.gc_ends_s:
        return ""
    live_mib = (counters.sample.heap_live_bytes or 0) / (1 << 20)
    if live_mib < _NOTABLE_MIB or live.mib < _MOST_OF_IT * split.total_mib:
        return ""
    since_s = counters.time_s - counters.gc_ends_s[-1]
    if since_s < _RESTS_FROM_S or not _rests(counters) or _came_after_a_rest(counters):
        return ""
    return (
        f"{size(round(live_mib))} was live at the last GC, {clock(since_s)} ago; nothing is "
        f"allocated since, and much of it may be garbage by now.{_next(counters, since_s)}"
    )


def _rests(counters: Counters) -> bool:
    rate = counters.allocation_mib_per_s
    return rate is not None and rate < _LITTLE_MIB_PER_S


def _came_after_a_rest(counters: Counters) -> bool:
    ends_s = counters.gc_ends_s
    return len(ends_s) > 1 and ends_s[-1] - ends_s[-2] > FORCED_GC_AFTER_S - _SLACK_S


def _next(counters: Counters, since_s: float) -> str:
    percent = counters.sample.gc_percent
    if percent is not None and percent < 0:
        return " With GOGC=off no GC comes by itself."
    left_s = FORCED_GC_AFTER_S - since_s
    return f" A GC is forced in {clock(left_s)}." if left_s > 0 else ""
