"""Percentiles of a whole stream, exact as long as the values repeat.

The runtime prints a few digits, so that a million collections have some hundred different pauses:
counting each value by itself is exact, and cheaper than anything else. What has more different
values than are kept goes on as a sketch with a bounded error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, fsum, inf, log
from typing import Any, TypeVar

from gctui.model.statistics import RELATIVE_ERROR

MOST_VALUES = 1 << 15
_PERCENTS = (50, 90, 95, 99, 99.9)
_GROWTH = log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR))
_Key = TypeVar("_Key")


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

    __slots__ = ("_buckets", "_counts", "_folded", "_highest", "_lowest", "_total")

    def __init__(self) -> None:
        self._counts: dict[Callable[[Any], float], Counter[Any]] = {}
        """As they came, by what reads them."""
        self._folded = False
        # Of what was folded.
        self._buckets: Counter[float] = Counter()
        self._total = 0.0
        self._lowest, self._highest = inf, -inf

    def add(self, values: Sequence[float]) -> None:
        """Count many values at once: one by one costs several times as much."""
        self.add_keys(values, _itself)

    def add_keys(self, keys: Sequence[_Key], read: Callable[[_Key], float]) -> None:
        """Count values by what stands for them, a text or a whole number: that costs half.

        `read` makes it the value; a function of a module, as another process may have to find it.
        """
        if self._folded:
            self._fold(Counter(keys), read)
            return
        counts = self._counts.get(read)
        if counts is None:
            counts = self._counts[read] = Counter()
        counts.update(keys)
        self._bound()

    def merge(self, other: Tally) -> None:
        """Count what another one counted."""
        if other._folded:
            self._fold_all()
            self._buckets.update(other._buckets)
            self._widen(other._lowest, other._highest, other._total)
        for read, counts in other._counts.items():
            if self._folded:
                self._fold(counts, read)
            else:
                self._counts.setdefault(read, Counter()).update(counts)
        self._bound()

    def spread(self) -> Spread | None:
        """Return the figures at this moment; None when nothing was counted."""
        counts = self._buckets if self._folded else self._values()
        if not counts:
            return None
        lowest, highest, total = self._lowest, self._highest, self._total
        if not self._folded:
            lowest, highest = min(counts), max(counts)
            total = fsum(value * times for value, times in counts.items())
        count = counts.total()
        found = (min(max(each, lowest), highest) for each in _percentiles(counts, count))
        p50, p90, p95, p99, p999 = found
        error = RELATIVE_ERROR if self._folded else 0.0
        return Spread(count, total, lowest, p50, p90, p95, p99, p999, highest, error)

    def _values(self) -> Counter[float]:
        values: Counter[float] = Counter()
        for read, counts in self._counts.items():
            for key, times in counts.items():
                values[read(key)] += times
        return values

    def _bound(self) -> None:
        if sum(map(len, self._counts.values())) > MOST_VALUES:
            self._fold_all()

    def _fold_all(self) -> None:
        self._folded = True
        for read, counts in self._counts.items():
            self._fold(counts, read)
        self._counts.clear()

    def _fold(self, counts: Counter[_Key], read: Callable[[_Key], float]) -> None:
        if not counts:
            return
        values = list(map(read, counts))
        for value, times in zip(values, counts.values(), strict=True):
            self._buckets[_bucket(value)] += times
        total = fsum(value * times for value, times in zip(values, counts.values(), strict=True))
        self._widen(min(values), max(values), total)

    def _widen(self, lowest: float, highest: float, total: float) -> None:
        self._lowest, self._highest = min(self._lowest, lowest), max(self._highest, highest)
        self._total += total


def _itself(value: float) -> float:
    return value


def _percentiles(counts: Counter[float], count: int) -> Iterator[float]:
    ranks = [max(1, ceil(count * percent / 100)) for percent in _PERCENTS]
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        while ranks and passed >= ranks[0]:
            del ranks[0]
            yield value


def _bucket(value: float) -> float:
    """Return the middle of the value's bucket: DDSketch, as in `gctui.model.statistics`."""
    if abs(value) <= 1e-6:
        return 0.0
    key = ceil(log(abs(value)) / _GROWTH)
    middle = 2 * exp(key * _GROWTH) / (1 + exp(_GROWTH))
    return middle if value > 0 else -middle
