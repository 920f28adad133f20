"""Whether two samples come from one distribution, whatever that is: tests of ranks.

Mann and Whitney's U test (1947) tells whether one sample tends to be larger, as benchstat does; for
a percentile, Fisher's exact test (1922) tells whether more of one sample lies above that percentile
of both together. Values of a run that follow one another may resemble each other; then there are
fewer independent ones than values, and `dependence` says how many times fewer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from math import ceil, comb, erfc, exp, lgamma, sqrt

_MOST_WITHOUT_TIES = 50
"""Values a side up to which every way to draw them is counted."""

_MOST_WITH_TIES = 30
"""Values of both sides together."""

_SURELY_DEPENDENT = 2.0
"""Standard deviations of a correlation that comes by chance."""


def mann_whitney(base: Sequence[float], new: Sequence[float], dependence: float = 1.0) -> float:
    """Return the two-sided p of Mann and Whitney's U test; 1 where a side is empty.

    Exact for small samples, ties included; otherwise the normal approximation, with the variance
    corrected for ties, and for continuity.
    """
    sizes = len(base), len(new)
    if not all(sizes):
        return 1.0
    ranks = doubled_ranks([*base, *new])
    twice_off = abs(sum(ranks[: sizes[0]]) - sizes[0] * (sum(sizes) + 1))
    has_ties = len(set(ranks)) < len(ranks)
    if dependence <= 1 and has_ties and sum(sizes) <= _MOST_WITH_TIES:
        return _exact_with_ties(ranks, sizes[0], twice_off)
    if dependence <= 1 and not has_ties and max(sizes) <= _MOST_WITHOUT_TIES:
        return _exact_without_ties(sizes, twice_off)
    return _approximate(ranks, sizes, twice_off / 2, dependence)


def doubled_ranks(values: Sequence[float]) -> list[int]:
    """Return twice the rank of each value, from 2 on; equal ones share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, before = [0] * len(values), 0
    for _, equal in groupby(order, key=values.__getitem__):
        places = list(equal)
        for place in places:
            ranks[place] = 2 * before + len(places) + 1
        before += len(places)
    return ranks


def null_counts(first: int, second: int) -> list[int]:
    """Return how many of the ways to draw two samples without ties have each U, from 0 on.

    The coefficients of the Gaussian binomial: ∏ (1 − q^(second+i)) / (1 − q^i).
    """
    most = first * second
    counts = [1] + [0] * most
    for i in range(1, first + 1):
        for u in range(most, second + i - 1, -1):
            counts[u] -= counts[u - second - i]
        for u in range(i, most + 1):
            counts[u] += counts[u - i]
    return counts


def _exact_without_ties(sizes: tuple[int, int], twice_off: int) -> float:
    counts, middle = null_counts(*sizes), sizes[0] * sizes[1]
    as_far = sum(count for u, count in enumerate(counts) if abs(2 * u - middle) >= twice_off)
    return as_far / sum(counts)


def _exact_with_ties(ranks: Sequence[int], size: int, twice_off: int) -> float:
    """Count the ways to draw `size` of these ranks with a sum as far from the mean."""
    ways: list[dict[int, int]] = [defaultdict(int) for _ in range(size + 1)]
    ways[0][0] = 1
    for drawn, rank in enumerate(ranks):
        for taken in range(min(size, drawn + 1), 0, -1):
            for total, count in ways[taken - 1].items():
                ways[taken][total + rank] += count
    middle = size * (len(ranks) + 1)
    as_far = sum(count for total, count in ways[size].items() if abs(total - middle) >= twice_off)
    return as_far / comb(len(ranks), size)


def _approximate(
    ranks: Sequence[int], sizes: tuple[int, int], off: float, dependence: float
) -> float:
    both = sum(sizes)
    ties = sum(tied**3 - tied for tied in Counter(ranks).values())
    variance = sizes[0] * sizes[1] / 12 * (both + 1 - ties / (both * (both - 1)))
    if variance <= 0:
        return 1.0
    z = max(0.0, off - 0.5) / sqrt(variance * max(1.0, dependence))
    return min(1.0, erfc(z / sqrt(2)))


def percentile_test(
    base: Sequence[float], new: Sequence[float], share: float, dependence: float = 1.0
) -> float:
    """Return the p that both samples have the same percentile; 1 where a side is empty."""
    return PercentileTest.of(base, new, share, dependence).p() if base and new else 1.0


_Part = tuple[int, int]
"""So many above, of so many."""


@dataclass(frozen=True, slots=True)
class PercentileTest:
    """Fisher's test of a percentile, of two samples neither of which is empty."""

    base: Sequence[float]
    new: Sequence[float]
    """Both sorted."""
    share: float
    dependence: float = 1.0

    @classmethod
    def of(
        cls, base: Sequence[float], new: Sequence[float], share: float, dependence: float = 1.0
    ) -> PercentileTest:
        """Make one of values in any order."""
        return cls(sorted(base), sorted(new), share, dependence)

    def p(self, factor: float = 1.0) -> float:
        """Return the two-sided p that `base`, each value that many times as large, is as `new`."""
        return _fisher(*self._parts(factor))

    @property
    def least_p(self) -> float:
        """The smallest p that could come of so many values, however far the sides are apart."""
        first, second = self._parts(1.0)
        above = first[0] + second[0]
        fewest, most = max(0, above - second[1]), min(above, first[1])
        return min(
            _fisher((count, first[1]), (above - count, second[1])) for count in (fewest, most)
        )

    @property
    def lean(self) -> float:
        """How much larger the share of `new` above the percentile of both is; below 0: smaller."""
        first, second = self._above(1.0)
        return second / len(self.new) - first / len(self.base)

    def _parts(self, factor: float) -> tuple[_Part, _Part]:
        fewer = max(1.0, self.dependence)
        first, second = self._above(factor)
        return (
            (round(first / fewer), round(len(self.base) / fewer)),
            (round(second / fewer), round(len(self.new) / fewer)),
        )

    def _above(self, factor: float) -> tuple[int, int]:
        limit = self._percentile(factor)
        # Where the percentile is the largest value there is, having it counts.
        is_largest = limit == max(self.base[-1] * factor, self.new[-1])
        place = bisect_left if is_largest else bisect_right
        below = place(self.base, limit, key=lambda value: value * factor)
        return len(self.base) - below, len(self.new) - place(self.new, limit)

    def _percentile(self, factor: float) -> float:
        """Return the percentile of both together, without putting them together."""
        many = max(1, ceil(self.share * (len(self.base) + len(self.new))))
        # As many of the base are among the smallest of both as no other of the new is below.
        low, high = max(0, many - len(self.new)), min(many, len(self.base))
        while low < high:
            middle = (low + high) // 2
            if self.base[middle] * factor < self.new[many - middle - 1]:
                low = middle + 1
            else:
                high = middle
        ends = [self.base[low - 1] * factor] if low else []
        return max([*ends, self.new[many - low - 1]] if many > low else ends)


@lru_cache(maxsize=1 << 12)
def _fisher(first: _Part, second: _Part) -> float:
    """Return the two-sided p of (so many above, of so many) on either side."""
    above, both = first[0] + second[0], first[1] + second[1]
    least, most = max(0, above - second[1]), min(above, first[1])
    logs = [
        _log_comb(first[1], k) + _log_comb(second[1], above - k) - _log_comb(both, above)
        for k in range(least, most + 1)
    ]
    seen = logs[first[0] - least]
    return min(1.0, sum(exp(each) for each in logs if each <= seen + 1e-9))


def _log_comb(whole: int, part: int) -> float:
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)


def dependence(values: Sequence[float]) -> float:
    """Return how many times fewer independent values there are than values, at least 1.

    From the correlation r of each value's rank with the next one's: (1 + r) / (1 − r), as for a
    process that remembers one step. What may be chance does not count.
    """
    many = len(values)
    if many < 8:
        return 1.0
    ranks = doubled_ranks(values)
    off = [rank - (many + 1) for rank in ranks]
    spread = sum(each * each for each in off)
    if not spread:
        return 1.0
    r = sum(a * b for a, b in pairwise(off)) / spread
    if r <= _SURELY_DEPENDENT / sqrt(many):
        return 1.0
    return (1 + r) / max(1 - r, 2 / many)
