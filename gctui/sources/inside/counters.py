"""The runtime's counters, read out of the process: what runtime.ReadMemStats would say.

Each figure is computed as the runtime computes it (runtime/mstats.go: readmemstats_m; mgcpacer.go:
heapGoalInternal; proc.go: gcount), from the same variables, without stopping the program. A read
may be torn by a span that changes hands in the middle of it; two sums that the runtime keeps in
two places each tell, and then the read is made again.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass, replace
from typing import Any

from gctui.events import GcPause, Runtime
from gctui.sources.inside.buildinfo import BuildInfo
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.layout import Layout
from gctui.sources.inside.memory import ProcessMemory

NO_LIMIT_BYTES = (1 << 63) - 1
_NO_GOAL_BYTES = (1 << 64) - 1
_LARGEST_BYTES = 1 << 48
_TRIES = 5
_IN_FLIGHT_BYTES = 8 << 20
_TRIES_TO_BE_EXACT = 1000
_PAUSES_KEPT = 256
_MOST_PROCESSORS = 1 << 16
# runtime/mgcpacer.go: what is left between the goal and the memory limit.
_LEAST_HEADROOM_BYTES = 1 << 20
_HEADROOM_PERCENT = 3
_HEADROOM_IS_A_SHARE = (1, 21)
"""Before, only the least was left."""
_RUNWAY_BYTES = 64 << 10
_NS_PER_MS = 1e6


class Torn(CannotRead):
    """What was read does not add up; the next read may."""


class Image:
    """One struct as it was read: members by the runtime's own names."""

    __slots__ = ("_base", "_data", "_offsets", "_struct")

    def __init__(self, layout: Layout, struct: str, data: bytes, base: int = 0) -> None:
        self._offsets = layout.offsets
        self._struct = struct
        self._data = data
        self._base = base

    def unsigned(self, member: str) -> int:
        """Return an unsigned member."""
        offset, size = self._offsets[f"{self._struct}.{member}"]
        begin = offset - self._base
        return int.from_bytes(self._data[begin : begin + size], "little")

    def signed(self, member: str) -> int:
        """Return a signed member."""
        offset, size = self._offsets[f"{self._struct}.{member}"]
        begin = offset - self._base
        return int.from_bytes(self._data[begin : begin + size], "little", signed=True)

    def present(self, *members: str) -> list[str]:
        """Return those of `members` that this version has."""
        return [name for name in members if f"{self._struct}.{name}" in self._offsets]


@dataclass(frozen=True, slots=True)
class _Heap:
    """What two places of the runtime tell of the same pages; in bytes."""

    inuse: int
    free: int
    released: int
    stacks: int
    metadata: int
    off: int
    """How far the two places disagree."""

    @property
    def sys(self) -> int:
        return self.inuse + self.free + self.released + self.stacks + self.metadata


class CounterReader:
    """Reads one sample after another; raises Gone when the program is."""

    def __init__(self, memory: ProcessMemory, layout: Layout, bias: int) -> None:
        self._memory = memory
        self._layout = layout
        self._at = {name: address + bias for name, address in layout.addresses.items()}
        self._controller = self._span("gcControllerState")
        self._stats = self._span("mstats")
        self._sched = self._span("schedt")
        self._cpu = self._span("workType") if "runtime.work" in self._at else None
        minor = BuildInfo(layout.go_version, "").minor
        is_old = minor is not None and minor < _HEADROOM_IS_A_SHARE
        self._headroom_percent = 0 if is_old else _HEADROOM_PERCENT
        self._delta_size = layout.offsets["heapStatsDelta"][1]
        self._total_alloc = 0
        self._gc_count: int | None = None

    def sample(self) -> Runtime:
        """Return the counters of now. Raises Torn where they do not add up, Gone at the end."""
        sample = self.probe()
        self._follow(sample)
        return sample

    def probe(self, *, exact: bool = False) -> Runtime:
        """Read as `sample` does, as if nobody had: the next sample tells the same pauses again.

        Raises Torn too where the sums must be `exact` and are not.
        """
        sample, off = self._once()
        for _ in range(_TRIES_TO_BE_EXACT if exact else _TRIES):
            if off == 0:
                break
            again, less = self._once()
            if less < off:
                sample, off = again, less
        # A span in flight is a hair's breadth; more than that is not this runtime's memory.
        if off > (0 if exact else max(_IN_FLIGHT_BYTES, (sample.sys_bytes or 0) // 16)):
            raise Torn("the runtime's counters do not add up")
        return sample

    def _follow(self, sample: Runtime) -> None:
        total, count = sample.total_alloc_bytes or 0, sample.gc_count or 0
        if total < self._total_alloc or (self._gc_count is not None and count < self._gc_count):
            raise Torn("a counter that only grows went back")
        self._total_alloc, self._gc_count = total, count

    def _span(self, struct: str) -> tuple[int, int]:
        """Return the offsets between which all that is read of a struct lies."""
        members = [
            place for name, place in self._layout.offsets.items() if name.startswith(f"{struct}.")
        ]
        if struct == "mstats":
            offset = self._layout.offsets["mstats.heapStats"][0]
            members.append((offset, 3 * self._layout.offsets["heapStatsDelta"][1]))
        if not members:
            return (0, 0)
        return min(offset for offset, _ in members), max(sum(place) for place in members)

    def _image(self, struct: str, variable: str, span: tuple[int, int]) -> Image:
        begin, end = span
        data = self._memory.read(self._at[variable] + begin, end - begin)
        return Image(self._layout, struct, data, begin)

    def _once(self) -> tuple[Runtime, int]:
        controller = self._image("gcControllerState", "runtime.gcController", self._controller)
        begin, end = self._stats
        raw = self._memory.read(self._at["runtime.memstats"] + begin, end - begin)
        stats = Image(self._layout, "mstats", raw, begin)
        heap = self._heap(controller, stats, raw, begin)
        limit = controller.signed("memoryLimit")
        goal = heap_goal(controller, self._headroom_percent)
        gc_count = stats.unsigned("numgc")
        goroutines, procs = self._goroutines()
        sample = Runtime(
            heap_live_bytes=controller.unsigned("heapMarked"),
            heap_allocated_bytes=controller.unsigned("heapLive"),
            heap_goal_bytes=None if goal >= _LARGEST_BYTES else goal,
            heap_inuse_bytes=heap.inuse,
            heap_idle_bytes=heap.free + heap.released,
            heap_released_bytes=heap.released,
            stack_inuse_bytes=heap.stacks,
            metadata_bytes=heap.metadata,
            sys_bytes=heap.sys,
            memory_limit_bytes=None if limit == NO_LIMIT_BYTES else limit,
            gc_percent=controller.signed("gcPercent"),
            total_alloc_bytes=controller.unsigned("totalAlloc"),
            gc_count=gc_count,
            gc_forced_count=stats.unsigned("numforcedgc"),
            gc_cpu_percent=_percent(stats.unsigned("gc_cpu_fraction")),
            pause_total_ms=stats.unsigned("pause_total_ns") / _NS_PER_MS,
            gc_pauses=self._pauses(raw, begin, gc_count),
            goroutines=goroutines,
            procs=procs,
        )
        sample = replace(sample, **self._cpu_times())
        _check(sample)
        return sample, heap.off

    def _heap(self, controller: Image, stats: Image, raw: bytes, base: int) -> _Heap:
        """Read the pages in both places; readmemstats_m holds the same sums against each other."""
        begin = self._layout.offsets["mstats.heapStats"][0] - base
        deltas = [
            Image(self._layout, "heapStatsDelta", raw[at : at + self._delta_size])
            for at in range(begin, begin + 3 * self._delta_size, self._delta_size)
        ]

        def total(member: str) -> int:
            return sum(delta.signed(member) for delta in deltas)

        stacks = total("inStacks")
        work = total("inWorkBufs")
        work += sum(total(name) for name in deltas[0].present("inPtrScalarBits"))
        named = ("stacks_sys", "mspan_sys", "mcache_sys", "buckhash_sys", "gcMiscSys", "other_sys")
        metadata = work + sum(stats.unsigned(name) for name in named)
        inuse = controller.unsigned("heapInUse")
        free, released = controller.unsigned("heapFree"), controller.unsigned("heapReleased")
        mapped = inuse + free + stacks + metadata
        off = abs(inuse + free - (total("committed") - stacks - work))
        off += abs(mapped - controller.unsigned("mappedReady"))
        return _Heap(inuse, free, released, stacks, metadata, off)

    def _pauses(self, raw: bytes, base: int, gc_count: int) -> tuple[GcPause, ...]:
        """Return the pauses of the collections since the last sample, from the runtime's ring."""
        before = self._gc_count
        first = gc_count - _PAUSES_KEPT if before is None else before
        lengths = self._layout.offsets["mstats.pause_ns"][0] - base
        ends = self._layout.offsets["mstats.pause_end"][0] - base
        now_ns = time.time_ns()

        def ring(begin: int, number: int) -> int:
            at = begin + 8 * ((number + _PAUSES_KEPT - 1) % _PAUSES_KEPT)
            return int.from_bytes(raw[at : at + 8], "little")

        return tuple(
            GcPause(number, max(0.0, (now_ns - ring(ends, number)) / 1e9), pause_ns / _NS_PER_MS)
            for number in range(max(1, first + 1, gc_count - _PAUSES_KEPT + 1), gc_count + 1)
            if 0 < (pause_ns := ring(lengths, number)) < 10**15
        )

    def _goroutines(self) -> tuple[int, int]:
        """Count as gcount does: all that were ever made, less the free ones and the runtime's.

        The free ones are on the Ps' lists too, so GOMAXPROCS comes along.
        """
        count = self._memory.words(self._at["runtime.allglen"], 1)[0]
        sched = self._image("schedt", "runtime.sched", self._sched)
        count -= sched.signed("ngsys")
        free = sched.present("gFree.n", "gFree.stack.size", "gFree.noStack.size")
        count -= sum(sched.signed(name) for name in free)
        processors, length, _ = self._memory.words(self._at["runtime.allp"], 3)
        if not 0 < length <= _MOST_PROCESSORS:
            raise Torn(f"{length} processors")
        offset, size = next(
            self._layout.offsets[name]
            for name in ("p.gFree.n", "p.gFree.size")
            if name in self._layout.offsets
        )
        for processor in self._memory.words(processors, length):
            data = self._memory.read(processor + offset, size)
            count -= int.from_bytes(data, "little", signed=True)
        return max(1, count), length

    def _cpu_times(self) -> dict[str, Any]:
        if self._cpu is None or self._cpu == (0, 0):
            return {}
        work = self._image("workType", "runtime.work", self._cpu)
        names = {
            "cpu_assist_ms": ("gcAssistTime", "GCAssistTime"),
            "cpu_background_ms": ("gcDedicatedTime", "GCDedicatedTime"),
            "cpu_idle_ms": ("gcIdleTime", "GCIdleTime"),
            "cpu_pause_ms": ("gcPauseTime", "GCPauseTime"),
        }
        times = {}
        for name, spellings in names.items():
            for spelling in work.present(*(f"cpuStats.{each}" for each in spellings)):
                times[name] = work.signed(spelling) / _NS_PER_MS
        return times


def heap_goal(controller: Image, headroom_percent: int) -> int:
    """Return the heap goal as the runtime computes it (mgcpacer.go: heapGoalInternal)."""
    goal = controller.unsigned("gcPercentHeapGoal")
    limited = _limited_goal(controller, headroom_percent)
    if limited < goal:
        return limited
    goal = max(goal, controller.unsigned("sweepDistMinTrigger"))
    triggered = controller.unsigned("triggered")
    return goal if triggered == _NO_GOAL_BYTES else max(goal, triggered + _RUNWAY_BYTES)


def _limited_goal(controller: Image, headroom_percent: int) -> int:
    """Return the goal that the memory limit allows (mgcpacer.go: memoryLimitHeapGoal)."""
    limit = controller.unsigned("memoryLimit")
    marked = controller.unsigned("heapMarked")
    mapped = controller.unsigned("mappedReady")
    in_heap = controller.unsigned("heapFree")
    in_heap += controller.unsigned("totalAlloc") - controller.unsigned("totalFree")
    taken = max(0, mapped - in_heap) + max(0, mapped - limit)
    if taken >= limit:
        return marked
    goal = limit - taken
    headroom = max(_LEAST_HEADROOM_BYTES, goal // 100 * headroom_percent)
    goal = headroom if goal < 2 * headroom else goal - headroom
    return max(goal, marked)


def _percent(bits: int) -> float | None:
    """Read a fraction that was stored as a float64."""
    fraction: float = struct.unpack("<d", bits.to_bytes(8, "little"))[0]
    return 100 * fraction if 0 <= fraction <= 1 else None


def _check(sample: Runtime) -> None:
    sizes = (
        sample.heap_live_bytes,
        sample.heap_allocated_bytes,
        sample.heap_inuse_bytes,
        sample.heap_idle_bytes,
        sample.heap_released_bytes,
        sample.stack_inuse_bytes,
        sample.metadata_bytes,
        sample.sys_bytes,
    )
    if not all(size is not None and 0 <= size < _LARGEST_BYTES for size in sizes):
        raise Torn("a size that cannot be")
    if not sample.heap_inuse_bytes:
        raise Torn("the runtime is not yet set up")
