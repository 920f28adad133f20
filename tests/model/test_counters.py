"""The runtime's counters in the model: series, rates, parts, and the census."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.events import GcPause, GoroutineGroup, Process, Runtime
from gctui.model.ledger import ledger
from gctui.model.metrics import Metric
from gctui.model.pacing import goal_ahead_mib
from gctui.model.parts import Certainty, PartName
from gctui.model.state import ProgramState

MIB = 1 << 20
SAMPLE = Runtime(
    heap_live_bytes=100 * MIB,
    heap_allocated_bytes=160 * MIB,
    heap_goal_bytes=200 * MIB,
    heap_inuse_bytes=170 * MIB,
    heap_idle_bytes=50 * MIB,
    heap_released_bytes=20 * MIB,
    stack_inuse_bytes=4 * MIB,
    metadata_bytes=6 * MIB,
    sys_bytes=230 * MIB,
    total_alloc_bytes=1000 * MIB,
    gc_percent=100,
    gc_count=5,
    procs=4,
    cpu_assist_ms=10,
    cpu_background_ms=20,
    cpu_idle_ms=5,
    cpu_pause_ms=2,
    goroutines=12,
)
PARTS_MIB = {
    PartName.LIVE: 100,
    PartName.SINCE_GC: 60,
    PartName.SPANS: 10,
    PartName.IDLE: 30,
    PartName.STACKS: 4,
    PartName.METADATA: 6,
}


def later(gcs: int, **changes: object) -> Runtime:
    """Return the sample after some more collections, each of 2 ms assist and 3 ms background."""
    return replace(
        SAMPLE,
        gc_count=5 + gcs,
        total_alloc_bytes=(1000 + 50 * gcs) * MIB,
        cpu_assist_ms=10.0 + 2 * gcs,
        cpu_background_ms=20.0 + 3 * gcs,
        cpu_pause_ms=2.0 + gcs,
        gc_pauses=tuple(GcPause(5 + n, 0.1 * (gcs - n), 0.5 * n) for n in range(1, gcs + 1)),
        **changes,  # type: ignore[arg-type]
    )


def after(*samples: tuple[float, Runtime | Process]) -> ProgramState:
    state = ProgramState()
    for received_s, sample in samples:
        state.apply(sample, received_s)
    return state


def test_without_a_trace_the_counters_fill_its_charts() -> None:
    snapshot = after((10.0, SAMPLE), (12.0, later(4))).snapshot()
    last = {metric: snapshot.view(metric).last for metric in Metric}
    assert last[Metric.HEAP_LIVE_MIB] == 100
    assert last[Metric.HEAP_GOAL_MIB] == 200
    assert last[Metric.HEAP_ALLOCATED_MIB] == 160
    assert (last[Metric.INUSE_MIB], last[Metric.IDLE_MIB]) == (170, 50)
    assert (last[Metric.RELEASED_MIB], last[Metric.SYS_MIB]) == (20, 230)
    assert last[Metric.GOROUTINES] == 12
    assert list(snapshot.view(Metric.PAUSE_MS).values) == [0.5, 1.0, 1.5, 2.0]
    assert list(snapshot.view(Metric.PAUSE_MS).times_s) == pytest.approx([11.7, 11.8, 11.9, 12.0])
    assert last[Metric.CPU_ASSIST_MS] == 2
    assert last[Metric.CPU_BACKGROUND_MS] == 3
    assert last[Metric.CPU_STOPPED_MS] == 1
    assert snapshot.first_s == 10.0


def test_rates_are_of_what_was_counted() -> None:
    counters = after((10.0, SAMPLE), (12.0, later(4))).snapshot().counters
    assert counters is not None
    assert counters.allocation_mib_per_s == 100
    # 4 collections of 2 + 3 + 1 ms in 2 s on 4 Ps.
    assert counters.gc_cpu_percent == pytest.approx(100 * 24 / (2000 * 4))
    assert counters.last_pause_ms == 2.0
    assert counters.gc_ends_s == pytest.approx((11.7, 11.8, 11.9, 12.0))


def test_the_rate_of_allocation_is_of_the_last_seconds() -> None:
    samples = [(second / 10, replace(SAMPLE, total_alloc_bytes=0)) for second in range(100)]
    busy = [(10 + n / 10, replace(SAMPLE, total_alloc_bytes=n * MIB)) for n in range(50)]
    counters = after(*samples, *busy).snapshot().counters
    assert counters is not None
    assert counters.allocation_mib_per_s == pytest.approx(10)


def test_the_parts_are_those_of_memstats() -> None:
    rss = Process(rss_bytes=240 * MIB, cgroup_limit_bytes=1 << 30)
    snapshot = after((1.0, SAMPLE), (1.0, rss)).snapshot()
    split = ledger(snapshot, 1.0)
    found = {part.name: part.mib for part in split.parts}
    assert found == {**PARTS_MIB, PartName.OUTSIDE: 30, PartName.RELEASED: 0}
    assert split.mapped_mib == 230
    assert split.total_mib == split.rss_mib == 240
    assert split.released_mib == 20
    assert split.limit_mib == 1024
    exact = {part.name for part in split.parts if part.certainty is Certainty.EXACT}
    assert exact == PARTS_MIB.keys() - {PartName.METADATA} | {PartName.RELEASED}
    assert goal_ahead_mib(snapshot) == 200


def test_what_cannot_be_resident_is_taken_off_the_least_certain() -> None:
    snapshot = after((1.0, SAMPLE), (1.0, Process(rss_bytes=150 * MIB))).snapshot()
    found = {part.name: part.mib for part in ledger(snapshot, 1.0).parts}
    assert sum(found.values()) == 150
    assert (found[PartName.METADATA], found[PartName.IDLE], found[PartName.SPANS]) == (0, 0, 0)
    assert (found[PartName.LIVE], found[PartName.SINCE_GC]) == (100, 46)


def test_the_nearest_limit_counts() -> None:
    limited = replace(SAMPLE, memory_limit_bytes=256 * MIB)
    snapshot = after((1.0, limited), (1.0, Process(rss_bytes=MIB, cgroup_limit_bytes=1 << 30)))
    assert ledger(snapshot.snapshot(), 1.0).limit_mib == 256


def test_a_program_that_began_anew_is_not_compared_with_itself() -> None:
    fresh = replace(SAMPLE, gc_count=1, total_alloc_bytes=MIB)
    counters = after((10.0, SAMPLE), (11.0, fresh)).snapshot().counters
    assert counters is not None
    assert counters.allocation_mib_per_s is None
    assert counters.gc_ends_s == ()


def test_the_first_census_is_kept_to_compare_with() -> None:
    def census(count: int) -> Runtime:
        group = GoroutineGroup("main.f", "f.go:1", "waiting", "select", count, 2048, None)
        return replace(SAMPLE, goroutine_groups=(group,))

    samples = [(1.0, census(3)), (2.0, SAMPLE), (3.0, census(9)), (4.0, SAMPLE)]
    counters = after(*samples).snapshot().counters
    assert counters is not None
    assert counters.first_census is not None
    assert counters.census is not None
    assert (counters.first_census.time_s, counters.first_census.goroutines) == (1.0, 3)
    assert (counters.census.time_s, counters.census.goroutines) == (3.0, 9)
    assert census(9).goroutines_by_wait_reason == {"select": 9}
    assert SAMPLE.goroutines_by_status is None
