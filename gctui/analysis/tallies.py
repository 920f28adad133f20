"""How each quantity of the collections of a run was spread."""

from __future__ import annotations

from gctui.analysis.run_figures import Measure
from gctui.analysis.tally import Spread, Tally


class Tallies:
    """A tally for each quantity; those of a part of a log can be worked out by themselves."""

    __slots__ = ("_tallies",)

    def __init__(self) -> None:
        self._tallies = {measure: Tally() for measure in Measure}

    def __getitem__(self, measure: Measure) -> Tally:
        return self._tallies[measure]

    def merge(self, other: Tallies) -> None:
        """Count what others counted."""
        for measure, tally in other._tallies.items():
            self._tallies[measure].merge(tally)

    def spreads(self) -> dict[Measure, Spread]:
        """Return how each quantity was spread, those that are printed."""
        spreads = ((measure, tally.spread()) for measure, tally in self._tallies.items())
        return {measure: spread for measure, spread in spreads if spread is not None}


def tenths(count: float) -> float:
    """Read a value that was counted in tenths: whole numbers are counted in half the time."""
    return count / 10


def thousandths(count: int) -> float:
    """Read a value that was counted in thousandths."""
    return count / 1000
