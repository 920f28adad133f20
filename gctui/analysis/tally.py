"""Percentiles of a whole stream, exact as long as the values repeat.

The runtime prints a few digits, so that a million collections have some hundred different pauses:
counting each value by itself is exact, and cheaper than anything else. What has more different
values than are kept goes on as a sketch with a bounded error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, fsum, inf, log

from gctui.model.statistics import RELATIVE_ERROR

MOST_VALUES = 1 << 15
_PERCENTS = (50, 90, 95, 99, 99.9)
_GROWTH = log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR))


@dataclass(frozen=True, slots=True)
class Spread:
    """What a quantity was over a whole run, in the unit of whoever holds it; nearest rank."""

    count: int
    total: float
    lowest: float
    p50: float
    p90: float
    p95: float
    p99: float
    p999: float
    highest: float
    relative_error: float = 0.0
    """Of the percentiles; 0 where they are exact."""

    @property
    def mean(self) -> float:
        """The arithmetic mean."""
        return self.total / self.count


class Tally:
    """Counts values in bounded memory. None of them may be NaN."""

    __slots__ = ("_counts", "_folded", "_highest", "_lowest", "_total")

    def __init__(self) -> None:
        self._counts: Counter[float] = Counter()
        self._folded = False
        # Of what was folded; until then the values themselves tell.
        self._total = 0.0
        self._lowest, self._highest = inf, -inf

    def add(self, values: Sequence[float]) -> None:
        """Count many values at once: one by one costs several times as much."""
        if not self._folded:
            self._counts.update(values)
            if len(self._counts) > MOST_VALUES:
                self._fold()
        elif values:
            self._widen(min(values), max(values), sum(values))
            self._counts.update(map(_bucket, values))

    def spread(self) -> Spread | None:
        """Return the figures at this moment; None when nothing was counted."""
        if not self._counts:
            return None
        lowest, highest, total = self._lowest, self._highest, self._total
        if not self._folded:
            lowest, highest = min(self._counts), max(self._counts)
            total = fsum(value * times for value, times in self._counts.items())
        count = self._counts.total()
        found = (min(max(each, lowest), highest) for each in self._percentiles(count))
        p50, p90, p95, p99, p999 = found
        error = RELATIVE_ERROR if self._folded else 0.0
        return Spread(count, total, lowest, p50, p90, p95, p99, p999, highest, error)

    def _fold(self) -> None:
        counts: Counter[float] = Counter()
        for value, times in self._counts.items():
            counts[_bucket(value)] += times
        total = fsum(value * times for value, times in self._counts.items())
        self._widen(min(self._counts), max(self._counts), total)
        self._counts, self._folded = counts, True

    def _widen(self, lowest: float, highest: float, total: float) -> None:
        self._lowest, self._highest = min(self._lowest, lowest), max(self._highest, highest)
        self._total += total

    def _percentiles(self, count: int) -> list[float]:
        ranks = [max(1, ceil(count * percent / 100)) for percent in _PERCENTS]
        found: list[float] = []
        passed = 0
        for value in sorted(self._counts):
            passed += self._counts[value]
            while len(found) < len(ranks) and passed >= ranks[len(found)]:
                found.append(value)
        return found


def _bucket(value: float) -> float:
    """Return the middle of the value's bucket: DDSketch, as in `gctui.model.statistics`."""
    if abs(value) <= 1e-6:
        return 0.0
    key = ceil(log(abs(value)) / _GROWTH)
    middle = 2 * exp(key * _GROWTH) / (1 + exp(_GROWTH))
    return middle if value > 0 else -middle
