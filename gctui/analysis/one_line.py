"""What follows from one trace line alone: pauses, what the mark cost, how near the goal was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gctui.analysis.units import duration_ms, percent, size
from gctui.events import Event, Gc, Value
from gctui.model.cycle import Work, goal_mib, work_of

_KIB = 1024
_MIB = 1 << 20
_SMALLEST_LIVE_MIB = 4
_LONG_PAUSE_MS = 10.0
_MUCH_OVER = 1.1


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure that the line does not print."""

    name: str
    value: str
    how: str
    """From which fields it follows, and what it means."""


def derived(event: Event) -> list[Derived]:
    """Return what follows from this line, in the order of the line; nothing for many forms."""
    if isinstance(event, Gc):
        return [*_collection(event)]
    reader = _BY_KIND.get(event.kind)
    return [] if reader is None else [*reader(_Values(event.values()))]


class _Values:
    """A line's numbers; 0 for what it lacks."""

    def __init__(self, values: dict[str, Value]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> float:
        value = self._values.get(name)
        return value if isinstance(value, int | float) else 0

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a list of numbers, empty where there is none."""
        value = self._values.get(name)
        return value if isinstance(value, tuple) else ()

    def counts(self, name: str) -> Mapping[str, int]:
        """Return numbers by name, empty where there are none."""
        value = self._values.get(name)
        return value if isinstance(value, Mapping) else {}


def _collection(gc: Gc) -> Iterator[Derived]:
    work = work_of(gc)
    yield from _durations(gc, work)
    yield from _heap(gc)
    yield from _goal(gc)
    yield from _cpu(gc, work)


def _durations(gc: Gc, work: Work) -> Iterator[Derived]:
    if work.mark_term_ms is None and gc.heap_end_mb is None:
        how = "all of its phases: the world is stopped throughout"
    elif gc.clock_sync_ms is not None:
        how = "sweep termination + write barrier + mark termination"
    else:
        how = "sweep termination + mark termination: the world is stopped twice"
    long = "; long: tens of µs are usual" if work.pause_ms >= _LONG_PAUSE_MS else ""
    yield Derived("pause", duration_ms(work.pause_ms), how + (long if gc.heap_end_mb else ""))
    if gc.heap_end_mb is not None:
        yield Derived("duration", duration_ms(work.wall_ms), "all phases together, by the clock")
    if gc.start_s and gc.n and gc.n > 1:
        every = duration_ms(gc.start_s * 1000 / gc.n)
        yield Derived("interval", every, "start_s / n: one collection in so long, on average")


def _heap(gc: Gc) -> Iterator[Derived]:
    start, end, live = gc.heap_start_mb, gc.heap_end_mb, gc.heap_live_mb
    if start is not None and end is not None:
        how = "heap_end − heap_start; within ±1 MiB, since both are cut"
        yield Derived("allocated during the mark", size(max(0, end - start)), how)
    before = start if end is None else end
    if before is not None and live is not None and before >= live:
        share = f", {percent(100 * (before - live) / before)} of the heap" if before else ""
        name = "heap_start" if end is None else "heap_end"
        yield Derived("found dead", size(before - live), f"{name} − heap_live{share}: garbage")
    objects = gc.objects_after if gc.objects_after is not None else gc.objects
    if objects and live:
        yield Derived("object size", f"{live * _MIB / objects:.0f} bytes", "heap_live / objects")


def _goal(gc: Gc) -> Iterator[Derived]:
    goal, end, live = goal_mib(gc), gc.heap_end_mb, gc.heap_live_mb
    if gc.heap_goal_mb is not None and goal is None:
        yield Derived("goal", "none", "GOGC=off, and no memory limit: only runtime.GC collects")
        return
    if not goal or end is None or live is None:
        return
    over = end - goal
    yield Derived(
        "over the goal" if over > 0 else "left to the goal",
        size(abs(over)),
        f"heap_end − heap_goal{_far(end, goal)}" if over > 0 else "heap_goal − heap_end",
    )
    roots = (gc.stacks_mb or 0) + (gc.globals_mb or 0)
    with_roots = gc.stacks_mb is not None
    formula = "live + (live + stacks + globals) × GOGC/100" if with_roots else "live × 2"
    yield Derived(
        "next goal", f"~{size(max(4, live + live + roots))}", f"at GOGC=100: {formula}, at least 4"
    )
    if not gc.forced and live >= _SMALLEST_LIVE_MIB and goal > live:
        yield _gogc(goal, live, roots, cut=3 if with_roots else 1)


def _far(end: int, goal: int) -> str:
    share = f": {percent(100 * (end - goal) / goal)}"
    return f"{share}; far, it allocates faster than the mark" if end > goal * _MUCH_OVER else share


def _gogc(goal: int, live: int, roots: int, *, cut: int) -> Derived:
    base = live + roots
    low, high = 100 * (goal - live - 1) / (base + cut), 100 * (goal - live + 1) / base
    formula = "(goal − live) / (live + stacks + globals)" if cut > 1 else "(goal − live) / live"
    return Derived(
        "GOGC",
        f"~{100 * (goal - live) / base:.0f}",
        f"{max(0, low):.0f} to {high:.0f}: {formula}, if the collection before found as much "
        "alive; a memory limit makes it less",
    )


def _cpu(gc: Gc, work: Work) -> Iterator[Derived]:
    if work.cpu_ms is None or not gc.procs:
        return
    room_ms = work.wall_ms * gc.procs
    if room_ms:
        used = percent(min(100.0, 100 * work.cpu_ms / room_ms))
        how = f"all cpu figures but idle: {used} of {gc.procs} P × {duration_ms(work.wall_ms)}"
        yield Derived("CPU", duration_ms(work.cpu_ms), how)
    background, assist = work.cpu_background_ms, work.cpu_assist_ms
    if work.mark_ms and background is not None and assist is not None and not _left_over(gc):
        share = 100 * (background + assist) / (work.mark_ms * gc.procs)
        how = "(assist + background) / (clock_mark × procs); the pacer aims at 25%"
        yield Derived("CPU of the mark", percent(min(100.0, share)), how)
        if assist:
            how = "assist / (assist + background)"
            high = "; high: goroutines that allocate are held up" if assist > background else ""
            said = percent(100 * assist / (assist + background))
            yield Derived("assists", said, how + high)


def _left_over(gc: Gc) -> bool:
    """Tell a forced collection of Go 1.5 – 1.8, whose mark figures are those of the one before."""
    return bool(gc.forced) and not gc.clock_mark_ms


def _pages(line: _Values) -> Iterator[Derived]:
    if "idle_mb" in line:
        kept = max(0.0, line["idle_mb"] - line["released_mb"])
        yield Derived("kept", size(kept), "idle − released: free inside Go, and still in RSS")
        if line["consumed_mb"]:
            share = percent(100 * kept / line["consumed_mb"])
            yield Derived("kept share", share, "of consumed, which is what RSS has of the heap")


def _scavenged(line: _Values) -> Iterator[Derived]:
    yield Derived(
        "released in all", size(line["released_kib"] / _KIB), "released_kib, as other tools say it"
    )
    work_kib = line["work_kib"] + line["background_kib"] + line["eager_kib"]
    yield Derived(
        "since the last line", size(work_kib / _KIB), "work: what RSS fell by, or was about to"
    )
    kept = max(0.0, 100 - line["util_percent"])
    yield Derived("idle, kept", percent(kept), "100 − util: share of the heap's RSS that is free")


def _scheduled(line: _Values) -> Iterator[Derived]:
    busy = line["gomaxprocs"] - line["idleprocs"]
    share = percent(100 * busy / line["gomaxprocs"]) if line["gomaxprocs"] else "–"
    yield Derived("busy Ps", f"{busy:.0f}", f"gomaxprocs − idleprocs: {share} of the CPU allowed")
    queues = line.numbers("local_runqueues")
    if queues:
        waiting = line["runqueue"] + sum(queues)
        yield Derived(
            "goroutines waiting for a CPU", f"{waiting:.0f}", "runqueue + all local queues"
        )
    by_status = line.counts("goroutines_by_status")
    if "goroutines" in line:
        told = ", ".join(f"{count} {status}" for status, count in by_status.items())
        how = f"the G lines below, the runtime's own included: {told}"
        yield Derived("goroutines", f"{line['goroutines']:.0f}", how)
    blocked = line["threads"] - line["idlethreads"] - busy
    if blocked > 0:
        how = "threads − idlethreads − busy Ps: system calls, cgo, locked, the runtime's own"
        yield Derived("threads elsewhere", f"{blocked:.0f}", how)


def _paced(line: _Values) -> Iterator[Derived]:
    if "expected_work_bytes" in line:
        work = line["heap_work_bytes"] + line["stack_work_bytes"] + line["globals_work_bytes"]
        said = (
            percent(100 * work / line["expected_work_bytes"])
            if line["expected_work_bytes"]
            else "–"
        )
        yield Derived(
            "scan work", size(work / _MIB), f"heap + stacks + globals: {said} of what was expected"
        )
        grown = line["heap_end_bytes"] - line["trigger_bytes"]
        yield Derived("allocated during the mark", size(grown / _MIB), "heap_end − trigger")
        goal = line["heap_end_bytes"] - line["goal_delta_bytes"]
        yield Derived("heap goal", size(goal / _MIB), "heap_end − goal_delta")
    elif "dedicated_workers" in line:
        room = line["heap_goal_mb"] - line["heap_start_mb"]
        yield Derived(
            "room", size(room), "heap_goal − heap_start: may be allocated during the mark"
        )
    elif "trigger_ratio" in line:
        over = line["heap_end_bytes"] - line["heap_goal_bytes"]
        name = "over the goal" if over > 0 else "left to the goal"
        yield Derived(name, size(abs(over) / _MIB), "H_a − H_g")
    elif "swept_pages" in line:
        yield Derived("swept", size(line["swept_pages"] / 128), "swept_pages × 8 KiB")


def _initialised(line: _Values) -> Iterator[Derived]:
    yield Derived(
        "done", duration_ms(line["at_ms"] + line["clock_ms"]), "at + clock, since the start"
    )
    if line["allocs"]:
        each = line["bytes"] / line["allocs"]
        yield Derived("object size", f"{each:.0f} bytes", "bytes / allocs")


def _scanned(line: _Values) -> Iterator[Derived]:
    if line["spans"]:
        each = (line["objects_sparse"] + line["objects_dense"]) / line["spans"]
        yield Derived("objects per span", f"{each:.1f}", "(sparse + dense objects) / spans")


_BY_KIND = {
    "scvg": _pages,
    "scav": _scavenged,
    "sched": _scheduled,
    "pacer": _paced,
    "init": _initialised,
    "scan": _scanned,
}
