"""A straight line through a noisy series that a few wild points do not move.

Theil–Sen: the slope is the median of the slopes of all pairs of points; its interval follows from
the ranks of those slopes by Kendall's variance (P. K. Sen, 1968). A series is first cut into a few
stretches of equal length, of which the medians count: neighbours that depend on each other, as the
points of a sawtooth do, would make the interval too narrow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isnan, sqrt
from statistics import median

from gctui.model.metrics import Metric
from gctui.model.series import SeriesView
from gctui.model.snapshot import Snapshot

_FEWEST_POINTS = 5
_MOST_POINTS = 1000
_TWO_SIDED_95 = 1.96

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trend:
    """A line: its slope per second with a 95 % interval, and where it runs."""

    slope_per_s: float
    low_per_s: float
    high_per_s: float
    begin_s: float
    end_s: float
    level: float
    """The median of the values."""

    @property
    def span_s(self) -> float:
        """The time that was looked at."""
        return self.end_s - self.begin_s

    @property
    def rise(self) -> float:
        """By how much the line rises over that time."""
        return self.slope_per_s * self.span_s

    @property
    def rises(self) -> bool:
        """The whole interval lies above zero."""
        return self.low_per_s > 0

    @property
    def falls(self) -> bool:
        """The whole interval lies below zero."""
        return self.high_per_s < 0


def trend(points: Sequence[Point]) -> Trend | None:
    """Return the line through the points, in the order of time; None for too few of them."""
    if len(points) < _FEWEST_POINTS or points[-1][0] <= points[0][0]:
        return None
    slopes = sorted((y - x) / (t - s) for (s, x), (t, y) in combinations(points, 2) if t > s)
    many, count = len(slopes), len(points)
    # Half the width of the interval in ranks: z × the standard deviation of Kendall's S, halved.
    half = _TWO_SIDED_95 * sqrt(count * (count - 1) * (2 * count + 5) / 18) / 2
    low = max(0, int(many / 2 - half))
    high = min(many - 1, int(many / 2 + half))
    return Trend(
        slope_per_s=median(slopes),
        low_per_s=slopes[low],
        high_per_s=slopes[high],
        begin_s=points[0][0],
        end_s=points[-1][0],
        level=median(value for _, value in points),
    )


def since(view: SeriesView, begin_s: float) -> list[Point]:
    """Return the points of a series from a moment on; of very many, one of every few."""
    first = bisect_left(view.times_s, begin_s)
    step = 1 + (len(view) - first) // _MOST_POINTS
    points = zip(view.times_s[first::step], view.values[first::step], strict=True)
    return [point for point in points if not isnan(point[1])]


def since_start(snapshot: Snapshot, metric: Metric) -> list[Point]:
    """Return the points of a series since the program's last start.

    Where that is a restart, the collection before it may have ended at the same moment.
    """
    epochs = snapshot.epochs
    points = since(snapshot.view(metric), epochs[-1].begin_s if epochs else 0.0)
    if len(epochs) < 2:
        return points
    return [point for point in points if point[0] > epochs[-1].begin_s]


def value_at(view: SeriesView, time_s: float, *, after: bool = False) -> Point | None:
    """Return the last point before a moment, or the first at it or after it; None: none is there.

    A gap next to the moment is none either.
    """
    place = bisect_left(view.times_s, time_s) - (0 if after else 1)
    if not 0 <= place < len(view) or isnan(view.values[place]):
        return None
    return view.times_s[place], view.values[place]


def thinned(kept: Sequence[Point], stretches: int) -> list[Point]:
    """Return the medians of that many stretches of equal length; empty ones are left out."""
    if not kept:
        return []
    first_s, last_s = kept[0][0], kept[-1][0]
    span_s = last_s - first_s
    if span_s <= 0:
        return [(last_s, median(value for _, value in kept))]
    buckets: list[list[Point]] = [[] for _ in range(stretches)]
    for point in kept:
        buckets[min(stretches - 1, int(stretches * (point[0] - first_s) / span_s))].append(point)
    return [
        (median(time_s for time_s, _ in bucket), median(value for _, value in bucket))
        for bucket in buckets
        if bucket
    ]
