"""runtime.MemStats, as a server tells it, in the shape of the counters that are read in a process.

What it lacks is the live heap: `Alloc` is live and garbage together. Pauses come as a ring of the
last 256, or as totals alone; then those since the sample before are taken as equal, but for the
longest where that is told.
"""

from __future__ import annotations

from gctui.events import GcPause, MemStats, Runtime

_NONE_FROM = 1 << 62
"""The runtime says "no goal" and "no limit" with the largest numbers there are."""


def runtime_of(now: MemStats, before: MemStats | None) -> Runtime:
    """Return the counters; `before` is the sample before this one, None if it is the first."""
    fraction = now.gc_cpu_fraction
    return Runtime(
        heap_allocated_bytes=_first(now.heap_alloc_bytes, now.alloc_bytes),
        heap_goal_bytes=_limited(now.next_gc_bytes),
        heap_inuse_bytes=now.heap_inuse_bytes,
        heap_idle_bytes=now.heap_idle_bytes,
        heap_released_bytes=now.heap_released_bytes,
        stack_inuse_bytes=now.stack_inuse_bytes,
        metadata_bytes=_metadata_bytes(now),
        sys_bytes=now.sys_bytes,
        memory_limit_bytes=_limited(now.memory_limit_bytes),
        gc_percent=_gogc_percent(now),
        total_alloc_bytes=now.total_alloc_bytes,
        gc_count=now.num_gc,
        gc_forced_count=now.num_forced_gc,
        gc_cpu_percent=None if fraction is None else min(100.0, max(0.0, fraction * 100)),
        pause_total_ms=None if now.pause_total_ns is None else now.pause_total_ns / 1e6,
        procs=now.procs,
        gc_pauses=_pauses(now, before if before and _continues(now, before) else None),
        goroutines=now.goroutines,
    )


def remembered_s(stats: MemStats) -> float:
    """Return over how much time the pauses that it knows are spread."""
    pauses = _pauses(stats, None)
    return max((pause.ago_s for pause in pauses), default=0.0)


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _limited(value: int | None) -> int | None:
    return None if value is None or value >= _NONE_FROM else value


def _gogc_percent(now: MemStats) -> int | None:
    """Return GOGC, which most sources tell only by a goal that there is none: then it is off."""
    is_off = now.gc_percent is None and (now.next_gc_bytes or 0) >= _NONE_FROM
    return -1 if is_off else now.gc_percent


def _metadata_bytes(now: MemStats) -> int | None:
    """Return the rest of sys: Sys = HeapSys + stacks in use + all that the runtime keeps itself."""
    if now.sys_bytes is None or now.heap_sys_bytes is None:
        return None
    return max(0, now.sys_bytes - now.heap_sys_bytes - (now.stack_inuse_bytes or 0))


def _continues(now: MemStats, before: MemStats) -> bool:
    """Tell one life of a program from the next, whose counts begin anew."""
    pairs = (
        (now.total_alloc_bytes, before.total_alloc_bytes),
        (now.num_gc, before.num_gc),
    )
    return all(new is None or old is None or new >= old for new, old in pairs)


def _pauses(now: MemStats, before: MemStats | None) -> tuple[GcPause, ...]:
    last = now.num_gc or 0
    counted_before = before.num_gc if before else None
    first = (counted_before or 0) + 1
    numbers = range(max(first, last - len(now.pause_ns) + 1), last + 1)
    if not now.pause_ns:
        numbers = range(0) if counted_before is None else range(first, last + 1)
    if not numbers or len(numbers) > 1 << 12:
        return ()
    spent_ns = _durations_ns(now, before, numbers)
    if spent_ns is None:
        return ()
    ago_s = _ago_s(now, before, numbers)
    return tuple(
        GcPause(n, ago, spent / 1e6) for n, ago, spent in zip(numbers, ago_s, spent_ns, strict=True)
    )


def _durations_ns(now: MemStats, before: MemStats | None, numbers: range) -> list[float] | None:
    """Return how long each took; None where neither a ring nor a total tells."""
    ring = now.pause_ns
    if ring:
        return [ring[(n - 1) % len(ring)] for n in numbers]
    total_ns, total_before_ns = now.pause_total_ns, before.pause_total_ns if before else None
    if total_ns is None or total_before_ns is None or total_ns < total_before_ns:
        return None
    grown = total_ns - total_before_ns
    longest = _new_longest_ns(now, before)
    if longest is None or longest > grown or len(numbers) == 1:
        return [grown / len(numbers)] * len(numbers)
    return [*[(grown - longest) / (len(numbers) - 1)] * (len(numbers) - 1), float(longest)]


def _new_longest_ns(now: MemStats, before: MemStats | None) -> int | None:
    """Return the longest pause if it was since the sample before."""
    if before is None or not now.pause_quantiles_ns or not before.pause_quantiles_ns:
        return None
    longest = now.pause_quantiles_ns[-1]
    return longest if longest > before.pause_quantiles_ns[-1] else None


def _ago_s(now: MemStats, before: MemStats | None, numbers: range) -> list[float]:
    ring = now.pause_end_ns
    if ring and len(ring) == len(now.pause_ns):
        ends_ns = [ring[(n - 1) % len(ring)] for n in numbers]
        taken_ns = _first(now.taken_ns, now.last_gc_ns, ends_ns[-1]) or 0
        return [max(0.0, (taken_ns - end_ns) / 1e9) for end_ns in ends_ns]
    return _spread_s(now, before, len(numbers))


def _spread_s(now: MemStats, before: MemStats | None, count: int) -> list[float]:
    """Spread the ends over the time since the sample before: nothing tells when they were."""
    if before is None or before.taken_ns is None or now.taken_ns is None:
        return [0.0] * count
    since_s = max(0.0, (now.taken_ns - before.taken_ns) / 1e9)
    last_s = 0.0
    if now.last_gc_ns is not None:
        last_s = min(since_s, max(0.0, (now.taken_ns - now.last_gc_ns) / 1e9))
    step_s = (since_s - last_s) / count
    return [last_s + step_s * (count - 1 - index) for index in range(count)]
