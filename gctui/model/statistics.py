"""Exact counts, sums and extremes, and percentiles with a bounded error, over a whole stream."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log

RELATIVE_ERROR = 0.01
_GROWTH = log((1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR))
_SMALLEST = 1e-6


@dataclass(frozen=True, slots=True)
class Summary:
    """What a quantity was over a whole stream; None where nothing was counted."""

    count: int = 0
    total: float = 0.0
    lowest: float | None = None
    highest: float | None = None
    p50: float | None = None
    p99: float | None = None


class Statistics:
    """Folds a quantity in constant memory.

    Percentiles come from buckets whose bounds grow by a constant factor (the scheme of DDSketch,
    Masson et al., VLDB 2019): nearest rank, off by at most RELATIVE_ERROR of the value. Values of
    10^-6 and less count as zero.
    """

    __slots__ = ("_buckets", "_zeros", "count", "highest", "lowest", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.lowest: float | None = None
        self.highest: float | None = None
        self._zeros = 0
        self._buckets: dict[int, int] = {}

    def add(self, value: float) -> None:
        """Count one value; it must not be NaN or negative."""
        self.count += 1
        self.total += value
        if self.highest is None or value > self.highest:
            self.highest = value
        if self.lowest is None or value < self.lowest:
            self.lowest = value
        if value <= _SMALLEST:
            self._zeros += 1
        else:
            key = ceil(log(value) / _GROWTH)
            self._buckets[key] = self._buckets.get(key, 0) + 1

    def percentile(self, percent: float) -> float | None:
        """Return the value at nearest rank, within RELATIVE_ERROR; None when nothing was added."""
        if not self.count or self.highest is None or self.lowest is None:
            return None
        rank = max(1, ceil(self.count * percent / 100)) - self._zeros
        if rank <= 0:
            return 0.0
        for key in sorted(self._buckets):
            rank -= self._buckets[key]
            if rank <= 0:
                middle = 2 * exp(key * _GROWTH) / (1 + exp(_GROWTH))
                return min(max(middle, self.lowest), self.highest)
        return self.highest

    def summary(self) -> Summary:
        """Return the figures at this moment."""
        return Summary(
            self.count,
            self.total,
            self.lowest,
            self.highest,
            self.percentile(50),
            self.percentile(99),
        )
