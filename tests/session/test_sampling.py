"""How often what is asked beside the stream is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from gctui.events import Mappings
from gctui.session.pump import Pump
from gctui.session.sampling import Sampling, Sources

LOOK = Mappings(
    rss_bytes=5,
    pss_bytes=5,
    uss_bytes=5,
    swap_bytes=0,
    lazyfree_bytes=0,
    hugepages_bytes=0,
    heap_rss_bytes=None,
    heap_lazyfree_bytes=None,
    heap_hugepages_bytes=None,
    metadata_rss_bytes=None,
    binary_rss_bytes=0,
    files_rss_bytes=0,
    thread_stacks_rss_bytes=0,
    c_heap_rss_bytes=0,
    other_rss_bytes=5,
)


def asked_at_s(answer: Callable[[], Mappings | None], for_s: float) -> tuple[list[float], Pump]:
    """Ask for mappings alone; return when that was, from the beginning."""
    began_s, times_s = time.monotonic(), list[float]()

    def now_s() -> float:
        return time.monotonic() - began_s

    def mappings() -> Mappings | None:
        times_s.append(now_s())
        return answer()

    pump = Pump()
    sampling = Sampling(Sources(mappings=mappings), pump, now_s)
    assert sampling.has_work
    sampling.start()
    time.sleep(for_s)
    sampling.stop()
    assert sampling.failure == ""
    return times_s, pump


@pytest.mark.parametrize("answer", [LOOK, None])
def test_mappings_are_asked_without_counters_often_at_first_and_then_seldom(
    answer: Mappings | None,
) -> None:
    times_s, pump = asked_at_s(lambda: answer, for_s=1.5)
    assert times_s[0] < 0.2
    assert 3 <= len(times_s) <= 7
    assert times_s[-1] - times_s[-2] > 0.2
    assert pump.snapshot().count("mappings") == (len(times_s) if answer else 0)


def test_what_takes_long_is_asked_all_the_more_seldom() -> None:
    def slow() -> Mappings:
        time.sleep(0.3)
        return LOOK

    times_s, _ = asked_at_s(slow, for_s=1.5)
    assert 2 <= len(times_s) <= 4


def test_nothing_to_ask_is_no_work() -> None:
    assert not Sampling(Sources(), Pump(), time.monotonic).has_work
