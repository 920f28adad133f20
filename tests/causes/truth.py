"""What a program says of its own memory, and what that means for the parts of a ledger.

A program is asked before and after it is observed, and what it says may move a little in between:
every truth is an interval. All that the programs allocate they write to, unless they say so, so
that what is mapped is resident; what smaps shows is held against it (`Truth.heap_mib`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gctui.events import Mappings
from gctui.model.parts import Ledger, Part, PartName

MIB = 1 << 20
SLOP_MIB = 0.25
"""What the runtime and the answers themselves allocate around a question."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From the least to the most that a figure may be, in MiB."""

    low: float
    high: float

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return f"{self.low:.2f} … {self.high:.2f}"


NONE = Interval(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Truth:
    """Two answers of one program, in bytes by name: before and after it was looked at."""

    before: Mapping[str, int]
    after: Mapping[str, int]
    program_bytes: int
    """Most that the program's own variables can take: data and bss."""

    def of(self, *names: str, less: tuple[str, ...] = ()) -> Interval:
        """Return the sum of some figures less others, over both answers."""
        sums = [
            sum(answer[name] for name in names) - sum(answer[name] for name in less)
            for answer in (self.before, self.after)
        ]
        return Interval(max(0, min(sums)) / MIB, max(0, *sums) / MIB)

    @property
    def planted_mib(self) -> float:
        """What was put where the program's name says."""
        return self.after["planted"] / MIB

    @property
    def live(self) -> Interval:
        """What the last mark found alive and the program has written to."""
        return self.of("marked", less=("untouched",))

    @property
    def since_gc(self) -> Interval:
        """What was allocated since that mark: all garbage is swept when the program answers."""
        return self.of("heap_alloc", less=("marked",))

    @property
    def free_in_spans(self) -> Interval:
        """Of spans in use, what no object is in."""
        return self.of("heap_inuse", less=("heap_alloc",))

    @property
    def idle_kept(self) -> Interval:
        """Pages in no span that the runtime has not given back."""
        return self.of("heap_idle", less=("heap_released", "untouched_idle"))

    @property
    def stacks(self) -> Interval:
        """Spans of goroutine stacks, all of which is resident unless the program says more."""
        return self.of("stack_inuse", less=("untouched_stacks",))

    @property
    def globals(self) -> Interval:
        """The program's variables, as far as they are touched."""
        return Interval(0.0, self.program_bytes / MIB)

    @property
    def metadata(self) -> Interval:
        """The runtime's own tables: mapped, and nobody knows which pages were touched."""
        return Interval(0.0, self.of("sys", less=("heap_sys", "stack_inuse")).high)

    @property
    def returned(self) -> Interval:
        """Given back and resident still."""
        return self.of("returned_resident")

    @property
    def untouched(self) -> Interval:
        """Taken by the program, never written to: in use, idle by now, or stacks."""
        return self.of("untouched", "untouched_idle", "untouched_stacks")

    @property
    def heap(self) -> Interval:
        """All of the heap's address range that is resident."""
        names = ("heap_inuse", "heap_idle", "stack_inuse", "returned_resident")
        less = ("heap_released", "untouched", "untouched_idle", "untouched_stacks")
        return self.of(*names, less=less)


def resident(split: Ledger, truth: Truth, told: Mappings | None) -> dict[PartName, Interval]:
    """Return what each part must be, as far as it does not depend on the other parts."""
    parts = {
        PartName.LIVE: truth.live,
        PartName.SINCE_GC: truth.since_gc,
        PartName.SPANS: truth.free_in_spans,
        PartName.IDLE: truth.idle_kept,
        PartName.STACKS: truth.stacks,
        PartName.ROOTS: truth.stacks + truth.globals,
        PartName.METADATA: truth.metadata,
        PartName.RETURNED: truth.returned,
        PartName.OTHERS: NONE,
        PartName.UNTOUCHED: NONE,
        PartName.RELEASED: NONE,
    }
    if told is not None:
        binary_mib = told.binary_rss_bytes / MIB
        parts[PartName.BINARY] = Interval(binary_mib, binary_mib)
        parts[PartName.OUTSIDE] = outside(truth, told)
        if split.part(PartName.BINARY) is None:
            # It says so: the binary is outside, too, where nothing tells it apart.
            parts[PartName.OUTSIDE] += parts[PartName.BINARY]
        if told.metadata_rss_bytes is not None:
            metadata_mib = told.metadata_rss_bytes / MIB
            parts[PartName.METADATA] = Interval(metadata_mib, metadata_mib)
    return parts


def outside(truth: Truth, told: Mappings) -> Interval:
    """Return what is neither the heap's nor the binary's nor, where it has no name, metadata."""
    named_bytes = told.files_rss_bytes + told.thread_stacks_rss_bytes + told.c_heap_rss_bytes
    other_mib = told.other_rss_bytes / MIB
    unnamed_mib = 0.0 if told.metadata_rss_bytes is not None else truth.metadata.high
    least_mib = named_bytes / MIB + max(0.0, other_mib - unnamed_mib)
    return Interval(least_mib, named_bytes / MIB + other_mib)


def wrong_intervals(split: Ledger, truth: Truth, told: Mappings | None = None) -> list[str]:
    """Return, in words, each part whose stated interval leaves out the truth."""
    known = resident(split, truth, told)
    assert split.rss_mib is not None
    others = [known[part.name] for part in split.parts if part.name in known]
    # What a trace cannot tell apart is the rest, whatever that is.
    rest = Interval(
        max(0.0, split.rss_mib - sum(each.high for each in others)),
        split.rss_mib - sum(each.low for each in others),
    )
    return [
        *_untrue(split, {PartName.UNATTRIBUTED: rest, **known}),
        *(f"{part.name}: {_said(part)}" for part in split.parts if not _in_order(part)),
    ]


def _untrue(split: Ledger, truths: Mapping[PartName, Interval]) -> Iterator[str]:
    for part in split.parts:
        truth = truths.get(part.name)
        if truth is None:
            yield f"{part.name}: {_said(part)}, and nothing to hold it against"
        elif part.low_mib > truth.high + SLOP_MIB or part.high_mib < truth.low - SLOP_MIB:
            yield f"{part.name}: {_said(part)}, in truth {truth} MiB"


def _in_order(part: Part) -> bool:
    rounding_mib = 1e-6
    return part.low_mib - rounding_mib <= part.mib <= part.high_mib + rounding_mib


def _said(part: Part) -> str:
    return f"said {part.mib:.2f} in {Interval(part.low_mib, part.high_mib)} MiB"
