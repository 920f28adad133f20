"""Does the live heap grow? A first, careful answer: only what stands out plainly counts."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from statistics import median

from gctui.model.clock import ClockKind
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot

_FEWEST_CYCLES = 12
_QUARTERS = 4
_LEAST_GROWTH_MIB = 16
_LEAST_STEP = 1.1
"""Each quarter of the collections must stand this much higher than the one before."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A live heap that rose in every quarter of what was seen."""

    from_mib: float
    to_mib: float
    over_s: float

    @property
    def mib_per_min(self) -> float:
        """How fast."""
        return 60 * (self.to_mib - self.from_mib) / self.over_s


def live_growth(snapshot: Snapshot) -> Growth | None:
    """Return how the live heap grew over the collections that are kept, None where it did not."""
    if snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    begin_s = snapshot.epochs[-1].begin_s if snapshot.epochs else 0.0
    points = [(end_s, live_mib) for end_s, live_mib in _points(snapshot) if end_s >= begin_s]
    if len(points) < _FEWEST_CYCLES:
        return None
    # Quarters of the time, not of the collections: a program that starts up collects often.
    first_s, last_s = points[0][0], points[-1][0]
    over_s = last_s - first_s
    if over_s <= 0:
        return None
    quarters: list[list[float]] = [[] for _ in range(_QUARTERS)]
    for end_s, live_mib in points:
        quarters[min(_QUARTERS - 1, int(_QUARTERS * (end_s - first_s) / over_s))].append(live_mib)
    if not all(quarters):
        return None
    levels = [median(quarter) for quarter in quarters]
    rises = all(b >= a * _LEAST_STEP for a, b in itertools.pairwise(levels))
    from_mib, to_mib = points[0][1], points[-1][1]
    if not rises or to_mib - from_mib < _LEAST_GROWTH_MIB or to_mib < levels[-1]:
        return None
    return Growth(from_mib, to_mib, over_s)


def _points(snapshot: Snapshot) -> list[tuple[float, float]]:
    """Return the live heap after each collection, or as often as the counters were read."""
    counters = snapshot.counters
    if snapshot.cycles or counters is None:
        return [
            (cycle.end_s, cycle.event.heap_live_mb)
            for cycle in snapshot.cycles
            if cycle.event.heap_live_mb is not None
        ]
    if len(counters.gc_ends_s) < _FEWEST_CYCLES:
        return []
    first_end_s = counters.gc_ends_s[0]
    return [point for point in snapshot.view(Metric.HEAP_LIVE_MIB) if point[0] >= first_end_s]
