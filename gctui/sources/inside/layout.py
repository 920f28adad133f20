"""Where the runtime keeps its counters: the variables' addresses and the members' offsets.

Names are the Go runtime's own (runtime/mgcpacer.go, mstats.go, proc.go, runtime2.go). A member
that a version lacks is absent; what replaced it stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VARIABLES = (
    "runtime.gcController",
    "runtime.memstats",
    "runtime.sched",
    "runtime.allp",
    "runtime.allgs",
    "runtime.allglen",
    "runtime.work",
    "runtime.mheap_",
    "runtime.waitReasonStrings",
    "runtime.text",
)
"""The variables that are read, and where the function table's addresses begin."""

NEEDED_VARIABLES = frozenset(VARIABLES) - {
    "runtime.work",
    "runtime.mheap_",
    "runtime.waitReasonStrings",
}

_FREE_GOROUTINES = ("gFree.n", "gFree.stack.size", "gFree.noStack.size", "gFree.size")

STRUCTS: Mapping[str, tuple[str, ...]] = {
    "gcControllerState": (
        "gcPercent",
        "memoryLimit",
        "gcPercentHeapGoal",
        "sweepDistMinTrigger",
        "triggered",
        "heapLive",
        "heapMarked",
        "heapInUse",
        "heapReleased",
        "heapFree",
        "totalAlloc",
        "totalFree",
        "mappedReady",
    ),
    "mstats": (
        "heapStats",
        "stacks_sys",
        "mspan_sys",
        "mcache_sys",
        "buckhash_sys",
        "gcMiscSys",
        "other_sys",
        "pause_total_ns",
        "pause_ns",
        "pause_end",
        "numgc",
        "numforcedgc",
        "gc_cpu_fraction",
    ),
    "heapStatsDelta": (
        "",
        "committed",
        "released",
        "inHeap",
        "inStacks",
        "inWorkBufs",
        "inPtrScalarBits",
    ),
    "schedt": (*_FREE_GOROUTINES, "ngsys"),
    "p": _FREE_GOROUTINES,
    "g": (
        "",
        "stack.lo",
        "stack.hi",
        "sched.sp",
        "sched.pc",
        "atomicstatus",
        "goid",
        "waitsince",
        "waitreason",
        "gopc",
        "startpc",
    ),
    "mheap": ("allArenas", "heapArenas"),
    "workType": (
        "cpuStats.gcAssistTime",
        "cpuStats.gcDedicatedTime",
        "cpuStats.gcIdleTime",
        "cpuStats.gcPauseTime",
        "cpuStats.GCAssistTime",
        "cpuStats.GCDedicatedTime",
        "cpuStats.GCIdleTime",
        "cpuStats.GCPauseTime",
    ),
}
"""The members that are read; the empty name is the struct itself."""

_OPTIONAL = frozenset(
    {f"{struct}.{name}" for struct in ("schedt", "p") for name in _FREE_GOROUTINES}
    | {"mheap.allArenas", "mheap.heapArenas"}
    | {f"workType.{name}" for name in STRUCTS["workType"]}
    | {"heapStatsDelta.inPtrScalarBits"}
)

Offsets = Mapping[str, tuple[int, int]]
"""`gcControllerState.heapLive` → offset and size in bytes."""


def missing_members(offsets: Offsets) -> list[str]:
    """Return the members without which nothing can be read."""
    every = (
        f"{struct}.{name}" if name else struct
        for struct, names in STRUCTS.items()
        for name in names
    )
    return [name for name in every if name not in offsets and name not in _OPTIONAL]


@dataclass(frozen=True, slots=True)
class Layout:
    """All that is needed to read a program, but for where the kernel loaded it."""

    go_version: str
    architecture: str
    program_header: int
    """The program headers' address in the file; the kernel tells where they went."""
    addresses: Mapping[str, int]
    """By the file's own addresses."""
    sizes: Mapping[str, int]
    offsets: Offsets
    evidence: str
    """Where the offsets come from, for the user."""
    is_guess: bool = False
    """Another version's offsets: to be believed only if all that is read adds up exactly."""
