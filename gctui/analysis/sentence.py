"""One sentence on where the memory is: the biggest part that the live heap does not explain."""

from __future__ import annotations

from gctui.analysis.units import size
from gctui.model.clock import ClockKind
from gctui.model.ledger import Ledger, Part, PartName
from gctui.model.snapshot import Snapshot

_SMALL_SHARE = 0.1


def sentence(snapshot: Snapshot, split: Ledger) -> str:
    """Say in plain words what takes the memory and why."""
    if snapshot.last_cycle is None:
        return _waiting(snapshot)
    others = [part for part in split.parts if part.name is not PartName.LIVE]
    biggest = max(others, key=lambda part: part.mib, default=None)
    live = split.part(PartName.LIVE)
    if biggest is None or live is None or biggest.mib < _SMALL_SHARE * split.total_mib:
        held = size(live.mib if live else 0)
        return f"Nearly all is live heap, {held}: what the program holds on to."
    return _reason(biggest, snapshot, split)


def _waiting(snapshot: Snapshot) -> str:
    if snapshot.count("text") or snapshot.count("process"):
        return "No collection yet: a small or quiet program may run for minutes without one."
    return "Waiting for the first line."


def _reason(part: Part, snapshot: Snapshot, split: Ledger) -> str:
    cycle = snapshot.last_cycle
    goal = size(cycle.goal_mib) if cycle is not None and cycle.goal_mib is not None else None
    amount = size(part.mib)
    match part.name:
        case PartName.SINCE_GC:
            until = f" Next GC at about {goal}." if goal else ""
            return f"{amount} is new or garbage since the last GC: normal.{until}"
        case PartName.IDLE:
            peak = _former_peak(snapshot)
            return f"{amount} is free inside Go and not returned to the OS yet{peak}."
        case PartName.ROOTS:
            return f"{amount} is goroutine stacks and globals: count the goroutines."
        case _:
            return (
                f"{amount} of RSS is not in the trace: idle pages, runtime metadata, the binary, "
                "cgo or mmap."
            )


def _former_peak(snapshot: Snapshot) -> str:
    ends = [(c.event.heap_end_mb or c.event.heap_start_mb or 0, c.end_s) for c in snapshot.cycles]
    if not ends or snapshot.clock is ClockKind.ORDER:
        return ""
    peak_mib, peak_s = max(ends)
    ago_s = snapshot.now_s - peak_s
    return f": the heap was at {size(peak_mib)} {ago_s:.0f} s ago" if ago_s >= 1 else ""
