"""How one figure differs between two sides, and whether that is more than noise.

With four runs a side and more, the runs' own figures are compared, as benchstat does. With fewer,
percentiles are compared by the values of the single collections; means, rates and shares by those
of ten stretches of each run, the runs of a side together: that tells what differs within these
runs, and nothing of how much one run differs from the next. A figure that is neither, as a worst
window is, then has a change and no p: its noise is not known.

The p that is told decides, and nothing beside it, but that a change of nought is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from itertools import pairwise
from math import fsum
from statistics import fmean
from typing import TypeVar

from gctui.analysis.order_statistics import Interval, percentile, ratio_interval, shift
from gctui.analysis.rank_test import PercentileTest, dependence, mann_whitney

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
    least_p: float = 0.0
    """The smallest p that so few values could have, however far they were apart."""

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
        return self.change_percent is not None and abs(self.change_percent) < SMALLEST_PERCENT

    @property
    def is_of_too_few(self) -> bool:
        """No test of so few values could tell any difference from noise."""
        return self.p is not None and self.least_p > self.alpha

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
    made = _of_middles if share == 0.5 else partial(_of_tails, share=share)
    tested = made(found, first, second, fewer)
    return replace(tested, basis=basis, base_count=len(first), new_count=len(second))


def _of_middles(
    found: Difference, base: Sequence[float], new: Sequence[float], fewer: float
) -> Difference:
    by, within = shift(base, new, fewer)
    is_positive = min(*base, *new) >= 0
    p = mann_whitney(base, new, fewer)
    return _agreeing(found, p, by, _shifted(found, within, is_positive=is_positive))


def _of_tails(
    found: Difference, base: Sequence[float], new: Sequence[float], fewer: float, share: float
) -> Difference:
    test = PercentileTest.of(base, new, share, fewer)
    told = _agreeing(found, test.p(), test.lean, _scaled(found, test))
    return replace(told, least_p=test.least_p)


def _agreeing(found: Difference, p: float, lean: float, within: Interval) -> Difference:
    """Put p and an interval together so that nought is within where p is above 0.05.

    `lean` is which way the test tells. Where the figure itself went the other way, what is told is
    not its change, for which nothing speaks then. Of values that tie, an end may be a place off.
    """
    change = found.change or 0.0
    if change * lean < 0 and p <= max(found.alpha, ALPHA):
        p = 1.0
    low, high = within.low, within.high
    if p > ALPHA:
        low = None if low is None else min(low, 0.0)
        high = None if high is None else max(high, 0.0)
    elif change > 0 and low is not None:
        low = max(low, 0.0)
    elif change < 0 and high is not None:
        high = min(high, 0.0)
    return replace(found, p=p, within=Interval(low, high))


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


def _scaled(found: Difference, test: PercentileTest) -> Interval:
    """Return the interval of a ratio as one of the change, which it holds."""
    ends = [percentile(side, test.share) for side in (test.base, test.new)]
    change = found.change_percent
    if min(found.base or 0.0, found.new or 0.0, *ends) <= 0 or change is None:
        return Interval(None, None)
    within = ratio_interval(test)
    low, high = (None if end is None else 100 * (end - 1) for end in (within.low, within.high))
    # Of several runs a side, the change is that of the median run.
    return Interval(
        None if low is None else min(low, change), None if high is None else max(high, change)
    )


def _percent(change: float, base: float) -> float | None:
    if not change:
        return 0.0
    return 100 * change / abs(base) if base else None
