"""What differs between two sides in what no test can tell: largest values, and courses.

A run has one longest pause and one course of its live heap. What is said of them is of these runs
alone, so only what is far apart is named: runs of one program at one setting stay silent, on a busy
machine, too. With several runs a side, all of one have to be beyond all of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from gctui.analysis.figure_words import Better, words_of
from gctui.analysis.goroutine_growth import GoroutineGrowth
from gctui.analysis.growth import Growth
from gctui.analysis.neutral import place
from gctui.analysis.run_difference import Row, Run, Verdict
from gctui.analysis.trend import Trend
from gctui.analysis.units import size_in_short

BASE, NEW = "BASE", "NEW"
_MINUTE_S = 60.0
_TIMES_FASTER = 1.5
"""Where both sides grow."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that is seen to differ."""

    figure: str
    """By its dotted name."""
    verdict: Verdict
    said: str
    is_single: bool = False
    """It rests on one collection alone, as a busy neighbour may make one."""


@dataclass(frozen=True, slots=True)
class _Apart:
    """How far apart largest values are that are named: so many times, and by so much."""

    name: str
    said: str
    times: float
    least: float
    unless: tuple[str, ...] = ()
    """What says the same where it is named, or differs by test: the same way, and as much."""


_HEAP = "heap.live.p50_mb", "heap.goal.p50_mb"
_LARGEST = (
    _Apart("pause.max_ms", "longest pause", 5, 5),
    _Apart("pause.max_ms", "longest pause", 20, 0.5, ("pause.max_ms",)),
    _Apart("heap.end.max_mb", "largest heap at GC end", 1.5, 32, _HEAP),
    _Apart("heap.live.max_mb", "largest live heap", 1.5, 32, ("heap.end.max_mb", *_HEAP)),
    _Apart("stacks.max_mb", "largest stacks", 2, 16),
    _Apart("rss.peak_mb", "peak RSS", 1.5, 32),
    _Apart("goroutines.max", "most goroutines", 2, 100),
    _Apart("mmu.1s_percent", "CPU left in the worst second", 1.25, 25),
)

_Grown = Growth | GoroutineGrowth


def observations(
    rows: Sequence[Row], base: Sequence[Run], new: Sequence[Run]
) -> tuple[Observation, ...]:
    """Return what is seen to differ, what became worse first."""
    found = [
        *_grown(
            "growth.mb_per_min", "the live heap", base, new, lambda run: run.growth, size_in_short
        ),
        *_grown(
            "goroutines.growth_per_min",
            "the number of goroutines",
            base,
            new,
            lambda run: run.goroutines,
            _count,
        ),
        *_largest(rows, base, new),
    ]
    return tuple(sorted(found, key=lambda each: each.verdict is not Verdict.WORSE))


def _grown(
    figure: str,
    what: str,
    base: Sequence[Run],
    new: Sequence[Run],
    read: Callable[[Run], _Grown | None],
    shown: Callable[[float], str],
) -> Iterator[Observation]:
    """Tell a side that grows beside one that does not, or not nearly as fast."""
    was, now = ([each for each in map(read, side) if each is not None] for side in (base, new))
    for grows, other, name, other_name, verdict in (
        (now, was, NEW, BASE, Verdict.WORSE),
        (was, now, BASE, NEW, Verdict.BETTER),
    ):
        fast = [each.now for each in grows if each.grows and each.now is not None]
        lines = [each.now for each in other if each.now is not None]
        if 2 * len(fast) <= len(grows) or not other:
            continue
        slow = [each.now for each in other if each.grows and each.now is not None]
        if slow and not _is_faster(fast, slow):
            continue
        if verdict is Verdict.BETTER and not lines:
            # Too short to tell is not better.
            continue
        if lines and min(each.low_per_s for each in fast) <= max(each.high_per_s for each in lines):
            continue
        said = f"{what} grew by {_speed(fast, shown)} in {_of(fast, grows, name)}"
        yield Observation(figure, verdict, f"{said}, {_beside(other, slow, other_name, shown)}")
        return


def _is_faster(fast: Sequence[Trend], slow: Sequence[Trend]) -> bool:
    return _median_per_s(fast) >= _TIMES_FASTER * _median_per_s(slow)


def _beside(
    other: Sequence[_Grown], slow: Sequence[Trend], name: str, shown: Callable[[float], str]
) -> str:
    if slow:
        return f"by {_speed(slow, shown)} in {_of(slow, other, name)}"
    if all(each.now is None for each in other):
        return f"{name} is too short to tell"
    return f"not in {name}"


def _speed(lines: Sequence[Trend], shown: Callable[[float], str]) -> str:
    """Format a slope with its interval; of several runs their median."""
    told = f"{shown(_MINUTE_S * _median_per_s(lines))}/min"
    if len(lines) > 1:
        return told
    low, high = (shown(_MINUTE_S * each) for each in (lines[0].low_per_s, lines[0].high_per_s))
    return f"{told} (95%: {low} to {high})"


def _of(lines: Sequence[Trend], runs: Sequence[_Grown], name: str) -> str:
    return name if len(runs) == 1 else f"{len(lines)} of {len(runs)} runs of {name}"


def _median_per_s(lines: Sequence[Trend]) -> float:
    return median(each.slope_per_s for each in lines)


def _count(count: float) -> str:
    return f"{count:.0f}" if count >= 10 else f"{count:.2g}"


def _largest(rows: Sequence[Row], base: Sequence[Run], new: Sequence[Run]) -> Iterator[Observation]:
    by_name = {row.name: row for row in rows}
    told = {row.name for row in rows if row.difference.is_sure}
    for apart in _LARGEST:
        row = by_name.get(apart.name)
        # What was tested is told with its test.
        if row is None or row.difference.p is not None:
            continue
        known = [_times(by_name[name]) for name in apart.unless if name in told]
        found = _compared(row, apart, base, new, known)
        if found is not None:
            told.add(apart.name)
            yield found


def _times(row: Row) -> float:
    """Return how many times as large a figure became; 1 where nobody can say."""
    base, new = row.difference.base, row.difference.new
    return new / base if base and new and min(base, new) > 0 else 1.0


def _compared(
    row: Row, apart: _Apart, base: Sequence[Run], new: Sequence[Run], known: Sequence[float]
) -> Observation | None:
    """Tell largest values that are far apart, and further than what is `known` to say the same."""
    was, now = (_values(side, apart.name) for side in (base, new))
    if not was or not now:
        return None
    is_larger = min(now) > max(was)
    low, high = (max(was), min(now)) if is_larger else (max(now), min(was))
    same_way = [times if is_larger else 1 / times for times in known]
    # A median that halves says nothing of a largest value that is five times as large.
    if high < apart.times * max([1.0, *same_way]) * low or high - low < apart.least:
        return None
    is_worse = is_larger == (row.words.better is Better.LOWER)
    side, named = (new, NEW) if is_larger else (base, BASE)
    is_single = _beyond(apart.name, max(apart.times * low, low + apart.least), side) == 1
    count = None if is_single else _beyond(apart.name, low, side)
    shown = row.words.shown
    said = f"{apart.said} {shown(row.difference.new)} against {shown(row.difference.base)}"
    verdict = Verdict.WORSE if is_worse else Verdict.BETTER
    where = _where(apart.name, count, side, named)
    return Observation(apart.name, verdict, f"{said}{where}", is_single)


def _values(runs: Sequence[Run], name: str) -> list[float]:
    return [run.figures[name] for run in runs if name in run.figures]


def _beyond(name: str, least: float, side: Sequence[Run]) -> int | None:
    """Return how many collections are that far beyond; None where it is not known."""
    measure = words_of(name).measure
    if len(side) != 1 or measure is None:
        return None
    values = side[0].samples.get(measure, ())
    # Of very many collections a choice is kept: how many there were it does not tell.
    is_all = values and len(values) == side[0].figures.get("gc.count")
    return sum(value > least for value in values) if is_all else None


def _where(name: str, count: int | None, side: Sequence[Run], named: str) -> str:
    """Say how many collections are beyond the other side's, and where the largest is."""
    measure, run = words_of(name).measure, side[0]
    parts = [f"{count} collections above that"] if count else []
    worst = None if measure is None else run.extremes.get(measure)
    if worst is not None and len(side) == 1:
        parts.append(f"{place(worst.line, worst.file)} of {named}")
    return f" ({', '.join(parts)})" if parts else ""
