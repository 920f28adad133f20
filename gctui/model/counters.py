"""What the runtime's counters say over time: rates, and the newest census of the goroutines."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from gctui.events import GoroutineGroup, Runtime
from gctui.model.counter_parts import untold
from gctui.model.goroutine_profile import UNTOLD_STATE

MIB = 1 << 20
_ALLOCATION_WINDOW_S = 2.0
_GC_ENDS_KEPT = 21


@dataclass(frozen=True, slots=True)
class Census:
    """Every goroutine, grouped, at one moment of the axis."""

    time_s: float
    groups: tuple[GoroutineGroup, ...]

    @property
    def goroutines(self) -> int:
        """How many there are."""
        return sum(group.count for group in self.groups)

    @property
    def is_of_profile(self) -> bool:
        """A server's profile told it, which names neither creators nor states."""
        return any(group.status == UNTOLD_STATE for group in self.groups)


@dataclass(frozen=True, slots=True)
class Counters:
    """The newest sample, and what follows from those before it."""

    time_s: float
    sample: Runtime
    allocation_mib_per_s: float | None
    """Over the last two seconds: all that was allocated, as the runtime counts it."""
    gc_cpu_percent: float | None
    """Of all Ps, over the last collections; idle mark excluded (Go 1.20 and later)."""
    gc_ends_s: tuple[float, ...]
    """When the last collections ended."""
    last_pause_ms: float | None
    """The pauses of the last collection together."""
    census: Census | None
    first_census: Census | None


@dataclass(frozen=True, slots=True)
class GcWork:
    """CPU time per collection since the sample before, in ms."""

    assist_ms: float
    background_ms: float
    idle_ms: float
    stopped_ms: float


class CounterTrail:
    """Keeps as much of the past samples as the rates need."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, Runtime]] = deque()
        self._collecting: deque[tuple[float, Runtime]] = deque(maxlen=_GC_ENDS_KEPT)
        self._gc_ends_s: deque[float] = deque(maxlen=_GC_ENDS_KEPT)
        self._last_pause_ms: float | None = None
        self._census: Census | None = None
        self._first_census: Census | None = None

    @property
    def last(self) -> Runtime | None:
        """The newest sample."""
        return self._samples[-1][1] if self._samples else None

    def add(self, time_s: float, sample: Runtime) -> GcWork | None:
        """Take a sample; return what the collections since the last one cost, if there were any."""
        work = self._work_since(sample)
        # Two make a rate, however long ago the first: a server is asked seldom.
        while len(self._samples) > 1 and self._samples[1][0] <= time_s - _ALLOCATION_WINDOW_S:
            self._samples.popleft()
        self._samples.append((time_s, sample))
        if not self._collecting or self._collecting[-1][1].gc_count != sample.gc_count:
            self._collecting.append((time_s, sample))
        for pause in sample.gc_pauses:
            self._gc_ends_s.append(time_s - pause.ago_s)
            self._last_pause_ms = pause.pause_ms
        if sample.goroutine_groups is not None:
            self._census = census = Census(time_s, sample.goroutine_groups)
            first = self._first_census
            if first is None or first.is_of_profile is not census.is_of_profile:
                # Growth between two sources would be of what each of them calls things.
                self._first_census = census
        return work

    def view(self) -> Counters | None:
        """Return what is known now; None without a sample."""
        if not self._samples:
            return None
        time_s, sample = self._samples[-1]
        return Counters(
            time_s=time_s,
            sample=sample,
            allocation_mib_per_s=self._allocation_mib_per_s(),
            gc_cpu_percent=self._gc_cpu_percent(),
            gc_ends_s=tuple(self._gc_ends_s),
            last_pause_ms=self._last_pause_ms,
            census=self._census,
            first_census=self._first_census,
        )

    def _allocation_mib_per_s(self) -> float | None:
        (since_s, before), (time_s, sample) = self._samples[0], self._samples[-1]
        allocated, allocated_before = sample.total_alloc_bytes, before.total_alloc_bytes
        if time_s <= since_s or allocated is None or allocated_before is None:
            return None
        grown = allocated - allocated_before
        return max(0, grown) / MIB / (time_s - since_s)

    def _gc_cpu_percent(self) -> float | None:
        (since_s, before), (time_s, sample) = self._collecting[0], self._collecting[-1]
        spent_ms, procs = _spent_ms(sample), sample.procs
        spent_before_ms = _spent_ms(before)
        if time_s <= since_s or spent_ms is None or spent_before_ms is None or not procs:
            return sample.gc_cpu_percent
        return min(100.0, (spent_ms - spent_before_ms) / (time_s - since_s) / 10 / procs)

    def _work_since(self, sample: Runtime) -> GcWork | None:
        before = self.last
        if before is None or sample.gc_count is None or before.gc_count is None:
            return None
        collections = sample.gc_count - before.gc_count
        if collections <= 0 or sample.cpu_assist_ms is None:
            return None
        return GcWork(
            assist_ms=_grown(sample.cpu_assist_ms, before.cpu_assist_ms) / collections,
            background_ms=_grown(sample.cpu_background_ms, before.cpu_background_ms) / collections,
            idle_ms=_grown(sample.cpu_idle_ms, before.cpu_idle_ms) / collections,
            stopped_ms=_grown(sample.cpu_pause_ms, before.cpu_pause_ms) / collections,
        )


def heap_mapped_bytes(sample: Runtime) -> int:
    """Return what of the heap's address space may be resident: in use, idle and kept, stacks."""
    kept = (sample.heap_idle_bytes or 0) - (sample.heap_released_bytes or 0)
    return (sample.heap_inuse_bytes or 0) + kept + (sample.stack_inuse_bytes or 0)


def heap_mapped_mib(sample: Runtime | None) -> float | None:
    """Return the same in MiB; None where no source tells it."""
    return None if sample is None or untold(sample) else heap_mapped_bytes(sample) / MIB


def begins_anew(sample: Runtime, before: Runtime) -> bool:
    """Tell the counters of another life; a count that is missing tells nothing."""
    now, then = sample.gc_count, before.gc_count
    return now is not None and then is not None and now < then


def _grown(now: float | None, before: float | None) -> float:
    return max(0.0, (now or 0.0) - (before or 0.0))


def _spent_ms(sample: Runtime) -> float | None:
    parts = (sample.cpu_assist_ms, sample.cpu_background_ms, sample.cpu_pause_ms)
    return None if None in parts else sum(part or 0.0 for part in parts)
