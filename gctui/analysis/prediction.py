"""What one setting would do. The present one is told as measured, never as modelled.

From a trace another setting goes through a model of the pacer, and counts by how far it is from
what the model says of the present one. Where only the counters are read, the GC guide's rule has to
do: the cost of a collection stays, how often it comes follows from the room that the goal leaves.
A program that a limit squeezes shows neither its cost nor its own pace: there are bounds for both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from gctui.analysis.gogc import acts_as, is_spiral
from gctui.analysis.pace import Pace
from gctui.analysis.pacer_model import PacerModel
from gctui.analysis.units import size
from gctui.analysis.what_if_basis import MIB, Basis, Setting

_KEPT_OVER = 1.1
"""The scavenger keeps a tenth more than the heap had in use (mgcscavenge.go)."""
LIMITER_PERCENT = 50.0
"""The most that the runtime lets the GC take for long (mgclimit.go)."""
_NEAR_UNSURE, _FAR_UNSURE = 0.25, 0.4
"""How far off the predicted GC CPU may be: up to twice or half the room, and beyond."""
_COARSE_UNSURE = 0.35
_LEAST_GAP = 0.05
"""Share of the time between marks below which it is no measure of the program's own pace."""
_CHANGED = 0.25
"""The last collections differ by chance up to so much from all that count."""
_NEAR_FACTOR = 0.1
"""A model that is this near is as good as what is measured."""
_FARTHEST = 2.0
"""A model that is further off at the present setting is not to be corrected, but wrong: `fits`."""


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
class _Expected:
    """What a model says; the heap in MiB, shares in percent."""

    heap_mib: float
    gc_cpu_percent: float | None
    low_percent: float | None
    high_percent: float | None
    gc_per_s: float | None


def prediction(basis: Basis, setting: Setting) -> Prediction:
    """Return what to expect of a setting."""
    goal_mib = basis.goal_mib(setting, basis.live_mib)
    if goal_mib == inf:
        made = _never(basis)
    elif setting == basis.present:
        made = _row(basis, setting, _measured(basis, goal_mib))
    elif goal_mib <= basis.live_mib:
        made = _impossible(basis, setting)
    else:
        made = _row(basis, setting, _expected(basis, setting))
    return replace(made, setting=setting.text, is_now=setting == basis.present)


def fits(basis: Basis) -> bool:
    """Tell whether the model says of the present setting about what is measured of it.

    It does not where most collections are forced, or come for another reason than a full heap.
    """
    measured, seen = basis.pace, basis.observed
    if measured is None or basis.has_no_room:
        return True
    now = _modelled(basis, measured, basis.present)
    return all(
        1 / _FARTHEST <= _measured_by(each, shown) / modelled <= _FARTHEST
        for modelled, each, shown in (
            (now.gc_cpu_percent, measured.gc_cpu_percent, seen.gc_cpu_percent),
            (now.gc_per_s, 1000 / measured.cycle_ms, seen.gc_per_s),
        )
        if modelled
    )


def _measured(basis: Basis, goal_mib: float) -> _Expected:
    seen = basis.observed
    cpu = seen.gc_cpu_percent
    heap_mib = max(goal_mib, basis.live_mib) if seen.heap_mib is None else seen.heap_mib
    return _Expected(heap_mib, cpu, None, None, seen.gc_per_s)


def _expected(basis: Basis, setting: Setting) -> _Expected:
    if basis.has_no_room:
        return _relieved(basis, setting)
    if basis.pace is None:
        return _by_rule(basis, setting)
    measured, seen = basis.pace, basis.observed
    made, now = (_modelled(basis, measured, each) for each in (setting, basis.present))
    # A heap that moves is above all that was measured of it.
    end_mib = seen.heap_mib if measured.is_moving and seen.heap_mib else measured.end_mib
    cpu = _factor(now.gc_cpu_percent, measured.gc_cpu_percent, seen.gc_cpu_percent)
    often = _factor(now.gc_per_s, 1000 / measured.cycle_ms, seen.gc_per_s)
    return _Expected(
        heap_mib=made.heap_mib * _factor(now.heap_mib, end_mib, seen.heap_mib),
        gc_cpu_percent=_times(made.gc_cpu_percent, cpu),
        low_percent=_times(made.low_percent, cpu),
        high_percent=_times(made.high_percent, cpu),
        gc_per_s=(made.gc_per_s or 0.0) * often,
    )


def _factor(modelled: float | None, measured: float, lately: float | None) -> float:
    """Return by how much the model has to be corrected, as it is off at the present setting."""
    factor = _measured_by(measured, lately) / modelled if modelled else 1.0
    return 1.0 if abs(factor - 1) <= _NEAR_FACTOR else factor


def _measured_by(measured: float, lately: float | None) -> float:
    """All collections that count are a better measure than the last ones, unless these differ."""
    differs = lately and measured and abs(lately - measured) > _CHANGED * measured
    return lately if lately and differs else measured


def _times(percent: float | None, factor: float) -> float | None:
    return None if percent is None else min(100.0, percent * factor)


def _modelled(basis: Basis, measured: Pace, setting: Setting) -> _Expected:
    outcome = PacerModel(measured).at(lambda live_mib: basis.goal_mib(setting, live_mib))
    percent = outcome.gc_cpu_percent(measured.procs)
    room_mib = basis.goal_mib(setting, outcome.live_mib) - outcome.live_mib
    times = room_mib / max(0.5, measured.goal_mib - measured.live_mib)
    unsure = _NEAR_UNSURE if 0.45 <= times <= 2.2 else _FAR_UNSURE
    return _spread(outcome.end_mib, percent, unsure, 1000 / outcome.cycle_ms)


def _by_rule(basis: Basis, setting: Setting) -> _Expected:
    """Scale what is seen, GC CPU and how often, by the room between live and goal."""
    seen, counters = basis.observed, basis.counters
    goal_bytes = None if counters is None else counters.sample.heap_goal_bytes
    goal_mib = basis.goal_mib(setting, basis.live_mib)
    if not goal_bytes or seen.gc_cpu_percent is None:
        return _Expected(goal_mib, None, None, None, None)
    room_mib = max(0.5, goal_bytes / MIB - basis.live_mib)
    less_often = (goal_mib - basis.live_mib) / room_mib
    percent = min(100.0, seen.gc_cpu_percent / less_often)
    per_s = None if seen.gc_per_s is None else seen.gc_per_s / less_often
    return _spread(goal_mib, percent, _COARSE_UNSURE, per_s)


def _relieved(basis: Basis, setting: Setting) -> _Expected:
    """Return what a squeezed program does with more room: as slow as now, or freed of all marks.

    A collection costs what it costs now. What is allocated meanwhile is held down by it; between
    two marks the program runs at its own pace, so that lies between what is seen, and that over
    the share of the time between marks.
    """
    seen, counters = basis.observed, basis.counters
    goal_mib = basis.goal_mib(setting, basis.live_mib)
    procs = (counters.sample.procs if counters else None) or 1
    cpu, per_s, slowest = seen.gc_cpu_percent, seen.gc_per_s, seen.allocation_mib_per_s
    if not cpu or not per_s or not slowest:
        return _Expected(goal_mib, None, None, None, None)
    cost_s = cpu / 100 * procs / per_s
    mark_s = seen.marking_share / per_s
    fastest = slowest / max(_LEAST_GAP, 1 - seen.marking_share)

    def period_s(mib_per_s: float) -> float:
        return (goal_mib - basis.live_mib) / mib_per_s + mark_s

    slow_s, fast_s = period_s(slowest), period_s(fastest)
    low, high = (min(cpu, 100 * cost_s / procs / each_s) for each_s in (slow_s, fast_s))
    # How often is as uncertain as the pace itself: a figure would be off by several times.
    return _Expected(goal_mib, (low + high) / 2, low, high, None)


def _spread(
    heap_mib: float, gc_cpu_percent: float, unsure: float, gc_per_s: float | None
) -> _Expected:
    low, high = gc_cpu_percent * (1 - unsure), min(100.0, gc_cpu_percent * (1 + unsure))
    return _Expected(heap_mib, gc_cpu_percent, low, high, gc_per_s)


def _row(basis: Basis, setting: Setting, made: _Expected) -> Prediction:
    beside_mib = basis.beside_mib
    return Prediction(
        setting="",
        is_now=False,
        heap_mib=made.heap_mib,
        total_mib=None if beside_mib is None else _total_mib(setting, beside_mib, made.heap_mib),
        gc_cpu_percent=made.gc_cpu_percent,
        gc_cpu_low_percent=made.low_percent,
        gc_cpu_high_percent=made.high_percent,
        gc_per_s=made.gc_per_s,
        remark=_remark(basis, setting, made.gc_cpu_percent),
    )


def _total_mib(setting: Setting, beside_mib: float, heap_mib: float) -> float:
    """Near a limit the runtime returns what it does not need before it passes the limit."""
    total_mib = beside_mib + _KEPT_OVER * heap_mib
    return total_mib if setting.limit_mib is None else min(total_mib, setting.limit_mib)


def _remark(basis: Basis, setting: Setting, gc_cpu_percent: float | None) -> str:
    """Say where the limit sets the goal, and where that leaves hardly any room."""
    if not basis.is_bound(setting):
        return ""
    percent = basis.acts_as_percent(setting)
    said = f"the limit sets the goal: acts as {acts_as(percent)}"
    if is_spiral(percent, gc_cpu_percent):
        said += ", a death spiral"
    return said if basis.beside_mib is not None else f"{said} (what is beside the heap: estimated)"


def _never(basis: Basis) -> Prediction:
    """Without a goal only the program itself collects, by runtime.GC."""
    grows_mib_per_s = None
    if basis.pace is not None:
        grows_mib_per_s = basis.pace.allocation_mib_per_ms * 1000
    elif basis.counters is not None:
        grows_mib_per_s = basis.counters.allocation_mib_per_s
    by = "" if grows_mib_per_s is None else f" by {size(round(grows_mib_per_s))}/s"
    remark = f"nothing collects: grows{by} until the memory is used up; wants a GOMEMLIMIT"
    return Prediction("", False, None, None, 0.0, None, None, None, remark)


def _impossible(basis: Basis, setting: Setting) -> Prediction:
    needed_mib = basis.live_mib + (basis.beside_mib or 0.0)
    cpu = LIMITER_PERCENT
    made = _row(basis, setting, _Expected(basis.live_mib, cpu, cpu, cpu, None))
    remark = f"cannot be kept: {size(round(needed_mib))} is needed; a death spiral"
    return replace(made, total_mib=needed_mib, remark=remark)
