"""How near the limits are, in words."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.limits import Forecast, Limit, forecast, limits
from gctui.analysis.note import Note, Topic
from gctui.analysis.units import clock, percent, size
from gctui.model.snapshot import Snapshot

_NEAR_SHARE = 0.95
_SOON_S = 600.0
_PRESSED_PERCENT = 10.0


def limit_notes(snapshot: Snapshot) -> Iterator[Note]:
    """Say how much of the nearest limit is used, and when it is reached at this growth."""
    found = limits(snapshot)
    # A machine is a limit for all that runs on it: worth a word only where something grows.
    own = [limit for limit in found if limit.name != "machine"]
    ahead = forecast(snapshot)
    if not own and ahead is None:
        return
    limit = own[0] if own else found[0]
    said = f"{_used(limit)}."
    soon = False
    if ahead is not None:
        said += f" {_when(ahead, limit)}"
        soon = ahead.in_s <= _SOON_S
    is_near = limit.is_hard and limit.used_mib >= _NEAR_SHARE * limit.limit_mib
    pressure = snapshot.process.memory_pressure_percent if snapshot.process else None
    if pressure is not None and pressure >= _PRESSED_PERCENT:
        said += f" Processes wait for memory {percent(pressure)} of the time (memory.pressure)."
    yield Note(Topic.LIMIT, said, _basis(found, ahead), is_alarming=soon or is_near)


def _used(limit: Limit) -> str:
    share = percent(100 * limit.used_mib / limit.limit_mib) if limit.limit_mib else "all"
    used, whole = size(round(limit.used_mib)), size(round(limit.limit_mib))
    return f"{used} of {limit.name} {whole}, {share}"


def _when(ahead: Forecast, said_before: Limit) -> str:
    name = "it" if ahead.limit.name == said_before.name else ahead.limit.name
    latest = "" if ahead.latest_s is None else f" to {clock(ahead.latest_s)}"
    return (
        f"{ahead.grows} grows by {size(ahead.mib_per_min)}/min: reaches {name} in about "
        f"{clock(ahead.in_s)} ({clock(ahead.earliest_s)}{latest})."
    )


def _basis(found: list[Limit], ahead: Forecast | None) -> str:
    counted = "; ".join(f"{limit.name} counts {limit.counted}" for limit in found)
    line = "" if ahead is None else " A straight line through the second half of what was seen."
    return f"{counted}.{line}"
