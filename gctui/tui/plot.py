"""The only door to plotext: lines over time in, strips of cells out.

plotext draws the canvas; axes and labels are set around it here, which costs less and leaves
plotext's figure with nothing but the data. What the lines mean, and how many points a line may
have, is decided elsewhere. plotext has one figure per process: draw from one thread only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a chart is drawn on: its size, its scales, and all that lies under its lines.

    On equal sheets equal lines are drawn alike, so what is drawn already may be kept.
    """

    width_cells: int
    height_cells: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    axis_color: str
    background: str | None
    vertical_marks: tuple[tuple[float, str], ...] = ()
    horizontal_marks: tuple[tuple[float, str], ...] = ()
    marker: Literal["braille", "block"] = "braille"
    ascii_only: bool = False

    @property
    def room(self) -> Room:
        """Where the canvas lies."""
        return divided(self.width_cells, self.height_cells, self.x_ticks, self.y_ticks)

    @property
    def glyphs(self) -> Glyphs:
        """The signs it is drawn with."""
        return GLYPHS["ascii" if self.ascii_only else self.marker]

    @property
    def x_scale(self) -> Scale:
        """From times to dots."""
        return Scale(*self.x_range, self.room.columns * self.glyphs.dots_wide - 1)

    @property
    def y_scale(self) -> Scale:
        """From values to dots."""
        return Scale(*self.y_range, self.room.rows * self.glyphs.dots_high - 1)

    def from_column(self, column: int) -> Sheet:
        """Return the part of the sheet right of a column of its canvas, without labels."""
        x, dot = self.x_scale, column * self.glyphs.dots_wide
        begin = x.low + dot * (x.high - x.low) / x.last
        room = self.room
        return replace(
            self,
            width_cells=room.columns - column,
            height_cells=room.rows,
            x_range=(begin, x.high),
            x_ticks=(),
            y_ticks=(),
        )


def plot(sheet: Sheet, lines: Sequence[PlotLine]) -> list[Strip]:
    """Draw a chart of exactly that many cells; later lines lie over earlier ones and marks."""
    width, height = sheet.width_cells, sheet.height_cells
    if width < 1 or height < 1:
        return [Strip.blank(max(width, 0))] * max(height, 0)
    room, glyphs, axis = sheet.room, sheet.glyphs, _style(sheet.axis_color, sheet.background)
    labels = left_of(sheet.y_ticks, sheet.y_scale, room, glyphs)
    strips = [
        Strip([Segment(left, axis), *cells] if left else cells, width)
        for left, cells in zip(labels, _canvas_rows(sheet, lines), strict=True)
    ]
    underneath = below(sheet.x_ticks, sheet.x_scale, room, glyphs)
    return strips + [Strip([Segment(text, axis)], width) for text in underneath]


def replot(
    drawn: Sequence[Strip], sheet: Sheet, column: int, lines: Sequence[PlotLine]
) -> list[Strip]:
    """Draw only what is right of a column of the canvas again, over a chart of the same sheet.

    `lines` need no points left of that column, but the one before it, to come from.
    """
    room = sheet.room
    kept = room.left_cells + column
    rows = _canvas_rows(sheet.from_column(column), lines)
    fresh = [
        Strip.join([strip.crop(0, kept), Strip(cells, room.columns - column)])
        for strip, cells in zip(drawn, rows, strict=False)
    ]
    return [*fresh, *drawn[len(rows) :]]


def _canvas_rows(sheet: Sheet, lines: Sequence[PlotLine]) -> list[list[Segment]]:
    canvas = _Canvas(sheet)
    canvas.mark(sheet.vertical_marks, sheet.horizontal_marks)
    for line in lines:
        canvas.draw(line)
    return canvas.rows(sheet.background)


class _Canvas:
    """plotext's figure for the length of one drawing."""

    def __init__(self, sheet: Sheet) -> None:
        room, x, y = sheet.room, sheet.x_scale, sheet.y_scale
        self._glyphs, self._x, self._y = sheet.glyphs, x, y
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
