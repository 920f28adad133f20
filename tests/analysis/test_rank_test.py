"""Tests of ranks and order statistics, against counting every way to draw the samples."""

from __future__ import annotations

from itertools import combinations
from math import comb
from random import Random
from statistics import median

import pytest

from gctui.analysis.order_statistics import percentile, ratio_interval, shift
from gctui.analysis.rank_test import PercentileTest, dependence, mann_whitney, percentile_test
from gctui.analysis.reservoir import Reservoir


def u_of(first: list[float], second: list[float]) -> float:
    return sum((x > y) + (x == y) / 2 for x in first for y in second)


def p_by_counting(base: list[float], new: list[float]) -> float:
    """Return the p of all ways to deal the values out to two sides of these sizes."""
    both, middle = [*base, *new], len(base) * len(new) / 2
    seen = abs(u_of(base, new) - middle)
    as_far = 0
    for chosen in combinations(range(len(both)), len(base)):
        first = [both[i] for i in chosen]
        second = [both[i] for i in range(len(both)) if i not in chosen]
        as_far += abs(u_of(first, second) - middle) >= seen
    return as_far / comb(len(both), len(base))


@pytest.mark.parametrize("seed", range(12))
def test_the_exact_p_is_the_share_of_all_ways_to_deal(seed: int) -> None:
    random = Random(seed)
    base = [random.gauss(0, 1) for _ in range(random.randint(1, 6))]
    new = [random.gauss(random.choice([0, 1, 3]), 1) for _ in range(random.randint(1, 6))]
    assert mann_whitney(base, new) == pytest.approx(p_by_counting(base, new))
    tied_base, tied_new = [[float(round(x)) for x in side] for side in (base, new)]
    assert mann_whitney(tied_base, tied_new) == pytest.approx(p_by_counting(tied_base, tied_new))


def test_four_runs_a_side_can_tell_and_three_cannot() -> None:
    assert mann_whitney([1, 2, 3, 4], [5, 6, 7, 8]) == pytest.approx(2 / 70)
    assert mann_whitney([1, 2, 3], [5, 6, 7]) == pytest.approx(0.1)


@pytest.mark.parametrize("is_tied", [False, True])
def test_the_approximation_is_near_what_dealing_at_random_gives(is_tied: bool) -> None:
    random = Random(7)
    base = [random.gauss(0, 1) for _ in range(60)]
    new = [random.gauss(0.3, 1) for _ in range(70)]
    if is_tied:
        base, new = [float(round(x)) for x in base], [float(round(x)) for x in new]
    both, middle = [*base, *new], len(base) * len(new) / 2
    seen, as_far, deals = abs(u_of(base, new) - middle), 0, 1500
    for _ in range(deals):
        random.shuffle(both)
        as_far += abs(u_of(both[:60], both[60:]) - middle) >= seen
    assert mann_whitney(base, new) == pytest.approx(as_far / deals, abs=0.03)


def test_known_values() -> None:
    # R: wilcox.test(c(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46),
    #                c(1.15, 0.88, 0.90, 0.74, 1.21)), its documentation's example: two-sided.
    permeability = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    at_term = [1.15, 0.88, 0.90, 0.74, 1.21]
    assert mann_whitney(permeability, at_term) == pytest.approx(0.2544, abs=5e-5)
    assert mann_whitney([], [1.0]) == mann_whitney([2.0] * 90, [2.0] * 80) == 1


def test_a_percentile_is_held_against_fisher() -> None:
    # 2 of 10 against 8 of 10 lie above the median of both: Fisher's two-sided p is 0.0230.
    base = [*range(8), 100, 101]
    new = [8.5, 9.5, *range(102, 110)]
    assert percentile_test(base, new, 0.5) == pytest.approx(0.02301, abs=1e-4)
    assert percentile_test(base, base, 0.99) == 1
    calm, wild = [1.0] * 300, [1.0] * 280 + [9.0] * 20
    assert percentile_test(calm, wild, 0.99) < 0.001


def test_the_shift_is_the_median_of_all_differences() -> None:
    random = Random(3)
    for sizes in ((1, 1), (3, 4), (7, 8), (200, 150)):
        base = [random.gauss(10, 2) for _ in range(sizes[0])]
        new = [random.gauss(12, 2) for _ in range(sizes[1])]
        by, within = shift(base, new)
        assert by == pytest.approx(median(y - x for x in base for y in new))
        if within.low is not None and within.high is not None:
            assert within.low <= by <= within.high
    assert shift([1, 2, 3], [4, 5, 6])[1].low is None


def holds(low: float | None, value: float, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def test_intervals_hold_the_truth_in_ninety_five_of_a_hundred() -> None:
    random, rounds = Random(11), 400
    held = {"p90": 0, "p95": 0, "shift": 0}
    for _ in range(rounds):
        few = [random.expovariate(1) for _ in range(40)]
        others = [5 + random.expovariate(1) for _ in range(30)]
        many = [random.expovariate(1) for _ in range(150)]
        larger = [random.expovariate(1 / 3) for _ in range(110)]
        for name, share in (("p90", 0.9), ("p95", 0.95)):
            ratio = ratio_interval(PercentileTest.of(many, larger, share))
            held[name] += holds(ratio.low, 3, ratio.high)
        low, high = shift(few, others)[1].low, shift(few, others)[1].high
        assert low is not None
        assert high is not None
        held["shift"] += low <= 5 <= high
    # Two standard deviations of a count of 400 at 95 % are 9; exact tests hold more.
    assert all(rounds * 0.92 <= count <= rounds for count in held.values()), held


@pytest.mark.parametrize("digits", [1, 2, 9])
def test_no_difference_is_within_the_interval_where_the_test_tells_none(digits: int) -> None:
    random = Random(digits)
    for _ in range(150):
        base, new = (
            [float(f"{random.lognormvariate(center, 0.3):.{digits}g}") for _ in range(size)]
            for center, size in ((0, random.randint(20, 200)), (random.random() / 2, 110))
        )
        test = PercentileTest.of(base, new, random.choice((0.9, 0.95, 0.99)))
        if percentile(base, test.share) == percentile(new, test.share):
            # Where nothing moved nothing is told whatever p is.
            continue
        ratio = ratio_interval(test)
        is_beyond = ratio.low is not None and ratio.low >= 1
        is_beyond |= ratio.high is not None and ratio.high <= 1
        assert is_beyond is (test.p() <= 0.05)


def test_the_percentile_of_both_sides_is_found_without_putting_them_together() -> None:
    random = Random(9)
    for _ in range(200):
        sizes = random.randint(1, 30), random.randint(1, 30)
        base, new = ([float(random.randint(0, 9)) for _ in range(size)] for size in sizes)
        share, factor = random.choice((0.1, 0.9, 0.99)), random.choice((0.5, 1.0, 3.0))
        test = PercentileTest.of(base, new, share)
        assert test.p(factor) == percentile_test([x * factor for x in base], new, share)
        both = sorted([*base, *new])
        limit = percentile(both, share)
        above = [
            sum(x > limit or limit == both[-1] == x for x in side) / len(side)
            for side in (base, new)
        ]
        assert test.lean == pytest.approx(above[1] - above[0])


def test_how_small_p_could_be_of_so_few() -> None:
    """Two of 110 and 152 lie above the 99th percentile of both: at best both on the one side."""
    base, new = [1.0 + i for i in range(110)], [0.5 + i for i in range(152)]
    least = comb(110, 2) / comb(262, 2)
    assert PercentileTest.of(base, new, 0.99).least_p == pytest.approx(least)
    assert PercentileTest.of(base, new, 0.9).least_p < 1e-6


def test_too_few_values_have_no_interval() -> None:
    few = PercentileTest.of([1, 2, 3, 4, 5], [2, 3, 4, 5, 6], 0.9)
    assert (ratio_interval(few).low, ratio_interval(few).high) == (None, None)
    assert (percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 0.99)) == (2.5, 4)


def remembering(random: Random, size: int) -> list[float]:
    """Return values each of which is near the one before it."""
    values = [random.gauss(0, 1)]
    for _ in range(size - 1):
        values.append(0.8 * values[-1] + 0.6 * random.gauss(0, 1))
    return values


def test_neighbours_that_resemble_each_other_make_no_difference_out_of_noise() -> None:
    random, rounds = Random(5), 200
    naive = corrected = 0
    for _ in range(rounds):
        base, new = remembering(random, 150), remembering(random, 150)
        many = max(dependence(base), dependence(new))
        naive += mann_whitney(base, new) <= 0.05
        corrected += mann_whitney(base, new, many) <= 0.05
    assert naive > rounds * 0.3
    assert corrected < rounds * 0.11
    assert dependence([random.random() for _ in range(500)]) == 1
    assert dependence([1.0] * 50) == 1


def test_a_reservoir_is_an_even_choice_in_order_and_the_same_each_time() -> None:
    def filled() -> Reservoir[float]:
        some: Reservoir[float] = Reservoir(500)
        for value in range(20_000):
            some.add(float(value))
        return some

    values = filled().values()
    assert (len(values), filled().count) == (500, 20_000)
    assert values == sorted(values) == filled().values()
    assert median(values) == pytest.approx(10_000, abs=1500)
