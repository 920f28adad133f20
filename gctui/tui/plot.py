"""The only door to plotext: lines over time in, strips of cells out.

plotext draws the canvas; axes and labels are set around it here, which costs less and leaves
plotext's figure with nothing but the data. What the lines mean, and how many points a line may
have, is decided elsewhere. plotext has one figure per process: draw from one thread only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain
from typing import Any, Literal

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from gctui.analysis.window import Points
from gctui.tui.axis import GLYPHS, Glyphs, Labelled, Room, below, divided, left_of
from gctui.tui.dots import Run, Scale, clipped, inside, runs_of, thinned

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
    room = divided(width_cells, height_cells, x_ticks, y_ticks)
    glyphs = GLYPHS["ascii" if ascii_only else marker]
    x = Scale(*x_range, room.columns * glyphs.dots_wide - 1)
    y = Scale(*y_range, room.rows * glyphs.dots_high - 1)
    canvas = _Canvas(room, glyphs, x, y)
    canvas.mark(vertical_marks, horizontal_marks)
    for line in lines:
        canvas.draw(line)
    axis = _style(axis_color, background)
    strips = [
        Strip([Segment(left, axis), *cells] if left else cells, width_cells)
        for left, cells in zip(
            left_of(y_ticks, y, room, glyphs), canvas.rows(background), strict=True
        )
    ]
    underneath = below(x_ticks, x, room, glyphs)
    return strips + [Strip([Segment(text, axis)], width_cells) for text in underneath]


class _Canvas:
    """plotext's figure for the length of one drawing."""

    def __init__(self, room: Room, glyphs: Glyphs, x: Scale, y: Scale) -> None:
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
        runs = runs_of(line.points, self._x, self._y, steps=line.style == "steps")
        if line.style == "dots":
            seen = [dot for run in runs for dot in run if inside([dot], last_x, last_y)]
            alone = dict.fromkeys((round(x), round(y)) for x, y in seen)
            self._connect([[dot] for dot in alone], symbol, line.color)
        else:
            parts = [part for run in runs for part in clipped(run, last_x, last_y)]
            self._connect([thinned(run) for run in parts], symbol, line.color)

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
