"""One sentence on where the memory is: the biggest part that the live heap does not explain."""

from __future__ import annotations

from gctui.analysis.growth import live_growth
from gctui.analysis.units import size
from gctui.model.clock import ClockKind
from gctui.model.ledger import Ledger, Part, PartName
from gctui.model.pacing import next_goal_mib
from gctui.model.snapshot import Snapshot

_SMALL_SHARE = 0.1
_SMALL_MIB = 4
_NEAR_GOAL = 1.1
"""The runtime itself keeps a tenth more than the goal (mgcscavenge.go retainExtraPercent)."""


def sentence(snapshot: Snapshot, split: Ledger) -> str:
    """Say in plain words what takes the memory and why."""
    if snapshot.last_cycle is None:
        return _waiting(snapshot)
    growth = live_growth(snapshot)
    if growth is not None:
        return (
            f"Live grew from {size(growth.from_mib)} to {size(growth.to_mib)}, "
            f"{size(round(growth.mib_per_min))} a minute: a leak, or a cache that fills."
        )
    others = [part for part in split.parts if part.name is not PartName.LIVE]
    biggest = max(others, key=lambda part: part.mib, default=None)
    live = split.part(PartName.LIVE)
    if split.total_mib < _SMALL_MIB:
        return f"A small heap: less than {_SMALL_MIB} MiB in all."
    if biggest is None or live is None or biggest.mib < _SMALL_SHARE * split.total_mib:
        held = size(round(live.mib) if live else 0)
        return f"Nearly all is live heap, {held}: what the program holds on to."
    return _reason(biggest, snapshot, split)


def _waiting(snapshot: Snapshot) -> str:
    if snapshot.count("text") or snapshot.count("process"):
        return "No collection yet: a small or quiet program may run for minutes without one."
    return "Waiting for the first line."


def _reason(part: Part, snapshot: Snapshot, split: Ledger) -> str:
    goal_mib = next_goal_mib(snapshot.cycles)
    amount = size(round(part.mib))
    match part.name:
        case PartName.SINCE_GC:
            until = f" Next GC at about {size(round(goal_mib))}." if goal_mib else ""
            return f"{amount} is new or garbage since the last GC: normal.{until}"
        case PartName.IDLE:
            return _idle_reason(part, split, goal_mib, snapshot)
        case PartName.ROOTS:
            return f"{amount} is goroutine stacks and globals: count the goroutines."
        case _:
            return (
                f"{amount} of RSS is not in the trace: idle pages, runtime metadata, the rest of "
                "the stacks, the binary, cgo or mmap."
            )


def _idle_reason(idle: Part, split: Ledger, goal_mib: float | None, snapshot: Snapshot) -> str:
    """Tell what the heap grows into before the next collection from what it does not need."""
    heap = (split.part(PartName.LIVE), split.part(PartName.SINCE_GC), idle)
    retained_mib = sum(part.mib for part in heap if part is not None)
    amount = size(round(idle.mib))
    if goal_mib is not None and retained_mib <= goal_mib * _NEAR_GOAL:
        goal = size(round(goal_mib))
        return f"{amount} is free until the heap grows into it: normal. Next GC at about {goal}."
    peak = _former_peak(snapshot)
    return f"{amount} is free inside Go and not returned to the OS yet{peak}."


def _former_peak(snapshot: Snapshot) -> str:
    ends = [(c.event.heap_end_mb or c.event.heap_start_mb or 0, c.end_s) for c in snapshot.cycles]
    if not ends or snapshot.clock is ClockKind.ORDER:
        return ""
    peak_mib, peak_s = max(ends)
    ago_s = snapshot.now_s - peak_s
    return f": the heap was at {size(peak_mib)} {ago_s:.0f} s ago" if ago_s >= 1 else ""
