"""The heap's parts as a trace lets one tell them apart.

Right after a collection the heap stands at "heap at GC end": what was not live is garbage that is
swept and used again, so it stays resident as a rule. Where a line shows the heap's pages (scvg) or
their utilisation (scavtrace), what is idle is told apart from what was allocated since; elsewhere
the two are one part, with bounds.

Sources: runtime/mgcpacer.go (goal), runtime/mgcscavenge.go printScavTrace (utilisation = heap in
use / retained), runtime/mheap.go (scvg: idle − released is kept by the runtime).
"""

from __future__ import annotations

from itertools import pairwise

from gctui.events import Gc, Scav, Scvg
from gctui.model.cycle import Cycle
from gctui.model.pacing import next_goal_mib
from gctui.model.parts import Certainty, Part, PartName
from gctui.model.snapshot import Snapshot

_CYCLES_CONSIDERED = 4
_OVERSHOOT = 1.1
"""How far a heap passes its goal before assists stop it (mgcpacer.go maxOvershoot)."""


def trace_parts(snapshot: Snapshot, cycle: Cycle, now_s: float) -> list[Part]:
    """Split the heap as of `now_s`, as far as its lines tell; the last collection is `cycle`."""
    gc = cycle.event
    live, evidence = _live_mib(gc, snapshot.scvg)
    parts = [Part(PartName.LIVE, live, live, live + 1, Certainty.EXACT, evidence)]
    room_mib = _room_mib(gc, live)
    goal_mib = next_goal_mib(snapshot.cycles)
    most_mib = max(room_mib, live)
    if goal_mib is not None:
        most_mib = max(room_mib, goal_mib * _OVERSHOOT - live)
    since_mib = min(_allocated_since_mib(snapshot, now_s), most_mib)
    if snapshot.scvg is not None:
        parts += _page_parts(snapshot.scvg, live)
    elif snapshot.scav is not None and snapshot.scav.util_percent:
        parts += _retained_parts(snapshot.scav, live, since_mib, most_mib)
    else:
        parts.append(_heap_since(gc, live, max(room_mib, since_mib), most_mib))
    if gc.stacks_mb is not None:
        roots = gc.stacks_mb + (gc.globals_mb or 0)
        said = f"gc {cycle.number}: {gc.stacks_mb} MB stacks, {gc.globals_mb} MB globals"
        parts.append(Part(PartName.ROOTS, roots, roots, roots + 2, Certainty.EXACT, said))
    return parts


def _live_mib(gc: Gc, scvg: Scvg | None) -> tuple[float, str]:
    if gc.heap_live_mb is not None:
        live, said = gc.heap_live_mb, f"gc {gc.n}: {gc.heap_live_mb} MB found alive by the mark"
    else:
        live = gc.heap_live_previous_mb or 0
        said = f"gc {gc.n}: about {live} MB live after the collection before it"
    if scvg is not None and scvg.inuse_mb is not None and scvg.inuse_mb < live:
        return scvg.inuse_mb, f"scvg: {scvg.inuse_mb} MB in use, so no more is live; {said}"
    return live, said


def _room_mib(gc: Gc, live_mib: float) -> float:
    """Return how far the heap stood, or may grow, above the live heap."""
    peaks = (gc.heap_end_mb, gc.heap_start_mb)
    return max([0.0, *(peak - live_mib for peak in peaks if peak is not None)])


def _allocated_since_mib(snapshot: Snapshot, now_s: float) -> float:
    """Estimate what was allocated since the last collection: recent allocation rate × time.

    The rate is that of all the time between the last collections: a burst of a few ms, as when a
    program starts, weighs as much as it lasted.
    """
    recent = snapshot.cycles[-_CYCLES_CONSIDERED:]
    allocated_mib = time_s = 0.0
    for before, cycle in pairwise(recent):
        if cycle.allocation_mib_per_s is not None:
            between_s = cycle.start_s - before.end_s
            allocated_mib += cycle.allocation_mib_per_s * between_s
            time_s += between_s
    if time_s <= 0:
        return 0.0
    return allocated_mib / time_s * max(0.0, now_s - recent[-1].end_s)


def _heap_since(gc: Gc, live_mib: float, since_mib: float, most_mib: float) -> Part:
    peak = gc.heap_end_mb if gc.heap_end_mb is not None else gc.heap_start_mb
    return Part(
        PartName.SINCE_GC,
        since_mib,
        0.0,
        max(since_mib, most_mib),
        Certainty.BOUNDED,
        f"gc {gc.n}: heap at {peak} MB, {live_mib:.0f} MB of it live; the rest is used again",
    )


def _page_parts(scvg: Scvg, live_mib: float) -> list[Part]:
    inuse, idle, released = scvg.inuse_mb or 0, scvg.idle_mb or 0, scvg.released_mb or 0
    since, kept = max(0.0, inuse - live_mib), max(0, idle - released)
    return [
        Part(
            PartName.SINCE_GC,
            since,
            0.0,
            since + 1,
            Certainty.BOUNDED,
            f"scvg: {inuse} MB in use, {live_mib:.0f} MB of it live at the last GC",
        ),
        Part(
            PartName.IDLE,
            kept,
            kept,
            kept + 1,
            Certainty.EXACT,
            f"scvg: {idle} MB idle, {released} MB of it released",
        ),
    ]


def _retained_parts(scav: Scav, live_mib: float, since_mib: float, most_mib: float) -> list[Part]:
    util = scav.util_percent or 100
    retained = live_mib * 100 / util
    kept = max(0.0, retained - live_mib - since_mib)
    return [
        Part(
            PartName.SINCE_GC,
            since_mib,
            0.0,
            most_mib,
            Certainty.BOUNDED,
            "allocation rate of the last cycles × time since the last GC, at most up to the goal",
        ),
        Part(
            PartName.IDLE,
            kept,
            0.0,
            max(kept, retained - live_mib),
            Certainty.BOUNDED,
            f"scav: {util}% of the retained heap was in use; {live_mib:.0f} MB live",
        ),
    ]
