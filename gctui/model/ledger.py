"""Where the memory is: every part of it, by the best source there is.

The runtime's counters split what Go maps exactly; a trace does so with bounds. What of it is
resident, and what is resident beside it, tells the kernel. What the process has beyond the parts is
a part of its own, never hidden: with an RSS the parts sum to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gctui.events import Runtime
from gctui.model.counter_parts import counter_parts, said_by, untold
from gctui.model.fitting import OUTSIDE, bounded, fitted
from gctui.model.parts import Certainty, Ledger, Part, PartName
from gctui.model.residency import resident_parts
from gctui.model.snapshot import Snapshot
from gctui.model.trace_parts import trace_parts
from gctui.model.trace_residency import traced_resident_parts

MIB = 1 << 20


def ledger(snapshot: Snapshot, now_s: float) -> Ledger:
    """Split the memory as of `now_s` on the stream's axis."""
    moment = snapshot.moment
    process, sample = moment.process, moment.sample
    rss_mib = None
    if process is not None and process.rss_bytes is not None:
        rss_mib = process.rss_bytes / MIB
    if sample is not None:
        parts = _counted(snapshot, sample, rss_mib)
    else:
        if _is_outgrown(snapshot, now_s, rss_mib):
            rss_mib = None
        parts = _traced(snapshot, now_s, rss_mib)
    limit_mib, limit_name = _limit(snapshot)
    released_mib, most_mib = _released_mib(snapshot), _most_rss_mib(snapshot)
    return Ledger(tuple(parts), rss_mib, limit_mib, released_mib, limit_name, most_mib)


def _counted(snapshot: Snapshot, sample: Runtime, rss_mib: float | None) -> list[Part]:
    """Split by the runtime's counters, and by the kernel's where they are known."""
    mapped = [replace(part, mapped_mib=part.mib) for part in counter_parts(sample)]
    released_mib = (sample.heap_released_bytes or 0) / MIB
    if untold(sample):
        parts = _told_in_part(mapped, sample, rss_mib)
    elif rss_mib is None:
        parts = mapped
    elif snapshot.look is None or snapshot.look.heap_mapped_mib is None:
        parts = _without_smaps(mapped, rss_mib)
    else:
        parts = resident_parts(mapped, released_mib, snapshot.look, rss_mib)
    if sample.heap_released_bytes is None:
        return parts
    said = f"{said_by(sample)}: released, or not used yet"
    return [*parts, Part(PartName.RELEASED, 0.0, 0.0, 0.0, Certainty.EXACT, said, released_mib)]


def _told_in_part(mapped: list[Part], sample: Runtime, rss_mib: float | None) -> list[Part]:
    """Leave open what is Go's and what is not: the source lacks figures that would tell."""
    lacking = f"the source lacks {', '.join(untold(sample))}"
    if rss_mib is not None:
        rest = PartName.UNATTRIBUTED, f"RSS less the parts above, Go's or not: {lacking}"
        return bounded(fitted(mapped, rss_mib, rest), rss_mib)
    if sample.sys_bytes is None:
        return mapped
    known_bytes = sample.sys_bytes - (sample.heap_released_bytes or 0)
    mib = known_bytes / MIB - sum(part.mib for part in mapped)
    if mib <= 0:
        return mapped
    said = f"Sys less the parts above: {lacking}"
    rest_of_sys = Part(PartName.UNATTRIBUTED, mib, 0.0, mib, Certainty.BOUNDED, said, mib)
    return [*mapped, rest_of_sys]


def _without_smaps(mapped: list[Part], rss_mib: float) -> list[Part]:
    """Split by the counters alone: how much of what they tell was never touched, nobody knows."""
    exact = (PartName.METADATA, PartName.OUTSIDE)
    parts = fitted(mapped, rss_mib, OUTSIDE)
    return [
        wide if wide.name in exact else part
        for part, wide in zip(parts, bounded(parts, rss_mib), strict=True)
    ]


def _traced(snapshot: Snapshot, now_s: float, rss_mib: float | None) -> list[Part]:
    """Split by a trace, and by the kernel's counters where they are known."""
    cycle = snapshot.last_cycle
    heap = [] if cycle is None else trace_parts(snapshot, cycle, now_s)
    if rss_mib is None:
        return heap
    parts = None
    if snapshot.look is not None:
        stacks_mb = None if cycle is None else cycle.event.stacks_mb
        parts = traced_resident_parts(heap, stacks_mb, snapshot.look, rss_mib)
    if parts is None:
        parts = bounded(fitted(heap, rss_mib), rss_mib)
    return [*parts, *_never_touched(heap, parts)]


def _is_outgrown(snapshot: Snapshot, now_s: float, rss_mib: float | None) -> bool:
    """Tell whether a collection since the RSS was sampled found more than there was then."""
    cycle = snapshot.last_cycle
    if cycle is None or rss_mib is None or snapshot.count("gc") <= snapshot.moment.collections:
        return False
    return sum(part.low_mib for part in trace_parts(snapshot, cycle, now_s)) > rss_mib


def _never_touched(heap: list[Part], resident: list[Part]) -> Iterator[Part]:
    """Tell what a mark found alive and is not resident: so much, or more, was never written to."""
    before, after = (
        next((part for part in parts if part.name is PartName.LIVE), None)
        for parts in (heap, resident)
    )
    if before is not None and after is not None and before.low_mib - after.mib >= 1:
        missing_mib = before.low_mib - after.mib
        said = f"of the live heap: {before.evidence}, and {after.mib:.0f} MiB can be resident"
        yield Part(PartName.UNTOUCHED, 0.0, 0.0, 0.0, Certainty.BOUNDED, said, missing_mib)


def _limit(snapshot: Snapshot) -> tuple[float | None, str]:
    """Return the smaller of GOMEMLIMIT, the cgroup's limit and the machine, and what it is."""
    process, counters = snapshot.process, snapshot.counters
    limits = (
        (process.cgroup_limit_bytes if process else None, "limit"),
        (counters.sample.memory_limit_bytes if counters else None, "limit"),
        (process.machine_bytes if process else None, "RAM"),
    )
    known = [(size_bytes / MIB, name) for size_bytes, name in limits if size_bytes is not None]
    return min(known, default=(None, "limit"))


def _most_rss_mib(snapshot: Snapshot) -> float | None:
    """Return the peak that a heap page tells; a sampled process has an RSS, or had one."""
    peak_bytes = snapshot.totals.peak_rss_bytes
    return None if snapshot.process is not None or peak_bytes is None else peak_bytes / MIB


def _released_mib(snapshot: Snapshot) -> float | None:
    scvg, scav = snapshot.scvg, snapshot.scav
    if snapshot.moment.sample is not None:
        released_bytes = snapshot.moment.sample.heap_released_bytes
        return None if released_bytes is None else released_bytes / MIB
    if scav is not None and scav.released_kib is not None:
        return scav.released_kib / 1024
    return None if scvg is None or scvg.released_mb is None else float(scvg.released_mb)
