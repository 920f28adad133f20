"""A leak stands out; a steady heap, a sawtooth, a start and a full cache do not."""

import random

import pytest

from gctui.analysis.growth import Growth, Verdict, live_growth
from tests.corpus_files import SAMPLES
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
    assert growth_of().verdict is Verdict.TOO_SHORT


def test_a_heap_that_keeps_all_doubles_and_is_seen_after_few_collections() -> None:
    doubling = [line(n, 2.0**n, start=2**n, end=2**n, live=2**n) for n in range(1, 10)]
    growth = live_growth(state_of(b"".join(doubling)))
    assert growth.verdict is Verdict.LEAK
    assert growth.mib_per_min == pytest.approx(60, rel=0.1)
