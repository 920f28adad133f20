"""A run held against limits: which are kept, which are broken, and which lines show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from gctui.analysis.cycle_samples import Seen
from gctui.analysis.figure_limit import Bound, Limit
from gctui.analysis.figure_words import MEASURES, FigureWords, words_of
from gctui.analysis.findings import Finding, Severity
from gctui.analysis.run_figures import Measure, RunFigures, steps

_OF_VALUES = "p50", "p90", "p95", "p99", "p999", "max", "mean", "last"

Worst = Callable[[Measure], Sequence[Seen]]


@dataclass(frozen=True, slots=True)
class Place:
    """A line that shows a figure."""

    file: str
    """Empty where it is not known in which of several files."""
    line: int
    told: str
    """What is there: `gc 13, 6.3 ms`."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One limit, and what the run has."""

    limit: Limit
    value: float | None
    """None where the run does not tell."""
    places: tuple[Place, ...] = ()
    program: str = ""
    """Whose figure it is, where several programs print into the log."""

    @property
    def words(self) -> FigureWords:
        """What the figure's name says."""
        return words_of(self.limit.figure)

    @property
    def is_broken(self) -> bool:
        """It is beyond the limit."""
        return self.value is not None and self.limit.is_broken(self.value)

    @property
    def is_unknown(self) -> bool:
        """Whether it is kept cannot be told."""
        return self.value is None

    @property
    def sentence(self) -> str:
        """The figure and its limit: `pause.max_ms 6.3 ms, at most 5 ms`."""
        bound = "at most" if self.limit.bound is Bound.MAX else "at least"
        limit = self.words.bound_shown(self.limit.value)
        figure = f"{self.program}: {self.limit.figure}" if self.program else self.limit.figure
        if self.value is None:
            return f"{figure}, {bound} {limit}: the log does not tell it"
        return f"{figure} {self._exactly(limit)}, {bound} {limit}"

    def _exactly(self, limit: str) -> str:
        """Format the value so that it does not look like the limit that it breaks."""
        shown = self.words.shown(self.value)
        return shown if shown != limit or not self.is_broken else f"{shown} ({self.value:.9g})"


def checked(limits: Iterable[Limit], run: RunFigures, worst: Worst, file: str) -> list[Checked]:
    """Hold a run against limits; `file` is where its lines are, empty where they are in several."""
    values = run.values()
    return [_checked(limit, values, run, worst, file) for limit in limits]


def ranked_measures(limits: Iterable[Limit]) -> set[Measure]:
    """Return the quantities whose worst collections show that a limit is broken."""
    measures = map(_ranked, limits)
    return {measure for measure in measures if measure is not None}


def _ranked(limit: Limit) -> Measure | None:
    """Return whose highest values show that a limit is broken; of the lowest none is kept."""
    measure = words_of(limit.figure).measure
    is_lowest = limit.bound is Bound.MIN or limit.figure == "gc.per_s"
    return None if is_lowest else measure


def _checked(
    limit: Limit, values: Mapping[str, float], run: RunFigures, worst: Worst, file: str
) -> Checked:
    found = Checked(limit, values.get(limit.figure))
    if not found.is_broken:
        return found
    return Checked(limit, found.value, tuple(_places(limit, run, worst, file)))


def _places(limit: Limit, run: RunFigures, worst: Worst, file: str) -> Iterable[Place]:
    measure = _ranked(limit)
    if measure is not None:
        for seen in worst(measure):
            if _is_of_values(limit.figure) and not limit.is_broken(seen.value):
                continue
            value = _shown(measure, seen.value)
            yield Place(seen.file, seen.line, f"gc {seen.number}, {value}")
    stem, _, length = limit.figure.rpartition(".")
    windows = {"mmu": run.windows, "mmu_unforced": run.windows_unforced}.get(stem, ())
    for (name, percent), window in zip(steps(windows), windows, strict=True):
        if length == f"{name}_percent":
            told = f"{percent:.3g}% left in the {_length(name)} from {window.begin_s:.3f} s on"
            yield Place(window.file or file, window.line, told)


def _is_of_values(figure: str) -> bool:
    """Tell whether a figure is held against the same limit as each collection's own value is."""
    stem, _, last = figure.rpartition(".")
    return stem in MEASURES and last.partition("_")[0] in _OF_VALUES


def _length(name: str) -> str:
    """Return `10ms` as people write it."""
    return f"{name.rstrip('ms')} {name.lstrip('0123456789')}"


def _shown(measure: Measure, value: float) -> str:
    return words_of(f"x.{measure.value}").shown(value)


@dataclass(frozen=True, slots=True)
class Objection:
    """A finding that is not to be there."""

    name: str
    severity: str
    told: str
    places: tuple[Place, ...] = ()
    program: str = ""


def objections(found: Iterable[Finding], fail_on: Iterable[str], file: str) -> list[Objection]:
    """Return the findings that are not to be there: by name, or of at least a severity."""
    order, wanted = list(Severity), set(fail_on)
    severest = max((order.index(Severity(each)) for each in wanted & set(order)), default=-1)
    return [
        Objection(each.id, each.severity.value, each.said, tuple(_shown_by(each, file)))
        for each in found
        if each.id in wanted or order.index(each.severity) <= severest
    ]


def _shown_by(finding: Finding, file: str) -> Iterator[Place]:
    for evidence in finding.evidence:
        if evidence.line is not None:
            yield Place(evidence.file or file, evidence.line, evidence.said)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Everything that a check found."""

    label: str
    file: str
    """Of the log; empty of several, and of standard input."""
    told: str
    """What it was, in a few words."""
    checked: tuple[Checked, ...]
    objections: tuple[Objection, ...] = ()
    fail_on: tuple[str, ...] = ()
    allow_unknown: bool = False
    programs: tuple[str, ...] = ()
    """The names of those that were checked, where several print into the log; else empty."""

    @property
    def broken(self) -> tuple[Checked, ...]:
        """The limits that are not kept, and those of which nobody knows."""
        return tuple(each for each in self.checked if self._fails(each))

    @property
    def is_good(self) -> bool:
        """Nothing is broken."""
        return not self.broken and not self.objections

    @property
    def tightest(self) -> tuple[Checked, ...]:
        """Of each limit, that program which is closest to it or furthest beyond."""
        by_limit: dict[Limit, list[Checked]] = {}
        for each in self.checked:
            by_limit.setdefault(each.limit, []).append(each)
        return tuple(map(_tightest, by_limit.values()))

    @property
    def unbroken(self) -> tuple[tuple[Checked, int], ...]:
        """Of each limit that programs keep, the one that is closest to it, and how many more.

        Those of which nobody knows whether they keep it are by themselves.
        """
        broken = {id(each) for each in self.broken}
        alike: dict[tuple[Limit, bool], list[Checked]] = {}
        for each in self.checked:
            if id(each) not in broken:
                alike.setdefault((each.limit, each.is_unknown), []).append(each)
        return tuple((_tightest(group), len(group) - 1) for group in alike.values())

    def _fails(self, each: Checked) -> bool:
        """Tell whether a limit is not kept; what one program tells no other one has to."""
        if each.is_broken or not each.is_unknown:
            return each.is_broken
        is_told = any(one.limit is each.limit and not one.is_unknown for one in self.checked)
        return not is_told and not self.allow_unknown


def _tightest(several: Sequence[Checked]) -> Checked:
    """Return the first of those that are closest to their limit, or furthest beyond."""
    return reduce(lambda known, each: each if _is_tighter(each, known) else known, several)


def _is_tighter(one: Checked, other: Checked) -> bool:
    if one.value is None or other.value is None:
        return other.value is None
    return one.value > other.value if one.limit.bound is Bound.MAX else one.value < other.value


def of_all(found: Sequence[CheckResult], names: Sequence[str]) -> CheckResult:
    """Put the results of the programs of one log together."""
    pairs = list(zip(found, names, strict=True))
    told = "; ".join(f"{name}: {result.told}" for result, name in pairs)
    return replace(
        found[0],
        told=f"{len(found)} programs: {told}" if len(found) > 1 else told,
        checked=tuple(replace(e, program=name) for r, name in pairs for e in r.checked),
        objections=tuple(replace(e, program=name) for r, name in pairs for e in r.objections),
        programs=tuple(names),
    )
