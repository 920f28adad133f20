"""Percentiles of a sample and the shift between two, with 95 % intervals that assume no shape.

The interval of a percentile lies between two of the sorted values (David and Nagaraja, Order
Statistics, 7.1), that of the shift between two of the sorted differences (Hodges and Lehmann, 1963;
Moses). Where there are too few values for such an interval there is none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, comb, sqrt

from gctui.analysis.rank_test import null_counts

_OUTSIDE = 0.025
"""Of each of the two sides."""
_Z = 1.959964
_EXACT_COUNT = 60
_EXACT_PAIRS = 2500
_MOST_A_SIDE = 1000
"""Values of a side whose differences are looked at; of more, every few of the sorted ones."""
_HALVINGS = 60


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


def percentile_interval(values: Sequence[float], share: float, dependence: float = 1.0) -> Interval:
    """Return the interval of a percentile; `dependence` as `rank_test` has it."""
    ordered, many = sorted(values), len(values)
    if many <= _EXACT_COUNT and dependence <= 1:
        low, high = _exact_places(many, share)
    else:
        half = _Z * sqrt(many * share * (1 - share) * max(1.0, dependence))
        low, high = int(many * share - half) - 1, ceil(many * share + half)
    return Interval(ordered[low] if low >= 0 else None, ordered[high] if high < many else None)


def _exact_places(many: int, share: float) -> tuple[int, int]:
    """Return the places whose values hold the percentile; −1 and `many` where there are none."""
    chances = [comb(many, k) * share**k * (1 - share) ** (many - k) for k in range(many + 1)]
    below = [*accumulate(chances)]
    # Below the value at place i lie more than i of them with that chance.
    low = sum(1 for each in below if each <= _OUTSIDE) - 1
    high = sum(1 for each in below if each < 1 - _OUTSIDE)
    return low, high


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
