"""The charts side by side: which of them are shown, and how large."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.widgets import Static

from gctui.model.feed import Frame
from gctui.model.snapshot import Snapshot
from gctui.tui.chart_panel import ChartPanel, Marks
from gctui.tui.charts import CHARTS
from gctui.tui.layout import Arrangement, arrange


class ChartGrid(Container):
    """Shows the charts that the user chose, or those for which there is room."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(id="charts")
        self._panels = [ChartPanel(chart, ascii_only=ascii_only) for chart in CHARTS]
        self._chosen: tuple[str, ...] | None = None
        self._enlarged: str | None = None
        self._filled: tuple[str, ...] = ()
        self.arrangement = Arrangement()

    def compose(self) -> ComposeResult:
        """Lay the charts out."""
        yield from self._panels
        yield Static("1 to 5 show a chart", id="no-chart", markup=False)

    def takes_first_data(self, snapshot: Snapshot) -> bool:
        """Tell whether a chart has data now that had none when the room was divided."""
        return self._filled != _filled(snapshot)

    def fit(self, size: Size, snapshot: Snapshot) -> Arrangement:
        """Divide the room of a screen of that size."""
        self._filled = _filled(snapshot)
        found = arrange(size.width, size.height, self._chosen, self._filled, self._enlarged)
        if found != self.arrangement:
            self.arrangement = found
            self.styles.grid_size_columns = found.columns
            for panel in self._panels:
                panel.display = panel.chart.key in found.charts
                panel.styles.column_span = found.spans.get(panel.chart.key, 1)
            self.set_class(not found.charts, "-none")
        return found

    def show(self, frame: Frame, begin_end_s: tuple[float, float], marks: Marks) -> None:
        """Draw a window of a frame; a chart that is not displayed costs nothing."""
        for panel in self._panels:
            if panel.display:
                panel.show(frame, begin_end_s, marks)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in."""
        event.stop()
        await self.run_action("screen.zoom(0.8)")

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        event.stop()
        await self.run_action("screen.zoom(1.25)")

    def toggle(self, key: str) -> None:
        """Show or hide a chart."""
        shown = set(self.arrangement.charts) ^ {key}
        self._enlarged = None
        self._chosen = tuple(chart.key for chart in CHARTS if chart.key in shown)

    def enlarge(self, key: str | None) -> None:
        """Give one thing all the room, or with None put all back."""
        self._enlarged = key

    @property
    def enlarged(self) -> str | None:
        """What has all the room."""
        return self._enlarged


def _filled(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(
        chart.key
        for chart in CHARTS
        if any(len(snapshot.view(curve.metric)) for curve in chart.curves)
    )
