"""What GOGC is, and whether a memory limit sets the goal in its place.

A trace tells neither, but each goal follows from what the collection before it found alive
(`gctui.model.pacing`): so many of them narrow GOGC down. Under a limit the goal stays where the
limit puts it while the live heap changes (runtime/mgcpacer.go memoryLimitHeapGoal), which no GOGC
does. With the runtime's counters both are known, and the goal only has to be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from gctui.events import Runtime
from gctui.model.pacing import SMALLEST_GOAL_MIB, ShownGogc, gogc_shown
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
_RECENT_CYCLES = 40
_FEWEST_CYCLES = 5
_USUAL_PERCENT = (20, 25, 30, 40, 50, 60, 75, 80, 100, 150, 200, 250, 300, 400, 500, 800, 1000)
_TRIM = 0.1
"""Share of the goals that may stand aside: GOGC may have been another one for a moment."""
_STEADY_GOAL = 0.03
_ROUNDING = 0.01
_LEAST_LIVE_MIB = 10
_BELOW = 0.97
"""A goal this far under the one that GOGC asks for is not rounding."""
SPIRAL_PERCENT = 10.0
"""An effective GOGC below this leaves next to no room: collections come one after the other."""
_SPIRAL_CPU_PERCENT = 25.0
_HEADROOM_SHARE = 0.03
_HARDLY_ANY = 15
"""Percent; hardly anyone sets GOGC so low."""


@dataclass(frozen=True, slots=True)
class Gogc:
    """GOGC with its interval, all in percent."""

    percent: float
    low_percent: float
    high_percent: float
    goals: int
    """How many goals it follows from; 0 where the runtime tells it."""
    is_off: bool = False

    @property
    def is_exact(self) -> bool:
        """The runtime tells it."""
        return self.goals == 0

    @property
    def setting(self) -> int | None:
        """The usual setting that it must be; None where none or several lie in the interval."""
        if self.is_exact:
            return None if self.is_off else round(self.percent)
        low, high = self.low_percent * (1 - _ROUNDING), self.high_percent * (1 + _ROUNDING)
        within = [each for each in _USUAL_PERCENT if low <= each <= high]
        return within[0] if len(within) == 1 else None


@dataclass(frozen=True, slots=True)
class Binding:
    """A memory limit that sets the goal."""

    effective_percent: float
    """What GOGC would have to be for such a goal."""
    goal_mib: float
    limit_mib: float | None
    """None where only a trace tells."""
    is_certain: bool
    """Else GOGC may have been lowered as well."""


def gogc(snapshot: Snapshot) -> Gogc | None:
    """Return GOGC, None where nothing tells it."""
    sample = _sample(snapshot)
    if sample is not None and sample.gc_percent is not None:
        percent = float(sample.gc_percent)
        return Gogc(percent, percent, percent, 0, is_off=percent < 0)
    shown = gogc_shown(snapshot.cycles[-_RECENT_CYCLES:])
    if len(shown) < _FEWEST_CYCLES or (_may_have_limit(snapshot) and _is_held_down(shown)):
        return None
    return _from_goals(shown)


def binding(snapshot: Snapshot) -> Binding | None:
    """Return how a memory limit sets the goal; None where none does, or nothing shows it."""
    sample = _sample(snapshot)
    if sample is not None and sample.gc_percent is not None:
        return _counted_binding(sample)
    if not _may_have_limit(snapshot):
        return None
    shown = gogc_shown(snapshot.cycles[-_RECENT_CYCLES:])
    if len(shown) >= _FEWEST_CYCLES and _is_held_down(shown):
        return _shown_binding(shown, is_certain=True)
    if len(shown) >= _FEWEST_CYCLES and _from_goals(shown).high_percent < _HARDLY_ANY:
        return _shown_binding(shown, is_certain=False)
    return _lowered(snapshot)


def is_in_spiral(held: Binding, gc_cpu_percent: float | None) -> bool:
    """Tell a program that collects all the time because a limit leaves it no room."""
    return is_spiral(held.effective_percent, gc_cpu_percent)


def is_spiral(effective_percent: float, gc_cpu_percent: float | None) -> bool:
    """Tell it from the GOGC that the limit amounts to, and the share of CPU."""
    return effective_percent < SPIRAL_PERCENT and (gc_cpu_percent or 0.0) > _SPIRAL_CPU_PERCENT


def acts_as(percent: float) -> str:
    """Name the GOGC that a limit amounts to; GOGC=0 is none that anyone sets."""
    return "a GOGC below 1" if percent < 1 else f"GOGC={percent:.0f}"


def room_lacking_mib(snapshot: Snapshot) -> float | None:
    """Return by how much a limit has to rise for GOGC=100, from the last lines of a trace.

    A goal takes 3 % of what is left below the limit besides (mgcpacer.go memoryLimitHeapGoal).
    """
    shown = gogc_shown(snapshot.cycles[-_RECENT_CYCLES:])[-_FEWEST_CYCLES:]
    if not shown:
        return None
    # Stacks and globals are small beside what a limit squeezes.
    lacking = (2 * each.live_mib - each.goal_mib for each in shown)
    return max(0.0, median(lacking) / (1 - _HEADROOM_SHARE))


def _sample(snapshot: Snapshot) -> Runtime | None:
    return None if snapshot.counters is None else snapshot.counters.sample


def _may_have_limit(snapshot: Snapshot) -> bool:
    """Tell Go 1.18 and later by its form: memory limits came with 1.19."""
    return bool(snapshot.cycles) and snapshot.cycles[-1].event.stacks_mb is not None


def _from_goals(shown: Sequence[ShownGogc]) -> Gogc:
    """Intersect the intervals; a few that stand aside do not count."""
    lows = sorted(each.low_percent for each in shown)
    highs = sorted(each.high_percent for each in shown)
    aside = int(_TRIM * len(shown))
    percent = median(each.percent for each in shown)
    low, high = lows[-1 - aside], highs[aside]
    if low > high:
        # They do not agree: the middle half of them says how far they are apart.
        spread = sorted(each.percent for each in shown)
        low, high = spread[len(spread) // 4], spread[-1 - len(spread) // 4]
    return Gogc(percent, min(low, percent), max(high, percent), len(shown))


def _is_held_down(shown: Sequence[ShownGogc]) -> bool:
    """Tell whether the goals are such as a limit sets, and no GOGC does.

    Either they leave no room above the live heap at all, or they stand still while the live heap
    moves, so that no GOGC fits them all.
    """
    large = [each for each in shown if each.live_mib >= _LEAST_LIVE_MIB]
    if len(large) < _FEWEST_CYCLES or len(large) < len(shown) / 2:
        return False
    without_room = sum(each.goal_mib <= each.live_mib for each in large)
    if without_room >= len(large) / 2:
        return True
    return _stand_still(large) and not _agree(large)


def _stand_still(shown: Sequence[ShownGogc]) -> bool:
    goals = [each.goal_mib for each in shown]
    return max(goals) - min(goals) <= max(1.0, _STEADY_GOAL * max(goals))


def _agree(shown: Sequence[ShownGogc]) -> bool:
    """Tell whether one GOGC fits all but a few."""
    aside = int(_TRIM * len(shown))
    lows = sorted(each.low_percent for each in shown)
    highs = sorted(each.high_percent for each in shown)
    return lows[-1 - aside] <= highs[aside]


def _shown_binding(shown: Sequence[ShownGogc], *, is_certain: bool) -> Binding:
    last = shown[-_FEWEST_CYCLES:]
    return Binding(
        effective_percent=median(each.percent for each in last),
        goal_mib=median(each.goal_mib for each in last),
        limit_mib=None,
        is_certain=is_certain,
    )


def _lowered(snapshot: Snapshot) -> Binding | None:
    """Tell whether the last goals are all clearly under what the earlier ones showed."""
    shown = gogc_shown(snapshot.cycles)
    earlier, last = shown[:-_FEWEST_CYCLES], shown[-_FEWEST_CYCLES:]
    if len(earlier) < _RECENT_CYCLES // 2:
        return None
    usual = _from_goals(earlier)
    if any(each.high_percent >= _BELOW * usual.low_percent for each in last):
        return None
    # A new GOGC is one step for all; a limit takes more off the larger the live heap is.
    return _shown_binding(shown, is_certain=_stand_still(last) and not _agree(last))


def _counted_binding(sample: Runtime) -> Binding | None:
    limit, goal, live = sample.memory_limit_bytes, sample.heap_goal_bytes, sample.heap_live_bytes
    if limit is None or goal is None or not live or sample.gc_percent is None:
        return None
    share = sample.gc_percent / 100
    asked = max(live * (1 + share), SMALLEST_GOAL_MIB * MIB * share)
    if sample.gc_percent >= 0 and goal >= _BELOW * asked:
        return None
    roots = sample.stack_inuse_bytes or 0
    return Binding(
        effective_percent=max(0.0, 100 * (goal - live) / (live + roots)),
        goal_mib=goal / MIB,
        limit_mib=limit / MIB,
        is_certain=True,
    )
