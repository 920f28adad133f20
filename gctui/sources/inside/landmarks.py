"""Which functions of the runtime refer to which members of its variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gctui.sources.inside.layout import Offsets


@dataclass(frozen=True, slots=True)
class Variable:
    """What identifies a variable: the members that functions of the runtime refer to."""

    struct: str
    alignment: int
    """The linker's, by size: the greatest power of two that is no larger, 32 at most."""
    has_pointers: bool
    landmarks: Mapping[str, tuple[str, ...]]
    """Function → members; the empty name is the variable's beginning.

    A function that has had other names, or is inlined in some builds only, has all of them.
    """


# Chosen from builds of every version since Go 1.19, the smallest programs and larger ones, for both
# architectures: each of these functions was in all of them and referred to all these members.
VARIABLES: Mapping[str, Variable] = {
    "runtime.gcController": Variable(
        "gcControllerState",
        32,
        False,
        {
            "(*mheap).allocSpan": (
                "heapInUse",
                "heapReleased",
                "heapFree",
                "mappedReady",
                "memoryLimit",
            ),
            "(*mheap).grow": ("heapInUse", "heapReleased", "heapFree"),
            "(*mheap).freeSpanLocked": ("heapInUse", "heapFree"),
            "printScavTrace": ("heapInUse", "heapReleased", "heapFree"),
            "gcPaceScavenger": ("heapInUse", "heapFree", "mappedReady"),
            "gcControllerCommit": ("gcPercent", "memoryLimit"),
            "(*mcache).refill": ("gcPercent", "totalAlloc"),
            "(*mcache).allocLarge": ("gcPercent", "totalAlloc"),
            "(*mcache).releaseAll": ("gcPercent", "totalAlloc"),
            "(*sweepLocked).sweep": ("totalFree",),
            "gcTrigger.test": ("gcPercent", "heapLive"),
            "gcMarkTermination": ("heapLive", "heapInUse"),
        },
    ),
    "runtime.memstats": Variable(
        "mstats",
        32,
        False,
        {
            "gcMarkTermination": (
                "pause_total_ns",
                "pause_ns",
                "pause_end",
                "numgc",
                "numforcedgc",
                "gc_cpu_fraction",
            ),
            "(*mheap).init": ("mspan_sys", "mcache_sys", "gcMiscSys", "other_sys"),
            "(*mheap).allocSpan": ("heapStats",),
            "(*mheap).grow": ("heapStats",),
            "(*mheap).freeSpanLocked": ("heapStats",),
            "(*mcache).refill": ("heapStats",),
            "(*gcCPULimiterState).accumulate": ("numgc",),
            "(*gcCPULimiterState).resetCapacity": ("numgc",),
            "(*spanSet).push": ("gcMiscSys",),
            "getitab": ("other_sys",),
            "newBucket": ("buckhash_sys",),
            "stackalloc": ("stacks_sys",),
            "stkbucket": ("buckhash_sys",),
        },
    ),
    "runtime.sched": Variable(
        "schedt",
        32,
        True,
        {
            "newproc1": ("", "ngsys"),
            "oneNewExtraM": ("", "ngsys"),
            "needm": ("ngsys",),
            "dropm": ("ngsys",),
            "gfget": ("gFree.n", "gFree.stack.size", "gFree.noStack.size"),
            "gfput": ("gFree.n", "gFree.stack.size", "gFree.noStack.size"),
            "gfpurge": ("gFree.n", "gFree.stack.size", "gFree.noStack.size"),
        },
    ),
    "runtime.allp": Variable(
        "slice",
        16,
        True,
        {
            "procresize": ("array", "len", "cap"),
            "preemptall": ("array", "len"),
            "retake": ("array", "len"),
            "schedtrace": ("array", "len"),
            "stealWork": ("array", "len"),
            "stopTheWorldWithSema": ("array", "len"),
            "timeSleepUntil": ("array", "len"),
        },
    ),
    "runtime.allgs": Variable(
        "slice",
        16,
        True,
        {
            "allgadd": ("array", "len", "cap"),
            "forEachG": ("array", "len"),
            "gcMarkRootPrepare|gcPrepareMarkRoots|allGsSnapshot": ("array", "len"),
        },
    ),
    "runtime.allglen": Variable(
        "uintptr", 8, False, {"allgadd": ("",), "forEachGRace|atomicAllG": ("",)}
    ),
    "runtime.work": Variable(
        "workType",
        32,
        True,
        {
            "gcDrain": ("",),
            "gcMark": ("",),
            "gcMarkDone": ("",),
            "putfull": ("",),
            "trygetfull": ("",),
            "prepareFreeWorkbufs": ("",),
            "gcMarkTermination": (
                "cpuStats.gcAssistTime",
                "cpuStats.gcIdleTime",
                "cpuStats.gcPauseTime",
                "cpuStats.GCAssistTime",
                "cpuStats.GCIdleTime",
                "cpuStats.GCPauseTime",
            ),
        },
    ),
}
PLAIN_OFFSETS: Offsets = {"slice.array": (0, 8), "slice.len": (8, 8), "slice.cap": (16, 8)}
"""The members of what has no struct in the layouts."""
