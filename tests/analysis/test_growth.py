"""A leak stands out; a steady heap, a sawtooth, a start and a full cache do not."""

import random

import pytest

from gctui.analysis.growth import Growth, Verdict, live_growth
from gctui.analysis.note import Note
from gctui.analysis.pacing_notes import growth_note
from gctui.events import GcPause, Process, Runtime
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from tests.corpus_files import SAMPLES
from tests.model.test_counters import MIB
from tests.model.test_state import line, state_of


def growth_of(*lives: int, every_s: float = 1.0) -> Growth:
    lines = [
        line(n, n * every_s, start=live + 20, end=live + 20, live=live)
        for n, live in enumerate(lives, 1)
    ]
    return live_growth(state_of(b"".join(lines)))


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("leak", Verdict.LEAK), ("steady", Verdict.STEADY), ("sawtooth", Verdict.STEADY)],
)
def test_the_demos(name: str, verdict: Verdict) -> None:
    growth = live_growth(state_of((SAMPLES / "demo" / f"{name}.log").read_bytes()))
    assert growth.verdict is verdict
    if growth.grows:
        assert (growth.from_mib, growth.to_mib) == pytest.approx((3, 303), abs=20)
        assert growth.mib_per_min == pytest.approx(371, rel=0.1)
        # From the first collection to the last: of what it grew from to what it grew to.
        assert growth.over_s == pytest.approx(48.573, abs=0.01)
        assert growth.now
        assert growth.now.low_per_s <= growth.now.slope_per_s <= growth.now.high_per_s


def test_a_cache_that_is_full_is_steady() -> None:
    assert growth_of(*(min(200, 10 * n) for n in range(1, 100))).verdict is Verdict.STEADY


def test_a_cache_that_fills_slows_down() -> None:
    filling = growth_of(*(round(400 * (1 - 0.97**n)) for n in range(1, 60)))
    assert filling.verdict is Verdict.CACHE
    assert filling.grows


def test_noise_does_not_hide_a_leak_and_makes_none() -> None:
    chance = random.Random(7)
    noisy = [chance.randrange(-30, 31) for _ in range(200)]
    assert growth_of(*(100 + n + noise for n, noise in enumerate(noisy))).verdict is Verdict.LEAK
    assert growth_of(*(200 + noise for noise in noisy)).verdict is Verdict.STEADY
    assert growth_of(*(500 - 2 * n + e for n, e in enumerate(noisy))).verdict is Verdict.FALLING


def test_too_short_to_tell() -> None:
    assert growth_of(*(50 * n for n in range(1, 6))).verdict is Verdict.TOO_SHORT
    assert growth_of(*(50 * n for n in range(1, 60)), every_s=0.1).verdict is Verdict.TOO_SHORT
    assert growth_of().verdict is Verdict.UNKNOWN


def test_a_heap_that_keeps_all_doubles_and_is_seen_after_few_collections() -> None:
    doubling = [line(n, 2.0**n, start=2**n, end=2**n, live=2**n) for n in range(1, 10)]
    growth = live_growth(state_of(b"".join(doubling)))
    assert growth.verdict is Verdict.LEAK
    assert growth.mib_per_min == pytest.approx(60, rel=0.1)


SERVER_GOALS_MIB = (28, 95, 176, 261, 358, 452, 545, 661, 654, 726, 796, 905, 997, 1037)
"""Of a real server whose live heap grew by 9 MiB/s, at GOGC=100, asked every five seconds."""


def told(*goals_mib: int, every_s: float = 5.0, **changes: int) -> Snapshot:
    """Return what a server tells that knows no live heap: five collections for each goal."""
    state = ProgramState()
    for number, goal_mib in enumerate(goals_mib):
        sample = Runtime(
            heap_goal_bytes=goal_mib * MIB,
            heap_allocated_bytes=goal_mib * MIB * 3 // 4,
            gc_count=5 * number,
            gc_pauses=tuple(
                GcPause(5 * number - ago, ago * every_s / 5, 0.1)
                for ago in range(5 if number else 0)
            ),
            **changes,  # type: ignore[arg-type]
        )
        state.apply(sample, 100 + number * every_s)
    return state.snapshot()


def said_of(snapshot: Snapshot) -> Note:
    (note,) = growth_note(snapshot)
    return note


@pytest.mark.parametrize("percent", [None, 50])
def test_where_no_live_heap_is_told_the_goals_tell_it(percent: int | None) -> None:
    snapshot = told(*SERVER_GOALS_MIB, **({} if percent is None else {"gc_percent": percent}))
    growth = live_growth(snapshot)
    assert growth.verdict is Verdict.LEAK
    assert growth.is_estimate
    live_share = 1 / (1 + (percent or 100) / 100)
    assert growth.to_mib == pytest.approx(997 * live_share)
    note = said_of(snapshot)
    assert note.is_alarming
    assert "Estimated from the goals" in note.basis


def test_steady_goals_are_a_steady_heap() -> None:
    assert live_growth(told(*[400, 410, 396, 402] * 5)).verdict is Verdict.STEADY


@pytest.mark.parametrize(
    "changes",
    [{"gc_percent": -1}, {"memory_limit_bytes": 1000 * MIB, "gc_percent": 100}],
    ids=["GOGC off", "a limit"],
)
def test_goals_that_a_limit_sets_tell_no_live_heap(changes: dict[str, int]) -> None:
    snapshot = told(*[950] * 20, **changes)
    assert live_growth(snapshot).verdict is Verdict.UNKNOWN
    note = said_of(snapshot)
    assert note.said.startswith("Nothing tells the live heap here")
    assert "gctui attach" in note.said


def test_too_short_says_what_is_missing_and_of_what_there_is_enough() -> None:
    few_looks = said_of(told(*SERVER_GOALS_MIB[:5]))
    assert few_looks.said.endswith("5 samples in 20.0 s.")
    assert few_looks.basis == "It takes a dozen samples over 10 s."
    brief = said_of(told(*SERVER_GOALS_MIB[:8], every_s=1.0))
    assert brief.said.endswith("collections in 7.0 s.")
    assert brief.basis == "It takes a dozen collections over 10 s."


def test_one_collection_in_a_quarter_of_a_minute() -> None:
    state = ProgramState()
    state.apply(Process(rss_bytes=MIB), 0.0)
    state.apply(Runtime(heap_live_bytes=4 * MIB, gc_count=0), 0.0)
    state.apply(Runtime(heap_live_bytes=4 * MIB, gc_count=1, gc_pauses=(GcPause(1, 3, 1),)), 15.0)
    note = said_of(state.snapshot())
    assert note.said.endswith("1 collection in 15.0 s.")


def test_of_a_single_look_nothing_is_said_of_growth() -> None:
    snapshot = told(SERVER_GOALS_MIB[0])
    assert list(growth_note(snapshot)) == []
