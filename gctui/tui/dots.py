"""Lines as dots of a canvas: scaled, broken at gaps, cut at the borders, thinned. Pure geometry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from gctui.analysis.window import Points

Dot = tuple[float, float]
Run = list[Dot]

FAR_DOTS = 1e9
"""Nothing is told apart farther out: 10^18 must not become as many dots."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to dots, 0 to `last`."""

    low: float
    high: float
    last: int

    def dots(self, values: Sequence[float]) -> list[float]:
        """Return the dots that values fall on, outside the canvas or NaN where there are none."""
        low, span = self.low, self.high - self.low
        if span == 0:
            return [self.last / 2 if value == low else -FAR_DOTS for value in values]
        return [(value - low) / span * self.last for value in values]

    def cell(self, value: float, dots: int) -> int | None:
        """Return the cell of a value, None where it cannot be seen."""
        dot = self.dots([value])[0]
        return round(dot) // dots if -0.5 <= dot <= self.last + 0.5 else None


def runs_of(points: Points, x: Scale, y: Scale, *, steps: bool) -> Iterator[Run]:
    """Yield the unbroken parts of a line, in dots; what is not finite is a gap."""
    run = Run()
    for i, dot in enumerate(zip(x.dots(points.xs), y.dots(points.ys), strict=False)):
        real = isfinite(dot[0]) and isfinite(dot[1])
        if run and (not real or i in points.breaks):
            yield run
            run = []
        if run and steps:
            run.append((dot[0], run[-1][1]))
        if real:
            run.append(dot)
    if run:
        yield run


def inside(run: Run, last_x: int, last_y: int) -> bool:
    """Tell whether all of a run lies on the canvas."""
    xs, ys = zip(*run, strict=True)
    return bool(min(xs) >= 0 and max(xs) <= last_x and min(ys) >= 0 and max(ys) <= last_y)


def clipped(run: Run, last_x: int, last_y: int) -> Iterator[Run]:
    """Yield the parts of a run that lie on the canvas."""
    if len(run) == 1 or inside(run, last_x, last_y):
        if inside(run, last_x, last_y):
            yield run
        return
    part = Run()
    for begin, end in pairwise(run):
        if (piece := _clip(begin, end, last_x, last_y)) is None:
            continue
        if part and part[-1] != piece[0]:
            yield part
            part = []
        part += piece if not part else piece[1:]
    if part:
        yield part


def _clip(begin: Dot, end: Dot, last_x: int, last_y: int) -> list[Dot] | None:
    """Cut a straight piece at the canvas's borders (Liang and Barsky)."""
    x, y = (min(max(value, -FAR_DOTS), FAR_DOTS) for value in begin)
    dx, dy = (
        min(max(value, -FAR_DOTS), FAR_DOTS) - o for value, o in zip(end, (x, y), strict=True)
    )
    enter, leave = 0.0, 1.0
    for pace, room in ((-dx, x), (dx, last_x - x), (-dy, y), (dy, last_y - y)):
        if pace == 0 and room < 0:
            return None
        if pace < 0:
            enter = max(enter, room / pace)
        elif pace > 0:
            leave = min(leave, room / pace)
    if enter > leave:
        return None
    first = begin if enter == 0 else (x + enter * dx, y + enter * dy)
    return [first, end if leave == 1 else (x + leave * dx, y + leave * dy)]


def thinned(run: Run) -> Run:
    """Leave out the dots that a line through the others passes over on its way along an axis."""
    dots: Run = [(round(x), round(y)) for x, y in run]
    kept, way = dots[:1], None
    x, y = dots[0]
    for dot in dots:
        dx, dy = dot[0] - x, dot[1] - y
        if not dx and not dy:
            continue
        onward = None if dx and dy else (dx > 0, dy > 0, dx == 0)
        if onward and onward == way:
            kept[-1] = dot
        else:
            kept.append(dot)
        (x, y), way = dot, onward
    return kept
