"""With the trace and the RSS alone every part is stated with bounds, and the truth is within."""

from __future__ import annotations

import pytest

from .observing import Seen
from .truth import MIB, wrong_intervals


def test_every_interval_has_the_truth_in_it(by_trace: Seen) -> None:
    wrong = wrong_intervals(by_trace.split, by_trace.truth)
    assert not wrong, "\n".join(wrong)


def test_the_parts_sum_to_the_same_samples_rss(by_trace: Seen) -> None:
    snapshot = by_trace.snapshot
    assert snapshot.counters is None
    assert snapshot.process is not None
    assert snapshot.process.rss_bytes is not None
    assert by_trace.split.total_mib == pytest.approx(snapshot.process.rss_bytes / MIB, rel=1e-9)


def test_what_the_program_says_is_what_the_kernel_sees(by_trace_and_mappings: Seen) -> None:
    """Of the programs themselves: what they tell of their heaps is all that is resident there."""
    told, said = by_trace_and_mappings.told, by_trace_and_mappings.truth.heap
    assert told is not None
    assert told.heap_rss_bytes is not None
    assert said.low * 0.99 - 1 < told.heap_rss_bytes / MIB < said.high * 1.01 + 1
