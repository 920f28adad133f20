"""Does the live heap grow? A verdict with its evidence, careful to say when it cannot tell.

The second half of what was seen is what counts: a program that starts up grows, and that says
nothing. A heap that grows now and grew as fast before is a leak as far as anyone can see; one whose
growth slows down fills up, as a cache does.

Where neither a trace nor the runtime itself tells the live heap (a server's memstats do not), it
follows from the goal: goal = live + (live + stacks) × GOGC/100 (runtime/mgcpacer.go commit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from statistics import median

from gctui.analysis.life import Life
from gctui.analysis.trend import Point, Trend, since_start, thinned, trend
from gctui.model.clock import ClockKind
from gctui.model.cycle import Cycle
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
FEWEST_COLLECTIONS = 12
SHORTEST_S = 10.0
_USUAL_GOGC_PERCENT = 100
_NEAR_LIMIT = 0.8
"""A goal that near to a memory limit may be the limit's, which tells nothing of the live heap."""
_STRETCHES = 32
_FEWEST_STRETCHES = 12
_LEAST_GROWTH_MIB = 8
_LEAST_SHARE = 0.02
_BURST_S = 60.0
"""Growth that began only now, and for less than this, is a busy moment as well."""
_SLOWER = 0.5
"""A second half that grows at less than half the pace of the first slows down."""
_END_POINTS = 3
_FEWEST_KEEPING = 5
_KEPT_SHARE = 0.8
"""Of what was allocated since the collection before: where this stays alive, nothing is freed."""


class Verdict(StrEnum):
    """What the live heap does."""

    LEAK = "leak"
    """It grows and does not slow down: a leak, or a cache that is far from full."""
    CACHE = "cache filling"
    """It grows, and ever more slowly."""
    STEADY = "steady"
    FALLING = "falling"
    TOO_SHORT = "too short to tell"
    UNKNOWN = "not known"
    """Nothing tells the live heap."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The verdict and what it rests on; sizes in MiB, times on the stream's axis."""

    verdict: Verdict
    now: Trend | None
    """The line through the second half; None where there is too little."""
    before: Trend | None
    """The line through the first half."""
    from_mib: float = 0.0
    to_mib: float = 0.0
    """The level at the end, which one collection alone does not move."""
    last_mib: float = 0.0
    """What the last collection found."""
    over_s: float = 0.0
    collections: int = 0
    watched_s: float = 0.0
    """Since the program, or the watch, began."""
    samples: int = 0
    """How many values of the live heap there are."""
    is_estimate: bool = False
    """The live heap follows from the goals."""
    life: Life | None = None
    """Which life of the program it was, if not the last."""

    @property
    def grows(self) -> bool:
        """It grows at present, for whatever reason."""
        return self.verdict in {Verdict.LEAK, Verdict.CACHE}

    @property
    def reached_mib(self) -> float:
        """What it grew to: what is live now, unless that is a moment's dip."""
        return self.last_mib if self.last_mib > self.from_mib else self.to_mib

    @property
    def mib_per_min(self) -> float:
        """How fast it grows at present."""
        return 0.0 if self.now is None else 60 * self.now.slope_per_s


def live_growth(snapshot: Snapshot) -> Growth:
    """Return how the live heap developed since the last start, as far as it was seen."""
    all_points, is_estimate = _points(snapshot)
    points = thinned(all_points, _STRETCHES) if len(all_points) > _STRETCHES else all_points
    seen = Growth(
        Verdict.TOO_SHORT if all_points else Verdict.UNKNOWN,
        now=None,
        before=None,
        over_s=all_points[-1][0] - all_points[0][0] if all_points else 0.0,
        collections=_collections(snapshot),
        watched_s=max(0.0, snapshot.now_s - _begin_s(snapshot)),
        samples=len(all_points),
        is_estimate=is_estimate,
    )
    if seen.over_s < SHORTEST_S or snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return seen
    levels = _level_mib(all_points[:_END_POINTS]), _level_mib(all_points[-_END_POINTS:])
    seen = replace(seen, from_mib=levels[0], to_mib=levels[1], last_mib=all_points[-1][1])
    if seen.collections >= FEWEST_COLLECTIONS and len(points) >= _FEWEST_STRETCHES:
        middle = len(points) // 2
        before, now = trend(points[: middle + 1]), trend(points[middle:])
        return replace(seen, verdict=_verdict(before, now, seen.to_mib), now=now, before=before)
    whole = trend(points) if _keeps_all(snapshot) else None
    if whole is None or not whole.rises or seen.to_mib - seen.from_mib < _LEAST_GROWTH_MIB:
        return seen
    return replace(seen, verdict=Verdict.LEAK, now=whole)


def _verdict(before: Trend | None, now: Trend | None, to_mib: float) -> Verdict:
    if before is None or now is None:
        return Verdict.TOO_SHORT
    least_mib = max(_LEAST_GROWTH_MIB, _LEAST_SHARE * now.level)
    if now.falls and -now.rise >= least_mib:
        return Verdict.FALLING
    if not now.rises or now.rise < least_mib or to_mib < now.level:
        return Verdict.STEADY
    if not before.rises and now.span_s < _BURST_S:
        return Verdict.STEADY
    slows = before.rises and now.slope_per_s < _SLOWER * before.slope_per_s
    return Verdict.CACHE if slows else Verdict.LEAK


def _level_mib(points: Sequence[Point]) -> float:
    return median(mib for _, mib in points)


def _keeps_all(snapshot: Snapshot) -> bool:
    """Tell whether the last collections found hardly any garbage.

    Such a heap doubles from one to the next: it is large before there were a dozen of them.
    """
    recent = _cycles(snapshot)[-_FEWEST_KEEPING:]
    if len(recent) < _FEWEST_KEEPING:
        return False
    for before, cycle in pairwise(recent):
        live, live_before = cycle.event.heap_live_mb, before.event.heap_live_mb
        if live is None or live_before is None:
            return False
        allocated = (cycle.event.heap_end_mb or 0) - live_before
        if allocated <= 0 or live - live_before < _KEPT_SHARE * allocated:
            return False
    return True


def _points(snapshot: Snapshot) -> tuple[Sequence[Point], bool]:
    """Return the live heap since the last start, and whether it is estimated from the goals."""
    if snapshot.view(Metric.HEAP_LIVE_MIB):
        return since_start(snapshot, Metric.HEAP_LIVE_MIB), False
    share, roots_mib = _goal_share(snapshot), _roots_mib(snapshot)
    if share is None:
        return [], True
    goals = since_start(snapshot, Metric.HEAP_GOAL_MIB)
    return [(s, max(0.0, (mib - share * roots_mib) / (1 + share))) for s, mib in goals], True


def _goal_share(snapshot: Snapshot) -> float | None:
    """Return GOGC as a share, the usual one where it is not told; None if it sets no goal."""
    if snapshot.counters is None:
        return _USUAL_GOGC_PERCENT / 100
    sample = snapshot.counters.sample
    percent = _USUAL_GOGC_PERCENT if sample.gc_percent is None else sample.gc_percent
    limit, goal = sample.memory_limit_bytes, sample.heap_goal_bytes or 0
    if percent < 0 or (limit is not None and goal > _NEAR_LIMIT * limit):
        return None
    return percent / 100


def _roots_mib(snapshot: Snapshot) -> float:
    counters = snapshot.counters
    return 0.0 if counters is None else (counters.sample.stack_inuse_bytes or 0) / MIB


def _begin_s(snapshot: Snapshot) -> float:
    """Return when the watch began, or the program's last start if that was later."""
    starts_s = [snapshot.first_s, *snapshot.view(Metric.RSS_MIB).times_s[:1]]
    return max(min(starts_s), snapshot.epochs[-1].begin_s if snapshot.epochs else 0.0)


def _collections(snapshot: Snapshot) -> int:
    """Count those that were not forced: they alone come at the program's own pace."""
    if snapshot.cycles or snapshot.counters is None:
        return sum(1 for cycle in _cycles(snapshot) if not cycle.event.forced)
    return sum(end_s >= _begin_s(snapshot) for end_s in snapshot.counters.gc_ends_s)


def _cycles(snapshot: Snapshot) -> Sequence[Cycle]:
    """Return the collections since the last start: the one before may have ended right there."""
    if len(snapshot.epochs) < 2:
        return snapshot.cycles
    begin_s = snapshot.epochs[-1].begin_s
    return [cycle for cycle in snapshot.cycles if cycle.end_s > begin_s]
