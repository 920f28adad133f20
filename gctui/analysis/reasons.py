"""Why a part of the memory is there, in one plain sentence."""

from __future__ import annotations

from gctui.analysis.goroutines import counted
from gctui.analysis.scavenger import scavenging
from gctui.analysis.units import size
from gctui.events import Mappings
from gctui.model.clock import ClockKind
from gctui.model.metrics import Metric
from gctui.model.pacing import goal_ahead_mib
from gctui.model.parts import Ledger, Part, PartName
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
_NEAR_GOAL = 1.1
"""The runtime itself keeps a tenth more than the goal (mgcscavenge.go retainExtraPercent)."""
_SLOWEST_MIB_PER_S = 0.1
_DEEP_KIB = 64
"""A goroutine begins with a stack of 2 to 8 KiB; few need more than 32."""
_SWEPT_AFTER_S = 2.0
_UP_AND_DOWN = (PartName.SINCE_GC, PartName.SPANS, PartName.IDLE)

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
        "is told apart by nothing that is read: idle pages, runtime metadata, the rest of the "
        "stacks, the binary, cgo or mmap"
    ),
}


def normal(part: Part, snapshot: Snapshot, split: Ledger) -> str:
    """Say so where the heap goes up and down as its goal lets it; empty where it does not.

    What is new, free in spans and idle change places between two collections.
    """
    goal_mib, live = goal_ahead_mib(snapshot), split.part(PartName.LIVE)
    if part.name not in _UP_AND_DOWN or live is None or not goal_mib:
        return ""
    heap = (split.part(name) for name in (PartName.LIVE, *_UP_AND_DOWN))
    if sum(each.mib for each in heap if each is not None) > goal_mib * _NEAR_GOAL:
        return ""
    live_mib = live.mib if live.mapped_mib is None else live.mapped_mib
    resident = (
        f", {_whole(live.mib)} of that resident," if round(live_mib) > round(live.mib) else ""
    )
    return (
        f"The heap is {_whole(live_mib)} live{resident} and may grow to {_whole(goal_mib)} before "
        "the next GC: that is normal."
    )


def reason(part: Part, snapshot: Snapshot, split: Ledger) -> str:
    """Say what a part is and why it is there."""
    amount = _whole(part.mib)
    if part.name is PartName.SINCE_GC:
        return f"{amount} is new or garbage since the last GC: normal."
    if part.name is PartName.IDLE:
        peak, pace = _former_peak(snapshot), _return_pace(snapshot)
        return f"{amount} is free inside Go and not returned to the OS yet{pace}{peak}."
    if part.name is PartName.STACKS:
        return _stacks_reason(amount, part, snapshot)
    if part.name is PartName.OUTSIDE:
        return _outside_reason(amount, snapshot, split)
    if part.name is PartName.RETURNED and snapshot.look is not None:
        return _returned_reason(amount, snapshot.look.mappings)
    if part.name is PartName.SPANS and _is_swept(snapshot):
        return f"{amount} is fragmentation: free places between objects that keep whole spans."
    return f"{amount} {_WHAT_IT_IS[part.name]}."


def _stacks_reason(amount: str, part: Part, snapshot: Snapshot) -> str:
    count = counted(snapshot)
    if not count:
        return f"{amount} is goroutine stacks, as far as the last GC scanned them."
    if part.mib * 1024 / count > _DEEP_KIB:
        return f"{amount} is stacks of {count:,} goroutines: deep ones, or of some that ended."
    return f"{amount} is stacks of {count:,} goroutines, those of ended ones included."


def _outside_reason(amount: str, snapshot: Snapshot, split: Ledger) -> str:
    if split.part(PartName.BINARY) is None:
        return f"{amount} is outside Go: the binary, libraries, cgo, mmap, thread stacks."
    look = snapshot.look
    if look is None:
        return f"{amount} is outside Go: libraries, cgo, mmap, thread stacks."
    told = look.mappings
    kinds = {
        "mapped files and libraries": told.files_rss_bytes,
        "thread stacks": told.thread_stacks_rss_bytes,
        "C's heap": told.c_heap_rss_bytes,
        _anonymous(told): told.other_rss_bytes,
    }
    return f"{amount} is outside Go, most of it {max(kinds, key=lambda kind: kinds[kind])}."


def _anonymous(told: Mappings) -> str:
    """Name what has no name: without a C library it is no malloc of C's."""
    whose = "cgo's malloc, or mmap"
    if told.c_library_rss_bytes == 0:
        whose = "by mmap, as no C library is there"
    largest_bytes = told.largest_other_bytes or 0
    if 2 * largest_bytes > told.other_rss_bytes:
        return f"one anonymous mapping of {_whole(largest_bytes / MIB)}: {whose}"
    return f"anonymous memory: {whose}"


def _returned_reason(amount: str, told: Mappings) -> str:
    if 2 * (told.heap_lazyfree_bytes or 0) > (told.heap_hugepages_bytes or 0):
        return (
            f"{amount} is lazily freed pages: given back, and resident until the kernel needs them."
        )
    if told.heap_hugepages_bytes:
        return f"{amount} is huge pages: 2 MiB resident where Go uses, or gave back, a part of it."
    return f"{amount} {_WHAT_IT_IS[PartName.RETURNED]}."


def _is_swept(snapshot: Snapshot) -> bool:
    """Tell whether the last collection is so long ago that its garbage has been swept."""
    counters = snapshot.counters
    if counters is None or not counters.gc_ends_s:
        return False
    return counters.time_s - counters.gc_ends_s[-1] > _SWEPT_AFTER_S


def _whole(mib: float) -> str:
    return size(round(mib))


def _return_pace(snapshot: Snapshot) -> str:
    found = scavenging(snapshot, snapshot.now_s)
    if found is None or not found.mib_per_s or found.mib_per_s < _SLOWEST_MIB_PER_S:
        return ""
    return f", going back at {size(found.mib_per_s)}/s"


def _former_peak(snapshot: Snapshot) -> str:
    ends = [(c.event.heap_end_mb or c.event.heap_start_mb or 0, c.end_s) for c in snapshot.cycles]
    heap = snapshot.view(Metric.HEAP_ALLOCATED_MIB)
    peaks = [*ends, *zip(heap.values, heap.times_s, strict=True)]
    if not peaks or snapshot.clock is ClockKind.ORDER:
        return ""
    peak_mib, peak_s = max(peaks)
    ago_s = snapshot.now_s - peak_s
    return f": the heap was at {size(round(peak_mib))} {ago_s:.0f} s ago" if ago_s >= 1 else ""
