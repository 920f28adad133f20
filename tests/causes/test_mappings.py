"""With the trace and the kernel's mappings, what is not the heap is told exactly."""

from __future__ import annotations

import pytest

from gctui.events import Mappings
from gctui.model.parts import PartName

from .observing import Seen
from .truth import MIB, wrong_intervals

HEAP = (
    PartName.LIVE,
    PartName.SINCE_GC,
    PartName.SPANS,
    PartName.IDLE,
    PartName.ROOTS,
    PartName.STACKS,
    PartName.RETURNED,
    PartName.UNATTRIBUTED,
)
"""What a trace does not tell apart is the heap's, where all else is told."""


@pytest.fixture
def seen(by_trace_and_mappings: Seen) -> Seen:
    return by_trace_and_mappings


def resident_mib(seen: Seen, *names: PartName) -> float:
    return sum(part.mib for part in seen.split.parts if part.name in names)


def off_mib(told: Mappings, seen: Seen) -> float:
    """How far the kernel's two counts of the RSS, a moment apart, differ."""
    return abs(told.rss_bytes / MIB - seen.split.total_mib) + 1e-6


def told_of(seen: Seen) -> Mappings:
    assert seen.told is not None
    return seen.told


def test_the_parts_sum_to_the_same_samples_rss(seen: Seen) -> None:
    assert seen.snapshot.process is not None
    assert seen.snapshot.process.rss_bytes is not None
    assert seen.split.total_mib == pytest.approx(seen.snapshot.process.rss_bytes / MIB, rel=1e-9)


def test_the_binary_is_what_the_kernel_counts(seen: Seen) -> None:
    binary_mib = told_of(seen).binary_rss_bytes / MIB
    assert resident_mib(seen, PartName.BINARY) == pytest.approx(binary_mib)


def test_the_parts_of_the_heap_sum_to_what_the_kernel_counts(seen: Seen) -> None:
    told = told_of(seen)
    assert told.heap_rss_bytes is not None
    heap_mib = told.heap_rss_bytes / MIB
    assert resident_mib(seen, *HEAP) == pytest.approx(heap_mib, abs=off_mib(told, seen))


def test_what_is_outside_go_is_the_rest_of_the_mappings(seen: Seen) -> None:
    told = told_of(seen)
    rest_bytes = (
        told.files_rss_bytes
        + told.thread_stacks_rss_bytes
        + told.c_heap_rss_bytes
        + told.other_rss_bytes
        + (told.metadata_rss_bytes or 0)
    )
    found_mib = resident_mib(seen, PartName.OUTSIDE, PartName.METADATA)
    assert found_mib == pytest.approx(rest_bytes / MIB, abs=off_mib(told, seen))


def test_every_interval_has_the_truth_in_it(seen: Seen) -> None:
    wrong = wrong_intervals(seen.split, seen.truth, seen.told)
    assert not wrong, "\n".join(wrong)
