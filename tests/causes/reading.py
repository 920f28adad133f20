"""How a ledger is read in the tests."""

from __future__ import annotations

from gctui.model.parts import Ledger, Part, PartName

SHARE = 0.05
"""How far a figure may be off."""


def amount_mib(part: Part) -> float:
    """What counts is what is resident; what was never touched is not, and counts all the same."""
    mapped = part.mapped_mib if part.name is PartName.UNTOUCHED else None
    return part.mib if mapped is None else mapped


def biggest(split: Ledger) -> Part:
    return max(split.parts, key=amount_mib)


def told_by(split: Ledger) -> str:
    return ", ".join(f"{part.name} {amount_mib(part):.1f}" for part in split.parts)
