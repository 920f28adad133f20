"""What gctui asks for beside the trace: the process, its mappings, the runtime's own figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """The process as the operating system sees it, one sample; sums over its process tree.

    A figure that could not be read is None. `cpu_percent` is of one core since the last sample.
    """

    kind: ClassVar[str] = "process"
    format: ClassVar[str | None] = None

    processes: int | None = None
    """How many are in the tree."""
    rss_bytes: int | None = None
    rss_peak_bytes: int | None = None
    swap_bytes: int | None = None
    vms_bytes: int | None = None
    threads: int | None = None
    cpu_percent: float | None = None
    cgroup_limit_bytes: int | None = None
    cgroup_high_bytes: int | None = None
    """Where the kernel begins to slow the group down (memory.high), if it is below the limit."""
    cgroup_current_bytes: int | None = None
    oom_kills: int | None = None
    machine_bytes: int | None = None
    """Physical memory of the machine."""
    machine_available_bytes: int | None = None
    """What could be had without swapping; the file cache counts as far as it can be dropped."""
    memory_pressure_percent: float | None = None
    """Of the last 10 s, how long anything waited for memory: in the group, or on the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mappings:
    """Where one process's resident memory lies, by what is mapped there (/proc/PID/smaps).

    The parts from `heap_rss_bytes` to `other_rss_bytes` sum to `rss_bytes`. None: not told apart.
    """

    kind: ClassVar[str] = "mappings"
    format: ClassVar[str | None] = None

    rss_bytes: int
    pss_bytes: int
    uss_bytes: int
    swap_bytes: int
    lazyfree_bytes: int
    """Given back by MADV_FREE, and resident until the kernel needs the pages."""
    hugepages_bytes: int
    heap_rss_bytes: int | None
    """In the Go heap's arenas: objects, idle pages, goroutine stacks."""
    heap_lazyfree_bytes: int | None
    heap_hugepages_bytes: int | None
    metadata_rss_bytes: int | None
    """The runtime's own tables; known where the kernel names mappings (Go 1.25, Linux 5.17)."""
    binary_rss_bytes: int
    """The executable: code, read-only data, and its variables."""
    files_rss_bytes: int
    """Libraries and other mapped files."""
    thread_stacks_rss_bytes: int
    """The main thread's, and what C made behind a guard page."""
    c_heap_rss_bytes: int
    """What C's malloc keeps in the heap of old, `[heap]`."""
    other_rss_bytes: int
    """The rest: metadata where it has no name, C's malloc, mmap."""
    largest_other_bytes: int | None = None
    """Resident of the largest mapping among the rest."""
    c_library_rss_bytes: int | None = None
    """Of the files, a C library's: 0 where none is mapped, and so no cgo, nor any malloc of C's."""
    vms_bytes: int | None = None
    """Address space: the sizes of all mappings."""
    reserved_bytes: int | None = None
    """Of that, what no access is allowed to: it costs nothing, and the runtime reserves a lot."""
    heap_mapped_bytes: int | None = None
    """The heap's mappings that can be written to; not all of it need be in use, or touched."""
    word_bits: int | None = None
    """32 or 64, as the executable says; None where it cannot be read, or is no ELF file."""


@dataclass(frozen=True, slots=True)
class GoroutineGroup:
    """Goroutines that were created at one place and are in one state."""

    created_by: str
    """The function with the go statement; `main` for the first goroutine, which has none."""
    place: str
    """`file:line` of the go statement; empty where it is not known."""
    status: str
    wait_reason: str
    """Why they wait, in the runtime's words; empty unless they do."""
    count: int
    stack_bytes: int
    longest_wait_s: float | None
    """How long the one that waits longest does; the runtime notes it at a GC, so it may lag."""
    function: str = ""
    """The function of the program itself that they are in, seen from the top of their stacks.

    The standard library's if there is no other, empty where it is not known: while they run.
    """
    line: str = ""
    """`file:line` in that function."""


@dataclass(frozen=True, slots=True)
class GcPause:
    """The pauses of one collection together, and how long before the sample it ended."""

    n: int
    ago_s: float
    pause_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The Go runtime's own counters, read out of the process; one sample.

    As in runtime.MemStats but for `heap_live_bytes` (marked by the last GC) and
    `heap_allocated_bytes` (that and what was allocated since). What could not be read is None.
    """

    kind: ClassVar[str] = "runtime"
    format: ClassVar[str | None] = None

    heap_live_bytes: int | None = None
    heap_allocated_bytes: int | None = None
    heap_goal_bytes: int | None = None
    """None when there is none (GOGC=off and no memory limit), or none is told."""
    heap_inuse_bytes: int | None = None
    heap_idle_bytes: int | None = None
    heap_released_bytes: int | None = None
    stack_inuse_bytes: int | None = None
    metadata_bytes: int | None = None
    """Spans, caches, the GC's own and the profiler's tables, OS thread stacks: the rest of sys."""
    sys_bytes: int | None = None
    memory_limit_bytes: int | None = None
    """GOMEMLIMIT; None when there is none."""
    gc_percent: int | None = None
    """GOGC; -1 when it is off."""
    total_alloc_bytes: int | None = None
    gc_count: int | None = None
    gc_forced_count: int | None = None
    gc_cpu_percent: float | None = None
    """Of all CPU that GOMAXPROCS allows, since the program began."""
    pause_total_ms: float | None = None
    procs: int | None = None
    """GOMAXPROCS."""
    cpu_assist_ms: float | None = None
    """CPU time of all marks so far: assist, background, idle (Go 1.20 and later)."""
    cpu_background_ms: float | None = None
    cpu_idle_ms: float | None = None
    cpu_pause_ms: float | None = None
    gc_pauses: tuple[GcPause, ...] = ()
    """Collections that ended since the sample before this one, at most 256."""
    goroutines: int | None = None
    goroutine_groups: tuple[GoroutineGroup, ...] | None = None
    """Every goroutine counted once, now and then: a census takes longer than a sample."""

    @property
    def goroutines_by_status(self) -> dict[str, int] | None:
        """How many are running, waiting, …; None in a sample without a census."""
        return self._counted(lambda group: group.status)

    @property
    def goroutines_by_wait_reason(self) -> dict[str, int] | None:
        """How many wait for what; None in a sample without a census."""
        return self._counted(lambda group: group.wait_reason)

    def _counted(self, key: Callable[[GoroutineGroup], str]) -> dict[str, int] | None:
        if self.goroutine_groups is None:
            return None
        counted: dict[str, int] = {}
        for group in self.goroutine_groups:
            if name := key(group):
                counted[name] = counted.get(name, 0) + group.count
        return counted


@dataclass(frozen=True, slots=True, kw_only=True)
class MemStats:
    """runtime.MemStats as a server tells it: in a heap profile, by expvar, as Prometheus metrics.

    What a source or a Go version leaves out is None.
    """

    kind: ClassVar[str] = "memstats"
    format: ClassVar[str | None] = None

    alloc_bytes: int | None = None
    total_alloc_bytes: int | None = None
    sys_bytes: int | None = None
    lookups: int | None = None
    mallocs: int | None = None
    frees: int | None = None
    heap_alloc_bytes: int | None = None
    heap_sys_bytes: int | None = None
    heap_idle_bytes: int | None = None
    heap_inuse_bytes: int | None = None
    heap_released_bytes: int | None = None
    heap_objects: int | None = None
    stack_inuse_bytes: int | None = None
    stack_sys_bytes: int | None = None
    mspan_inuse_bytes: int | None = None
    mspan_sys_bytes: int | None = None
    mcache_inuse_bytes: int | None = None
    mcache_sys_bytes: int | None = None
    buck_hash_sys_bytes: int | None = None
    gc_sys_bytes: int | None = None
    other_sys_bytes: int | None = None
    next_gc_bytes: int | None = None
    last_gc_ns: int | None = None
    """Since 1970."""
    pause_total_ns: int | None = None
    pause_ns: tuple[int, ...] = ()
    """The runtime's ring of the last 256: collection n is at (n + 255) % 256."""
    pause_end_ns: tuple[int, ...] = ()
    num_gc: int | None = None
    num_forced_gc: int | None = None
    gc_cpu_fraction: float | None = None
    enable_gc: bool | None = None
    debug_gc: bool | None = None
    max_rss_bytes: int | None = None

    # Not in runtime.MemStats, but beside it where the source tells them.
    taken_ns: int | None = None
    """When it was taken, since 1970, by the clock that the times above are of."""
    pause_quantiles_ns: tuple[int, ...] = ()
    """Shortest, quartiles and longest of the last 256 pauses, where there is no ring of them."""
    goroutines: int | None = None
    procs: int | None = None
    """GOMAXPROCS."""
    gc_percent: int | None = None
    """GOGC; -1 when it is off."""
    memory_limit_bytes: int | None = None
    """GOMEMLIMIT; beyond 2^62 there is none."""
