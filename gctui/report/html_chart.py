"""A chart as SVG: no script, no file beside it; colours come from the page's style."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, isnan, log10

from gctui.analysis.units import Quantity, axis_unit, clock
from gctui.model.series import SeriesView
from gctui.report.report_parts import Drawing

_WIDTH, _HEIGHT = 960, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 12, 28
_COLUMNS = 900
_TICKS = 5

_Point = tuple[float, float]


def chart_svg(drawing: Drawing) -> str:
    """Return one chart."""
    return "".join(_parts(drawing))


def _parts(drawing: Drawing) -> Iterator[str]:
    first_s = min(line.points.times_s[0] for line in drawing.lines)
    last_s = max(line.points.times_s[-1] for line in drawing.lines)
    highest = max(max(line.points.values) for line in drawing.lines)
    unit = axis_unit(drawing.quantity, highest)
    name = "%" if drawing.quantity is Quantity.COUNT else unit.name
    step = _step(highest / unit.divisor)
    top = step * unit.divisor * max(1, ceil(highest / unit.divisor / step))
    yield (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(drawing.title)}: {escape(drawing.about)}">'
    )
    ticks = round(top / unit.divisor / step)
    for i in range(ticks + 1):
        value = i * step
        y = _y(value * unit.divisor, top)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{value:g} {name}</text>'
    for i in range(_TICKS + 1):
        time_s = first_s + (last_s - first_s) * i / _TICKS
        anchor = "start" if not i else "end" if i == _TICKS else "middle"
        x = _x(time_s, first_s, last_s)
        yield f'<text x="{x}" y="{_HEIGHT - 8}" text-anchor="{anchor}">{clock(time_s)}</text>'
    for restart_s in drawing.restarts_s:
        x = _x(restart_s, first_s, last_s)
        ends = f'y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"'
        yield f'<line class="restart" x1="{x}" x2="{x}" {ends}><title>restart</title></line>'
    for number, line in enumerate(drawing.lines):
        path = "".join(
            _path(points, first_s, last_s, top)
            for points in _lives(list(_thinned(line.points)), drawing.restarts_s)
        )
        yield f'<path class="line s{number}" d="{path}"><title>{escape(line.name)}</title></path>'
    yield "</svg>"


def _step(highest: float) -> float:
    """Return a round step of which four or so reach the top."""
    rough = max(highest, 1e-9) / 4
    base = 10 ** floor(log10(rough))
    return float(next(times * base for times in (1, 2, 5, 10) if times * base >= rough))


def _x(time_s: float, first_s: float, last_s: float) -> float:
    share = (time_s - first_s) / (last_s - first_s) if last_s > first_s else 0.5
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(value: float, top: float) -> float:
    return round(_TOP + (1 - value / top) * (_HEIGHT - _TOP - _BOTTOM), 1)


def _lives(points: Sequence[_Point], restarts_s: Sequence[float]) -> Iterator[Sequence[_Point]]:
    """Cut a line where the program began anew."""
    begin = 0
    for restart_s in restarts_s:
        end = bisect_right(points, restart_s, begin, key=lambda point: point[0])
        yield points[begin:end]
        begin = end
    yield points[begin:]


def _path(points: Sequence[_Point], first_s: float, last_s: float, top: float) -> str:
    places = [(_x(time_s, first_s, last_s), _y(value, top)) for time_s, value in points]
    if len(places) == 1:
        x, y = places[0]
        return f"M{x} {y}h1"
    return "M" + "L".join(f"{x} {y}" for x, y in places) if places else ""


def _thinned(view: SeriesView) -> Iterator[_Point]:
    """Yield the lowest and the highest point of each column, so that spikes survive."""
    if len(view) <= 2 * _COLUMNS:
        yield from ((time_s, value) for time_s, value in view if not isnan(value))
        return
    first_s, span_s = view.times_s[0], (view.times_s[-1] - view.times_s[0]) or 1.0
    columns: dict[int, list[tuple[float, float]]] = {}
    for time_s, value in view:
        if not isnan(value):
            column = int(_COLUMNS * (time_s - first_s) / span_s)
            columns.setdefault(column, []).append((value, time_s))
    for _, points in sorted(columns.items()):
        low, high = min(points), max(points)
        for value, time_s in sorted({low, high}, key=lambda point: point[1]):
            yield time_s, value
