"""Which limit is nearest, and when it is reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.limit_notes import limit_notes, roughly
from gctui.analysis.limits import forecast, limits
from gctui.events import Process
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES
from tests.model.test_counters import MIB, SAMPLE

GROWING_MIB_PER_S = 2


def watched(*, grows: bool, seconds: int = 60, **limits_mib: int) -> Snapshot:
    state = ProgramState()
    named = {f"{name}_bytes": mib * MIB for name, mib in limits_mib.items()}
    for second in range(seconds):
        rss_mib = 100 + (GROWING_MIB_PER_S * second if grows else second % 3)
        state.apply(Process(rss_bytes=rss_mib * MIB, **named), float(second))
    return state.snapshot()


def test_the_nearest_limit_comes_first() -> None:
    snapshot = watched(
        grows=False, cgroup_limit=512, cgroup_high=300, machine=8192, machine_available=4096
    )
    state = ProgramState()
    state.apply(replace(SAMPLE, memory_limit_bytes=250 * MIB), 1.0)
    both = replace(snapshot, counters=state.snapshot().counters)
    assert [limit.name for limit in limits(both)] == [
        "GOMEMLIMIT",
        "memory.high",
        "memory.max",
        "machine",
    ]
    go, _high, cgroup, machine = limits(both)
    assert (go.used_mib, go.left_mib) == (210, 40)
    assert (cgroup.is_hard, go.is_hard) == (True, False)
    assert machine.left_mib == 4096
    assert limits(Snapshot()) == []


def test_growth_tells_when_a_limit_is_reached() -> None:
    snapshot = watched(grows=True, cgroup_limit=512)
    ahead = forecast(snapshot)
    assert ahead
    left_mib = 512 - (100 + GROWING_MIB_PER_S * 59)
    assert ahead.limit.name == "memory.max"
    assert ahead.mib_per_min == pytest.approx(60 * GROWING_MIB_PER_S, rel=0.01)
    assert ahead.in_s == pytest.approx(left_mib / GROWING_MIB_PER_S, rel=0.02)
    assert ahead.earliest_s <= ahead.in_s
    assert ahead.latest_s
    assert ahead.latest_s >= ahead.in_s
    (note,) = limit_notes(snapshot)
    assert note.is_alarming
    assert note.said.startswith("RSS is 218 MiB of memory.max 512 MiB, 43%.")
    assert "RSS grows by 120 MiB/min: reaches it in about 2.5 min." in note.said


def test_a_steady_program_is_not_alarmed() -> None:
    snapshot = watched(grows=False, cgroup_limit=512, machine=8192, machine_available=4096)
    assert forecast(snapshot) is None
    (note,) = limit_notes(snapshot)
    assert not note.is_alarming
    assert list(limit_notes(watched(grows=False, machine=8192, machine_available=4096))) == []
    assert forecast(watched(grows=True, seconds=8, cgroup_limit=512)) is None


def test_what_was_seen_for_half_a_minute_foretells_no_hours() -> None:
    """RSS grew by a MiB/s in 34 s of a start; the machine has 21 GiB left."""
    state = ProgramState()
    machine_mib, available_mib = 24105, 22108
    for second in range(34):
        process = Process(
            rss_bytes=(50 + second) * MIB,
            machine_bytes=machine_mib * MIB,
            machine_available_bytes=available_mib * MIB,
        )
        state.apply(process, float(second))
    assert forecast(state.snapshot()) is None
    assert list(limit_notes(state.snapshot())) == []


def test_a_machines_memory_is_not_the_programs() -> None:
    snapshot = watched(grows=True, seconds=120, machine=8192, machine_available=4096)
    (note,) = limit_notes(snapshot)
    assert note.said.startswith(
        "RSS is 338 MiB of the machine's 8.00 GiB, of which 4.00 GiB is in use in all, 50%."
    )
    assert "RSS grows by 120 MiB/min: reaches the machine's end in about 34 min." in note.said


def test_of_a_trace_the_live_heap_foretells_with_its_room() -> None:
    log = (SAMPLES / "demo" / "leak.log").read_bytes()
    state = ProgramState()
    for event in scan([log]):
        state.apply(event)
    process = Process(rss_bytes=600 * MIB, cgroup_limit_bytes=1024 * MIB)
    state.apply(process)
    (note,) = limit_notes(state.snapshot())
    assert " The live heap, with its room to the goal, grows by " in note.said


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.0, "5 s"),
        (42.0, "40 s"),
        (147.0, "2.5 min"),
        (1384.0, "23 min"),
        (23642.0, "6.5 h"),
        (7 * 86400.0, "7 days"),
    ],
)
def test_what_is_foreseen_is_rounded(seconds: float, text: str) -> None:
    assert roughly(seconds) == text


def test_a_nearly_full_container_is_alarmed() -> None:
    (note,) = limit_notes(watched(grows=False, cgroup_limit=104))
    assert note.is_alarming


def test_waiting_for_memory_is_said() -> None:
    snapshot = watched(grows=False, cgroup_limit=512)
    assert snapshot.process
    pressed = replace(snapshot.process, memory_pressure_percent=35.0)
    (note,) = limit_notes(replace(snapshot, process=pressed))
    assert "wait for memory 35% of the time" in note.said
