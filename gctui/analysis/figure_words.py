"""What a figure's dotted name says of it: group, unit, which way is better, what it is made of.

`RunFigures.values` documents the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from gctui.analysis.difference import MeanOf, PercentileOf, RatioOf
from gctui.analysis.run_figures import Measure, steps
from gctui.analysis.units import UNKNOWN, duration_ms, percent, rate, size, size_of_some
from gctui.analysis.utilisation import WINDOWS_MS, Window


class Better(Enum):
    """Which way is better."""

    LOWER = auto()
    HIGHER = auto()
    NEITHER = auto()
    """It depends on the program's work: how much it allocates, how long it ran."""


class Group(Enum):
    """The parts of a comparison, in their order."""

    PAUSES = "Pauses"
    GC_CPU = "GC CPU"
    FREQUENCY = "Frequency"
    HEAP = "Heap"
    ALLOCATION = "Allocation"
    UTILISATION = "Left to the program"
    PROCESS = "Process"
    RUN = "Run"


_PLACES: Mapping[str, tuple[Group, Better]] = {
    "pause": (Group.PAUSES, Better.LOWER),
    "sweep_term": (Group.PAUSES, Better.LOWER),
    "mark_term": (Group.PAUSES, Better.LOWER),
    "gc_cpu": (Group.GC_CPU, Better.LOWER),
    "mark": (Group.GC_CPU, Better.LOWER),
    "wall": (Group.GC_CPU, Better.LOWER),
    "cpu": (Group.GC_CPU, Better.LOWER),
    "assist": (Group.GC_CPU, Better.LOWER),
    "background": (Group.GC_CPU, Better.LOWER),
    "idle": (Group.GC_CPU, Better.NEITHER),
    "mark_utilisation": (Group.GC_CPU, Better.LOWER),
    "gc": (Group.FREQUENCY, Better.LOWER),
    "heap": (Group.HEAP, Better.LOWER),
    "growth": (Group.HEAP, Better.LOWER),
    "overshoot": (Group.HEAP, Better.LOWER),
    "stacks": (Group.HEAP, Better.LOWER),
    "alloc": (Group.ALLOCATION, Better.NEITHER),
    "throughput": (Group.UTILISATION, Better.HIGHER),
    "mmu": (Group.UTILISATION, Better.HIGHER),
    "mmu_unforced": (Group.UTILISATION, Better.HIGHER),
    "rss": (Group.PROCESS, Better.LOWER),
    "goroutines": (Group.PROCESS, Better.LOWER),
    "threads": (Group.PROCESS, Better.LOWER),
}
_OTHER = Group.RUN, Better.NEITHER
_HIGHER, _NEITHER = ("gc.interval.",), ("gc.count", "gc.forced", "gc.background", "gc.periodic")

HEADLINES = (
    *("pause.p50_ms", "pause.p99_ms", "pause.max_ms", "pause.percent"),
    *("gc_cpu.percent", "gc_cpu.assist_percent", "mark.p50_ms", "cpu.p50_ms"),
    *("gc.per_s", "gc.interval.p50_s", "gc.count"),
    *("heap.live.p50_mb", "heap.live.max_mb", "heap.goal.p50_mb", "heap.end.max_mb"),
    *("stacks.max_mb", "growth.mb_per_min"),
    *("alloc.rate_mb_per_s", "alloc.mutator_mb_per_s"),
    *("mmu.10ms_percent", "mmu.100ms_percent", "mmu.1s_percent"),
    *("rss.peak_mb", "goroutines.max", "goroutines.growth_per_min"),
    *("run.span_s", "gogc.percent"),
)
"""What a table shows unless all is asked for."""

MEASURES: Mapping[str, Measure] = {
    "pause": Measure.PAUSE,
    "sweep_term": Measure.SWEEP_TERM,
    "mark": Measure.MARK,
    "mark_term": Measure.MARK_TERM,
    "wall": Measure.WALL,
    "cpu": Measure.CPU,
    "assist": Measure.ASSIST,
    "background": Measure.BACKGROUND,
    "idle": Measure.IDLE,
    "gc.interval": Measure.INTERVAL,
    "gc_cpu.interval": Measure.GC_CPU,
    "mark_utilisation": Measure.MARK_UTILISATION,
    "alloc.interval": Measure.ALLOCATION,
    "overshoot": Measure.OVERSHOOT,
    "heap.start": Measure.HEAP_START,
    "heap.end": Measure.HEAP_END,
    "heap.live": Measure.LIVE,
    "heap.goal": Measure.GOAL,
    "stacks": Measure.STACKS,
}
"""The beginnings of names whose last part is a percentile, the largest or the mean."""

_OTHERS: Mapping[str, tuple[str, ...]] = {
    "run": (
        "span_s",
        "count",
    ),
    "gc": (
        "count",
        "forced",
        "forced_percent",
        "background",
        "periodic",
        "per_s",
    ),
    "throughput": (
        "not_paused_percent",
        "mutator_percent",
    ),
    "pause": (
        "percent",
        "total_ms",
    ),
    "gc_cpu": (
        "percent",
        "stopped_percent",
        "assist_percent",
        "background_percent",
        "idle_percent",
    ),
    "assist": ("share_percent",),
    "mark_utilisation": ("percent",),
    "heap.live": ("last_mb",),
    "heap.goal": ("last_mb",),
    "heap.end": ("last_mb",),
    "heap.allocated": ("last_mb",),
    "growth": (
        "mb_per_min",
        "low_mb_per_min",
        "high_mb_per_min",
    ),
    "gogc": (
        "percent",
        "low_percent",
        "high_percent",
        "effective_percent",
    ),
    "rss": (
        "last_mb",
        "peak_mb",
    ),
    "goroutines": (
        "last",
        "max",
        "growth_per_min",
        "growth_low_per_min",
        "growth_high_per_min",
    ),
    "threads": ("max",),
    "scavenger": ("returned_mb",),
    "lines": (
        "unparsed",
        "repaired",
        "repeated",
        "text",
    ),
}
"""Those that are neither: stem, last parts."""

_SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
_MEANS: Mapping[str, tuple[Measure, MeanOf | RatioOf]] = {
    "gc.per_s": (Measure.INTERVAL, MeanOf(is_inverse=True)),
    "gc_cpu.percent": (Measure.GC_CPU, RatioOf()),
    "alloc.rate_mb_per_s": (Measure.ALLOCATION, RatioOf()),
    "mark_utilisation.percent": (Measure.MARK_UTILISATION, RatioOf()),
}

_SHOWN_BY: Mapping[str, Measure] = {
    "gc_cpu": Measure.GC_CPU,
    "growth": Measure.LIVE,
    "alloc": Measure.ALLOCATION,
}

_SLOPES = "growth.", "goroutines.growth_"
_ALWAYS_SOME = ("stacks.",)
"""Sizes that a trace cuts to whole MB, of what every program has."""

Of = tuple[Measure, MeanOf | RatioOf | PercentileOf]


@dataclass(frozen=True, slots=True)
class FigureWords:
    """A figure by its name."""

    name: str
    group: Group
    better: Better

    @property
    def is_headline(self) -> bool:
        """It is among those that are shown first."""
        return self.name in HEADLINES

    @property
    def measure(self) -> Measure | None:
        """The quantity of single collections that it is made of, or that shows it best."""
        stem = self.name.rpartition(".")[0]
        if self.name in _MEANS:
            return _MEANS[self.name][0]
        return MEASURES.get(stem) or _SHOWN_BY.get(stem)

    @property
    def of(self) -> Of | None:
        """What it is of its collections' values; None: of a largest one no sample tells."""
        if self.name in _MEANS:
            return _MEANS[self.name]
        stem, _, last = self.name.rpartition(".")
        which = last.partition("_")[0]
        if stem not in MEASURES or not (which in _SHARES or which == "mean"):
            return None
        return MEASURES[stem], PercentileOf(_SHARES[which]) if which in _SHARES else MeanOf()

    @property
    def step(self) -> float:
        """How far two printed values are apart at least: sizes are cut to whole MB."""
        is_single = self.of is not None and isinstance(self.of[1], PercentileOf)
        return 1.0 if is_single and self.name.endswith("_mb") else 0.0

    @property
    def is_slope(self) -> bool:
        """It may be below nought as well as above, so that no share of it says anything."""
        return self.name.startswith(_SLOPES)

    def shown(self, value: float | None) -> str:
        """Format one value of it."""
        if value == 0 and self.name.startswith(_ALWAYS_SOME):
            return size_of_some(value)
        return self.bound_shown(value)

    def bound_shown(self, value: float | None) -> str:
        """Format a limit for it: at most 0 MiB is what it says."""
        if value is None:
            return UNKNOWN
        sign, magnitude = ("−" if value < 0 else ""), abs(value)
        for suffix, told in _FORMATS:
            if self.name.endswith(suffix):
                return sign + told(magnitude)
        return sign + _count(magnitude)


def words_of(name: str) -> FigureWords:
    """Return what a name says."""
    group, better = _PLACES.get(name.partition(".")[0], _OTHER)
    if name.startswith(_HIGHER):
        better = Better.HIGHER
    elif name.startswith(_NEITHER):
        better = Better.NEITHER
    return FigureWords(name, group, better)


@cache
def known_names() -> frozenset[str]:
    """Return every name that a run may have a figure of."""
    spreads = [
        f"{stem}.{which}{_unit(measure)}"
        for stem, measure in MEASURES.items()
        for which in (*_SHARES, "max", "mean")
    ]
    rates = [
        f"alloc.{what}{which}_mb_per_s"
        for what in ("rate", "mutator", "mark")
        for which in ("", "_low", "_high")
    ]
    worst = [
        f"{stem}.{length}_percent"
        for stem in ("mmu", "mmu_unforced")
        for length, _ in steps(tuple(Window(each, 0.0, 0.0, 0) for each in WINDOWS_MS))
    ]
    others = [f"{stem}.{last}" for stem, lasts in _OTHERS.items() for last in lasts]
    return frozenset([*spreads, *rates, *worst, *others])


def _unit(measure: Measure) -> str:
    units = ("_mb_per_s", "_percent", "_mb", "_ms", "_s")
    return next(unit for unit in units if measure.value.endswith(unit))


def in_order(names: Iterable[str]) -> list[str]:
    """Return names by their groups; in a group the headlines come first, in their order."""
    groups, headlines = list(Group), {name: place for place, name in enumerate(HEADLINES)}
    return sorted(
        dict.fromkeys(names),
        key=lambda name: (groups.index(words_of(name).group), headlines.get(name, len(headlines))),
    )


def _count(value: float) -> str:
    return f"{value:.0f}" if value == int(value) or value >= 1000 else f"{value:.3g}"


def _seconds(value: float) -> str:
    return duration_ms(value * 1000) if value < 1 else f"{value:.3g} s"


_FORMATS: tuple[tuple[str, Callable[[float], str]], ...] = (
    ("mb_per_s", lambda value: f"{size(value)}/s"),
    ("mb_per_min", lambda value: f"{size(value)}/min"),
    ("per_min", lambda value: f"{_count(value)}/min"),
    ("per_s", rate),
    ("_ms", duration_ms),
    ("_s", _seconds),
    ("percent", percent),
    ("_mb", size),
)
