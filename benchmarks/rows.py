"""A figure with its target, and how two things are measured so that they can be compared."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `figure` is what the target is about, mostly a ratio."""

    what: str
    ours: str
    reference: str
    figure: float
    unit: str = "×"
    at_most: float | None = None
    at_least: float | None = None

    @property
    def target(self) -> str:
        """The target as text, empty for a figure that is given for information."""
        if self.at_most is not None:
            return f"≤ {self.at_most:.3g}"
        return "" if self.at_least is None else f"≥ {self.at_least:.3g}"

    @property
    def verdict(self) -> str:
        """`ok`, `OVER`, or nothing where there is no target."""
        if not self.target:
            return ""
        low = self.at_least is not None and self.figure < self.at_least
        high = self.at_most is not None and self.figure > self.at_most
        return "OVER" if low or high else "ok"


@dataclass(frozen=True, slots=True)
class Sides:
    """Two things measured in turn: the median of each, and the median of the rounds' ratios."""

    ours: float
    reference: float
    ratio: float


def compare(pairs: Iterable[tuple[float, float]]) -> Sides:
    """Boil down (ours, reference) of several rounds.

    A ratio is taken within a round, where both sides met the same load, and then its median.
    """
    rounds = list(pairs)
    return Sides(
        median(ours for ours, _ in rounds),
        median(reference for _, reference in rounds),
        median(ours / reference for ours, reference in rounds),
    )


def in_turn(rounds: int, ours: Callable[[], object], reference: Callable[[], object]) -> Sides:
    """Compare the CPU times of two actions of this process."""
    return compare((cpu_s(ours), cpu_s(reference)) for _ in range(rounds))


def cpu_s(action: Callable[[], object]) -> float:
    """Return the CPU time of one action, with no garbage left over from what ran before."""
    gc.collect()
    begin = process_time()
    action()
    return process_time() - begin


def table(rows: Sequence[Row]) -> str:
    """Lay rows out as text."""
    head = ("what", "ours", "reference", "figure", "target", "")
    cells = [
        (r.what, r.ours, r.reference, f"{r.figure:.3g} {r.unit}", r.target, r.verdict) for r in rows
    ]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i in {0, 5} else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (head, *cells)
    )
