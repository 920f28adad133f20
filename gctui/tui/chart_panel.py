"""One chart of the screen: takes a frame and a window of time, redraws only when they changed."""

from __future__ import annotations

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from gctui.analysis.units import AxisUnit, axis_unit
from gctui.analysis.window import Points, nice_ticks, time_ticks, value_range, window
from gctui.model.clock import ClockKind
from gctui.model.feed import Frame
from gctui.model.series import SeriesView
from gctui.tui.charts import Chart, Curve
from gctui.tui.palette import GREY
from gctui.tui.plot import PlotLine, plot

_CELLS_PER_TIME_TICK = 14
_ROWS_PER_VALUE_TICK = 3
_HEADROOM = 1.08

Window = tuple[float, float]


class ChartPanel(Widget):
    """Draws one chart. The window is given from outside: all charts share one time axis."""

    can_focus = True

    def __init__(self, chart: Chart, *, ascii_only: bool = False) -> None:
        super().__init__(id=f"chart-{chart.key}", classes="chart")
        self.chart = chart
        self._ascii_only = ascii_only
        self._views: dict[Curve, SeriesView] = {}
        self._window: Window = (0.0, 1.0)
        self._epochs: tuple[float, ...] = ()
        self._clock = ClockKind.NONE
        self._title_shown: Content | None = None
        self._strips: list[Strip] | None = None
        self._size_drawn = Size(0, 0)
        self._unit = AxisUnit(1, "")

    @property
    def is_empty(self) -> bool:
        """Nothing was ever recorded of what this chart shows."""
        return not self._views

    def show(self, frame: Frame, begin_end_s: Window) -> None:
        """Draw this window of a frame, unless it is what is drawn already."""
        curves = {curve: frame.snapshot.view(curve.metric) for curve in self.chart.curves}
        views = {curve: view for curve, view in curves.items() if len(view)}
        epochs = tuple(epoch.begin_s for epoch in frame.snapshot.epochs)[1:]
        shown = (self._views, self._window, self._epochs)
        # Views are the same objects while nothing is added to their series.
        if shown == (views, begin_end_s, epochs):
            return
        self._views, self._window, self._epochs = views, begin_end_s, epochs
        self._clock = frame.snapshot.clock
        self._strips = None
        self._show_title()
        self.refresh()

    def _show_title(self) -> None:
        title = Content(f"{self.chart.title}{self._unit_shown()}")
        if self._views:
            legend = [_legend(curve, self._ascii_only) for curve in reversed(self._views)]
            title = title.append(Content(" ").join([Content(" "), *legend]))
        if title != self._title_shown:
            self._title_shown = title
            self.border_title = title

    def _unit_shown(self) -> str:
        return f", {self._unit.name}" if self._unit.name and self._views else ""

    def render_line(self, y: int) -> Strip:
        """Return one row of the chart, from the rows drawn last."""
        if self._strips is None or self._size_drawn != self.size:
            self._strips = self._drawn()
            self._size_drawn = self.size
        if y < len(self._strips):
            return self._strips[y].apply_style(self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)

    def _drawn(self) -> list[Strip]:
        width, height = self.size.width, self.size.height
        if not self._views:
            return _centred(self.chart.empty, width, height)
        begin_s, end_s = self._window
        lines = [
            (curve, window(view, begin_s, end_s, width, steps=curve.stroke == "steps"))
            for curve, view in self._views.items()
        ]
        highest = self._highest([points for _, points in lines])
        self._unit = axis_unit(self.chart.quantity, highest)
        self._show_title()
        return plot(
            width,
            height,
            [PlotLine(points, curve.color, curve.stroke) for curve, points in lines],
            x_range=self._window,
            y_range=(0.0, highest),
            x_ticks=self._time_ticks(width),
            y_ticks=self._value_ticks(highest, height),
            axis_color=GREY,
            background=None,
            vertical_marks=[(epoch_s, GREY) for epoch_s in self._epochs],
            ascii_only=self._ascii_only,
        )

    def _time_ticks(self, width: int) -> list[tuple[float, str]]:
        begin_s, end_s = self._window
        most = max(2, width // _CELLS_PER_TIME_TICK)
        if self._clock is ClockKind.ORDER:
            return [(tick, f"#{tick:g}") for tick in nice_ticks(begin_s, end_s, most)]
        return time_ticks(begin_s, end_s, most)

    def _highest(self, lines: list[Points]) -> float:
        found = value_range(lines)
        return max(found[1] * _HEADROOM, 1e-3) if found else 1.0

    def _value_ticks(self, highest: float, height: int) -> list[tuple[float, str]]:
        most = max(2, height // _ROWS_PER_VALUE_TICK)
        divisor = self._unit.divisor
        return [(tick * divisor, f"{tick:g}") for tick in nice_ticks(0.0, highest / divisor, most)]


def _legend(curve: Curve, ascii_only: bool) -> Content:
    return Content.assemble(("-" if ascii_only else "━", f"bold {curve.color}"), f" {curve.name}")


def _centred(text: str, width: int, height: int) -> list[Strip]:
    rows = [row[:width].center(width) for row in text.split("\n")]
    above = max(0, (height - len(rows)) // 2)
    blank = [Strip.blank(width)] * above
    return [*blank, *(Strip([Segment(row)], width) for row in rows)][:height]
