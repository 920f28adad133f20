"""The heap's parts as the runtime's own counters tell them: exact where a trace must estimate."""

from __future__ import annotations

from gctui.events import Runtime
from gctui.model.parts import Certainty, Part, PartName

MIB = 1 << 20
_DEFAULT_GOGC_PERCENT = 100


def counter_parts(sample: Runtime) -> list[Part]:
    """Split what Go maps and has not released; sums to `sys` less `released`, in MiB.

    runtime/mstats.go: HeapSys = HeapInuse + HeapIdle; Sys has the stacks and the metadata beside.
    """
    inuse, idle = sample.heap_inuse_bytes or 0, sample.heap_idle_bytes or 0
    released = sample.heap_released_bytes or 0
    # The allocator counts a span's free slots as allocated when it takes the span up, so that
    # the sum may pass what is in use by as much.
    allocated = min(sample.heap_allocated_bytes or 0, inuse)
    said = f"runtime counters, GC #{sample.gc_count}"
    return [
        *_objects(sample, allocated, said),
        _part(PartName.SPANS, inuse - allocated, f"{said}: in use less allocated"),
        _part(PartName.IDLE, idle - released, f"{said}: idle less released"),
        _part(PartName.STACKS, sample.stack_inuse_bytes or 0, _stacks(sample, said)),
        _metadata(sample, said),
    ]


def _objects(sample: Runtime, allocated: int, said: str) -> list[Part]:
    """Tell what is live from what came since, as well as the source lets one tell."""
    if sample.heap_live_bytes is None:
        return _estimated_objects(sample, allocated, said)
    live = min(sample.heap_live_bytes, sample.heap_inuse_bytes or 0)
    since = max(0, allocated - live)
    return [
        _part(PartName.LIVE, live, f"{said}: marked by the last GC"),
        _part(PartName.SINCE_GC, since, f"{said}: allocated since, live or garbage"),
    ]


def _estimated_objects(sample: Runtime, allocated: int, said: str) -> list[Part]:
    """Split by the goal, which the runtime sets from what it found alive: twice as much, usually.

    Any split of what is allocated is possible, and the parts say so.
    """
    live, how = _live_by_goal(sample, allocated)
    return [
        _guess(PartName.LIVE, live, allocated, f"{said}: {how}"),
        _guess(
            PartName.SINCE_GC,
            allocated - live,
            allocated,
            f"{said}: {_mib(allocated)} allocated, live and garbage together, less the estimate",
        ),
    ]


def _live_by_goal(sample: Runtime, allocated: int) -> tuple[int, str]:
    goal, gogc = sample.heap_goal_bytes, sample.gc_percent
    if not goal or (gogc is not None and gogc < 0):
        return 0, "the source tells neither what is live nor a goal that it would follow from"
    percent = _DEFAULT_GOGC_PERCENT if gogc is None else gogc
    # mgcpacer.go, since Go 1.18: goal = live + (live + stacks + globals) × GOGC/100.
    over = (sample.stack_inuse_bytes or 0) * percent / 100
    live = (goal - over) / (1 + percent / 100)
    known = "" if gogc is not None else ", if that is what it has"
    how = f"about what a goal of {_mib(goal)} means at GOGC={percent}{known}; no source tells it"
    return round(min(max(0.0, live), allocated)), how


def _guess(name: PartName, size_bytes: int, most_bytes: int, evidence: str) -> Part:
    return Part(name, size_bytes / MIB, 0.0, most_bytes / MIB, Certainty.BOUNDED, evidence)


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / MIB:.0f} MiB"


def _part(name: PartName, size_bytes: int, evidence: str) -> Part:
    mib = max(0, size_bytes) / MIB
    return Part(name, mib, mib, mib, Certainty.EXACT, evidence)


def _stacks(sample: Runtime, said: str) -> str:
    count = "the" if sample.goroutines is None else sample.goroutines
    return f"{said}: stack spans of {count} goroutines, free stacks included"


def _metadata(sample: Runtime, said: str) -> Part:
    mib = (sample.metadata_bytes or 0) / MIB
    evidence = f"{said}: mapped for spans, caches, GC and profiling; parts may never be touched"
    return Part(PartName.METADATA, mib, 0.0, mib, Certainty.BOUNDED, evidence)
