"""What is due back to the OS, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.pacing_notes import scavenger_note
from gctui.analysis.reasons import reason
from gctui.analysis.scavenger import scavenging
from gctui.events import GcPause
from gctui.model.ledger import ledger
from gctui.model.parts import PartName
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from tests.corpus_files import SAMPLES
from tests.model.test_counters import MIB, SAMPLE
from tests.model.test_state import line, state_of

SCVG = b"scvg0: inuse: %d, idle: %d, sys: 99, released: %d, consumed: 57 (MB)\n"
PEAK_MIB, NOW_MIB, RETURNED_MIB_PER_S = 400, 50, 2


def after_a_peak(collected: bool, seconds: int = 20) -> Snapshot:
    """400 MiB were in use, 50 MiB are; whether a collection has seen that yet is the question."""
    state = ProgramState()
    state.apply(
        replace(
            SAMPLE,
            heap_inuse_bytes=PEAK_MIB * MIB,
            heap_idle_bytes=0,
            heap_released_bytes=0,
            gc_pauses=(GcPause(5, 0.0, 0.1),),
        ),
        1.0,
    )
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
