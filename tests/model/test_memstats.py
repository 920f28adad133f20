"""MemStats as counters: the same meaning, honest where they do not tell, pauses once each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.sentence import headline
from gctui.events import GcPause, MemStats, Process, Runtime
from gctui.model.ledger import ledger
from gctui.model.memstats import remembered_s, runtime_of
from gctui.model.metrics import Metric
from gctui.model.pacing import goal_ahead_mib
from gctui.model.parts import Certainty, PartName
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType
from gctui.model.state import ProgramState

MIB = 1 << 20
NOW_NS = 1_700_000_000 * 10**9
STATS = MemStats(
    heap_alloc_bytes=160 * MIB,
    heap_sys_bytes=220 * MIB,
    heap_inuse_bytes=170 * MIB,
    heap_idle_bytes=50 * MIB,
    heap_released_bytes=20 * MIB,
    stack_inuse_bytes=4 * MIB,
    sys_bytes=230 * MIB,
    total_alloc_bytes=1000 * MIB,
    next_gc_bytes=204 * MIB,
    gc_cpu_fraction=0.02,
    num_gc=3,
    num_forced_gc=1,
    pause_ns=(1_000_000, 2_000_000, 3_000_000, *[0] * 253),
    pause_end_ns=tuple(NOW_NS - ago * 10**9 for ago in (30, 20, 10)) + (0,) * 253,
    taken_ns=NOW_NS,
)
TOTALS = replace(STATS, pause_ns=(), pause_end_ns=(), pause_total_ns=6_000_000, goroutines=9)


def later(stats: MemStats, gcs: int, **changes: object) -> MemStats:
    return replace(
        stats,
        num_gc=3 + gcs,
        taken_ns=NOW_NS + 10 * 10**9,
        total_alloc_bytes=2000 * MIB,
        **changes,  # type: ignore[arg-type]
    )


def test_the_same_meaning_has_the_same_place() -> None:
    sample = runtime_of(STATS, None)
    assert sample == Runtime(
        heap_allocated_bytes=160 * MIB,
        heap_goal_bytes=204 * MIB,
        heap_inuse_bytes=170 * MIB,
        heap_idle_bytes=50 * MIB,
        heap_released_bytes=20 * MIB,
        stack_inuse_bytes=4 * MIB,
        metadata_bytes=6 * MIB,
        sys_bytes=230 * MIB,
        total_alloc_bytes=1000 * MIB,
        gc_count=3,
        gc_forced_count=1,
        gc_cpu_percent=2.0,
        gc_pauses=(GcPause(1, 30.0, 1.0), GcPause(2, 20.0, 2.0), GcPause(3, 10.0, 3.0)),
    )
    assert remembered_s(STATS) == 30


def test_no_goal_and_no_limit_are_none() -> None:
    sample = runtime_of(MemStats(next_gc_bytes=2**64 - 1, memory_limit_bytes=2**63), None)
    assert (sample.heap_goal_bytes, sample.memory_limit_bytes) == (None, None)
    assert sample.metadata_bytes is None
    assert sample.gc_pauses == ()


def test_each_pause_comes_once() -> None:
    ring = (1_000_000, 2_000_000, 3_000_000, 4_000_000, *[0] * 252)
    ends = tuple(NOW_NS + n * 10**9 for n in (-30, -20, -10, 8)) + (0,) * 252
    after = later(STATS, 1, pause_ns=ring, pause_end_ns=ends)
    assert runtime_of(after, STATS).gc_pauses == (GcPause(4, 2.0, 4.0),)
    assert runtime_of(after, after).gc_pauses == ()


def test_the_ring_goes_round() -> None:
    ring = tuple(range(1000, 1256))
    stats = replace(STATS, num_gc=1000, pause_ns=ring, pause_end_ns=())
    before = replace(stats, num_gc=998)
    found = runtime_of(stats, before).gc_pauses
    assert [pause.n for pause in found] == [999, 1000]
    assert [pause.pause_ms for pause in found] == [ring[998 % 256] / 1e6, ring[999 % 256] / 1e6]
    assert len(runtime_of(stats, None).gc_pauses) == 256
    assert len(runtime_of(stats, replace(stats, num_gc=2)).gc_pauses) == 256


def test_a_program_that_began_anew_is_not_compared() -> None:
    fresh = replace(STATS, total_alloc_bytes=MIB)
    assert len(runtime_of(fresh, STATS).gc_pauses) == 3


def test_of_totals_alone_the_mean_is_taken_and_the_longest_where_it_is_new() -> None:
    first = replace(TOTALS, pause_quantiles_ns=(1, 2, 3, 4, 3_000_000))
    assert runtime_of(first, None).gc_pauses == ()
    same = later(first, 4, pause_total_ns=14_000_000)
    assert [pause.pause_ms for pause in runtime_of(same, first).gc_pauses] == [2.0] * 4
    worse = replace(same, pause_quantiles_ns=(1, 2, 3, 4, 5_000_000))
    assert [pause.pause_ms for pause in runtime_of(worse, first).gc_pauses] == [1.0] * 3 + [5.0]
    ago = [pause.ago_s for pause in runtime_of(worse, first).gc_pauses]
    assert ago == sorted(ago, reverse=True)
    assert all(0 <= each <= 10 for each in ago)


def test_the_charts_work_without_any_trace() -> None:
    state = ProgramState()
    state.apply(STATS, 25.0)
    state.apply(later(STATS, 0), 35.0)
    snapshot = state.snapshot()
    last = {metric: snapshot.view(metric).last for metric in Metric}
    assert last[Metric.HEAP_ALLOCATED_MIB] == 160
    assert (last[Metric.INUSE_MIB], last[Metric.IDLE_MIB]) == (170, 50)
    assert (last[Metric.RELEASED_MIB], last[Metric.HEAP_GOAL_MIB]) == (20, 204)
    assert last[Metric.HEAP_LIVE_MIB] is None
    # The pause of 30 s ago has no place on an axis of 25 s, but counts.
    assert list(snapshot.view(Metric.PAUSE_MS).values) == [2.0, 3.0]
    assert snapshot.totals.pause.count == 3
    assert snapshot.totals.pause.highest == 3.0
    assert goal_ahead_mib(snapshot) == 204
    counters = snapshot.counters
    assert counters is not None
    assert counters.gc_ends_s == (-5.0, 5.0, 15.0)


def test_the_rate_of_allocation_needs_two_samples_however_seldom() -> None:
    state = ProgramState()
    state.apply(STATS, 1.0)
    state.apply(later(STATS, 0), 101.0)
    counters = state.snapshot().counters
    assert counters is not None
    assert counters.allocation_mib_per_s == pytest.approx(10)


def test_live_is_an_estimate_and_says_so() -> None:
    state = ProgramState()
    state.apply(STATS, 1.0)
    split = ledger(state.snapshot(), 1.0)
    live, since = split.part(PartName.LIVE), split.part(PartName.SINCE_GC)
    assert live is not None
    assert since is not None
    # goal 204 = live + (live + 4 of stacks) × 100%
    assert (live.mib, since.mib) == (100, 60)
    for part in (live, since):
        assert (part.low_mib, part.high_mib, part.certainty) == (0, 160, Certainty.BOUNDED)
    assert "GOGC=100, if that is what it has" in live.evidence
    exact = {part.name: part.mib for part in split.parts if part.certainty is Certainty.EXACT}
    assert (exact[PartName.SPANS], exact[PartName.IDLE], exact[PartName.STACKS]) == (10, 30, 4)
    assert split.total_mib == 210


def test_gogc_where_it_is_told_makes_the_estimate_better() -> None:
    state = ProgramState()
    state.apply(replace(STATS, gc_percent=50, next_gc_bytes=152 * MIB), 1.0)
    live = ledger(state.snapshot(), 1.0).part(PartName.LIVE)
    assert live is not None
    assert live.mib == 100
    assert "at GOGC=50;" in live.evidence


def test_without_a_goal_nothing_is_called_live() -> None:
    for stats in (replace(STATS, next_gc_bytes=2**64 - 1), replace(STATS, gc_percent=-1)):
        state = ProgramState()
        state.apply(stats, 1.0)
        split = ledger(state.snapshot(), 1.0)
        live, since = split.part(PartName.LIVE), split.part(PartName.SINCE_GC)
        assert live is not None
        assert since is not None
        assert (live.mib, live.high_mib, since.mib) == (0, 160, 160)


def test_the_parts_sum_to_rss_where_metrics_tell_it() -> None:
    state = ProgramState()
    state.apply(Process(rss_bytes=240 * MIB), 1.0)
    state.apply(TOTALS, 1.0)
    split = ledger(state.snapshot(), 1.0)
    assert split.total_mib == split.rss_mib == 240
    assert state.snapshot().view(Metric.GOROUTINES).last == 9


def test_counters_read_in_the_process_come_first() -> None:
    state = ProgramState()
    inside = Runtime(heap_live_bytes=MIB, heap_inuse_bytes=2 * MIB, gc_count=3)
    state.apply(inside, 1.0)
    state.apply(STATS, 2.0)
    counters = state.snapshot().counters
    assert counters is not None
    assert counters.sample == inside


def goroutines() -> Profile:
    frames = [
        Frame("runtime.gopark", "/go/src/runtime/proc.go", 1),
        Frame("internal/poll.runtime_pollWait", "/go/src/runtime/netpoll.go", 2),
        Frame("main.read", "/src/main.go", 3),
        Frame("main.serve", "/src/main.go", 4),
        Frame("runtime.main", "/go/src/runtime/proc.go", 5),
        Frame("net/http.(*conn).serve", "/go/src/net/http/server.go", 6),
    ]
    stacks = {(0, 1, 2, 3): 5, (1, 2, 3): 2, (2, 4): 1, (1, 5): 3, (): 1, (0,): 1}
    return Profile(
        sample_types=(SampleType("goroutine", "count"),),
        default_type="goroutine",
        locations=tuple(Location(n, (frame,)) for n, frame in enumerate(frames)),
        samples=tuple(Sample(stack, (count,)) for stack, count in stacks.items()),
        sampling_bytes=None,
    )


def test_a_goroutine_profile_is_the_census_of_the_next_figures() -> None:
    state = ProgramState()
    state.take_profile(goroutines())
    assert state.snapshot().goroutine_profile is not None
    assert state.snapshot().profile is None
    state.apply(STATS, 1.0)
    state.apply(later(STATS, 0), 2.0)
    counters = state.snapshot().counters
    assert counters is not None
    assert counters.census is not None
    assert (counters.census.time_s, counters.census.goroutines) == (1.0, 13)
    found = {
        (group.created_by, group.function, group.line): group.count
        for group in counters.census.groups
    }
    assert found == {
        ("main.serve (entry)", "main.read", "/src/main.go:3"): 7,
        ("main", "main.read", "/src/main.go:3"): 1,
        (
            "net/http.(*conn).serve (entry)",
            "internal/poll.runtime_pollWait",
            "/go/src/runtime/netpoll.go:2",
        ): 3,
        ("not told", "", ""): 1,
        ("runtime.gopark (entry)", "", ""): 1,
    }


def test_a_heap_profile_is_the_profile() -> None:
    state = ProgramState()
    heap = replace(goroutines(), default_type="inuse_space")
    state.take_profile(heap)
    assert state.snapshot().profile is heap


def told(*pages: MemStats, rss_bytes: int | None = None) -> ProgramState:
    state = ProgramState()
    for second, stats in enumerate(pages):
        if rss_bytes is not None:
            state.apply(Process(rss_bytes=rss_bytes), float(second))
        state.apply(replace(stats, taken_ns=NOW_NS + second * 10**9), float(second))
    return state


def test_what_a_page_does_not_tell_is_no_part() -> None:
    counts = [MemStats(num_gc=count, goroutines=5) for count in (7, 8)]
    snapshot = told(*counts, rss_bytes=500 * MIB).snapshot()
    split = ledger(snapshot, 1.0)
    assert [(part.name, part.mib) for part in split.parts] == [(PartName.UNATTRIBUTED, 500)]
    assert "lacks HeapAlloc, HeapInuse, HeapIdle" in split.parts[0].evidence
    said = headline(snapshot, split)
    assert said.part is None
    assert (
        "Go's memory is not told: the page lacks MemStats (as metrics: go_memstats_*)" in said.said
    )
    assert ledger(told(*counts).snapshot(), 1.0).parts == ()
    assert split.released_mib is None


def test_of_sys_alone_the_rest_is_not_told_apart() -> None:
    stats = MemStats(num_gc=7, sys_bytes=900 * MIB, heap_alloc_bytes=100 * MIB)
    snapshot = told(stats).snapshot()
    split = ledger(snapshot, 0.0)
    assert split.mapped_mib == 900
    rest = split.part(PartName.UNATTRIBUTED)
    assert rest is not None
    assert rest.mib == 800
    assert headline(snapshot, split).said.endswith("HeapInuse, HeapIdle, StackInuse, HeapSys.")


def test_a_count_that_is_missing_once_is_no_new_life() -> None:
    without = replace(TOTALS, num_gc=None, total_alloc_bytes=None)
    state = told(TOTALS, without, later(TOTALS, 1, pause_total_ns=7_000_000))
    counters = state.snapshot().counters
    assert counters is not None
    assert counters.allocation_mib_per_s is not None
    assert told(TOTALS, without).snapshot().totals.pause.count == 0
    assert told(without, TOTALS).snapshot().totals.pause.count == 0


def test_pauses_without_a_total_are_unknown() -> None:
    counted = [replace(TOTALS, num_gc=count, pause_total_ns=None) for count in (3, 5)]
    assert told(*counted).snapshot().totals.pause.count == 0
