"""Which of the mapped memory is resident: the heap's parts held against what the kernel counts.

The runtime tells what it mapped, not which pages the program ever wrote to. The kernel tells, now
and then, how much of the Go heap's address range is resident (smaps); what is missing there was
never touched, or, if there is more, was given back and is still there. Between two such looks the
parts move with the counters, and the RSS of the process, sampled each second, keeps the sum right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gctui.events import Mappings
from gctui.model.parts import Certainty, Part, PartName

MIB = 1 << 20
_ON_THE_HEAP = (
    PartName.LIVE,
    PartName.SINCE_GC,
    PartName.SPANS,
    PartName.IDLE,
    PartName.STACKS,
)
_LIKELY_UNTOUCHED = (
    (PartName.SINCE_GC, PartName.SPANS),
    (PartName.LIVE,),
    (PartName.IDLE, PartName.STACKS),
)
"""The freshest first. Idle pages were in use before, and a stack is written to from its first call
on: as a rule."""
_SAID_MIB = 0.05
_NOTABLE_MIB, _NOTABLE_SHARE = 1.0, 0.02
"""Less than that is missing in every program: the ends of spans, the far ends of stacks."""


@dataclass(frozen=True, slots=True)
class Look:
    """What smaps showed, and what else was true at that moment; in MiB."""

    time_s: float
    mappings: Mappings
    heap_mapped_mib: float | None
    """What the counters said of the heap then: in use, idle and kept, stacks; None without any."""
    tree_rss_mib: float
    """RSS of the whole process tree then, or a moment before."""
    is_alone: bool = False
    """The tree is this process: what differs came or went between the two samples."""

    @property
    def others_mib(self) -> float:
        """What the other processes of the tree took."""
        if self.is_alone:
            return 0.0
        return max(0.0, self.tree_rss_mib - self.mappings.rss_bytes / MIB)


def resident_parts(
    mapped: Sequence[Part], released_mib: float, look: Look, rss_mib: float
) -> list[Part]:
    """Return the parts, resident and mapped, of which the resident ones sum to `rss_mib`."""
    told = look.mappings
    said = "smaps"
    lazy_mib = (told.heap_lazyfree_bytes or 0) / MIB
    heap_rss_mib = None if told.heap_rss_bytes is None else told.heap_rss_bytes / MIB
    missing_mib = 0.0
    if heap_rss_mib is not None and look.heap_mapped_mib is not None:
        missing_mib = look.heap_mapped_mib - heap_rss_mib + lazy_mib
    returned_mib = lazy_mib + max(0.0, -missing_mib)
    metadata_mib, outside_mib = _beside_the_heap(mapped, told)
    beside = [
        told_part(PartName.BINARY, told.binary_rss_bytes / MIB, f"{said}: pages of the executable"),
        Part(
            PartName.OUTSIDE,
            outside_mib,
            max(0.0, outside_mib - metadata_mib),
            outside_mib + metadata_mib,
            Certainty.BOUNDED,
            outside_said(told, metadata_mib),
        ),
        _returned(told, returned_mib, released_mib),
        *others_part(look),
    ]
    fixed_mib = metadata_mib + sum(part.mib for part in beside)
    heap = [part for part in mapped if part.name in _ON_THE_HEAP]
    untouched_mib = sum(part.mib for part in heap) + fixed_mib - rss_mib
    if untouched_mib < 0:
        # More came than the counters tell: it is where they do not count.
        beside = [_grown(part, -untouched_mib) for part in beside]
        untouched_mib = 0.0
    shares, left_mib = _taken_off(heap, untouched_mib)
    shares += [_metadata(part, metadata_mib, left_mib) for part in mapped if _is_metadata(part)]
    in_order = sorted([*shares, *beside], key=lambda part: list(PartName).index(part.name))
    return [*_summing_to(in_order, rss_mib), _untouched(untouched_mib - left_mib)]


def _beside_the_heap(mapped: Sequence[Part], told: Mappings) -> tuple[float, float]:
    """Return the resident metadata and what is outside Go: told apart by name, or by bounds."""
    outside_mib = (
        told.files_rss_bytes
        + told.thread_stacks_rss_bytes
        + told.c_heap_rss_bytes
        + told.other_rss_bytes
    ) / MIB
    if told.metadata_rss_bytes is not None:
        return told.metadata_rss_bytes / MIB, outside_mib
    mapped_mib = sum(part.mib for part in mapped if _is_metadata(part))
    metadata_mib = min(mapped_mib, told.other_rss_bytes / MIB)
    return metadata_mib, outside_mib - metadata_mib


def _is_metadata(part: Part) -> bool:
    return part.name is PartName.METADATA


def told_part(name: PartName, mib: float, evidence: str) -> Part:
    """Return a part that the kernel tells exactly."""
    return Part(name, mib, mib, mib, Certainty.EXACT, evidence)


def outside_said(told: Mappings, metadata_mib: float) -> str:
    """Say what lies outside Go, by what is mapped; some of it is metadata without a name."""
    other_mib = told.other_rss_bytes / MIB
    if told.metadata_rss_bytes is None:
        other_mib -= metadata_mib
    whose = "C malloc, mmap" if told.c_library_rss_bytes != 0 else "mmap"
    parts = {
        "libraries and mapped files": told.files_rss_bytes / MIB,
        "thread stacks": told.thread_stacks_rss_bytes / MIB,
        "C heap": told.c_heap_rss_bytes / MIB,
        f"other anonymous memory ({whose})": other_mib,
    }
    named = [f"{name} {mib:.1f} MiB" for name, mib in parts.items() if mib >= _SAID_MIB]
    return "smaps: " + ", ".join(named or ["hardly anything"])


def others_part(look: Look) -> Iterator[Part]:
    """Yield what the rest of the process tree takes, where there is one."""
    if look.others_mib:
        said = "RSS of the process tree less this process's"
        yield told_part(PartName.OTHERS, look.others_mib, said)


def _returned(told: Mappings, mib: float, most_mib: float) -> Part:
    lazy, huge = told.lazyfree_bytes / MIB, (told.heap_hugepages_bytes or 0) / MIB
    said = f"smaps: {lazy:.0f} MiB lazily freed, {huge:.0f} MiB of the heap in huge pages"
    high_mib = max(mib, most_mib) if mib else mib
    return Part(PartName.RETURNED, mib, 0.0, high_mib, Certainty.BOUNDED, said)


def _grown(part: Part, by_mib: float) -> Part:
    if part.name is not PartName.OUTSIDE:
        return part
    return replace(part, mib=part.mib + by_mib, high_mib=part.high_mib + by_mib)


def _taken_off(heap: Sequence[Part], missing_mib: float) -> tuple[list[Part], float]:
    """Take what is not resident off the parts, each by its share.

    First off what was allocated last, of which the program has not written to all it got; then off
    what is live, then off what is touched as a rule. Returns what cannot be taken off them, too.
    """
    parts, left_mib = list(heap), missing_mib
    for names in _LIKELY_UNTOUCHED:
        parts, left_mib = _shared(parts, names, left_mib)
    if missing_mib >= max(_NOTABLE_MIB, _NOTABLE_SHARE * sum(part.mib for part in heap)):
        parts = [_perhaps_less(part, missing_mib - left_mib) for part in parts]
    return parts, left_mib


def _shared(
    heap: Sequence[Part], names: Sequence[PartName], missing_mib: float
) -> tuple[list[Part], float]:
    weights = {part.name: part.mib for part in heap if part.name in names}
    whole_mib = sum(weights.values())
    taken_mib = min(missing_mib, whole_mib)
    rest = []
    for part in heap:
        less = taken_mib * weights.get(part.name, 0.0) / whole_mib if whole_mib else 0.0
        rest.append(_less(part, less, taken_mib) if less >= 0.05 else part)
    return rest, missing_mib - taken_mib


def _perhaps_less(part: Part, missing_mib: float) -> Part:
    """Any part of the heap may be the one that was not touched."""
    low_mib = max(0.0, min(part.low_mib, part.mib - missing_mib))
    return replace(part, low_mib=low_mib, certainty=Certainty.BOUNDED)


def _less(part: Part, less_mib: float, most_mib: float) -> Part:
    said = f"; {most_mib:.0f} MiB of the heap was never touched" if most_mib >= 1 else ""
    return replace(
        part,
        mib=max(0.0, part.mib - less_mib),
        low_mib=max(0.0, part.mib - most_mib),
        high_mib=part.mib,
        certainty=Certainty.BOUNDED,
        evidence=part.evidence + said,
    )


def _metadata(part: Part, resident_mib: float, too_much_mib: float) -> Part:
    mib = max(0.0, resident_mib - too_much_mib)
    return replace(part, mib=mib, low_mib=0.0, high_mib=max(mib, min(part.mib, resident_mib)))


def _summing_to(parts: Sequence[Part], rss_mib: float) -> list[Part]:
    """Take what is still too much off the least certain: the looks are not of one moment."""
    over_mib = sum(part.mib for part in parts) - rss_mib
    rest = {part.name: part for part in parts}
    for name in (PartName.OUTSIDE, PartName.RETURNED, PartName.OTHERS, PartName.IDLE, *PartName):
        if over_mib <= 0:
            break
        part = rest.get(name)
        if part is not None:
            less = min(part.mib, over_mib)
            over_mib -= less
            rest[name] = replace(
                part, mib=part.mib - less, low_mib=min(part.low_mib, part.mib - less)
            )
    return list(rest.values())


def _untouched(mib: float) -> Part:
    said = "of the parts above: in use by the counters, less what is resident of the heap (smaps)"
    amount = max(0.0, mib)
    return Part(PartName.UNTOUCHED, 0.0, 0.0, 0.0, Certainty.BOUNDED, said, amount)
