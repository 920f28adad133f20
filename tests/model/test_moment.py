"""A process's RSS is held against the counters of the same moment."""

from __future__ import annotations

from gctui.events import Process, Runtime
from gctui.model.moment import Moment, MomentKeeper

FIRST, SECOND, THIRD = (Process(rss_bytes=size_mib << 20) for size_mib in (10, 20, 30))
SMALL, LARGE, HUGE = (Runtime(heap_inuse_bytes=size_mib << 20) for size_mib in (5, 15, 25))


def test_what_comes_first_is_shown_at_once() -> None:
    moments = MomentKeeper()
    moments.process_sampled(FIRST)
    assert moments.now == Moment(FIRST, None)
    moments.counters_sampled(SMALL)
    assert moments.now == Moment(FIRST, SMALL)


def test_counters_wait_for_the_next_sample_of_the_process() -> None:
    moments = MomentKeeper()
    moments.process_sampled(FIRST)
    moments.counters_sampled(SMALL)
    moments.counters_sampled(LARGE)
    assert moments.now == Moment(FIRST, SMALL)
    moments.process_sampled(SECOND)
    assert moments.now == Moment(FIRST, SMALL)
    moments.counters_sampled(HUGE)
    assert moments.now == Moment(SECOND, HUGE)


def test_counters_that_come_seldom_are_held_against_every_sample() -> None:
    moments = MomentKeeper()
    moments.process_sampled(FIRST)
    moments.counters_sampled(SMALL)
    moments.process_sampled(SECOND)
    moments.process_sampled(THIRD)
    assert moments.now == Moment(THIRD, SMALL)
    moments.counters_sampled(LARGE)
    assert moments.now == Moment(THIRD, LARGE)


def test_counters_without_a_process_are_always_the_newest() -> None:
    moments = MomentKeeper()
    moments.counters_sampled(SMALL)
    moments.counters_sampled(LARGE)
    assert moments.now == Moment(None, LARGE)
