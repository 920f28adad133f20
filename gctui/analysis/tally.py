"""Percentiles of a whole stream, exact as long as the values repeat.

The runtime prints a few digits, so that a million collections have some hundred different pauses:
counting each value by itself is exact, and cheaper than anything else. What has more different
values than are kept goes on as a sketch with a bounded error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, exp, log

from gctui.model.statistics import RELATIVE_ERROR

MOST_VALUES = 1 << 15
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

    __slots__ = ("_counts", "_folded", "count", "highest", "lowest", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.lowest = self.highest = 0.0
        self._counts: Counter[float] = Counter()
        self._folded = False

    def add(self, values: list[float]) -> None:
        """Count many values at once: one by one costs several times as much."""
        if not values:
            return
        lowest, highest = min(values), max(values)
        self.lowest = lowest if not self.count else min(self.lowest, lowest)
        self.highest = highest if not self.count else max(self.highest, highest)
        self.count += len(values)
        self.total += sum(values)
        self._counts.update(map(_bucket, values) if self._folded else values)
        if not self._folded and len(self._counts) > MOST_VALUES:
            self._fold()

    def spread(self) -> Spread | None:
        """Return the figures at this moment; None when nothing was counted."""
        if not self.count:
            return None
        p50, p90, p95, p99, p999 = self._percentiles((50, 90, 95, 99, 99.9))
        return Spread(
            self.count,
            self.total,
            self.lowest,
            p50,
            p90,
            p95,
            p99,
            p999,
            self.highest,
            RELATIVE_ERROR if self._folded else 0.0,
        )

    def _fold(self) -> None:
        counts: Counter[float] = Counter()
        for value, times in self._counts.items():
            counts[_bucket(value)] += times
        self._counts, self._folded = counts, True

    def _percentiles(self, percents: Iterable[float]) -> list[float]:
        ranks = [max(1, ceil(self.count * percent / 100)) for percent in percents]
        found: list[float] = []
        passed = 0
        for value in sorted(self._counts):
            passed += self._counts[value]
            while len(found) < len(ranks) and passed >= ranks[len(found)]:
                found.append(min(max(value, self.lowest), self.highest))
        return found


def _bucket(value: float) -> float:
    """Return the middle of the value's bucket: DDSketch, as in `gctui.model.statistics`."""
    if abs(value) <= 1e-6:
        return 0.0
    key = ceil(log(abs(value)) / _GROWTH)
    middle = 2 * exp(key * _GROWTH) / (1 + exp(_GROWTH))
    return middle if value > 0 else -middle
