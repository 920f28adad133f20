"""The live screen: takes one frozen frame twice a second and hands it to the widgets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Footer, TabbedContent, TabPane

from gctui.analysis.sentence import sentence
from gctui.model.feed import Feed, Frame, Phase
from gctui.model.ledger import ledger
from gctui.tui.ask import AskHowToLeave
from gctui.tui.chart_panel import ChartPanel
from gctui.tui.charts import CHARTS
from gctui.tui.help import Help
from gctui.tui.hero import HeroBar
from gctui.tui.layout import Arrangement, arrange
from gctui.tui.leaving import Leave, Way
from gctui.tui.lines import TextRow, figures_rows, header
from gctui.tui.scrolled import CycleTable, OutputPane
from gctui.tui.timeline import LIVE_SPAN_S, Timeline

FRAME_S = 0.5
_AGING_FRAMES = 2


class GctuiApp(App[Way]):
    """Draws a feed until the user leaves."""

    CSS_PATH = "gctui.tcss"
    TITLE = "gctui"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave", "quit"),
        Binding("ctrl+c", "interrupt", "interrupt", show=False, priority=True),
        Binding("question_mark,f1", "help", "help", key_display="?"),
        Binding("space,p", "pause", "pause"),
        Binding("plus,equals_sign", "zoom(0.5)", "zoom", key_display="+/-"),
        Binding("minus", "zoom(2.0)", "zoom out", show=False),
        Binding("left_square_bracket", "preset(-1)", "shorter", show=False),
        Binding("right_square_bracket", "preset(1)", "longer", show=False),
        Binding("left", "pan(-0.25)", "pan", key_display="←/→", priority=True),
        Binding("right", "pan(0.25)", "pan right", show=False, priority=True),
        Binding("end", "follow", "follow", priority=True),
        Binding("0", "all", "all", show=False),
        *(
            Binding(str(i), f"toggle_chart('{chart.key}')", chart.title, show=False)
            for i, chart in enumerate(CHARTS, 1)
        ),
        Binding("z", "enlarge", "enlarge", show=False),
        Binding("o", "tab('output-tab')", "output"),
        Binding("c", "tab('cycles-tab')", "cycles"),
    ]

    def __init__(
        self,
        feed: Feed,
        *,
        leave: Leave = Leave.QUIT,
        interrupt: Callable[[], None] | None = None,
        ascii_only: bool = False,
    ) -> None:
        super().__init__()
        self._feed = feed
        self._leave = leave
        self._interrupt = interrupt
        self._interrupted = False
        self._ascii_only = ascii_only
        self._frame = feed.frame()
        self._held: Frame | None = None
        self._drawn_version = -1
        self._ticks = 0
        self._timeline = Timeline()
        self._chosen: tuple[str, ...] | None = None
        self._enlarged: str | None = None
        self._arrangement: Arrangement | None = None
        self._when_drawn: Callable[[], None] | None = None
        self._timer: Timer | None = None

    def call_when_drawn(self, callback: Callable[[], None]) -> None:
        """Call back once, when the first frame is on the terminal."""
        self._when_drawn = callback

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield TextRow(id="header", markup=False)
        yield HeroBar(ascii_only=self._ascii_only)
        yield TextRow(id="figures", markup=False)
        with Container(id="charts"):
            for chart in CHARTS:
                yield ChartPanel(chart, ascii_only=self._ascii_only)
        with TabbedContent(id="tabs"):
            with TabPane("Output", id="output-tab"):
                yield OutputPane(self._feed)
            with TabPane("Cycles", id="cycles-tab"):
                yield CycleTable()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Start drawing."""
        self.screen.set_class(self._ascii_only, "-ascii")
        if self._leave is not Leave.QUIT:
            self._timeline = Timeline(span_s=LIVE_SPAN_S)
        self._arrange()
        self._draw()
        self._timer = self.set_interval(FRAME_S, self._tick)
        if self._when_drawn is not None:
            self.call_after_refresh(self._when_drawn)

    def on_resize(self, _event: events.Resize) -> None:
        """Choose what fits."""
        self._arrange()
        self._draw()

    def _tick(self) -> None:
        self._ticks += 1
        frame = self._feed.frame()
        ages = frame.status.phase is Phase.LIVE and self._ticks % _AGING_FRAMES == 0
        if frame.version == self._drawn_version and not ages:
            return
        is_new = frame.version != self._drawn_version
        self._frame = frame
        self._drawn_version = frame.version
        if is_new and self._held is None:
            self._draw()
        else:
            self._draw_rows()
        if frame.status.phase is Phase.ENDED and self._timer is not None:
            # Nothing will change any more but by keys.
            self._timer.stop()

    @property
    def _shown(self) -> Frame:
        """The frame that is drawn: the newest, or the one at which the display was paused."""
        return self._held or self._frame

    def _draw(self) -> None:
        """Draw everything that changed."""
        frame = self._shown
        self._draw_rows()
        if self._arrangement is None or self._arrangement.tiny:
            return
        split = ledger(frame.snapshot, frame.now_s)
        self.query_one(HeroBar).show(split, sentence(frame.snapshot, split))
        window_s = self._timeline.window(frame.snapshot.first_s, frame.snapshot.now_s)
        for panel in self.query(ChartPanel):
            if panel.display:
                panel.show(frame, window_s)
        self.query_one(OutputPane).show(frame)
        self.query_one(CycleTable).show(frame)

    def _draw_rows(self) -> None:
        """Draw the two rows of text, which age by themselves."""
        behind = None
        if self._held is not None:
            behind = self._frame.snapshot.count("gc") - self._held.snapshot.count("gc")
        frame, width = self._shown, self.size.width
        state = self._frame if self._held is None else self._held
        self.query_one("#header", TextRow).show(header(state, width, paused_behind=behind))
        rows = self.size.height - 1 if self._arrangement and self._arrangement.tiny else 1
        self.query_one("#figures", TextRow).show(figures_rows(frame, width, rows))

    def _arrange(self) -> None:
        """Show the charts that were chosen, or those for which there is room."""
        filled = [
            chart.key
            for chart in CHARTS
            if any(len(self._shown.snapshot.view(curve.metric)) for curve in chart.curves)
        ]
        wanted = (self._enlarged,) if self._enlarged else self._chosen
        arrangement = arrange(self.size.width, self.size.height, wanted, filled)
        self._arrangement = arrangement
        screen = self.screen
        screen.set_class(arrangement.low, "-low")
        screen.set_class(arrangement.tiny, "-tiny")
        grid = self.query_one("#charts", Container)
        grid.styles.grid_size_columns = arrangement.columns
        for panel in self.query(ChartPanel):
            panel.display = panel.chart.key in arrangement.charts
            panel.styles.column_span = arrangement.spans.get(panel.chart.key, 1)

    def _look_at(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._draw()

    def action_zoom(self, factor: float) -> None:
        """Zoom the time axis."""
        snapshot = self._shown.snapshot
        self._look_at(self._timeline.zoomed(factor, snapshot.first_s, snapshot.now_s))

    def action_pan(self, share: float) -> None:
        """Move along the time axis."""
        snapshot = self._shown.snapshot
        self._look_at(self._timeline.panned(share, snapshot.first_s, snapshot.now_s))

    def action_preset(self, step: int) -> None:
        """Show a shorter or longer round span."""
        snapshot = self._shown.snapshot
        self._look_at(self._timeline.preset(step, snapshot.first_s, snapshot.now_s))

    def action_follow(self) -> None:
        """Follow the newest event."""
        self._look_at(Timeline(self._timeline.span_s))

    def action_all(self) -> None:
        """Show all of it."""
        self._look_at(Timeline())

    def action_pause(self) -> None:
        """Hold the display, or let it go on."""
        self._held = None if self._held is not None else self._frame
        self._draw()

    def action_toggle_chart(self, key: str) -> None:
        """Show or hide a chart."""
        shown = self._arrangement.charts if self._arrangement else ()
        chosen = {k for k in shown if k != key} if key in shown else {*shown, key}
        self._enlarged = None
        self._chosen = tuple(chart.key for chart in CHARTS if chart.key in chosen)
        self._arrange()
        self._draw()

    def action_enlarge(self) -> None:
        """Give the focused chart all the room, or put it back."""
        focused = self.focused
        if self._enlarged is not None:
            self._enlarged = None
        elif isinstance(focused, ChartPanel):
            self._enlarged = focused.chart.key
        else:
            self._enlarged = CHARTS[0].key
        self._arrange()
        self._draw()

    def action_tab(self, name: str) -> None:
        """Show a tab."""
        self.query_one(TabbedContent).active = name

    def action_help(self) -> None:
        """Explain the screen."""
        self.push_screen(Help())

    def action_leave(self) -> None:
        """Leave, after asking while a program depends on us."""
        if self._leave is Leave.QUIT or self._feed.frame().status.phase is Phase.ENDED:
            self.exit(Way.QUIT)
        elif not isinstance(self.screen, AskHowToLeave):
            self.push_screen(AskHowToLeave(self._leave), self._left)

    def action_interrupt(self) -> None:
        """Pass the first Ctrl-C on to the program that we started; else leave."""
        ended = self._feed.frame().status.phase is Phase.ENDED
        if self._interrupt is None or ended:
            self.action_leave()
        elif self._interrupted:
            self.exit(Way.STOP)
        else:
            self._interrupted = True
            with contextlib.suppress(OSError):
                self._interrupt()
            self.notify("SIGINT sent to the program; Ctrl-C again stops it and quits")

    def _left(self, way: Way | None) -> None:
        if way is not None:
            self.exit(way)
