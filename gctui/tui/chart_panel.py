"""One chart of the screen: takes a frame and a window of time, redraws only when they changed."""

from __future__ import annotations

from dataclasses import dataclass, field

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
from gctui.tui.cells import cut
from gctui.tui.charts import Chart, Curve
from gctui.tui.legend import legend
from gctui.tui.palette import GREY, WHITE, ink
from gctui.tui.plot import PlotLine, plot

_CELLS_PER_TIME_TICK = 10
_ROWS_PER_VALUE_TICK = 3
_HEADROOM = 1.08
_VALUE_LABEL_CELLS = 4
"""Charts above each other line up, and do not jump when a label gets longer."""
_BORDER_CELLS = 4


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is drawn; the views are the same objects while nothing is added to their series."""

    views: dict[Curve, SeriesView] = field(default_factory=dict)
    begin_end_s: tuple[float, float] = (0.0, 1.0)
    epochs_s: tuple[float, ...] = ()
    marked_s: float | None = None
    clock: ClockKind = ClockKind.NONE


class ChartPanel(Widget):
    """Draws one chart. The window is given from outside: all charts share one time axis."""

    can_focus = True

    def __init__(self, chart: Chart, *, ascii_only: bool = False) -> None:
        super().__init__(id=f"chart-{chart.key}", classes="chart")
        self.chart = chart
        self._ascii_only = ascii_only
        self._scene = _Scene()
        self._title_shown = Content()
        self._strips: list[Strip] | None = None
        self._size_drawn = Size(0, 0)
        self._unit = AxisUnit(1, "")

    def show(
        self, frame: Frame, begin_end_s: tuple[float, float], marked_s: float | None = None
    ) -> None:
        """Draw this window of a frame, unless it is what is drawn already."""
        snapshot = frame.snapshot
        curves = {curve: snapshot.view(curve.metric) for curve in self.chart.curves}
        scene = _Scene(
            {curve: view for curve, view in curves.items() if len(view)},
            begin_end_s,
            tuple(epoch.begin_s for epoch in snapshot.epochs[1:]),
            marked_s,
            snapshot.clock,
        )
        if scene != self._scene or self._strips is None:
            self._scene = scene
            self._redraw()
            self.refresh()

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._strips = None

    def render_line(self, y: int) -> Strip:
        """Return one row of the chart, from the rows drawn last."""
        if self._strips is None or self._size_drawn != self.size:
            self._redraw()
        strips = self._strips or []
        return strips[y] if y < len(strips) else Strip.blank(self.size.width, self.rich_style)

    def _redraw(self) -> None:
        self._size_drawn = self.size
        self._strips = self._drawn()
        title = self._title()
        if not title.is_same(self._title_shown):
            self._title_shown = title
            self.border_title = title

    @property
    def _dark(self) -> bool:
        return self.app.current_theme.dark

    @property
    def _by_glyph(self) -> bool:
        """Lines are told apart by what draws them, not by their colours."""
        return self._ascii_only or self.app.no_color

    def _title(self) -> Content:
        views = self._scene.views
        unit = f", {self._unit.name}" if self._unit.name and views else ""
        return legend(
            f"{self.chart.title}{unit}",
            [*reversed(views)],
            self.size.width + 2 - _BORDER_CELLS,
            dark=self._dark,
            by_glyph=self._by_glyph,
        )

    def _drawn(self) -> list[Strip]:
        scene, (width, height) = self._scene, self.size
        if not scene.views:
            return [row.apply_style(self.rich_style) for row in _centred(self.chart, width, height)]
        lines = {
            curve: window(view, *scene.begin_end_s, width, steps=curve.stroke == "steps")
            for curve, view in scene.views.items()
        }
        highest = _highest([*lines.values()])
        self._unit = axis_unit(self.chart.quantity, highest)
        dark = self._dark
        return plot(
            width,
            height,
            [
                PlotLine(points, ink(curve.color, dark=dark), curve.stroke, curve.glyph)
                for curve, points in lines.items()
            ],
            x_range=scene.begin_end_s,
            y_range=(0.0, highest),
            x_ticks=self._time_ticks(width),
            y_ticks=self._value_ticks(highest, height),
            axis_color=ink(GREY, dark=dark),
            background=self.background_colors[1].hex,
            vertical_marks=self._marks(),
            ascii_only=self._by_glyph,
        )

    def _marks(self) -> list[tuple[float, str]]:
        dark = self._dark
        marks = [(epoch_s, ink(GREY, dark=dark)) for epoch_s in self._scene.epochs_s]
        if self._scene.marked_s is not None:
            marks.append((self._scene.marked_s, ink(WHITE, dark=dark)))
        return marks

    def _time_ticks(self, width: int) -> list[tuple[float, str]]:
        begin_s, end_s = self._scene.begin_end_s
        most = max(2, width // _CELLS_PER_TIME_TICK)
        if self._scene.clock is ClockKind.ORDER:
            return [(tick, f"#{tick:g}") for tick in nice_ticks(begin_s, end_s, most)]
        return time_ticks(begin_s, end_s, most)

    def _value_ticks(self, highest: float, height: int) -> list[tuple[float, str]]:
        most = max(2, height // _ROWS_PER_VALUE_TICK)
        divisor = self._unit.divisor
        ticks = nice_ticks(0.0, highest / divisor, most)
        return [(tick * divisor, f"{tick:g}".rjust(_VALUE_LABEL_CELLS)) for tick in ticks]


def _highest(lines: list[Points]) -> float:
    found = value_range(lines)
    return max(found[1] * _HEADROOM, 1e-3) if found else 1.0


def _centred(chart: Chart, width: int, height: int) -> list[Strip]:
    rows = [cut(row, width).center(width) for row in chart.empty.split("\n")]
    above = max(0, (height - len(rows)) // 2)
    blank = [Strip.blank(width)] * above
    return [*blank, *(Strip([Segment(row)], width) for row in rows)][:height]
