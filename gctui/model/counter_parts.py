"""The heap's parts as the runtime's own counters tell them: exact where a trace must estimate."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.events import Runtime
from gctui.model.parts import Certainty, Part, PartName

MIB = 1 << 20
_DEFAULT_GOGC_PERCENT = 100


def counter_parts(sample: Runtime) -> list[Part]:
    """Split what Go maps and has not released; sums to `sys` less `released`, in MiB.

    runtime/mstats.go: HeapSys = HeapInuse + HeapIdle; Sys has the stacks and the metadata beside.
    What the source does not tell is no part, rather than one of 0 MiB.
    """
    return [*_in_use(sample), *_beside_the_objects(sample)]


def untold(sample: Runtime) -> tuple[str, ...]:
    """Return which figures are missing to split what Go maps, as runtime.MemStats names them."""
    told = {
        "HeapAlloc": sample.heap_allocated_bytes,
        "HeapInuse": sample.heap_inuse_bytes,
        "HeapIdle": sample.heap_idle_bytes,
        "StackInuse": sample.stack_inuse_bytes,
        "HeapSys": sample.metadata_bytes,
        "Sys": sample.metadata_bytes if sample.sys_bytes is None else sample.sys_bytes,
    }
    return tuple(name for name, size_bytes in told.items() if size_bytes is None)


def said_by(sample: Runtime) -> str:
    """Return where the figures are from, as evidence begins."""
    counted = "" if sample.gc_count is None else f", GC #{sample.gc_count}"
    return f"runtime counters{counted}"


def _in_use(sample: Runtime) -> Iterator[Part]:
    allocated, inuse, said = sample.heap_allocated_bytes, sample.heap_inuse_bytes, said_by(sample)
    if allocated is None:
        return
    if inuse is not None:
        # The allocator counts a span's free slots as allocated when it takes the span up, so that
        # the sum may pass what is in use by as much.
        allocated = min(allocated, inuse)
    yield from _objects(sample, allocated, said)
    if inuse is not None:
        yield _part(PartName.SPANS, inuse - allocated, f"{said}: in use less allocated")


def _beside_the_objects(sample: Runtime) -> Iterator[Part]:
    idle, said = sample.heap_idle_bytes, said_by(sample)
    if idle is not None:
        kept = idle - (sample.heap_released_bytes or 0)
        yield _part(PartName.IDLE, kept, f"{said}: idle less released")
    if sample.stack_inuse_bytes is not None:
        yield _part(PartName.STACKS, sample.stack_inuse_bytes, _stacks(sample, said))
    if sample.metadata_bytes is not None:
        yield _metadata(sample.metadata_bytes, said)


def _objects(sample: Runtime, allocated: int, said: str) -> list[Part]:
    """Tell what is live from what came since, as well as the source lets one tell."""
    if sample.heap_live_bytes is None:
        return _estimated_objects(sample, allocated, said)
    inuse = sample.heap_inuse_bytes
    live = sample.heap_live_bytes if inuse is None else min(sample.heap_live_bytes, inuse)
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


def _metadata(size_bytes: int, said: str) -> Part:
    mib = size_bytes / MIB
    evidence = f"{said}: mapped for spans, caches, GC and profiling; parts may never be touched"
    return Part(PartName.METADATA, mib, 0.0, mib, Certainty.BOUNDED, evidence)
