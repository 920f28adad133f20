"""The only door to plotext: lines over time in, strips of cells out.

plotext draws the canvas; axes and labels are set around it here, which costs less and leaves
plotext's figure with nothing but the data. What the lines mean, and how many points a line may
have, is decided elsewhere. plotext has one figure per process: draw from one thread only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain, pairwise
from math import isfinite
from typing import Any, Literal, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from gctui.analysis.window import Points

Labelled = Sequence[tuple[float, str]]
Dot = tuple[float, float]
Run = list[Dot]

LABEL_SPACE_CELLS = 2
FAR_DOTS = 1e9
"""Nothing is told apart farther out: 10^18 must not become as many dots."""

_CELLS = re.compile("\x1b\\[0m(?:\x1b\\[38;2;([0-9;]+)m)?([^\x1b]*)")
"""All there is in a row of plotext's string when nothing has a background."""


@dataclass(frozen=True, slots=True)
class PlotLine:
    """One line of a chart."""

    points: Points
    color: str
    """`#rrggbb`."""
    style: Literal["line", "dots", "steps"] = "line"
    """Steps hold a value until the next one."""
    glyph: str = "*"
    """What draws it in ASCII: without colours the lines differ by this alone."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the canvas lies: right of the value labels, above the time labels."""

    left_cells: int
    columns: int
    rows: int
    below_cells: int


@dataclass(frozen=True, slots=True)
class _Glyphs:
    """The signs of one kind of terminal."""

    marker: str | None
    """plotext's name; None where each line has a glyph of its own."""
    dots_wide: int
    dots_high: int
    upright: str
    level: str
    left_axis: str
    left_tick: str
    corner: str
    lower_axis: str
    lower_tick: str


_GLYPHS = {
    "braille": _Glyphs("braille", 2, 4, "┊", "╌", "│", "┤", "╰", "─", "┬"),
    "block": _Glyphs("hd", 2, 2, "┊", "╌", "│", "┤", "╰", "─", "┬"),
    "ascii": _Glyphs(None, 1, 1, ":", "-", "|", "+", "+", "-", "+"),
}


class _Label(NamedTuple):
    """A tick's label along its axis; `end` is where another may begin."""

    begin: int
    end: int
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class _Scale:
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


def frame(width_cells: int, height_cells: int, x_ticks: Labelled, y_ticks: Labelled) -> Frame:
    """Divide the room; labels and axes give way where it is scarce.

    Charts above each other line up when their value labels are padded to one width.
    """
    left = 1 + max((cell_len(label) for _, label in y_ticks), default=-1)
    left = left if left <= width_cells // 2 else 0
    below = min(2, (height_cells - 1) // 2) if x_ticks else 0
    return Frame(left, width_cells - left, height_cells - below, below)


def plot(  # noqa: PLR0913 - a chart's parts, all but three by name
    width_cells: int,
    height_cells: int,
    lines: Sequence[PlotLine],
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    x_ticks: Labelled,
    y_ticks: Labelled,
    axis_color: str,
    background: str | None,
    vertical_marks: Labelled = (),
    horizontal_marks: Labelled = (),
    marker: Literal["braille", "block"] = "braille",
    ascii_only: bool = False,
) -> list[Strip]:
    """Draw a chart of exactly that many cells; later lines lie over earlier ones and marks."""
    if width_cells < 1 or height_cells < 1:
        return [Strip.blank(max(width_cells, 0))] * max(height_cells, 0)
    room = frame(width_cells, height_cells, x_ticks, y_ticks)
    glyphs = _GLYPHS["ascii" if ascii_only else marker]
    x = _Scale(*x_range, room.columns * glyphs.dots_wide - 1)
    y = _Scale(*y_range, room.rows * glyphs.dots_high - 1)
    canvas = _Canvas(room, glyphs, x, y)
    canvas.mark(vertical_marks, horizontal_marks)
    for line in lines:
        canvas.draw(line)
    axis = _style(axis_color, background)
    strips = [
        Strip([Segment(left, axis), *cells] if left else cells, width_cells)
        for left, cells in zip(
            _left(y_ticks, y, room, glyphs), canvas.rows(background), strict=True
        )
    ]
    below = _below(x_ticks, x, room, glyphs)
    return strips + [Strip([Segment(text, axis)], width_cells) for text in below]


class _Canvas:
    """plotext's figure for the length of one drawing."""

    def __init__(self, room: Frame, glyphs: _Glyphs, x: _Scale, y: _Scale) -> None:
        self._glyphs, self._x, self._y = glyphs, x, y
        self._figure = _figure()
        self._figure.clear.data()
        self._figure.plot_size(room.columns, room.rows)
        self._figure.ruler("x").lim(0, x.last + 1)
        self._figure.ruler("y").lim(0, y.last + 1)

    def mark(self, vertical: Labelled, horizontal: Labelled) -> None:
        """Draw marks from border to border."""
        glyphs, last_x, last_y = self._glyphs, self._x.last, self._y.last
        for value, color in vertical:
            if (column := self._x.cell(value, glyphs.dots_wide)) is not None:
                dot = column * glyphs.dots_wide
                self._connect([[(dot, 0), (dot, last_y)]], glyphs.upright, color)
        for value, color in horizontal:
            if (row := self._y.cell(value, glyphs.dots_high)) is not None:
                dot = row * glyphs.dots_high
                self._connect([[(0, dot), (last_x, dot)]], glyphs.level, color)

    def draw(self, line: PlotLine) -> None:
        """Draw what of a line lies on the canvas."""
        symbol = self._glyphs.marker or line.glyph
        last_x, last_y = self._x.last, self._y.last
        runs = _runs(line, self._x, self._y)
        if line.style == "dots":
            seen = [dot for run in runs for dot in run if _inside([dot], last_x, last_y)]
            alone = dict.fromkeys((round(x), round(y)) for x, y in seen)
            self._connect([[dot] for dot in alone], symbol, line.color)
        else:
            clipped = [part for run in runs for part in _clipped(run, last_x, last_y)]
            self._connect([_thinned(run) for run in clipped], symbol, line.color)

    def _connect(self, runs: Sequence[Run], symbol: str, color: str) -> None:
        if not runs:
            return
        dots = [*chain.from_iterable(runs)]
        xs, ys = [x + 0.5 for x, _ in dots], [y + 0.5 for _, y in dots]
        signal = self._figure.signal(xs, ys, marker=_marker(symbol, color))
        if len(runs) < len(dots):
            signal.lines(True)
            for start in accumulate(map(len, runs[:-1])):
                signal.line(start, False)
        # draw() looks at the colour of every point, at 6 µs each, half the cost of a chart, to
        # choose other colours for signals without one. Here all have one; a plotext that knows
        # this name no longer is slower and draws the same.
        signal._get_unique_pixels = tuple
        self._figure.draw(signal)

    def rows(self, background: str | None) -> list[list[Segment]]:
        """Return what was drawn and let go of it."""
        text = self._figure.build().string()
        self._figure.clear.data()
        return [_segments(row, background) for row in text.splitlines()]


@cache
def _plotext() -> Any:
    # Here and not above: importing it takes 150 ms, which a report must not pay.
    import plotext  # noqa: PLC0415

    return plotext


@cache
def _figure() -> Any:
    _plotext().terminal.limit(False, False)
    figure = _plotext().figure.clear()
    figure.axes(False)
    figure.canvas("default")
    figure.ruler("both", "both").frequency(0).alignment(lim="edge")
    return figure


@cache
def _shared_marker() -> Any:
    # figure.signal() copies a marker for every point of it, and the kernel then copies the copy.
    return type("SharedMarker", (_plotext().marker,), {"__copy__": lambda self: self})


@lru_cache(maxsize=256)
def _marker(symbol: str, color: str) -> Any:
    return _shared_marker()(symbol, _plotext().pixel(Color.parse(color).rgb))


@lru_cache(maxsize=256)
def _style(color: str, background: str | None) -> Style:
    return Style(
        color=Color.parse(color).rich_color if color else None,
        bgcolor=Color.parse(background).rich_color if background else None,
    )


def _segments(row: str, background: str | None) -> list[Segment]:
    """Read a row of plotext's string; blanks join the run before them."""
    colors: list[str] = []
    texts: list[str] = []
    for color, cells in _CELLS.findall(row):
        if texts and (not color or color == colors[-1]):
            texts[-1] += cells
        else:
            colors.append(color)
            texts.append(cells)
    styles = [_style(f"rgb({c.replace(';', ',')})" if c else "", background) for c in colors]
    return [Segment(text, style) for text, style in zip(texts, styles, strict=True)]


def _runs(line: PlotLine, x: _Scale, y: _Scale) -> Iterator[Run]:
    """Yield the unbroken parts of a line, in dots; what is not finite is a gap."""
    points, run = line.points, Run()
    for i, dot in enumerate(zip(x.dots(points.xs), y.dots(points.ys), strict=False)):
        real = isfinite(dot[0]) and isfinite(dot[1])
        if run and (not real or i in points.breaks):
            yield run
            run = []
        if run and line.style == "steps":
            run.append((dot[0], run[-1][1]))
        if real:
            run.append(dot)
    if run:
        yield run


def _inside(run: Run, last_x: int, last_y: int) -> bool:
    xs, ys = zip(*run, strict=True)
    return bool(min(xs) >= 0 and max(xs) <= last_x and min(ys) >= 0 and max(ys) <= last_y)


def _clipped(run: Run, last_x: int, last_y: int) -> Iterator[Run]:
    """Yield the parts of a run that lie on the canvas."""
    if len(run) == 1 or _inside(run, last_x, last_y):
        if _inside(run, last_x, last_y):
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


def _thinned(run: Run) -> Run:
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


def _left(ticks: Labelled, y: _Scale, room: Frame, glyphs: _Glyphs) -> list[str]:
    """Return the value labels and their axis, a text per row of the canvas."""
    if not room.left_cells:
        return [""] * room.rows
    labels = []
    for value, text in ticks:
        if (cell := y.cell(value, glyphs.dots_high)) is not None:
            labels.append(_Label(cell, cell + 1, cell, text))
    texts = {room.rows - 1 - label.at: label.text for label in _evenly(labels)}
    return [
        " " * (room.left_cells - 1 - cell_len(texts.get(row, "")))
        + (f"{texts[row]}{glyphs.left_tick}" if row in texts else glyphs.left_axis)
        for row in range(room.rows)
    ]


def _below(ticks: Labelled, x: _Scale, room: Frame, glyphs: _Glyphs) -> list[str]:
    """Return the time axis and its labels, or the labels alone."""
    if not room.below_cells:
        return []
    width = room.left_cells + room.columns
    labels = []
    for value, text in ticks:
        cell, size = x.cell(value, glyphs.dots_wide), cell_len(text)
        if cell is not None and size <= width:
            at = room.left_cells + cell
            begin = min(max(at - size // 2, 0), width - size)
            labels.append(_Label(begin, begin + size + LABEL_SPACE_CELLS, at, text))
    chosen = _evenly(labels)
    axis = [*_axis_start(room, glyphs), *glyphs.lower_axis * room.columns]
    texts = ""
    for label in chosen:
        axis[label.at] = glyphs.lower_tick
        texts += " " * (label.begin - cell_len(texts)) + label.text
    return ["".join(axis), set_cell_size(texts, width)][-room.below_cells :]


def _axis_start(room: Frame, glyphs: _Glyphs) -> str:
    return f"{glyphs.corner:>{room.left_cells}}" if room.left_cells else ""


def _evenly(labels: Sequence[_Label]) -> Sequence[_Label]:
    """Leave out every second label, or two of three, and so on, until no two touch."""
    ordered = sorted(labels)
    for stride in range(1, len(ordered)):
        chosen = ordered[::stride]
        if all(one.end <= other.begin for one, other in pairwise(chosen)):
            return chosen
    return ordered[:1]
