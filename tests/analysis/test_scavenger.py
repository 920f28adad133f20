"""What is due back to the OS, and when."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from gctui.analysis.pacing_notes import scavenger_note
from gctui.analysis.reasons import reason
from gctui.analysis.scavenger import scavenging
from gctui.events import GcPause, Runtime
from gctui.model.ledger import ledger
from gctui.model.parts import PartName
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from tests.corpus_files import SAMPLES
from tests.go_toolchain import compiled
from tests.model.test_counters import MIB, SAMPLE
from tests.model.test_state import line, state_of

SCVG = b"scvg0: inuse: %d, idle: %d, sys: 99, released: %d, consumed: 57 (MB)\n"
PEAK_MIB, NOW_MIB, RETURNED_MIB_PER_S = 400, 50, 2


def after_a_peak(collected: bool, seconds: int = 20) -> Snapshot:
    """400 MiB were in use, 50 MiB are; whether a collection has seen that yet is the question."""
    state = ProgramState()
    peak = replace(
        SAMPLE,
        heap_inuse_bytes=PEAK_MIB * MIB,
        heap_idle_bytes=0,
        heap_released_bytes=0,
    )
    state.apply(peak, 0.8)
    state.apply(replace(peak, gc_pauses=(GcPause(5, 0.0, 0.1),)), 1.0)
    for tenth in range(10 * seconds):
        released = RETURNED_MIB_PER_S * tenth / 10 if collected else 0
        state.apply(
            replace(
                SAMPLE,
                heap_live_bytes=20 * MIB,
                heap_allocated_bytes=40 * MIB,
                heap_inuse_bytes=NOW_MIB * MIB,
                heap_idle_bytes=(PEAK_MIB - NOW_MIB) * MIB,
                heap_released_bytes=int(released * MIB),
                gc_count=6 if collected else 5,
                gc_pauses=(GcPause(6, 0.0, 0.1),) if collected and tenth == 2 else (),
            ),
            2.0 + tenth / 10,
        )
    return state.snapshot()


def test_what_a_collection_saw_is_due() -> None:
    snapshot = after_a_peak(collected=True)
    found = scavenging(snapshot, snapshot.now_s)
    assert found
    returned_mib = RETURNED_MIB_PER_S * 19.9
    assert found.idle_mib == pytest.approx(PEAK_MIB - NOW_MIB - returned_mib, abs=0.1)
    assert found.due_mib == pytest.approx(PEAK_MIB - returned_mib - 1.1 * NOW_MIB, abs=0.1)
    assert found.mib_per_s == pytest.approx(RETURNED_MIB_PER_S, rel=0.05)
    assert found.done_in_s == pytest.approx((found.due_mib or 0) / RETURNED_MIB_PER_S, rel=0.05)
    (note,) = scavenger_note(snapshot, snapshot.now_s)
    assert "305 MiB of it is due back now, at 2 MiB/s: done in about 02:3" in note.said
    split = ledger(snapshot, snapshot.now_s)
    idle = split.part(PartName.IDLE)
    assert idle
    said = reason(idle, snapshot, split)
    assert "is free inside Go and not returned to the OS yet, going back at 2 MiB/s" in said


def test_a_peak_that_no_collection_has_seen_past_waits_for_the_forced_one() -> None:
    snapshot = after_a_peak(collected=False, seconds=30)
    found = scavenging(snapshot, snapshot.now_s)
    assert found
    assert found.due_mib == 0
    assert found.due_after_gc_mib == pytest.approx(PEAK_MIB - 1.1 * NOW_MIB)
    assert found.forced_gc_in_s == pytest.approx(120 - (snapshot.now_s - 1.0))
    (note,) = scavenger_note(snapshot, snapshot.now_s)
    assert "forced in 01:29 at the latest, makes 345 MiB of it due" in note.said


def test_old_go_returns_by_age() -> None:
    log = (SAMPLES / "go1.12.17" / "sawtooth-long.gctrace.log").read_bytes()
    snapshot = state_of(log)
    found = scavenging(snapshot, snapshot.now_s)
    assert found
    assert found.is_old
    (note,) = scavenger_note(snapshot, snapshot.now_s)
    assert "give it 7 minutes" in note.said


def test_nothing_is_said_where_nothing_is_idle_or_known() -> None:
    assert scavenging(state_of(line(1, 1.0)), 1.0) is None
    state = ProgramState()
    state.apply(replace(SAMPLE, heap_idle_bytes=0, heap_released_bytes=0), 1.0)
    assert list(scavenger_note(state.snapshot(), 1.0)) == []


Row = tuple[float, float, float, float, float, float, int]
"""Seconds; MiB in use, idle, released, allocated, goal; the number of collections."""

SAWTOOTH: tuple[Row, ...] = (
    (24.8, 439.2, 368.6, 209.4, 439.0, 608.0, 13),
    (25.6, 494.7, 313.1, 209.4, 494.5, 608.0, 13),
    (26.4, 551.7, 256.1, 209.4, 551.5, 608.0, 13),
    (27.2, 312.5, 495.2, 208.8, 312.3, 606.7, 14),
    (28.0, 374.0, 433.7, 208.8, 373.8, 606.7, 14),
    (28.8, 431.7, 376.0, 208.8, 431.6, 606.7, 14),
    (29.6, 489.5, 318.2, 208.8, 489.3, 606.7, 14),
    (30.4, 547.3, 260.5, 208.8, 547.1, 606.7, 14),
    (31.2, 310.9, 496.8, 208.8, 310.7, 608.0, 15),
    (32.8, 426.4, 381.3, 208.8, 426.3, 608.0, 15),
    (33.6, 484.2, 323.6, 208.8, 484.0, 608.0, 15),
)
"""A real program (Go 1.27) with 303 MiB live and 75 MiB/s of garbage, as it was sampled."""

BURST: tuple[Row, ...] = (
    (0.0, 1121.5, 1.8, 1.8, 1120.7, 1213.0, 8),
    (121.0, 1121.5, 1.8, 1.8, 1120.7, 1213.0, 8),
    (121.2, 320.4, 802.9, 1.8, 320.4, 641.0, 9),
    (130.0, 320.4, 802.9, 1.8, 320.4, 641.0, 9),
    (241.0, 320.4, 802.9, 1.8, 320.4, 641.0, 9),
    (241.2, 320.4, 802.9, 1.8, 320.4, 641.0, 10),
    (246.2, 320.4, 802.9, 9.6, 320.4, 641.0, 10),
    (247.6, 320.4, 802.9, 177.6, 320.4, 641.0, 10),
    (251.4, 320.4, 802.9, 771.6, 320.4, 641.0, 10),
    (262.0, 320.4, 802.9, 771.6, 320.4, 641.0, 10),
)
"""One with 320 MiB live after 800 MiB of garbage; both collections were forced by the runtime."""


def counted(row: Row, before: Row | None) -> Runtime:
    """Return the sample; collections between two of them are spread evenly."""
    mib = [int(each * MIB) for each in row[1:6]]
    numbers = range(1 + (before[6] if before else row[6]), 1 + row[6])
    each_s = (row[0] - (before[0] if before else 0.0)) / (len(numbers) + 1)
    return replace(
        SAMPLE,
        heap_inuse_bytes=mib[0],
        heap_idle_bytes=mib[1],
        heap_released_bytes=mib[2],
        heap_allocated_bytes=mib[3],
        heap_goal_bytes=mib[4],
        gc_count=row[6],
        gc_pauses=tuple(
            GcPause(number, each_s * ago, 0.1)
            for ago, number in zip(range(len(numbers), 0, -1), numbers, strict=True)
        ),
    )


def sampled(rows: Sequence[Row]) -> Snapshot:
    state = ProgramState()
    total_mib = 0.0
    for before, row in zip([None, *rows], rows, strict=False):
        was_mib = 0.0 if before is None else before[4]
        # After a collection, at least what exceeds the live heap, at GOGC=100.
        total_mib += max(0.0, row[4] - (was_mib if row[4] >= was_mib else row[5] / 2))
        sample = replace(counted(row, before), total_alloc_bytes=int(total_mib * MIB))
        state.apply(sample, row[0])
    return state.snapshot()


def said_of(rows: Sequence[Row]) -> str:
    snapshot = sampled(rows)
    return "".join(note.said for note in scavenger_note(snapshot, snapshot.now_s))


@pytest.mark.parametrize("step", [1, 3], ids=["every 0.8 s", "every 2.4 s"])
def test_what_a_sawtooth_needs_until_its_goal_is_never_due(step: int) -> None:
    for count in range(5, len(SAWTOOTH) + 1):
        said = said_of(SAWTOOTH[:count:step])
        assert "The heap is expected to grow into it" in said
        assert " due" not in said.replace("none is due back", "")


def test_what_a_collection_finds_waits_for_the_next_one() -> None:
    assert said_of(BURST[:2]) == ""
    for count in (4, 5):
        said = said_of(BURST[:count])
        assert said.startswith("801 MiB is free inside Go and not returned. The next GC, forced in")
        assert said.endswith("at the latest, makes 769 MiB of it due.")
    assert said_of(BURST[:6]).endswith("769 MiB of it is due back now.")
    assert "593 MiB of it is due back now, at 120 MiB/s: done in about 4.9 s" in said_of(BURST[:8])
    assert said_of(BURST).endswith("none is due back.")


def test_a_collection_that_was_not_seen_makes_nothing_due_now() -> None:
    """As of a program that is attached to: its past collections are told, not its past pages."""
    state = ProgramState()
    for time_s in (200.0, 210.0, 220.0):
        pauses = (GcPause(9, 88.8, 0.1),) if time_s == 200 else ()
        state.apply(replace(counted(BURST[3], None), gc_pauses=pauses), time_s)
    found = scavenging(state.snapshot(), 220.0)
    assert found
    assert found.due_mib is None
    (note,) = scavenger_note(state.snapshot(), 220.0)
    assert "769 MiB of it is due after the next one, forced in 11.2 s at the latest" in note.said
    assert "was not seen" in note.said


def test_one_sample_tells_nothing_of_what_is_due() -> None:
    said = said_of(BURST[3:4])
    assert said.endswith("How much of it goes back, and when, a single look does not tell.")


def test_a_leak_that_is_seldom_looked_at_owes_nothing() -> None:
    """A real server that grows by 9 MiB/s, asked every five seconds."""
    rows = (
        (42.9, 27.4, 12.3, 5.3, 26.4, 38.0, 56),
        (47.7, 113.0, 6.7, 4.3, 110.5, 124.9, 79),
        (52.7, 139.2, 60.5, 2.3, 135.4, 217.9, 89),
        (57.7, 188.7, 110.9, 5.3, 183.6, 330.0, 95),
        (62.7, 275.4, 84.3, 4.8, 269.0, 431.8, 99),
    )
    for count in range(1, 6):
        assert " due" not in said_of(rows[:count]).replace("none is due back", "")


def test_with_gogc_off_no_collection_is_forced() -> None:
    state = ProgramState()
    for before, row in pairwise([BURST[0], *BURST[:4]]):
        state.apply(replace(counted(row, before), gc_percent=-1, heap_goal_bytes=None), row[0])
    found = scavenging(state.snapshot(), BURST[3][0])
    assert found
    assert found.forced_gc_in_s is None
    assert found.due_after_gc_mib is None


def printed(text: bytes) -> Iterator[Row]:
    """Read what burst.go prints: milliseconds, five sizes, the number of collections."""
    for each in text.splitlines():
        first, *sizes, number = (int(word) for word in each.split())
        inuse, idle, released, allocated, goal = (size / MIB for size in sizes)
        yield first / 1000, inuse, idle, released, allocated, goal, number


def test_a_real_program_returns_what_was_said_and_not_before() -> None:
    ran = subprocess.run(
        [compiled(Path(__file__).parent / "programs" / "burst.go")],
        capture_output=True,
        check=True,
        timeout=100,
    )
    rows = list(printed(ran.stdout))
    second, third = (
        next(place for place, row in enumerate(rows) if row[6] == rows[-1][6] - following)
        for following in (1, 0)
    )
    waiting = scavenging(sampled(rows[:third]), rows[third - 1][0])
    assert waiting
    assert waiting.due_mib == pytest.approx(0, abs=8)
    assert rows[third - 1][3] - rows[second][3] < 32
    due = scavenging(sampled(rows[: third + 1]), rows[third][0])
    assert due
    assert due.due_mib == pytest.approx(waiting.due_after_gc_mib, rel=0.1)
    assert rows[-1][3] - rows[third][3] == pytest.approx(due.due_mib, rel=0.1)
