"""Two sides of runs, figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from gctui.analysis.difference import ALPHA, Difference, Side, difference
from gctui.analysis.figure_words import Better, FigureWords, in_order, words_of
from gctui.analysis.goroutine_growth import GoroutineGrowth
from gctui.analysis.growth import Growth
from gctui.analysis.run_figures import Chart, Extreme, Measure
from gctui.analysis.trend import Point


class Verdict(Enum):
    """What a difference means."""

    BETTER = "better"
    WORSE = "worse"
    DIFFERENT = "different"
    NOISE = "noise"
    UNKNOWN = "unknown"
    """One value a run, so that its noise is not known; too few to tell; or none on one side."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run tells."""

    label: str
    figures: Mapping[str, float]
    """By their dotted names."""
    samples: Mapping[Measure, Sequence[float]] = field(default_factory=dict)
    ratios: Mapping[Measure, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """What each collection adds to the two sums whose ratio a figure is."""
    lines: Mapping[Chart, Sequence[Point]] = field(default_factory=dict)
    """What the charts show, since the run began."""
    told: str = ""
    """What it was, in a few words."""
    growth: Growth | None = None
    """Of the live heap."""
    goroutines: GoroutineGrowth | None = None
    extremes: Mapping[Measure, Extreme] = field(default_factory=dict)
    program: str = ""
    """Which one it was, where several print into the log: the label ends in it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure on both sides."""

    words: FigureWords
    difference: Difference

    @property
    def name(self) -> str:
        """The dotted name."""
        return self.words.name

    @property
    def is_of_too_few(self) -> bool:
        """It moved, and no test of so few collections could tell that from noise."""
        return self.difference.is_of_too_few and not self.difference.is_still

    @property
    def is_still(self) -> bool:
        """It did not move though the test tells: there are other values about the same one."""
        found = self.difference
        return found.p is not None and found.p <= found.alpha and found.is_still

    @property
    def verdict(self) -> Verdict:
        """Whether it is better, worse, or nothing that can be told."""
        found = self.difference
        if found.base is None or found.new is None:
            return Verdict.UNKNOWN
        if not found.change or (found.is_noise and not self.is_of_too_few):
            return Verdict.NOISE
        if found.p is None or self.is_of_too_few:
            return Verdict.UNKNOWN
        if self.words.better is Better.NEITHER:
            return Verdict.DIFFERENT
        is_lower = found.change < 0
        return Verdict.BETTER if is_lower == (self.words.better is Better.LOWER) else Verdict.WORSE


def differences(base: Sequence[Run], new: Sequence[Run], alpha: float = ALPHA) -> list[Row]:
    """Compare every figure that a side tells, by their groups."""
    rows = []
    for name in in_order(name for run in (*base, *new) for name in run.figures):
        words = words_of(name)
        measure, of = words.of or (None, None)
        was, now = _side(base, name, measure), _side(new, name, measure)
        rows.append(Row(words, difference(was, now, of, alpha=alpha, step=words.step)))
    return rows


def _side(runs: Sequence[Run], name: str, measure: Measure | None) -> Side:
    figures = [run.figures[name] for run in runs if name in run.figures]
    if measure is None:
        return Side(figures)
    values = [run.samples.get(measure, ()) for run in runs]
    return Side(figures, values, [run.ratios.get(measure, ()) for run in runs])
