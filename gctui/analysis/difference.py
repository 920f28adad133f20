"""How one figure differs between two sides, and whether that is more than noise.

With four runs a side and more, the runs' own figures are compared, as benchstat does. With fewer,
percentiles are compared by the values of the single collections; means, rates and shares by those
of ten stretches of each run, the runs of a side together: that tells what differs within these
runs, and nothing of how much one run differs from the next. A figure that is neither, as a worst
window is, then has a change and no p: its noise is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import pairwise
from math import expm1, fsum, hypot, inf, log
from statistics import fmean
from typing import TypeVar

from gctui.analysis.order_statistics import Interval, percentile, percentile_interval, shift
from gctui.analysis.rank_test import dependence, mann_whitney, percentile_test

ALPHA = 0.05
FEWEST_RUNS = 4
"""Below, no order of the runs would be rare enough to be told from chance."""

SMALLEST_PERCENT = 0.05
"""A smaller change is shown as none."""

_FEWEST_VALUES = 4
_STRETCHES = 10

_Value = TypeVar("_Value")


class Basis(Enum):
    """What was held against each other."""

    RUNS = "runs"
    COLLECTIONS = "collections"
    STRETCHES = "stretches"
    """Ten stretches of a run: neighbours that resemble each other are in one."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MeanOf:
    """A figure that is a mean of its collections' values."""

    is_inverse: bool = False
    """It is one over that mean, as a rate is of intervals."""


@dataclass(frozen=True, slots=True)
class RatioOf:
    """A figure that is one sum over its collections by another, as a rate is."""


@dataclass(frozen=True, slots=True)
class PercentileOf:
    """A figure that is a percentile of its collections' values."""

    share: float


Of = MeanOf | RatioOf | PercentileOf


@dataclass(frozen=True, slots=True)
class Side:
    """One figure on one side."""

    runs: Sequence[float]
    """What it is in each run that tells it."""
    values: Sequence[Sequence[float]] = ()
    """Of each run's collections, in their order; empty where there are none."""
    ratios: Sequence[Sequence[tuple[float, float]]] = ()
    """Of each run's collections, what each adds to the two sums of a ratio."""

    @property
    def center(self) -> float | None:
        """The median of the runs."""
        return percentile(self.runs, 0.5) if self.runs else None


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a figure; changes in percent of the base."""

    base: float | None
    new: float | None
    change_percent: float | None = None
    within: Interval = field(default_factory=lambda: Interval(None, None))
    """Where the change lies with 95 % confidence, in percent."""
    p: float | None = None
    """How likely so large a difference is where there is none; None where it cannot be told."""
    basis: Basis = Basis.NONE
    alpha: float = ALPHA
    base_count: int = 0
    new_count: int = 0
    """Of the values that were compared."""
    step: float = 0.0
    """The runtime prints no smaller change, in the figure's unit."""

    @property
    def is_noise(self) -> bool:
        """Nothing says that there is a difference."""
        if self.p is None:
            return self.base == self.new
        return self.p > self.alpha or self.is_still

    @property
    def is_still(self) -> bool:
        """The change is nought as shown, or may be: p may be small for ties alone."""
        if self.change is not None and abs(self.change) <= self.step:
            # 0.9 MB and 1.1 MB are printed as 0 and 1.
            return True
        if self.change_percent is not None and abs(self.change_percent) < SMALLEST_PERCENT:
            return True
        low, high = self.within.low, self.within.high
        if self.alpha > ALPHA or low is None or high is None:
            # With a larger alpha, more is a difference than what the interval keeps from nought.
            return False
        return low <= 0 <= high

    @property
    def is_sure(self) -> bool:
        """It is more than noise."""
        return self.p is not None and not self.is_noise

    @property
    def change(self) -> float | None:
        """By how much the figure is larger, in its own unit."""
        return None if self.base is None or self.new is None else self.new - self.base


def difference(
    base: Side, new: Side, of: Of | None = None, *, alpha: float = ALPHA, step: float = 0.0
) -> Difference:
    """Compare one figure, which is `of` the values of both sides, printed in steps of that size."""
    was, now = base.center, new.center
    if was is None or now is None:
        return Difference(was, now, alpha=alpha, step=step)
    found = Difference(was, now, _percent(now - was, was), alpha=alpha, step=step)
    if min(len(base.runs), len(new.runs)) >= FEWEST_RUNS:
        return _of_values(found, (base.runs,), (new.runs,), 0.5, Basis.RUNS)
    values = _values(base, of), _values(new, of)
    if of is None or min(sum(map(len, side)) for side in values) < _FEWEST_VALUES:
        return found
    if isinstance(of, PercentileOf):
        return _of_values(found, *values, of.share, Basis.COLLECTIONS)
    return _of_values(found, *values, 0.5, Basis.STRETCHES)


def _values(side: Side, of: Of | None) -> Sequence[Sequence[float]]:
    """Return what is compared of each run: its collections, or its stretches."""
    if isinstance(of, RatioOf):
        ratios = (_stretches(run) for run in side.ratios)
        return [
            [ratio for part in parts if (ratio := _ratio(part)) is not None] for parts in ratios
        ]
    if isinstance(of, MeanOf):
        means = ([fmean(part) for part in _stretches(run)] for run in side.values)
        return [[1 / mean for mean in run if mean] for run in means] if of.is_inverse else [*means]
    return side.values


def _stretches(values: Sequence[_Value]) -> list[Sequence[_Value]]:
    """Cut a run into ten stretches; none where there would be no two values in each."""
    many = len(values)
    if many < 2 * _STRETCHES:
        return []
    edges = [many * place // _STRETCHES for place in range(_STRETCHES + 1)]
    return [values[begin:end] for begin, end in pairwise(edges)]


def _ratio(terms: Sequence[tuple[float, float]]) -> float | None:
    whole = fsum(term[1] for term in terms)
    return fsum(term[0] for term in terms) / whole if whole > 0 else None


def _of_values(
    found: Difference,
    base: Sequence[Sequence[float]],
    new: Sequence[Sequence[float]],
    share: float,
    basis: Basis,
) -> Difference:
    first, second = [[value for run in side for value in run] for side in (base, new)]
    is_dependent = basis is Basis.COLLECTIONS
    fewer = max(_dependence(base), _dependence(new)) if is_dependent else 1.0
    if share == 0.5:
        p = mann_whitney(first, second, fewer)
        is_positive = min(*first, *second) >= 0
        within = _shifted(found, shift(first, second, fewer)[1], is_positive=is_positive)
    else:
        p = percentile_test(first, second, share, fewer)
        within = _moved(found, *(percentile_interval(x, share, fewer) for x in (first, second)))
    return replace(
        found, within=within, p=p, basis=basis, base_count=len(first), new_count=len(second)
    )


def _dependence(runs: Sequence[Sequence[float]]) -> float:
    """Return the largest of the runs'; see `rank_test`."""
    return max(map(dependence, runs), default=1.0)


def _shifted(found: Difference, by: Interval, *, is_positive: bool) -> Interval:
    """Return the interval of a shift as one of the change, which it holds whatever the shapes."""
    if found.base is None or found.new is None:
        return Interval(None, None)
    change = found.new - found.base
    low, high = by.low, by.high
    low = None if low is None else _percent(min(low, change), found.base)
    high = None if high is None else _percent(max(high, change), found.base)
    if low is not None and is_positive:
        # No less than nothing is left.
        low = max(low, -100.0)
    return Interval(low, high)


def _moved(found: Difference, base: Interval, new: Interval) -> Interval:
    """Combine the intervals of two percentiles to one of the change (Donner and Zou, 2012).

    On a scale of ratios, the distances from the percentiles to the ends of their intervals add up
    as independent errors do: the ends themselves would be further apart than the test tells.
    """
    if found.base is None or found.new is None or min(found.base, found.new) <= 0:
        return Interval(None, None)
    ratio = log(found.new / found.base)
    low = high = None
    if new.low is not None and base.high is not None:
        off = hypot(_log_ratio(found.new, new.low), _log_ratio(base.high, found.base))
        low = 100 * expm1(ratio - off)
    if new.high is not None and base.low is not None and base.low > 0:
        off = hypot(_log_ratio(new.high, found.new), _log_ratio(found.base, base.low))
        high = 100 * expm1(ratio + off)
    return Interval(low, high)


def _log_ratio(larger: float, smaller: float) -> float:
    """Return by how much one is larger, none where it is not: of several runs it may be smaller."""
    if larger <= smaller:
        return 0.0
    return log(larger / smaller) if smaller > 0 else inf


def _percent(change: float, base: float) -> float | None:
    if not change:
        return 0.0
    return 100 * change / abs(base) if base else None
