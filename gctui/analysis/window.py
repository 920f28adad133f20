"""What of a series a chart shows: one stretch of time, thinned to its columns, and its ticks.

Drawing costs some microseconds per point, so a chart gets no more points than it has room for.
What a point looks like on a screen stays out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import takewhile
from math import floor, isfinite

from gctui.model.series import SeriesView

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
CLOCK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)


@dataclass(frozen=True, slots=True)
class Points:
    """A line to draw; every value is finite."""

    xs: list[float]
    ys: list[float]
    breaks: frozenset[int]
    """Where the line does not connect to the point before."""


def window(
    view: SeriesView, begin_s: float, end_s: float, columns: float, *, steps: bool = False
) -> Points:
    """Thin a series to about two points per column, its lowest and its highest there.

    A line that enters or leaves the window runs to the border; with `steps` a value holds until
    the next one, otherwise the border cuts the straight line between the two.
    """
    if columns < 1 or not begin_s <= end_s:
        return Points([], [], frozenset())
    first = bisect_left(view.times_s, begin_s)
    last = bisect_right(view.times_s, end_s)
    times_s, values = view.times_s[first:last].tolist(), view.values[first:last].tolist()
    kept = [*zip(times_s, values, strict=True)]
    if len(kept) > 2 * columns:
        thinned = _thinned(times_s, values, begin_s, (end_s - begin_s) / columns)
        kept = [kept[i] for i in thinned]
    kept[:0] = _crossing(view, first, begin_s, steps)
    kept += _crossing(view, last, end_s, steps)
    return _connected(kept)


def window_end(
    view: SeriesView,
    begin_end_s: tuple[float, float],
    columns: int,
    from_s: float,
    *,
    steps: bool = False,
) -> Points:
    """Return what `window` does, from a little before `from_s` on, thinned to the same columns."""
    begin_s, end_s = begin_end_s
    if columns < 1 or not begin_s < end_s:
        return window(view, begin_s, end_s, columns, steps=steps)
    column_s = (end_s - begin_s) / columns
    aligned_s = max(begin_s, (floor(from_s / column_s) - 1) * column_s)
    return window(view, aligned_s, end_s, (end_s - aligned_s) / column_s, steps=steps)


def value_range(points: Sequence[Points]) -> tuple[float, float] | None:
    """Return the lowest and the highest value of all lines, None when there is no point."""
    values = [y for line in points for y in line.ys if isfinite(y)]
    return (min(values), max(values)) if values else None


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` round values between two values, 1, 2 or 5 apart (× 10ⁿ)."""
    return [float(tick) for tick in _ticks(low, high, most, _round_steps)[1]]


def time_ticks(begin_s: float, end_s: float, most: int) -> list[tuple[float, str]]:
    """Return at most `most` round times with their labels, no two alike: 12s, 1:30, 2d 3h."""
    step_s, ticks_s = _ticks(begin_s, end_s, most, _time_steps)
    farthest_s = max(map(abs, ticks_s), default=Decimal(0))
    label = _labeller(step_s, farthest_s)
    return [(float(tick), f"{'-' if tick < 0 else ''}{label(abs(tick))}") for tick in ticks_s]


def _thinned(
    times_s: list[float], values: list[float], begin_s: float, column_s: float
) -> Iterator[int]:
    """Yield the lowest, the highest and the gaps of every column."""
    # Columns are counted from time 0, not from the window's begin: a chart that follows a live
    # program would else draw other points of the same past at every step, and shimmer.
    origin_s = begin_s - begin_s % column_s if column_s > 0 else begin_s
    pick = _extremes if isfinite(sum(values)) else _extremes_and_gaps
    first = 0
    while first < len(values):
        column = int((times_s[first] - origin_s) / column_s) if column_s > 0 else 0
        begin_s, edge_s = origin_s + column * column_s, origin_s + (column + 1) * column_s
        after = max(bisect_left(times_s, edge_s, first), first + 1)
        chosen = pick(values, first, after)
        # A line across columns without points begins and ends where the points do.
        if first == 0 or times_s[first - 1] < begin_s - column_s:
            chosen.add(first)
        if after == len(values) or times_s[after] >= edge_s + column_s:
            chosen.add(after - 1)
        yield from sorted(chosen)
        first = after


def _extremes(values: list[float], first: int, after: int) -> set[int]:
    part = values[first:after]
    return {first + part.index(min(part)), first + part.index(max(part))}


def _extremes_and_gaps(values: list[float], first: int, after: int) -> set[int]:
    # min() and max() lie when a NaN is among the values.
    real = [i for i in range(first, after) if isfinite(values[i])]
    gaps = {i for i in range(first, after) if not isfinite(values[i])}
    key = values.__getitem__
    return gaps | {min(real, key=key), max(real, key=key)} if real else gaps


def _crossing(
    view: SeriesView, after: int, edge_s: float, steps: bool
) -> list[tuple[float, float]]:
    """Return where the line from the point before `after` to it crosses a border, if it does."""
    if not 0 < after < len(view) or view.times_s[after] == edge_s:
        return []
    (t0, t1), (v0, v1) = view.times_s[after - 1 : after + 1], view.values[after - 1 : after + 1]
    if t0 == edge_s or not (isfinite(v0) and isfinite(v1)):
        return []
    share = (edge_s - t0) / (t1 - t0)
    return [(edge_s, v0 if steps else v0 * (1 - share) + v1 * share)]


def _connected(points: list[tuple[float, float]]) -> Points:
    xs: list[float] = []
    ys: list[float] = []
    breaks: set[int] = set()
    for x, y in points:
        if isfinite(y):
            xs.append(x)
            ys.append(y)
        else:
            breaks.add(len(xs))
    return Points(xs, ys, frozenset(breaks - {0, len(xs)}))


def _ticks(
    low: float, high: float, most: int, steps: Callable[[Decimal], Iterator[Decimal]]
) -> tuple[Decimal, list[Decimal]]:
    """Return the smallest step that gives few enough multiples in a range, and these."""
    if most < 1 or not (isfinite(low) and isfinite(high) and low <= high):
        return Decimal(1), []
    # As printed: 0.3 is meant when a float says 0.299999999999999989.
    bottom, top = Decimal(str(low)), Decimal(str(high))
    if bottom == top:
        return Decimal(1), [bottom]
    for step in steps((top - bottom) / most):
        begin = int((bottom / step).to_integral_value(ROUND_CEILING))
        end = int((top / step).to_integral_value(ROUND_FLOOR))
        if end - begin < most:
            return step, [step * i for i in range(begin, end + 1)]
    raise AssertionError("steps never end")


def _round_steps(at_least: Decimal) -> Iterator[Decimal]:
    exponent = at_least.adjusted()
    while True:
        yield from (Decimal(digit).scaleb(exponent) for digit in (1, 2, 5))
        exponent += 1


def _time_steps(at_least_s: Decimal) -> Iterator[Decimal]:
    yield from takewhile(lambda step: step < 1, _round_steps(at_least_s))
    yield from (Decimal(step) for step in CLOCK_STEPS_S if step >= at_least_s)
    yield from (step * DAY_S for step in _round_steps(max(at_least_s / DAY_S, Decimal(1))))


def _labeller(step_s: Decimal, farthest_s: Decimal) -> Callable[[Decimal], str]:
    """Choose one way of writing for all ticks of an axis."""
    if step_s % HOUR_S == 0:
        return _days_and_hours
    return _clock if farthest_s >= MINUTE_S else lambda time_s: f"{_plain(time_s)}s"


def _days_and_hours(time_s: Decimal) -> str:
    days, rest_s = divmod(int(time_s), DAY_S)
    hours = f"{rest_s // HOUR_S}h"
    if not days:
        return hours
    return f"{days}d {hours}" if rest_s else f"{days}d"


def _clock(time_s: Decimal) -> str:
    whole_s, rest_s = divmod(time_s, MINUTE_S)
    days, minutes = divmod(int(whole_s), DAY_S // MINUTE_S)
    hours, minute = divmod(minutes, 60)
    second = _plain(rest_s)
    second = second if rest_s >= 10 else f"0{second}"
    clock = f"{hours}:{minute:02}:{second}" if days or hours else f"{minute}:{second}"
    return f"{days}d {clock}" if days else clock


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
