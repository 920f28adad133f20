"""The parts that memory is split into, and how well each is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PartName(StrEnum):
    """The parts, in the order in which they are drawn."""

    LIVE = "live"
    SINCE_GC = "since GC"
    SPANS = "free in spans"
    """Free slots of spans in use, and garbage that is not swept yet."""
    IDLE = "idle, kept"
    ROOTS = "stacks, globals"
    """What a gc line tells of both together: as far as the GC scans them."""
    STACKS = "stacks"
    METADATA = "metadata"
    """The runtime's own tables: spans, caches, GC work, profiling buckets."""
    RETURNED = "returned, resident"
    """Given back by the runtime and still in RAM: lazily freed pages, or huge pages' padding."""
    BINARY = "binary, globals"
    """The executable's pages: code, read-only data, variables."""
    OUTSIDE = "outside Go"
    """What the runtime does not account for: libraries, cgo, mmap, thread stacks."""
    OTHERS = "other processes"
    """The rest of the process tree: what a wrapper or a child takes."""
    UNATTRIBUTED = "unattributed"
    """What a trace does not tell apart."""
    UNTOUCHED = "never touched"
    """Allocated, and no memory behind it yet: the kernel gives a page when it is first written."""
    RELEASED = "released"
    """Address space of the heap without memory behind it: given back, or not used yet."""


class Certainty(StrEnum):
    """How well a figure is known."""

    EXACT = "exact"
    """As printed, to the MiB."""
    BOUNDED = "bounded"
    """Between `low_mib` and `high_mib`."""
    UNKNOWN = "unknown"
    """What is left over; nothing tells it apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the memory, in MiB: the best figure, its bounds, and where it comes from."""

    name: PartName
    mib: float
    """Resident: 0 for what is mapped only."""
    low_mib: float
    high_mib: float
    certainty: Certainty
    evidence: str
    mapped_mib: float | None = None
    """What Go accounts for, resident or not; None outside Go, and where only RSS tells."""


def _is_of_go(part: Part) -> bool:
    return part.mapped_mib is not None or part.name is PartName.RETURNED


@dataclass(frozen=True, slots=True)
class Ledger:
    """The parts in drawing order. With an RSS they sum to it."""

    parts: tuple[Part, ...]
    rss_mib: float | None
    limit_mib: float | None
    released_mib: float | None
    """Heap address space that was given back to the OS: not resident, so not among the parts."""
    limit_name: str = "limit"
    """What `limit_mib` is: `limit`, set for the program; `RAM`, all that the machine has."""
    most_rss_mib: float | None = None
    """Where the RSS is not known: it was never more than this."""

    def part(self, name: PartName) -> Part | None:
        """Return one part, None where nothing is known of it."""
        return next((part for part in self.parts if part.name is name), None)

    @property
    def total_mib(self) -> float:
        """Sum of the resident parts."""
        return sum(part.mib for part in self.parts)

    @property
    def mapped_mib(self) -> float:
        """Sum of what Go accounts for, its Sys; what was never touched is in other parts, too."""
        counted = (part for part in self.parts if part.name is not PartName.UNTOUCHED)
        return sum(part.mapped_mib or 0.0 for part in counted)

    @property
    def mapped_resident_mib(self) -> float:
        """What the OS gives for it: of all that Go accounts for, as much as is resident."""
        return sum(part.mib for part in self.parts if _is_of_go(part))
