"""Do goroutines become more and more? One that waits for ever keeps all that it can reach.

As with the live heap, the second half of what was seen is what counts: a program that starts up, or
whose load rises, has more of them for a while.
"""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.life import Life
from gctui.analysis.trend import Trend, since_start, thinned, trend
from gctui.model.clock import ClockKind
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot

FEWEST_SAMPLES = 12
SHORTEST_S = 10.0
_STRETCHES = 32
_LEAST_RISE = 10
_LEAST_SHARE = 0.02
_BURST_S = 60.0
"""A rise that began only now, and for less than this, is a busy moment as well."""


@dataclass(frozen=True, slots=True)
class GoroutineGrowth:
    """How their number developed since the program's last start, as far as it was seen."""

    now: Trend | None = None
    """The line through the second half; None where there is too little to tell."""
    first: int = 0
    last: int = 0
    samples: int = 0
    is_timed: bool = True
    """Else the axis counts collections: logs of Go 1.4 have no clock."""
    grows: bool = False
    """It grew in the second half, by more than requests that come and go."""
    life: Life | None = None
    """Which life of the program it was, if not the last."""

    @property
    def span(self) -> float:
        """What the line runs over: seconds, or collections."""
        return 0.0 if self.now is None else self.now.span_s


def goroutine_growth(snapshot: Snapshot) -> GoroutineGrowth:
    """Return how the number of goroutines grows."""
    points = since_start(snapshot, Metric.GOROUTINES)
    is_timed = snapshot.clock is not ClockKind.ORDER
    if not points or snapshot.clock is ClockKind.NONE:
        return GoroutineGrowth(is_timed=is_timed)
    first, last = int(points[0][1]), int(points[-1][1])
    seen = GoroutineGrowth(None, first, last, len(points), is_timed)
    span = points[-1][0] - points[0][0]
    if len(points) < FEWEST_SAMPLES or span <= 0 or (is_timed and span < SHORTEST_S):
        return seen
    medians = thinned(points, _STRETCHES) if len(points) > _STRETCHES else points
    middle = len(medians) // 2
    before, now = trend(medians[: middle + 1]), trend(medians[middle:])
    if now is None:
        return seen
    least = max(_LEAST_RISE, _LEAST_SHARE * now.level)
    grows = now.rises and now.rise >= least and last >= now.level
    rose_before = before is not None and before.rises
    if is_timed and not rose_before and now.span_s < _BURST_S:
        grows = False
    return GoroutineGrowth(now, first, last, len(points), is_timed, grows)
