"""When the next collection is due: GOGC as the trace shows it, and the goal that follows.

The goal on a gc line is the one that its own collection raced against; the next one follows from
what it found alive. Since Go 1.18 goal = live + (live + stacks + globals) × GOGC/100, before that
without the roots, and never under 4 MiB × GOGC/100 (runtime/mgcpacer.go; the GC guide's appendix).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from gctui.events import Runtime
from gctui.model.cycle import Cycle
from gctui.model.snapshot import Snapshot

DEFAULT_GOGC_PERCENT = 100.0
SMALLEST_GOAL_MIB = 4
"""At GOGC=100; in proportion at others."""
_CYCLES_CONSIDERED = 20
_SMALLEST_LIVE_MIB = 4
"""Below it figures cut to MiB do not tell how far a goal is above what was live."""


@dataclass(frozen=True, slots=True)
class ShownGogc:
    """GOGC as one goal shows it, and the bounds that figures cut to whole MB leave."""

    percent: float
    low_percent: float
    high_percent: float
    goal_mib: int
    live_mib: int
    """What the goal was set from."""


def gogc_shown(cycles: Sequence[Cycle]) -> list[ShownGogc]:
    """Return GOGC as each collection shows it, the effective one under a memory limit.

    Left out is what does not tell: heaps too small, no goal, forced collections.
    """
    shown = []
    for before, after in pairwise(cycles):
        live_mib, goal_mib = before.event.heap_live_mb, after.goal_mib
        follows = after.number == before.number + 1 and not after.event.forced
        if not follows or not goal_mib or live_mib is None:
            continue
        if live_mib >= _SMALLEST_LIVE_MIB:
            shown.append(_shown(live_mib, goal_mib, before))
        elif _is_smallest(goal_mib, live_mib + 1, _roots_mib(before) + 1):
            shown.append(_shown_by_smallest(goal_mib, live_mib))
    return shown


def _is_smallest(goal_mib: int, live_mib: float, roots_mib: float) -> bool:
    """Tell a goal that no live heap asks for: it is 4 MiB × GOGC/100."""
    share = goal_mib / SMALLEST_GOAL_MIB
    return live_mib + (live_mib + roots_mib) * share <= goal_mib


def _shown_by_smallest(goal_mib: int, live_mib: int) -> ShownGogc:
    low_percent = 100 * goal_mib / SMALLEST_GOAL_MIB
    high_percent = 100 * (goal_mib + 1) / SMALLEST_GOAL_MIB
    return ShownGogc(low_percent, low_percent, high_percent, goal_mib, live_mib)


def _shown(live_mib: int, goal_mib: int, before: Cycle) -> ShownGogc:
    """Every figure x stands for the interval [x, x + 1): the runtime cuts, it does not round."""
    over_mib, base_mib = goal_mib - live_mib, live_mib + _roots_mib(before)
    cut_mib = 1 if before.event.stacks_mb is None else 3
    return ShownGogc(
        percent=max(0.0, 100 * over_mib / base_mib),
        low_percent=max(0.0, 100 * (over_mib - 1) / (base_mib + cut_mib)),
        high_percent=max(0.0, 100 * (over_mib + 1) / base_mib),
        goal_mib=goal_mib,
        live_mib=live_mib,
    )


def gogc_percent(cycles: Sequence[Cycle]) -> float | None:
    """Return GOGC as the last collections show it; None where they do not tell."""
    shown = gogc_shown(cycles[-_CYCLES_CONSIDERED:])
    return median(each.percent for each in shown) if shown else None


def next_goal_mib(cycles: Sequence[Cycle]) -> float | None:
    """Return where the heap will be about when the next collection is due; None without a goal."""
    if not cycles or cycles[-1].goal_mib is None:
        return None
    last = cycles[-1]
    live_mib = last.event.heap_live_mb
    if live_mib is None:
        return None
    gogc = gogc_percent(cycles)
    if gogc is None:
        # No goal is below the smallest: a smaller one than GOGC=100 has tells of a lower GOGC.
        highest = 100 * (last.goal_mib or SMALLEST_GOAL_MIB) / SMALLEST_GOAL_MIB
        gogc = min(DEFAULT_GOGC_PERCENT, highest)
    return goal_from_mib(live_mib, _roots_mib(last), gogc)


def goal_from_mib(live_mib: float, roots_mib: float, gogc_percent: float) -> float:
    """Return the goal that follows from what was found alive, and stacks and globals."""
    share = gogc_percent / 100
    return max(SMALLEST_GOAL_MIB * share, live_mib + (live_mib + roots_mib) * share)


def goal_ahead_mib(snapshot: Snapshot) -> float | None:
    """Return where the next collection is due: the runtime's own figure where it can be read."""
    sample = snapshot.sample
    if sample is not None:
        goal_bytes = sample.heap_goal_bytes
        return None if goal_bytes is None else goal_bytes / (1 << 20)
    return next_goal_mib(snapshot.cycles)


def has_no_goal(sample: Runtime) -> bool:
    """Tell GOGC=off without a memory limit from a source that tells no goal."""
    return sample.heap_goal_bytes is None and (sample.gc_percent or 0) < 0


def _roots_mib(cycle: Cycle) -> int:
    return (cycle.event.stacks_mb or 0) + (cycle.event.globals_mb or 0)
