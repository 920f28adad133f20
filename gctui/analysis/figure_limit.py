"""Limits that a figure must keep: an upper or lower bound, or how much worse it may become."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gctui.analysis.difference import Difference

_NOISE = 1e-9
"""Relative; sums of floats are that far off."""


class Bound(StrEnum):
    """Which side of the value is broken."""

    MAX = "max"
    MIN = "min"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure, by its dotted name, and what it may be."""

    figure: str
    bound: Bound
    value: float
    written: str = ""
    """As the user has it: the option, or the key of the file."""

    def is_broken(self, value: float) -> bool:
        """Tell whether a value is beyond the limit; at the limit it is not."""
        slack = _NOISE * abs(self.value)
        if self.bound is Bound.MAX:
            return not value <= self.value + slack
        return not value >= self.value - slack


@dataclass(frozen=True, slots=True)
class Gate:
    """How far a figure may move: up by no more than `most`, or, negative, down."""

    figure: str
    most: float
    is_percent: bool
    rises: bool
    """Whether a rise is what fails; a fall else."""
    written: str = ""

    def fails(self, found: Difference) -> bool:
        """Tell whether a figure moved further, and by more than noise.

        Where its noise is not known, whatever is beyond the limit fails.
        """
        return not found.is_noise and self.is_passed(found)

    def is_passed(self, found: Difference) -> bool:
        """Tell whether a figure moved further, be that noise or not."""
        moved = found.change_percent if self.is_percent else found.change
        if moved is None:
            # From nought no share is known: any rise is beyond all.
            moved = found.change
            if moved is None:
                return False
            return moved > 0 if self.rises else moved < 0
        slack = _NOISE * abs(self.most)
        return moved > self.most + slack if self.rises else moved < self.most - slack
