"""How near the limits are, in words."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.limits import GOMEMLIMIT, MACHINE, MIB, Forecast, Limit, forecast, limits
from gctui.analysis.note import Note, Topic
from gctui.analysis.units import percent, size
from gctui.model.snapshot import Snapshot

_NEAR_SHARE = 0.95
_SOON_S = 600.0
_PRESSED_PERCENT = 10.0


def limit_notes(snapshot: Snapshot) -> Iterator[Note]:
    """Say how much of the nearest limit is used, and when it is reached at this growth."""
    found = limits(snapshot)
    # A machine is a limit for all that runs on it: worth a word only where something grows.
    own = [limit for limit in found if limit.name != MACHINE]
    ahead = forecast(snapshot)
    if not own and ahead is None:
        return
    limit = own[0] if own else found[0]
    said = f"{_used(limit, snapshot)}."
    soon = False
    if ahead is not None:
        said += f" {_when(ahead, limit)}"
        soon = ahead.in_s <= _SOON_S
    is_near = limit.is_hard and limit.used_mib >= _NEAR_SHARE * limit.limit_mib
    pressure = snapshot.process.memory_pressure_percent if snapshot.process else None
    if pressure is not None and pressure >= _PRESSED_PERCENT:
        said += f" Processes wait for memory {percent(pressure)} of the time (memory.pressure)."
    yield Note(Topic.LIMIT, said, _basis(found, ahead), is_alarming=soon or is_near)


def _used(limit: Limit, snapshot: Snapshot) -> str:
    """Say how much is used and by whom: only of a machine it is not by the program alone."""
    share = percent(100 * limit.used_mib / limit.limit_mib) if limit.limit_mib else "all"
    used, whole = size(round(limit.used_mib)), size(round(limit.limit_mib))
    if limit.name == MACHINE:
        rss_bytes = snapshot.process.rss_bytes if snapshot.process else None
        own = size(round((rss_bytes or 0) / MIB))
        return f"RSS is {own} of the machine's {whole}, of which {used} is in use in all, {share}"
    what = "Go maps" if limit.name == GOMEMLIMIT else "RSS is"
    return f"{what} {used} of {limit.name} {whole}, {share}"


def _when(ahead: Forecast, said_before: Limit) -> str:
    name = "it" if ahead.limit.name == said_before.name else ahead.limit.name
    if ahead.limit.name == MACHINE:
        name = "the machine's end"
    earliest, about = roughly(ahead.earliest_s), roughly(ahead.in_s)
    latest = None if ahead.latest_s is None else roughly(ahead.latest_s)
    between = f" ({earliest} to {latest})" if latest else f" ({earliest} at the earliest)"
    return (
        f"{ahead.grows} grows by {size(_two_figures(ahead.mib_per_min))}/min: reaches {name} in "
        f"about {about}{'' if earliest == about == latest else between}."
    )


def roughly(seconds: float) -> str:
    """Format how long something takes that is only foreseen: `40 s`, `2.5 min`, `6 h`, `3 days`."""
    for unit_s, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit_s:
            amount = seconds / unit_s
            return f"{round(2 * amount) / 2:g} {name}" if amount < 10 else f"{amount:.0f} {name}"
    return f"{max(5, 5 * round(seconds / 5))} s"


def _two_figures(amount: float) -> float:
    return float(f"{amount:.2g}")


def _basis(found: list[Limit], ahead: Forecast | None) -> str:
    counted = "; ".join(f"{limit.name} counts {limit.counted}" for limit in found)
    line = "" if ahead is None else " A straight line through the second half of what was seen."
    return f"{counted}.{line}"
