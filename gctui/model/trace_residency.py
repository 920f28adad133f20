"""Which memory is resident where a trace tells the heap's parts and the kernel where pages lie.

/proc/PID/smaps can be read where the runtime's counters cannot: it asks for less permission. It
tells the Go heap as a whole, the executable and the rest exactly; the trace splits the heap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gctui.events import Mappings
from gctui.model.fitting import IN_HEAP, bounded, fitted
from gctui.model.parts import Certainty, Part, PartName
from gctui.model.residency import Look, others_part, outside_said, told_part

MIB = 1 << 20
_METADATA_MIB, _METADATA_SHARE = 4.0, 0.02
"""What the runtime keeps for itself in a small program, and of each MiB of heap."""


def traced_resident_parts(
    heap: Sequence[Part], stacks_mb: int | None, look: Look, rss_mib: float
) -> list[Part] | None:
    """Return the parts, summing to `rss_mib`; None where smaps does not show which is the heap."""
    told = look.mappings
    if told.heap_rss_bytes is None:
        return None
    beside = [*_beside(told), *others_part(look)]
    lazy_mib = (told.heap_lazyfree_bytes or 0) / MIB
    # What came or went since smaps was read is taken for the heap's: that is what moves.
    moved_mib = rss_mib - look.tree_rss_mib
    heap_mib = max(0.0, told.heap_rss_bytes / MIB - lazy_mib + moved_mib)
    if lazy_mib:
        said = f"smaps: {lazy_mib:.0f} MiB of the heap lazily freed"
        beside.append(told_part(PartName.RETURNED, lazy_mib, said))
    in_heap = [_stacks(part, stacks_mb) for part in heap]
    parts = bounded(fitted(in_heap, heap_mib, IN_HEAP), heap_mib)
    return _exactly([*parts, *beside], rss_mib)


def _stacks(part: Part, stacks_mb: int | None) -> Part:
    """Return the roots without the globals, which are among the executable's pages."""
    if part.name is not PartName.ROOTS or stacks_mb is None:
        return part
    said = f"{part.evidence}; the stacks that were scanned: there may be more"
    return Part(PartName.STACKS, stacks_mb, stacks_mb, stacks_mb, Certainty.BOUNDED, said)


def _beside(told: Mappings) -> list[Part]:
    binary = told_part(
        PartName.BINARY, told.binary_rss_bytes / MIB, "smaps: pages of the executable"
    )
    known = told.files_rss_bytes + told.thread_stacks_rss_bytes + told.c_heap_rss_bytes
    known_mib, other_mib = known / MIB, told.other_rss_bytes / MIB
    if told.metadata_rss_bytes is not None:
        metadata_mib = told.metadata_rss_bytes / MIB
        metadata = told_part(PartName.METADATA, metadata_mib, "smaps: mappings that Go has named")
        outside = told_part(PartName.OUTSIDE, known_mib + other_mib, outside_said(told, 0.0))
        return [metadata, binary, outside]
    usual_mib = _METADATA_MIB + _METADATA_SHARE * (told.heap_rss_bytes or 0) / MIB
    metadata_mib = min(other_mib, usual_mib)
    metadata = Part(
        PartName.METADATA,
        metadata_mib,
        0.0,
        other_mib,
        Certainty.BOUNDED,
        "an estimate: 4 MiB and 2% of the heap; smaps does not name it on this system",
    )
    outside = Part(
        PartName.OUTSIDE,
        known_mib + other_mib - metadata_mib,
        known_mib,
        known_mib + other_mib,
        Certainty.BOUNDED,
        outside_said(told, metadata_mib),
    )
    return [metadata, binary, outside]


def _exactly(parts: Sequence[Part], rss_mib: float) -> list[Part]:
    """Put the parts in order, and take off what RSS has lost since smaps was read."""
    order = list(PartName)
    in_order = sorted(parts, key=lambda part: order.index(part.name))
    over_mib = sum(part.mib for part in in_order) - rss_mib
    if over_mib <= 0:
        return in_order
    rest = []
    for part in reversed(in_order):
        less_mib = min(part.mib, over_mib)
        over_mib -= less_mib
        low_mib = min(part.low_mib, part.mib - less_mib)
        rest.append(replace(part, mib=part.mib - less_mib, low_mib=low_mib))
    return rest[::-1]
