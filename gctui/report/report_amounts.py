"""Amounts as a report writes them in its headline and its tables."""

from __future__ import annotations

from gctui.analysis.run_figures import Rate
from gctui.analysis.units import size_in_short


def near(share: float) -> str:
    """Format a share near 100 % so that what is missing shows."""
    return f"{share:.3f}%" if 99 <= share < 100 else f"{share:.1f}%"


def rate_range(found: Rate) -> str:
    """Format the bounds of a rate of allocation, and whether they tell anything."""
    said = f"{size_in_short(found.low_mb_per_s)} to {size_in_short(found.high_mb_per_s)}/s"
    return said if found.tells else f"too small to tell: {said}"
