"""What other settings would do: the heap at GC end and the CPU for collections, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from gctui.analysis.gogc import gogc
from gctui.analysis.limits import limits
from gctui.analysis.prediction import LIMITER_PERCENT, Prediction, fits, prediction
from gctui.analysis.units import size
from gctui.analysis.what_if_basis import Basis, Setting, basis_of, is_quiet
from gctui.model.feed import Asked
from gctui.model.snapshot import Snapshot

__all__ = ["CAPPED", "Prediction", "Setting", "WhatIf", "predict", "raised_limit_mib", "what_if"]

_USUAL_PERCENT = (25, 50, 100, 200, 400)
_SAME = 0.12
"""A usual setting this near to the present one tells nothing new."""
_RAISED = (1.25, 1.5, 2.0)
"""Times the present limit, where that sets the goal: GOGC changes nothing then."""
_DEFAULT_PERCENT = 100.0
_CONTAINER_SHARE = 0.9
"""The GC guide's advice: leave 5 to 10 % of a container's limit to what Go does not know of."""
_BEARABLE_PERCENT = 10.0
CAPPED = (
    f"Without room the GC takes about {LIMITER_PERCENT:.0f}% of the CPU at most: then the runtime "
    "lets the heap pass the limit (runtime/mgclimit.go)."
)
_NOTABLE_SHARE = 0.05
"""Of the live heap, what came during the mark: a lower goal leaves less of it."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The predictions side by side, by setting."""

    predictions: tuple[Prediction, ...]
    assumptions: str
    """What has to stay as it is, in one sentence."""


def what_if(snapshot: Snapshot, asked: Sequence[Asked] = ()) -> WhatIf | None:
    """Predict the usual settings, those that a limit suggests, and those that the user asks about.

    None without a steady pace, or where the pacer does not explain it. Of a program that hardly
    allocates there is only the present.
    """
    basis = _basis(snapshot)
    if basis is None:
        return None
    if is_quiet(snapshot):
        return WhatIf((_at_rest(snapshot, basis),), _QUIET) if basis.counters else None
    if not fits(basis):
        return None
    present = basis.present
    settings = [*_settings(snapshot, basis), *(_asked(each, present) for each in asked)]
    rows = [prediction(basis, setting) for setting in dict.fromkeys(settings)]
    return WhatIf(tuple(rows), _assumptions(basis))


def predict(snapshot: Snapshot, setting: Setting) -> Prediction | None:
    """Return what to expect of one setting; None without a steady pace."""
    basis = _basis(snapshot)
    return None if basis is None else prediction(basis, setting)


def raised_limit_mib(snapshot: Snapshot) -> tuple[float, float] | None:
    """Return a limit that brings GC CPU down to what is bearable, and that share in percent.

    The smallest of the usual steps, else the one that leaves GOGC its own goal; None where no
    limit sets the goal, or nothing tells it.
    """
    basis = _basis(snapshot)
    if basis is None or not basis.is_bound(basis.present):
        return None
    for setting in _raised(basis.present):
        percent = prediction(basis, setting).gc_cpu_high_percent
        if percent is not None and percent < _BEARABLE_PERCENT:
            return setting.limit_mib or 0.0, percent
    asked = basis.present.gogc_percent or _DEFAULT_PERCENT
    limit_mib = float(ceil(basis.limit_for_mib(asked)))
    percent = prediction(basis, Setting(asked, limit_mib)).gc_cpu_high_percent
    return None if percent is None else (limit_mib, percent)


_QUIET = "Hardly anything is allocated: until that changes, no setting changes what the GC costs."


def _basis(snapshot: Snapshot) -> Basis | None:
    now = gogc(snapshot)
    return None if now is None else basis_of(snapshot, now)


def _at_rest(snapshot: Snapshot, basis: Basis) -> Prediction:
    """Return the present of a program that rests: the cost of its last collections is past."""
    made = replace(prediction(basis, basis.present), remark="hardly allocates now")
    sample = basis.counters.sample if basis.counters else None
    heap_bytes = sample.heap_allocated_bytes if sample else None
    nothing = 0.0
    return replace(
        made,
        heap_mib=made.heap_mib if heap_bytes is None else heap_bytes / (1 << 20),
        gc_cpu_percent=nothing,
        gc_cpu_low_percent=None,
        gc_cpu_high_percent=None,
        gc_per_s=None,
        total_mib=None,
    )


def _settings(snapshot: Snapshot, basis: Basis) -> Iterator[Setting]:
    present = basis.present
    percent = present.gogc_percent
    if basis.is_bound(present):
        yield present
        yield from _raised(present)
        yield Setting(_DEFAULT_PERCENT if percent is None else percent)
    elif percent is None:
        yield present
        yield from (replace(present, gogc_percent=float(each)) for each in _USUAL_PERCENT)
    else:
        others = [each for each in _USUAL_PERCENT if abs(each - percent) > _SAME * percent]
        for each in sorted([*others, percent]):
            yield replace(present, gogc_percent=float(each))
    if basis.beside_mib is not None:
        yield from _in_container(snapshot, present)


def _raised(present: Setting) -> Iterator[Setting]:
    for times in _RAISED:
        yield replace(present, limit_mib=float(ceil(times * (present.limit_mib or 0.0))))


def _in_container(snapshot: Snapshot, present: Setting) -> Iterator[Setting]:
    container = min((limit.limit_mib for limit in limits(snapshot) if limit.is_hard), default=None)
    if container is None:
        return
    for gogc_percent in (present.gogc_percent, None):
        setting = Setting(gogc_percent, _CONTAINER_SHARE * container)
        if setting != present:
            yield setting


def _asked(question: Asked, present: Setting) -> Setting:
    percent = present.gogc_percent
    if question.gogc_percent is not None:
        percent = None if question.gogc_percent < 0 else float(question.gogc_percent)
    limit_mib = present.limit_mib if question.limit_mib is None else question.limit_mib
    return Setting(percent, limit_mib)


def _assumptions(basis: Basis) -> str:
    live = f"the live heap ({_live(basis)})"
    if basis.has_no_room:
        rate = "the allocation rate rises to what it is between two marks at most"
        return f"If {live} stays as it is, and {rate}. {CAPPED}"
    same = f"{live} and the allocation rate stay as they are"
    if basis.pace is not None:
        return f"If {same}; from the last {basis.pace.collections} collections, forced ones aside."
    return f"If {same}, and so does the cost of a collection; coarse: from the counters alone."


def _live(basis: Basis) -> str:
    live = size(round(basis.live_mib))
    during_mib = 0.0 if basis.pace is None else basis.pace.during_mark_mib
    if during_mib < _NOTABLE_SHARE * basis.live_mib:
        return live
    return f"{live}, of which {size(round(during_mib))} came while it marked, live or not"
