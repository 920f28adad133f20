"""One chart of the screen: takes a frame and a window of time, redraws only when they changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from gctui.analysis.neutral import neutral
from gctui.analysis.units import AxisUnit, amount, axis_unit
from gctui.analysis.window import Points, value_range, window, window_end
from gctui.model.clock import ClockKind
from gctui.model.feed import Frame, Phase, Status
from gctui.model.series import SeriesView
from gctui.tui.cells import wrapped
from gctui.tui.charts import LIMIT, Chart, Curve
from gctui.tui.legend import Legend, legend
from gctui.tui.palette import GREY, WHITE, ink
from gctui.tui.plot import PlotLine, Sheet, plot, replot
from gctui.tui.scales import fits, time_labels, upper_end, value_labels

_FEWEST_COLUMNS_KEPT = 4
"""Fewer are not worth the seam."""
_BORDER_CELLS = 6
_DIM = Style(dim=True)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is pointed out in every chart that can show it."""

    selected_s: float | None = None
    """When the selected collection ended."""
    limit_mib: float | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is drawn; the views are the same objects while nothing is added to their series."""

    views: dict[Curve, SeriesView] = field(default_factory=dict)
    begin_end_s: tuple[float, float] = (0.0, 1.0)
    epochs_s: tuple[float, ...] = ()
    marks: Marks = field(default_factory=Marks)
    clock: ClockKind = ClockKind.NONE
    why_empty: str = ""
    single: bool = False
    """Each line is one value, and no more will come: there is nothing to draw."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was drawn last, and of what."""

    sheet: Sheet
    strips: list[Strip]
    views: dict[Curve, SeriesView]


class ChartPanel(Widget):
    """Draws one chart. The window is given from outside: all charts share one time axis."""

    can_focus = True

    def __init__(self, chart: Chart, *, ascii_only: bool = False) -> None:
        super().__init__(id=f"chart-{chart.key}", classes="chart")
        self.chart = chart
        self._ascii_only = ascii_only
        self._scene = _Scene()
        self._legend_shown = Legend(Content(), Content())
        self._strips: list[Strip] | None = None
        self._kept: _Kept | None = None
        self._size_drawn = Size(0, 0)
        self._unit = AxisUnit(1, "")
        self._shows_limit = False

    def show(self, frame: Frame, begin_end_s: tuple[float, float], marks: Marks) -> None:
        """Draw this window of a frame, unless it is what is drawn already."""
        snapshot = frame.snapshot
        curves = {curve: snapshot.view(curve.metric) for curve in self.chart.curves}
        filled = {curve: view for curve, view in curves.items() if len(view)}
        scene = _Scene(
            filled,
            begin_end_s,
            tuple(epoch.begin_s for epoch in snapshot.epochs[1:]),
            marks,
            snapshot.clock,
            "" if filled else self._why_empty(frame.status),
            single=frame.status.phase is Phase.ENDED and all(map(_is_single, filled.values())),
        )
        if scene != self._scene or self._strips is None:
            self._scene = scene
            self._redraw()
            self._show_legend()
            self.refresh()

    def _why_empty(self, status: Status) -> str:
        if self.chart.needs_counters and status.inside:
            return neutral(status.inside)
        return self.chart.empty

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._strips = self._kept = None

    def render_line(self, y: int) -> Strip:
        """Return one row of the chart, from the rows drawn last."""
        if self._strips is None or self._size_drawn != self.size:
            self._redraw()
            # While the rows are being rendered, the frame is not drawn anew.
            self.call_later(self._show_legend)
        strips = self._strips or []
        return strips[y] if y < len(strips) else Strip.blank(self.size.width, self.rich_style)

    def _redraw(self) -> None:
        self._size_drawn = self.size
        self._strips = self._drawn()

    def _show_legend(self) -> None:
        names = self._legend()
        # Each of them draws the whole frame.
        if not names.upper.is_same(self._legend_shown.upper):
            self.border_title = names.upper
        if not names.lower.is_same(self._legend_shown.lower):
            self.border_subtitle = names.lower
        self._legend_shown = names

    @property
    def _dark(self) -> bool:
        return self.app.current_theme.dark

    @property
    def _by_glyph(self) -> bool:
        """Lines are told apart by what draws them, not by their colours."""
        return self._ascii_only or self.app.no_color

    def _legend(self) -> Legend:
        views = self._scene.views
        unit = f", {self._unit.name}" if self._unit.name and views else ""
        return legend(
            f"{self.chart.title}{unit}",
            [*reversed(views), *([LIMIT] if self._shows_limit else [])],
            self.size.width + 2 - _BORDER_CELLS,
            dark=self._dark,
            by_glyph=self._by_glyph,
        )

    def _drawn(self) -> list[Strip]:
        if not self._scene.views:
            rows = _centred(self._scene.why_empty, *self.size)
            return [row.apply_style(self.rich_style) for row in rows]
        if self._scene.single:
            return self._figures()
        return self._extended() or self._from_scratch()

    def _figures(self) -> list[Strip]:
        """Write what a line of one point would hardly show."""
        self._unit, self._shows_limit = AxisUnit(1, ""), False
        views = {curve.name: view.values[-1] for curve, view in reversed(self._scene.views.items())}
        widest = max(map(len, views))
        quantity = self.chart.quantity
        told = (f"{name:<{widest}}  {amount(quantity, v):>8}" for name, v in views.items())
        rows = _centred("\n".join(told), *self.size, Style(bold=True))
        return [row.apply_style(self.rich_style) for row in rows]

    def _from_scratch(self) -> list[Strip]:
        scene, width = self._scene, self.size.width
        lines = {
            curve: window(view, *scene.begin_end_s, width, steps=curve.stroke == "steps")
            for curve, view in scene.views.items()
        }
        sheet = self._sheet(self._highest([*lines.values()]))
        return self._keep(sheet, plot(sheet, self._plot_lines(lines)))

    def _extended(self) -> list[Strip] | None:
        """Draw the right end alone where only points were added; None where more changed."""
        kept, views = self._kept, self._scene.views
        if kept is None or kept.views.keys() != views.keys():
            return None
        sheet = self._sheet(kept.sheet.y_range[1])
        grown = [view for curve, view in kept.views.items() if view is not views[curve]]
        if sheet != kept.sheet or not grown:
            return kept.strips if sheet == kept.sheet else None
        from_s = min(view.times_s[-1] for view in grown)
        column = sheet.x_scale.cell(from_s, sheet.glyphs.dots_wide)
        if column is None or column < _FEWEST_COLUMNS_KEPT:
            return None
        lines = self._line_ends(sheet.from_column(column - 1).x_range[0])
        found = value_range([*lines.values()])
        if found and found[1] > sheet.y_range[1]:
            return None
        strips = replot(kept.strips, sheet, column - 1, self._plot_lines(lines))
        return self._keep(sheet, strips)

    def _line_ends(self, from_s: float) -> dict[Curve, Points]:
        scene, width = self._scene, self.size.width
        return {
            curve: window_end(view, scene.begin_end_s, width, from_s, steps=curve.stroke == "steps")
            for curve, view in scene.views.items()
        }

    def _keep(self, sheet: Sheet, strips: list[Strip]) -> list[Strip]:
        self._kept = _Kept(sheet, strips, self._scene.views)
        return strips

    def _sheet(self, highest: float) -> Sheet:
        (width, height), dark = self.size, self._dark
        self._unit = axis_unit(self.chart.quantity, highest)
        return Sheet(
            width,
            height,
            x_range=self._scene.begin_end_s,
            y_range=(0.0, highest),
            x_ticks=time_labels(self._scene.begin_end_s, self._scene.clock, width),
            y_ticks=value_labels(highest, self._unit, height),
            axis_color=ink(GREY, dark=dark),
            background=self.background_colors[1].hex,
            vertical_marks=tuple(self._moments()),
            horizontal_marks=tuple(self._limit()),
            ascii_only=self._by_glyph,
        )

    def _plot_lines(self, lines: dict[Curve, Points]) -> list[PlotLine]:
        dark = self._dark
        return [
            PlotLine(points, ink(curve.color, dark=dark), curve.stroke, curve.glyph)
            for curve, points in lines.items()
        ]

    def _moments(self) -> list[tuple[float, str]]:
        scene, dark = self._scene, self._dark
        moments = [(epoch_s, ink(GREY, dark=dark)) for epoch_s in scene.epochs_s]
        if scene.marks.selected_s is not None:
            moments.append((scene.marks.selected_s, ink(WHITE, dark=dark)))
        return moments

    def _limit(self) -> list[tuple[float, str]]:
        limit_mib = self._scene.marks.limit_mib
        if limit_mib is None or not self._shows_limit:
            return []
        return [(limit_mib, ink(LIMIT.color, dark=self._dark))]

    def _highest(self, lines: list[Points]) -> float:
        found, limit_mib = value_range(lines), self._scene.marks.limit_mib
        highest = found[1] if found else 1.0
        self._shows_limit = self.chart.has_limit and fits(limit_mib, highest)
        if self._shows_limit and limit_mib is not None:
            highest = max(highest, limit_mib)
        return upper_end(highest)


def _is_single(view: SeriesView) -> bool:
    return len(view) == 1


def _centred(text: str, width: int, height: int, style: Style = _DIM) -> list[Strip]:
    lines = (wrapped(line, width - 2, height) for line in text.split("\n"))
    rows = [_in_the_middle(row, width) for line in lines for row in line]
    above = max(0, (height - len(rows)) // 2)
    blank = [Strip.blank(width)] * above
    return [*blank, *(Strip([Segment(row, style)], width) for row in rows)][:height]


def _in_the_middle(text: str, width: int) -> str:
    before = max(0, (width - cell_len(text)) // 2)
    return set_cell_size(" " * before + text, width)
