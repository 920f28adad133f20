"""Figures as people read them. Sizes are binary and say so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from math import isfinite

UNKNOWN = "–"
_LEAST_MIB = 0.1


class Quantity(Enum):
    """What an axis measures, and in which unit its values are."""

    SIZE_MIB = auto()
    DURATION_MS = auto()
    COUNT = auto()


@dataclass(frozen=True, slots=True)
class AxisUnit:
    """The unit in which an axis reads well: values are divided by `divisor`."""

    divisor: float
    name: str


def axis_unit(quantity: Quantity, highest: float) -> AxisUnit:
    """Return the unit for an axis that goes up to `highest`."""
    steps: dict[Quantity, list[tuple[float, float, str]]] = {
        Quantity.SIZE_MIB: [(2 << 20, 1 << 20, "TiB"), (2 << 10, 1 << 10, "GiB"), (0, 1, "MiB")],
        Quantity.DURATION_MS: [(2000, 1000, "s"), (2, 1, "ms"), (0, 0.001, "µs")],
        Quantity.COUNT: [(2e6, 1e6, "millions"), (2e4, 1e3, "thousands"), (0, 1, "")],
    }
    for least, divisor, name in steps[quantity]:
        if highest >= least:
            return AxisUnit(divisor, name)
    return AxisUnit(1, "")


def amount(quantity: Quantity, value: float) -> str:
    """Format one value of a quantity."""
    if quantity is Quantity.SIZE_MIB:
        return size(value)
    return duration_ms(value) if quantity is Quantity.DURATION_MS else f"{value:,.0f}"


def size(mib: float | None) -> str:
    """Format MiB: `0.4 MiB`, `323 MiB`, `1.13 GiB`, `2.50 TiB`."""
    if mib is None:
        return UNKNOWN
    if mib >= 1 << 20:
        return f"{mib / (1 << 20):.2f} TiB"
    if mib >= 1 << 10:
        return f"{mib / (1 << 10):.2f} GiB"
    if 0 < mib < _LEAST_MIB:
        return f"< {_LEAST_MIB} MiB"
    return f"{mib:.0f} MiB" if mib >= 10 or mib == int(mib) else f"{mib:.1f} MiB"


def size_of_some(mib: float | None) -> str:
    """Format whole MiB of what is there, however little: a trace cuts them off, down to 0 MB."""
    return "< 1 MiB" if mib is not None and round(mib) == 0 else size(mib and round(mib))


def size_in_short(mib: float) -> str:
    """Format MiB with a decimal where there are few; what there is is never nothing."""
    return size(round(mib) if mib >= 10 else round(mib, 1) or mib)


def duration_ms(ms: float | None) -> str:
    """Format a duration: `45 µs`, `1.3 ms`, `120 ms`, `2.4 s`."""
    if ms is None:
        return UNKNOWN
    if ms >= 1000:
        return f"{ms / 1000:.1f} s"
    if ms >= 10:
        return f"{ms:.0f} ms"
    if ms >= 1:
        return f"{ms:.1f} ms"
    return f"{ms * 1000:.0f} µs"


def clock(seconds: float | None) -> str:
    """Format a time since a beginning: `12.3 s`, `04:05`, `1:02:03`, `2d 03:04:05`."""
    if seconds is None or not isfinite(seconds):
        return UNKNOWN
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days}d {hour:02}:{minute:02}:{second:02}"
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def percent(share: float | None) -> str:
    """Format a share: `0.4%`, `12%`."""
    if share is None:
        return UNKNOWN
    return f"{share:.1f}%" if 0 < share < 10 else f"{share:.0f}%"


def rate(per_s: float | None) -> str:
    """Format how often: `1.9/s`, `4.2/min`."""
    if per_s is None:
        return UNKNOWN
    if per_s >= 0.1:
        return f"{per_s:.0f}/s" if per_s >= 10 else f"{per_s:.1f}/s"
    return f"{per_s * 60:.1f}/min"
