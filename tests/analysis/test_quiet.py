"""A live heap that was marked long ago, by a program that rests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.quiet import outdated_live
from gctui.events import GcPause, Runtime
from gctui.model.ledger import ledger
from gctui.model.state import ProgramState
from tests.model.test_counters import MIB
from tests.model.test_counters import SAMPLE as BUSY

SAMPLE = replace(BUSY, heap_allocated_bytes=102 * MIB, heap_inuse_bytes=104 * MIB)


def said(*samples: tuple[float, Runtime]) -> str:
    state = ProgramState()
    for time_s, sample in samples:
        state.apply(sample, time_s)
    snapshot = state.snapshot()
    return outdated_live(snapshot, ledger(snapshot, snapshot.now_s))


def resting(ends_ago_s: tuple[float, ...], **changes: object) -> str:
    """Return what is said of a program that collected so long ago, and allocates nothing now."""
    ends = tuple(GcPause(n, ago_s, 0.1) for n, ago_s in enumerate(ends_ago_s))
    begun = replace(SAMPLE, gc_pauses=ends, **changes)  # type: ignore[arg-type]
    still = replace(begun, gc_pauses=())
    # Ages are of the first sample, the rest after it is on the axis.
    return said((1.0, begun), (4.0, still), (7.0, still))


@pytest.mark.parametrize(
    ("ends_ago_s", "percent", "words"),
    [
        ((60.0, 59.0, 58.0), 100, "100 MiB was live at the last GC, 01:04 ago; nothing is"),
        ((60.0, 59.0, 58.0), 100, "may be garbage by now. A GC is forced in 56.0 s."),
        ((58.0,), 100, "01:04 ago"),
        ((600.0,), -1, "With GOGC=off no GC comes by itself."),
    ],
)
def test_what_was_live_while_it_worked_need_not_be_so_now(
    ends_ago_s: tuple[float, ...], percent: int, words: str
) -> None:
    assert words in resting(ends_ago_s, gc_percent=percent)


@pytest.mark.parametrize(
    ("ends_ago_s", "changes"),
    [
        ((2.0, 1.0), {}),
        ((178.0, 58.0), {}),
        ((), {}),
        ((58.0,), {"heap_live_bytes": 20 * MIB}),
    ],
)
def test_what_is_as_it_was_found_is_not_called_old(
    ends_ago_s: tuple[float, ...], changes: dict[str, int]
) -> None:
    assert resting(ends_ago_s, **changes) == ""


def test_a_program_that_allocates_does_not_rest() -> None:
    begun = replace(SAMPLE, gc_pauses=(GcPause(1, 60.0, 0.1),))
    busy = replace(begun, gc_pauses=(), total_alloc_bytes=(SAMPLE.total_alloc_bytes or 0) * 2)
    assert said((1.0, begun), (4.0, busy)) == ""
