"""What other settings would do: the heap's peak and the CPU for collections, side by side.

From a trace each setting goes through a model of the pacer. Where only the counters are read, the
GC guide's rule has to do: the cost of a collection stays, how often it comes follows from the room
that the goal leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from gctui.analysis.gogc import SPIRAL_PERCENT, Gogc, gogc
from gctui.analysis.limits import limits
from gctui.analysis.pace import Pace, pace
from gctui.analysis.pacer_model import PacerModel
from gctui.analysis.units import size
from gctui.model.counters import Counters
from gctui.model.feed import Asked
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
_USUAL_PERCENT = (25, 50, 100, 200, 400)
_SAME = 0.12
"""A usual setting this near to the present one tells nothing new."""
_SMALLEST_GOAL_MIB = 4.0
_HEADROOM_SHARE, _LEAST_HEADROOM_MIB = 0.03, 1.0
"""What the runtime leaves below a limit (mgcpacer.go memoryLimitHeapGoalHeadroomPercent)."""
_KEPT_OVER = 1.1
"""The scavenger keeps a tenth more than the heap had in use (mgcscavenge.go)."""
_CONTAINER_SHARE = 0.9
"""The GC guide's advice: leave 5 to 10 % of a container's limit to what Go does not know of."""
_LIMITER_PERCENT = 50.0
"""The most that the runtime lets the GC take for long (mgclimit.go)."""
_NEAR_UNSURE, _FAR_UNSURE = 0.25, 0.4
"""How far off the predicted GC CPU may be: up to twice or half the room, and beyond."""
_COARSE_UNSURE = 0.35
_BESIDE_MIB, _BESIDE_SHARE = 4.0, 0.05
"""Where only a trace is known: what the runtime takes beside objects and roots, per live MiB."""
_LEAST_COLLECTIONS = 3
_NOTABLE_SHARE = 0.05
"""Of the live heap, what came during the mark: a lower goal leaves less of it."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What to expect of one setting. Sizes in MiB, shares in % of all Ps."""

    setting: str
    """`GOGC=200`, `GOMEMLIMIT=1843MiB`, as it would be set."""
    is_now: bool
    """It is what the program has now: the other rows are to be held against this one."""
    heap_mib: float | None
    """The heap at the end of a collection: its peak; None where nothing ever collects."""
    total_mib: float | None
    """All that Go maps then, where the counters tell what is beside the heap."""
    gc_cpu_percent: float | None
    gc_cpu_low_percent: float | None
    gc_cpu_high_percent: float | None
    gc_per_s: float | None
    remark: str = ""
    """Why it cannot work, or what it costs; empty where the figures say it all."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The predictions side by side, by setting."""

    predictions: tuple[Prediction, ...]
    assumptions: str
    """What has to stay as it is, in one sentence."""


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
class _Basis:
    """What is known of the program, whatever tells it; sizes in MiB."""

    live_mib: float
    roots_mib: float
    beside_mib: float | None
    """What Go maps beside the heap's objects and does not count as free; None from a trace."""
    pace: Pace | None
    counters: Counters | None

    def goal_mib(self, setting: Setting, live_mib: float) -> float:
        """Return the lower of the two goals (mgcpacer.go heapGoalInternal)."""
        goals = []
        if setting.gogc_percent is not None:
            share = setting.gogc_percent / 100
            asked = live_mib + (live_mib + self.roots_mib) * share
            goals.append(max(asked, _SMALLEST_GOAL_MIB * share))
        if setting.limit_mib is not None:
            beside_mib = self.beside_mib
            if beside_mib is None:
                beside_mib = _BESIDE_MIB + self.roots_mib + _BESIDE_SHARE * live_mib
            left_mib = setting.limit_mib - beside_mib
            goals.append(left_mib - max(_HEADROOM_SHARE * left_mib, _LEAST_HEADROOM_MIB))
        return min(goals, default=inf)


def what_if(snapshot: Snapshot, asked: Sequence[Asked] = ()) -> WhatIf | None:
    """Predict the usual settings, those that a limit suggests, and those that the user asks about.

    None without a steady pace.
    """
    now, basis = gogc(snapshot), _basis(snapshot)
    if basis is None or now is None:
        return None
    present = _present(snapshot, now)
    settings = [*_settings(snapshot, present, basis), *(_asked(each, present) for each in asked)]
    rows = [_prediction(basis, setting, present) for setting in dict.fromkeys(settings)]
    return WhatIf(tuple(rows), _assumptions(basis))


def predict(snapshot: Snapshot, setting: Setting) -> Prediction | None:
    """Return what to expect of one setting; None without a steady pace."""
    now, basis = gogc(snapshot), _basis(snapshot)
    if basis is None or now is None:
        return None
    return _prediction(basis, setting, _present(snapshot, now))


def _present(snapshot: Snapshot, now: Gogc) -> Setting:
    percent = None if now.is_off else float(now.setting or now.percent)
    counters = snapshot.counters
    limit_bytes = None if counters is None else counters.sample.memory_limit_bytes
    return Setting(percent, None if limit_bytes is None else limit_bytes / MIB)


def _basis(snapshot: Snapshot) -> _Basis | None:
    """Return what a trace shows of the pace; the counters do where there is none."""
    counters, found = snapshot.counters, pace(snapshot.cycles)
    if snapshot.count("epochs") > 1 and counters is not None:
        # Several programs print into one stream: theirs need not be the one that is read.
        found = None
    beside_mib = None if counters is None else _beside_mib(counters)
    if found is not None:
        return _Basis(found.live_mib, found.roots_mib, beside_mib, found, counters)
    if counters is None or counters.sample.heap_live_bytes is None:
        return None
    if len(counters.gc_ends_s) < _LEAST_COLLECTIONS or counters.gc_cpu_percent is None:
        return None
    roots_mib = (counters.sample.stack_inuse_bytes or 0) / MIB
    return _Basis(counters.sample.heap_live_bytes / MIB, roots_mib, beside_mib, None, counters)


def _beside_mib(counters: Counters) -> float:
    """Return what counts against a limit beside the objects (mgcpacer.go memoryLimitHeapGoal).

    All that is mapped and ready, less what the heap has free, less what is allocated.
    """
    sample = counters.sample
    kept = (sample.heap_idle_bytes or 0) - (sample.heap_released_bytes or 0)
    mapped = (sample.sys_bytes or 0) - (sample.heap_released_bytes or 0)
    return max(0, mapped - kept - (sample.heap_allocated_bytes or 0)) / MIB


def _settings(snapshot: Snapshot, present: Setting, basis: _Basis) -> Iterator[Setting]:
    percent = present.gogc_percent
    if percent is None:
        yield present
        yield from (replace(present, gogc_percent=float(each)) for each in _USUAL_PERCENT)
    else:
        others = [each for each in _USUAL_PERCENT if abs(each - percent) > _SAME * percent]
        for each in sorted([*others, percent]):
            yield replace(present, gogc_percent=float(each))
    if basis.beside_mib is None:
        return
    container = min((limit.limit_mib for limit in limits(snapshot) if limit.is_hard), default=None)
    if container is not None:
        advised_mib = _CONTAINER_SHARE * container
        for gogc_percent in (percent, None):
            if Setting(gogc_percent, advised_mib) != present:
                yield Setting(gogc_percent, advised_mib)


def _asked(question: Asked, present: Setting) -> Setting:
    percent = present.gogc_percent
    if question.gogc_percent is not None:
        percent = None if question.gogc_percent < 0 else float(question.gogc_percent)
    limit_mib = present.limit_mib if question.limit_mib is None else question.limit_mib
    return Setting(percent, limit_mib)


def _prediction(basis: _Basis, setting: Setting, present: Setting) -> Prediction:
    goal_mib = basis.goal_mib(setting, basis.live_mib)
    if goal_mib == inf:
        made = _never(basis)
    elif goal_mib <= basis.live_mib:
        made = _impossible(basis, setting)
    elif basis.pace is not None:
        made = _modelled(basis, basis.pace, setting)
    else:
        made = _by_rule(basis, setting)
    return replace(made, setting=setting.text, is_now=setting == present)


def _modelled(basis: _Basis, measured: Pace, setting: Setting) -> Prediction:
    outcome = PacerModel(measured).at(lambda live_mib: basis.goal_mib(setting, live_mib))
    percent = outcome.gc_cpu_percent(measured.procs)
    room_mib = basis.goal_mib(setting, outcome.live_mib) - outcome.live_mib
    times = room_mib / max(0.5, measured.goal_mib - measured.live_mib)
    unsure = _NEAR_UNSURE if 0.45 <= times <= 2.2 else _FAR_UNSURE
    return _figures(basis, setting, outcome.end_mib, percent, unsure, 1000 / outcome.cycle_ms)


def _by_rule(basis: _Basis, setting: Setting) -> Prediction:
    """Scale what the counters show: GC CPU and how often, by the room between live and goal."""
    counters = basis.counters
    goal_bytes = None if counters is None else counters.sample.heap_goal_bytes
    goal_mib = basis.goal_mib(setting, basis.live_mib)
    percent = rate_per_s = None
    if counters is not None and goal_bytes and counters.gc_cpu_percent is not None:
        less_often = (goal_mib - basis.live_mib) / max(0.5, goal_bytes / MIB - basis.live_mib)
        percent = min(100.0, counters.gc_cpu_percent / less_often)
        ends_s = counters.gc_ends_s
        if ends_s[-1] > ends_s[0]:
            rate_per_s = (len(ends_s) - 1) / (ends_s[-1] - ends_s[0]) / less_often
    return _figures(basis, setting, goal_mib, percent, _COARSE_UNSURE, rate_per_s)


def _figures(
    basis: _Basis,
    setting: Setting,
    heap_mib: float,
    gc_cpu_percent: float | None,
    unsure: float,
    gc_per_s: float | None,
) -> Prediction:
    beside_mib = basis.beside_mib
    has_cpu = gc_cpu_percent is not None
    return Prediction(
        setting="",
        is_now=False,
        heap_mib=heap_mib,
        total_mib=None if beside_mib is None else _total_mib(setting, beside_mib, heap_mib),
        gc_cpu_percent=gc_cpu_percent,
        gc_cpu_low_percent=(gc_cpu_percent or 0.0) * (1 - unsure) if has_cpu else None,
        gc_cpu_high_percent=min(100.0, (gc_cpu_percent or 0.0) * (1 + unsure)) if has_cpu else None,
        gc_per_s=gc_per_s,
        remark=_remark(basis, setting),
    )


def _total_mib(setting: Setting, beside_mib: float, heap_mib: float) -> float:
    """Near a limit the runtime returns what it does not need before it passes the limit."""
    total_mib = beside_mib + _KEPT_OVER * heap_mib
    return total_mib if setting.limit_mib is None else min(total_mib, setting.limit_mib)


def _remark(basis: _Basis, setting: Setting) -> str:
    """Say where the limit sets the goal, and where that leaves hardly any room."""
    if setting.limit_mib is None:
        return ""
    goal_mib = basis.goal_mib(setting, basis.live_mib)
    acts_as = 100 * (goal_mib - basis.live_mib) / (basis.live_mib + basis.roots_mib)
    if setting.gogc_percent is not None and acts_as >= 0.97 * setting.gogc_percent:
        return ""
    said = f"the limit sets the goal: acts as GOGC={acts_as:.0f}"
    if acts_as < SPIRAL_PERCENT:
        said += ", near a death spiral"
    return said if basis.beside_mib is not None else f"{said} (what is beside the heap: estimated)"


def _never(basis: _Basis) -> Prediction:
    """Without a goal only the program itself collects, by runtime.GC."""
    grows_mib_per_s = None
    if basis.pace is not None:
        grows_mib_per_s = basis.pace.allocation_mib_per_ms * 1000
    elif basis.counters is not None:
        grows_mib_per_s = basis.counters.allocation_mib_per_s
    by = "" if grows_mib_per_s is None else f" by {size(round(grows_mib_per_s))}/s"
    remark = f"nothing collects: grows{by} until the memory is used up; wants a GOMEMLIMIT"
    return Prediction("", False, None, None, 0.0, None, None, None, remark)


def _impossible(basis: _Basis, setting: Setting) -> Prediction:
    needed_mib = basis.live_mib + (basis.beside_mib or 0.0)
    made = _figures(basis, setting, basis.live_mib, _LIMITER_PERCENT, 0.0, None)
    return replace(
        made,
        total_mib=needed_mib,
        remark=f"cannot be kept: {size(round(needed_mib))} is needed; collects all the time",
    )


def _assumptions(basis: _Basis) -> str:
    same = f"the live heap ({_live(basis)}) and the allocation rate stay as they are"
    if basis.pace is not None:
        return f"If {same}; from the last {basis.pace.collections} collections, forced ones aside."
    return f"If {same}, and so does the cost of a collection; coarse: from the counters alone."


def _live(basis: _Basis) -> str:
    live = size(round(basis.live_mib))
    during_mib = 0.0 if basis.pace is None else basis.pace.during_mark_mib
    if during_mib < _NOTABLE_SHARE * basis.live_mib:
        return live
    return f"{live}, of which {size(round(during_mib))} came while it marked, live or not"
