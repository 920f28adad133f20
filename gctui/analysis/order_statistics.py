"""Percentiles of a sample, and by how much two samples differ, with 95 % intervals.

An interval holds what the test does not tell from no difference, so that it and p say the same:
that of the shift between two lies between two of the sorted differences (Hodges and Lehmann, 1963;
Moses), that of the ratio of two percentiles between the factors at which the test begins to tell.
No shape is assumed but that both have one. Where there are too few values there is no interval.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, sqrt

from gctui.analysis.rank_test import PercentileTest, null_counts

_OUTSIDE = 0.025
"""Of each of the two sides."""
_Z = 1.959964
_EXACT_COUNT = 60
_EXACT_PAIRS = 2500
_MOST_A_SIDE = 1000
"""Values of a side whose differences are looked at; of more, every few of the sorted ones."""
_HALVINGS = 60
_ENOUGH = 1 + 1e-6
"""How near to each other two factors are one."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a quantity lies with 95 % confidence; an end is None where too few values tell it."""

    low: float | None
    high: float | None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value at a share of the sorted ones: the median as usual, others nearest rank."""
    ordered, many = sorted(values), len(values)
    if share == 0.5 and many % 2 == 0:
        return (ordered[many // 2 - 1] + ordered[many // 2]) / 2
    return ordered[max(0, ceil(share * many) - 1)]


def ratio_interval(test: PercentileTest) -> Interval:
    """Return between which factors on the base its percentile is not told from that of the new.

    Of percentiles that are above 0. The factor 1 is within where p is above 0.05, and only there.
    """
    ratio = percentile(test.new, test.share) / percentile(test.base, test.share)
    is_within = test.p() > 2 * _OUTSIDE
    inner = (min(ratio, 1.0), max(ratio, 1.0)) if is_within else (ratio, ratio)
    least, most = _farthest(test)
    low = 1.0 if ratio > 1 and not is_within else least
    high = 1.0 if ratio < 1 and not is_within else most
    return Interval(_edge(test, inner[0], low), _edge(test, inner[1], high))


def _farthest(test: PercentileTest) -> tuple[float, float]:
    """Return factors that take all that is above 0 in the base below, and above, the new's."""
    first, second = (side[bisect_right(side, 0.0) :] for side in (test.base, test.new))
    return second[0] / first[-1] / 2, second[-1] / first[0] * 2


def _edge(test: PercentileTest, inner: float, outer: float) -> float | None:
    """Return the factor from which on the test tells a difference; None where it never does."""
    if test.p(outer) > 2 * _OUTSIDE:
        return None
    while max(inner, outer) > _ENOUGH * min(inner, outer):
        middle = sqrt(inner * outer)
        if test.p(middle) > 2 * _OUTSIDE:
            inner = middle
        else:
            outer = middle
    return outer


def shift(
    base: Sequence[float], new: Sequence[float], dependence: float = 1.0
) -> tuple[float, Interval]:
    """Return by how much the values of `new` are larger: the median of all pairs' differences."""
    first, second = _thinned(base), _thinned(new)
    pairs = len(first) * len(second)
    middle = _difference_at(first, second, (pairs - 1) // 2)
    if pairs % 2 == 0:
        middle = (middle + _difference_at(first, second, pairs // 2)) / 2
    place = _shift_place(pairs, (len(base), len(new)), dependence)
    if place < 0:
        return middle, Interval(None, None)
    low = _difference_at(first, second, place)
    return middle, Interval(low, _difference_at(first, second, pairs - 1 - place))


def _thinned(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    step = 1 + (len(ordered) - 1) // _MOST_A_SIDE
    return ordered[step // 2 :: step]


def _shift_place(pairs: int, sizes: tuple[int, int], dependence: float) -> int:
    """Return which of that many sorted differences bounds the interval; below 0: none."""
    first, second = sizes
    if dependence <= 1 and pairs <= _EXACT_PAIRS and max(sizes) <= _EXACT_COUNT:
        counts = null_counts(first, second)
        whole = sum(counts)
        return sum(1 for each in accumulate(counts) if each <= _OUTSIDE * whole) - 1
    # As a share of all pairs, by the sizes before they were thinned.
    share = sqrt((first + second + 1) / (12 * first * second) * max(1.0, dependence))
    return int(pairs * (0.5 - _Z * share)) - 1


def _difference_at(first: Sequence[float], second: Sequence[float], place: int) -> float:
    """Return the difference at a place among all sorted ones; both sides are sorted."""
    if len(first) * len(second) <= _EXACT_PAIRS:
        return sorted(y - x for x in first for y in second)[place]
    low, high = second[0] - first[-1], second[-1] - first[0]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if sum(bisect_right(second, x + middle) for x in first) > place:
            high = middle
        else:
            low = middle
    return high
