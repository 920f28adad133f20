"""How the values of a profile are written: sizes, counts, shares, and how much came or went."""

from __future__ import annotations

from gctui.analysis.units import UNKNOWN, duration_ms, percent, size

KIB, MIB = 1 << 10, 1 << 20
RESIDENT_TYPES = frozenset({"inuse_space", "space"})
"""Only what is in use can be a part of RSS."""
_MEANINGS = {
    "inuse_space": "in use",
    "space": "in use",
    "inuse_objects": "objects in use",
    "objects": "objects in use",
    "alloc_space": "allocated since the start",
    "alloc_objects": "objects allocated since the start",
}


def meaning(type_name: str) -> str:
    """Say in words what a sample type counts; nothing where only its name tells."""
    return _MEANINGS.get(type_name, "")


def value(amount: float, unit: str) -> str:
    """Format a value: `3.9 MiB`, `449 KiB`, `1,204`, `−64 B`."""
    if amount < 0:
        return f"−{value(-amount, unit)}"
    if unit == "bytes":
        return _bytes(amount)
    return duration_ms(amount / 1e6) if unit == "nanoseconds" else f"{amount:,.0f}"


def change(amount: float, unit: str) -> str:
    """Format what came or went: `+3.9 MiB`, `−64 B`, `0 B`."""
    return f"+{value(amount, unit)}" if amount > 0 else value(amount, unit)


def share(amount: float, whole: float | None) -> str:
    """Format a share of a whole: `5.6%`, `−12%`."""
    if not whole:
        return UNKNOWN
    percents = 100 * amount / whole
    return f"−{percent(-percents)}" if percents < 0 else percent(percents)


def _bytes(amount: float) -> str:
    if amount >= MIB:
        return size(amount / MIB)
    if amount < KIB:
        return f"{amount:.0f} B"
    kib = amount / KIB
    return f"{kib:.0f} KiB" if kib >= 10 or kib == int(kib) else f"{kib:.1f} KiB"
