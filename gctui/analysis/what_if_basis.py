"""What predictions rest on: how the program collects at present, whatever tells it.

The figures of the present setting are those that are measured; a model only has to say how far
another setting differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan
from statistics import median

from gctui.analysis.figures import gc_cpu_share_percent, gc_rate_per_s
from gctui.analysis.gogc import SPIRAL_PERCENT, Gogc, binding
from gctui.analysis.next_gc import comes_at_the_goal, keeps_its_rhythm
from gctui.analysis.pace import Pace, pace
from gctui.model.counters import Counters
from gctui.model.metrics import Metric
from gctui.model.pacing import goal_ahead_mib, goal_from_mib
from gctui.model.series import SeriesView
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
_HEADROOM_SHARE, _LEAST_HEADROOM_MIB = 0.03, 1.0
"""What the runtime leaves below a limit (mgcpacer.go memoryLimitHeapGoalHeadroomPercent)."""
_BESIDE_MIB, _BESIDE_SHARE = 4.0, 0.05
"""Where only a trace is known: what the runtime takes beside objects and roots, per live MiB."""
_LEAST_COLLECTIONS = 3
_QUIET_AFTER_S = 3.0
_CHANGED = 0.25
_MARKS = 11
BINDS = 0.97
"""A goal this far under the one that GOGC asks for is not rounding."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is asked about."""

    gogc_percent: float | None
    """None: off."""
    limit_mib: float | None = None
    """GOMEMLIMIT; None: none."""

    @property
    def text(self) -> str:
        """As it would be set."""
        percent = "off" if self.gogc_percent is None else f"{self.gogc_percent:.0f}"
        if self.limit_mib is None:
            return f"GOGC={percent}"
        return f"GOGC={percent} GOMEMLIMIT={self.limit_mib:.0f}MiB"


@dataclass(frozen=True, slots=True)
class Observed:
    """What the present setting does, as measured. Sizes in MiB, shares in % of all Ps."""

    heap_mib: float | None
    """The heap at the end of a collection: of the next one, where the live heap moves."""
    gc_cpu_percent: float | None
    gc_per_s: float | None
    marking_share: float
    """Of the time, when a mark ran."""
    allocation_mib_per_s: float | None
    acts_as_percent: float | None
    """GOGC as the limit makes it act; None where no limit sets the goal."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of the program; sizes in MiB."""

    live_mib: float
    roots_mib: float
    beside_mib: float | None
    """What Go maps beside the heap's objects and does not count as free; None from a trace."""
    pace: Pace | None
    counters: Counters | None
    observed: Observed
    present: Setting

    def goal_mib(self, setting: Setting, live_mib: float) -> float:
        """Return the lower of the two goals (mgcpacer.go heapGoalInternal)."""
        goals = [goal for goal in (self._asked_mib(setting, live_mib),) if goal is not None]
        if setting.limit_mib is not None:
            left_mib = setting.limit_mib - self._beside_mib(live_mib)
            goals.append(left_mib - max(_HEADROOM_SHARE * left_mib, _LEAST_HEADROOM_MIB))
        return min(goals, default=inf)

    def limit_for_mib(self, gogc_percent: float) -> float:
        """Return the smallest limit that leaves GOGC its goal: the reverse of `goal_mib`."""
        goal_mib = self._asked_mib(Setting(gogc_percent), self.live_mib) or 0.0
        left_mib = max(goal_mib / (1 - _HEADROOM_SHARE), goal_mib + _LEAST_HEADROOM_MIB)
        return left_mib + self._beside_mib(self.live_mib)

    def acts_as_percent(self, setting: Setting) -> float:
        """Return the GOGC that would set the same goal."""
        if setting == self.present and self.observed.acts_as_percent is not None:
            return self.observed.acts_as_percent
        room_mib = self.goal_mib(setting, self.live_mib) - self.live_mib
        return max(0.0, 100 * room_mib / (self.live_mib + self.roots_mib))

    def is_bound(self, setting: Setting) -> bool:
        """Tell whether the limit sets the goal, and not GOGC."""
        if setting == self.present:
            return self.observed.acts_as_percent is not None
        if setting.limit_mib is None:
            return False
        if setting.gogc_percent is None:
            return True
        return self.acts_as_percent(setting) < BINDS * setting.gogc_percent

    @property
    def has_no_room(self) -> bool:
        """A limit squeezes the program at present."""
        return self.is_bound(self.present) and self.acts_as_percent(self.present) < SPIRAL_PERCENT

    def _asked_mib(self, setting: Setting, live_mib: float) -> float | None:
        if setting.gogc_percent is None:
            return None
        return goal_from_mib(live_mib, self.roots_mib, setting.gogc_percent)

    def _beside_mib(self, live_mib: float) -> float:
        if self.beside_mib is not None:
            return self.beside_mib
        return _BESIDE_MIB + self.roots_mib + _BESIDE_SHARE * live_mib


def basis_of(snapshot: Snapshot, now: Gogc) -> Basis | None:
    """Return what a trace shows of the pace; the counters do where there is none."""
    counters, found = snapshot.counters, pace(snapshot.cycles)
    if snapshot.count("epochs") > 1 and counters is not None:
        # Several programs print into one stream: theirs need not be the one that is read.
        found = None
    live_mib = _live_mib(counters, found)
    if live_mib is None:
        return None
    roots_mib = 0.0 if counters is None else (counters.sample.stack_inuse_bytes or 0) / MIB
    return Basis(
        live_mib=live_mib,
        roots_mib=roots_mib if found is None else found.roots_mib,
        beside_mib=None if counters is None else _beside_mib(counters),
        pace=found,
        counters=counters,
        observed=_observed(snapshot, found),
        present=_present(snapshot, now),
    )


def is_quiet(snapshot: Snapshot) -> bool:
    """Tell a program that hardly allocates: its collections are over, or only forced ones come."""
    counters = snapshot.counters
    ends_s = tuple(cycle.end_s for cycle in snapshot.cycles)
    if counters is not None and counters.gc_ends_s:
        ends_s = counters.gc_ends_s
    if not ends_s or snapshot.now_s - ends_s[-1] < _QUIET_AFTER_S:
        return False
    if keeps_its_rhythm(ends_s, snapshot.now_s):
        return False
    if counters is None:
        return True
    # Without a goal nothing collects, however much is allocated.
    has_goal = counters.sample.heap_goal_bytes is not None
    return has_goal and comes_at_the_goal(snapshot, counters, snapshot.now_s) is False


def _live_mib(counters: Counters | None, found: Pace | None) -> float | None:
    if found is not None:
        return found.live_mib
    if counters is None or counters.sample.heap_live_bytes is None:
        return None
    if len(counters.gc_ends_s) < _LEAST_COLLECTIONS or counters.gc_cpu_percent is None:
        return None
    return counters.sample.heap_live_bytes / MIB


def _present(snapshot: Snapshot, now: Gogc) -> Setting:
    percent = None if now.is_off else float(now.setting or now.percent)
    counters = snapshot.counters
    limit_bytes = None if counters is None else counters.sample.memory_limit_bytes
    return Setting(percent, None if limit_bytes is None else limit_bytes / MIB)


def _observed(snapshot: Snapshot, found: Pace | None) -> Observed:
    ahead_mib, counters = goal_ahead_mib(snapshot), snapshot.counters
    per_s, held = gc_rate_per_s(snapshot, snapshot.now_s), binding(snapshot)
    cpu_percent = gc_cpu_share_percent(snapshot)
    if found is not None and found.is_moving:
        # What is shown of the last collections reaches back to a heap that was another one.
        per_s = _newer(1000 / found.cycle_ms, per_s)
        cpu_percent = _newer(found.gc_cpu_percent, cpu_percent)
    heap_mib = ahead_mib
    if found is not None:
        # Collections end a little off their goal, the next one as far as the last ones.
        off_mib = found.end_mib - found.goal_mib
        moves = found.is_moving and ahead_mib is not None
        heap_mib = (ahead_mib or 0.0) + off_mib if moves else found.end_mib
    return Observed(
        heap_mib=heap_mib,
        gc_cpu_percent=cpu_percent,
        gc_per_s=per_s,
        marking_share=_marking_share(snapshot, per_s),
        allocation_mib_per_s=None if counters is None else counters.allocation_mib_per_s,
        acts_as_percent=None if held is None else held.effective_percent,
    )


def _newer(newest: float, shown: float | None) -> float | None:
    """Return the figure that is shown, but where the newest collections clearly differ."""
    is_near = shown is not None and abs(newest - shown) <= _CHANGED * newest
    return shown if is_near else newest


def _marking_share(snapshot: Snapshot, gc_per_s: float | None) -> float:
    """Return how much of the time a mark runs; without its clock, as if all Ps took part in it."""
    procs = snapshot.counters.sample.procs if snapshot.counters else None
    parts = (Metric.CPU_ASSIST_MS, Metric.CPU_BACKGROUND_MS, Metric.CPU_IDLE_MS)
    each_ms = _lately(snapshot.view(Metric.MARK_MS))
    if not each_ms:
        each_ms = sum(_lately(snapshot.view(part)) for part in parts) / (procs or 1)
    return min(1.0, each_ms / 1000 * (gc_per_s or 0.0))


def _lately(view: SeriesView) -> float:
    return median([value for value in view.values[-_MARKS:] if not isnan(value)] or [0.0])


def _beside_mib(counters: Counters) -> float:
    """Return what counts against a limit beside the objects (mgcpacer.go memoryLimitHeapGoal).

    All that is mapped and ready, less what the heap has free, less what is allocated.
    """
    sample = counters.sample
    kept = (sample.heap_idle_bytes or 0) - (sample.heap_released_bytes or 0)
    mapped = (sample.sys_bytes or 0) - (sample.heap_released_bytes or 0)
    return max(0, mapped - kept - (sample.heap_allocated_bytes or 0)) / MIB
