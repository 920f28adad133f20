"""Which limit is nearest, and when it is reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.limit_notes import limit_notes
from gctui.analysis.limits import forecast, limits
from gctui.events import Process
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
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
    assert "218 MiB of memory.max 512 MiB, 43%." in note.said
    assert "RSS grows by 120 MiB/min: reaches it in about 02:27" in note.said


def test_a_steady_program_is_not_alarmed() -> None:
    snapshot = watched(grows=False, cgroup_limit=512, machine=8192, machine_available=4096)
    assert forecast(snapshot) is None
    (note,) = limit_notes(snapshot)
    assert not note.is_alarming
    assert list(limit_notes(watched(grows=False, machine=8192, machine_available=4096))) == []
    assert forecast(watched(grows=True, seconds=8, cgroup_limit=512)) is None


def test_a_nearly_full_container_is_alarmed() -> None:
    (note,) = limit_notes(watched(grows=False, cgroup_limit=104))
    assert note.is_alarming


def test_waiting_for_memory_is_said() -> None:
    snapshot = watched(grows=False, cgroup_limit=512)
    assert snapshot.process
    pressed = replace(snapshot.process, memory_pressure_percent=35.0)
    (note,) = limit_notes(replace(snapshot, process=pressed))
    assert "wait for memory 35% of the time" in note.said
