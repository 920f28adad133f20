"""One sentence on where the memory is: the biggest part that the live heap does not explain."""

from __future__ import annotations

from gctui.analysis.goroutines import sites
from gctui.analysis.growth import live_growth
from gctui.analysis.neutral import neutral
from gctui.analysis.units import size
from gctui.model.clock import ClockKind
from gctui.model.metrics import Metric
from gctui.model.pacing import goal_ahead_mib
from gctui.model.parts import Ledger, Part, PartName
from gctui.model.snapshot import Snapshot

_SMALL_SHARE = 0.1
_SMALL_MIB = 4
_GROWTH_SEEN_S = 20.0
_GROWTH_COUNT = 100
_GROWTH_SHARE = 0.2
_LONGEST_PLACE = 60
_UNTOUCHED_MIB = 64
_UNTOUCHED_SHARE = 0.25
_NEAR_GOAL = 1.1
"""The runtime itself keeps a tenth more than the goal (mgcscavenge.go retainExtraPercent)."""

_WHAT_IT_IS = {
    PartName.SPANS: "is free inside spans in use: garbage not swept yet, or fragmentation",
    PartName.METADATA: "is the runtime's own: spans, caches, GC work, profiling",
    PartName.ROOTS: "is goroutine stacks and globals: count the goroutines",
    PartName.BINARY: "is the executable itself: its code, its data, its variables",
    PartName.OUTSIDE: "is outside Go: libraries, cgo, mmap, thread stacks",
    PartName.OTHERS: "is of other processes: the program's children, or what started it",
    PartName.RETURNED: (
        "was given back and is resident still: pages freed lazily, which the kernel takes when it "
        "needs them, or huge pages"
    ),
    PartName.UNATTRIBUTED: (
        "of RSS is not in the trace: idle pages, runtime metadata, the rest of the stacks, the "
        "binary, cgo or mmap"
    ),
}


def sentence(snapshot: Snapshot, split: Ledger) -> str:
    """Say in plain words what takes the memory and why."""
    if snapshot.last_cycle is None and snapshot.counters is None:
        return _waiting(snapshot)
    growth = live_growth(snapshot)
    if growth is not None:
        return (
            f"Live grew from {size(growth.from_mib)} to {size(growth.to_mib)}, "
            f"{size(round(growth.mib_per_min))} a minute: a leak, or a cache that fills."
        )
    if said := _goroutine_growth(snapshot) or _untouched(split):
        return said
    others = [part for part in split.parts if part.name is not PartName.LIVE]
    biggest = max(others, key=lambda part: part.mib, default=None)
    live = split.part(PartName.LIVE)
    if split.total_mib < _SMALL_MIB:
        return f"A small heap: less than {_SMALL_MIB} MiB in all."
    if biggest is None or live is None or biggest.mib < _SMALL_SHARE * split.total_mib:
        held = size(round(live.mib) if live else 0)
        return f"Nearly all is live heap, {held}: what the last GC found the program holding on to."
    return _reason(biggest, snapshot, split)


def _waiting(snapshot: Snapshot) -> str:
    if snapshot.count("text") or snapshot.count("process"):
        return "No collection yet: a small or quiet program may run for minutes without one."
    return "Waiting for the first figures."


def _reason(part: Part, snapshot: Snapshot, split: Ledger) -> str:
    goal_mib = goal_ahead_mib(snapshot)
    amount = size(round(part.mib))
    if part.name is PartName.SINCE_GC:
        until = f" Next GC at about {size(round(goal_mib))}." if goal_mib else ""
        return f"{amount} is new or garbage since the last GC: normal.{until}"
    if part.name is PartName.IDLE:
        return _idle_reason(part, split, goal_mib, snapshot)
    if part.name is PartName.STACKS:
        return f"{amount} is stacks of {_goroutines(snapshot):,} goroutines."
    if part.name is PartName.OUTSIDE and split.part(PartName.BINARY) is None:
        return f"{amount} is outside Go: the binary, libraries, cgo, mmap, thread stacks."
    return f"{amount} {_WHAT_IT_IS[part.name]}."


def _goroutine_growth(snapshot: Snapshot) -> str:
    """Say so where one go statement's goroutines keep growing in number."""
    counters = snapshot.counters
    if counters is None or counters.census is None or counters.first_census is None:
        return ""
    over_s = counters.census.time_s - counters.first_census.time_s
    grown = sites(counters.census, counters.first_census)
    if over_s < _GROWTH_SEEN_S or not grown or not grown[0].growth:
        return ""
    site, growth = grown[0], grown[0].growth
    if growth < max(_GROWTH_COUNT, _GROWTH_SHARE * counters.census.goroutines):
        return ""
    line = site.line or site.place
    where = neutral(line.rsplit("/", 1)[-1] or site.created_by, _LONGEST_PLACE)
    verb = "waiting" if site.line else "created"
    return f"{growth:,} more goroutines in {over_s:.0f} s, {verb} at {where}: do they ever end?"


def _untouched(split: Ledger) -> str:
    part = split.part(PartName.UNTOUCHED)
    mib = 0.0 if part is None or part.mapped_mib is None else part.mapped_mib
    if mib < _UNTOUCHED_MIB or mib < _UNTOUCHED_SHARE * split.total_mib:
        return ""
    return (
        f"{size(round(mib))} of the heap was allocated and never written to: it takes no memory "
        "until the program touches it."
    )


def _goroutines(snapshot: Snapshot) -> int:
    return (snapshot.counters.sample.goroutines or 0) if snapshot.counters else 0


def _idle_reason(idle: Part, split: Ledger, goal_mib: float | None, snapshot: Snapshot) -> str:
    """Tell what the heap grows into before the next collection from what it does not need."""
    names = (PartName.LIVE, PartName.SINCE_GC, PartName.SPANS, PartName.IDLE)
    heap = [split.part(name) for name in names]
    retained_mib = sum(part.mib for part in heap if part is not None)
    amount = size(round(idle.mib))
    if goal_mib is not None and retained_mib <= goal_mib * _NEAR_GOAL:
        goal = size(round(goal_mib))
        return f"{amount} is free until the heap grows into it: normal. Next GC at about {goal}."
    peak = _former_peak(snapshot)
    return f"{amount} is free inside Go and not returned to the OS yet{peak}."


def _former_peak(snapshot: Snapshot) -> str:
    ends = [(c.event.heap_end_mb or c.event.heap_start_mb or 0, c.end_s) for c in snapshot.cycles]
    heap = snapshot.view(Metric.HEAP_ALLOCATED_MIB)
    peaks = [*ends, *zip(heap.values, heap.times_s, strict=True)]
    if not peaks or snapshot.clock is ClockKind.ORDER:
        return ""
    peak_mib, peak_s = max(peaks)
    ago_s = snapshot.now_s - peak_s
    return f": the heap was at {size(round(peak_mib))} {ago_s:.0f} s ago" if ago_s >= 1 else ""
