"""The one screen under all dialogs: hands a frozen frame to its widgets twice a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from gctui.analysis.sentence import sentence
from gctui.model.cycle import Cycle
from gctui.model.feed import Feed, Frame, Phase
from gctui.model.ledger import ledger
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot
from gctui.tui.chart_grid import ChartGrid
from gctui.tui.chart_panel import ChartPanel, Marks
from gctui.tui.charts import CHARTS
from gctui.tui.dialogs import Dialogs
from gctui.tui.header import collections_between, header
from gctui.tui.hero import HeroBar
from gctui.tui.key_row import KeyRow
from gctui.tui.keys import BINDINGS, GOROUTINES_TAB, OUTPUT_TAB, PROFILE_TAB
from gctui.tui.layout import TABS
from gctui.tui.lines import TextRow, figures_rows
from gctui.tui.scrolled import LongList
from gctui.tui.tabs import ListTabs, has_only_a_profile
from gctui.tui.timeline import Timeline

if TYPE_CHECKING:
    from gctui.tui.cycle_table import CycleTable
    from gctui.tui.findings_pane import FindingsPane
    from gctui.tui.goroutine_table import GoroutineTable
    from gctui.tui.profile_table import ProfileTable

FRAME_S = 0.5
_AGING_TICKS = 2
_ONE_PROGRAM = "One program alone prints into this stream, as far as is known."


class Viewer(Screen[None]):
    """Draws a feed. Its keys are not the app's: a dialog on top has every key first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *BINDINGS,
        Binding("escape", "put_back", "put back", show=False, priority=True),
    ]
    AUTO_FOCUS = ""

    def __init__(self, feed: Feed, timeline: Timeline, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._feed = feed
        self._timeline = timeline
        self._frame = feed.frame()
        self._held: Frame | None = None
        self._marked: Cycle | None = None
        self._limit_mib: float | None = None
        self._ticks = 0
        self._timer: Timer | None = None
        self._dialogs = Dialogs(self)
        self._header = TextRow(id="header", markup=False)
        self._hero = HeroBar()
        self._figures = TextRow(id="figures", markup=False)
        self._charts = ChartGrid(ascii_only=ascii_only)
        self._tabs = ListTabs(feed, self._frame)
        self._keys = KeyRow(id="keys", markup=False)
        self._has_charts = True
        """False where nothing will ever be on them."""

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self._header
        yield self._hero
        yield self._figures
        yield self._charts
        yield self._tabs
        yield self._keys

    def on_mount(self) -> None:
        """Start drawing."""
        self._leave_out_empty_charts()
        self._arrange()
        self._draw()
        self._tabs.focus_list(self._tabs.first)
        if self._frame.status.phase is not Phase.ENDED:
            self._timer = self.set_interval(FRAME_S, self._tick)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Leave the styles of the first frame as they are: each widget has just been given its."""
        if not self.stack_updates:
            event.refresh_styles = False

    def on_resize(self, _event: events.Resize) -> None:
        """Choose what fits."""
        self._arrange()
        self._draw()

    def restyle(self) -> None:
        """Draw in the colours of another theme."""
        self._draw()

    @property
    def _shown(self) -> Frame:
        """The frame that is drawn: the newest, or the one at which the display was held."""
        return self._held or self._frame

    def _tick(self) -> None:
        self._ticks += 1
        before, self._frame = self._frame, self._feed.frame()
        phase = self._frame.status.phase
        if has_only_a_profile(self._frame) and not has_only_a_profile(before):
            self._open_first()
        if self._frame.version != before.version and self._held is None:
            self._draw()
        elif self._frame.version != before.version or self._ticks % _AGING_TICKS == 0:
            self._draw_rows()
        if phase is Phase.ENDED and self._timer is not None:
            # Nothing will change any more but by keys.
            self._timer.stop()

    def _open_first(self) -> None:
        """Open what would have been open from the first, had the profile been read yet."""
        if self._tabs.active == self._tabs.first:
            is_in_tab = isinstance(self.focused, LongList)
            self._tabs.open_first(self._frame)
            self._leave_out_empty_charts()
            self._arrange()
            if is_in_tab:
                self.call_after_refresh(self._tabs.focus_list, self._tabs.first)

    def _leave_out_empty_charts(self) -> None:
        """Give the profile the room of the charts where nothing will ever be on them."""
        if has_only_a_profile(self._frame) and self._frame.snapshot.counters is None:
            self._has_charts = False
            self._charts.enlarge(TABS)

    def _draw(self) -> None:
        """Draw everything that changed."""
        frame = self._shown
        if self._charts.takes_first_data(frame.snapshot):
            self._arrange()
        self._draw_rows()
        split = ledger(frame.snapshot, frame.now_s)
        self._dialogs.draw(frame, split)
        if self._charts.arrangement.tiny:
            return
        self._limit_mib = split.limit_mib
        self._hero.show(split, sentence(frame.snapshot, split))
        self._draw_charts()
        self._draw_list()

    def _draw_list(self) -> None:
        """Draw the list whose tab is open; one that nobody sees costs nothing."""
        if self._charts.arrangement.tabs:
            self._tabs.draw(self._shown)

    def _draw_rows(self) -> None:
        """Draw the two rows of text, which age by themselves."""
        behind = None
        if self._held is not None:
            behind = collections_between(self._held.snapshot, self._frame.snapshot)
        width, rows = self.size.width, self._charts.arrangement.figure_rows
        self._header.show(header(self._shown, width, paused_behind=behind))
        self._figures.show(figures_rows(self._shown, width, rows))

    def _draw_charts(self) -> None:
        snapshot = self._shown.snapshot
        grows = self._shown.status.phase is Phase.LIVE
        window_s = self._timeline.drawn(*span_s(snapshot), grows=grows)
        marks = Marks(self._marked.end_s if self._marked else None, self._limit_mib)
        self._charts.show(self._shown, window_s, marks)

    def _arrange(self) -> None:
        """Divide the room."""
        found = self._charts.fit(self.size, self._shown.snapshot)
        self.set_class(found.tiny, "-tiny")
        self.set_class(found.low, "-low")
        self.set_class(found.narrow, "-narrow")
        self.set_class(found.figure_rows > 1, "-two-rows")
        self.set_class(not found.tabs, "-no-tabs")
        self.set_class(self._charts.enlarged == TABS, "-tabs-only")
        self.set_class(self._tabs.is_deep, "-deep")
        self._keys.show(is_enlarged=self._has_charts and self._charts.enlarged is not None)

    def _rearrange(self) -> None:
        self._arrange()
        self._draw()

    def _look_at(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._draw_charts()

    def action_zoom(self, factor: float) -> None:
        """Zoom the time axis."""
        snapshot = self._shown.snapshot
        self._look_at(self._timeline.zoomed(factor, *span_s(snapshot)))

    def action_pan(self, share: float) -> None:
        """Move along the time axis."""
        snapshot = self._shown.snapshot
        self._look_at(self._timeline.panned(share, *span_s(snapshot)))

    def action_preset(self, step: int) -> None:
        """Show a shorter or longer round span."""
        snapshot = self._shown.snapshot
        self._look_at(self._timeline.preset(step, *span_s(snapshot)))

    def action_follow(self) -> None:
        """Follow the newest event and the newest line."""
        self._tabs.output.follow()
        self._look_at(self._timeline.following())

    def action_all(self) -> None:
        """Show all of it."""
        self._look_at(Timeline())

    def action_pause(self) -> None:
        """Hold the display, or let it go on."""
        self._held = None if self._held is not None else self._frame
        self._draw()

    def action_toggle_chart(self, key: str) -> None:
        """Show or hide a chart."""
        self._charts.toggle(key)
        self._rearrange()

    def action_enlarge(self) -> None:
        """Give what has the focus all the room, or put it back."""
        focused, key = self.focused, CHARTS[0].key
        if isinstance(focused, ChartPanel):
            key = focused.chart.key
        elif focused not in {None, self._hero}:
            key = TABS
        self._charts.enlarge(None if self._charts.enlarged else key)
        self._rearrange()

    def action_put_back(self) -> None:
        """Give the others their room again; a search that is open is ended before that."""
        searches = self._tabs.output.is_searching and self._sees(OUTPUT_TAB)
        if not (self._charts.enlarged and self._has_charts) or searches:
            raise SkipAction
        self.action_enlarge()

    def action_tab(self, name: str) -> None:
        """Show a tab and let it have the keys."""
        if not self._charts.arrangement.tabs:
            self._charts.enlarge(TABS)
            self._rearrange()
        self._tabs.active = name
        self.call_after_refresh(self._tabs.focus_list, name)

    def action_mark(self) -> None:
        """Count what changes from now on; only where it can be seen."""
        if self._sees(GOROUTINES_TAB):
            self._tabs.goroutines.set_mark()
        elif self._sees(PROFILE_TAB):
            self._tabs.profile.set_mark()

    def action_turn_order(self) -> None:
        """Sort the profile by its other value."""
        if self._sees(PROFILE_TAB):
            self._tabs.profile.turn_order()

    def action_next_type(self) -> None:
        """Show the profile's next sample type."""
        if self._sees(PROFILE_TAB):
            self._tabs.profile.next_type()

    def _sees(self, name: str) -> bool:
        return self._charts.arrangement.tabs and self._tabs.active == name

    def action_search(self) -> None:
        """Search the output, where there is any."""
        if not self._frame.text_lines:
            elsewhere = "" if self._frame.status.shows_output else ": it goes where it went before"
            self.notify(f"There is no output here to search{elsewhere}.", markup=False)
            return
        self.action_tab(OUTPUT_TAB)
        self.call_after_refresh(self._tabs.output.open_search)

    def action_find(self, step: int) -> None:
        """Go on with the search."""
        self._tabs.output.find(step)

    def action_sideways(self, step: int) -> None:
        """Show what of the output's long lines is beyond the edge."""
        if self._sees(OUTPUT_TAB):
            self._tabs.output.scroll_sideways(step)

    def action_help(self) -> None:
        """Explain the screen."""
        self._dialogs.open_help(self._frame)

    def action_where(self) -> None:
        """Show where the memory is, part by part."""
        self._dialogs.open_where(self._shown)

    def action_programs(self) -> None:
        """List the programs of the stream."""
        if len(self._frame.programs) < 2:
            reads_on = self._frame.status.phase is Phase.LOADING
            said = "One program so far: the log is still read." if reads_on else _ONE_PROGRAM
            self.notify(said, markup=False)
        else:
            self._dialogs.open_programs(self._frame)

    def action_next_program(self, step: int) -> None:
        """Show the next program of the stream, or the one before."""
        keys = [program.key for program in self._frame.programs]
        if len(keys) > 1:
            at = keys.index(self._frame.shown) if self._frame.shown in keys else -1
            self.show_program(keys[(at + step) % len(keys)])

    def show_program(self, key: int) -> None:
        """Show a program, on its own axis: what was held or marked is of another."""
        self._feed.show(key)
        self._frame, self._held, self._marked = self._feed.frame(), None, None
        self._timeline = self._timeline.following()
        self._rearrange()

    def on_hero_bar_opened(self) -> None:
        """Do as the key does."""
        self.action_where()

    def on_tabbed_content_tab_activated(self) -> None:
        """Draw a list that was hidden, once it has its size."""
        self.set_class(self._tabs.is_deep, "-deep")
        self.call_after_refresh(self._draw_list)

    def on_cycle_table_selected(self, event: CycleTable.Selected) -> None:
        """Mark a collection on the time axis of every chart."""
        self._marked = event.cycle
        snapshot = self._shown.snapshot
        if event.cycle is None:
            self._draw_charts()
        else:
            self._look_at(self._timeline.showing(event.cycle.end_s, *span_s(snapshot)))

    def on_cycle_table_opened(self, event: CycleTable.Opened) -> None:
        """Show a collection in full."""
        self._dialogs.open_cycle(event, self._tabs.cycles)

    def on_goroutine_table_opened(self, event: GoroutineTable.Opened) -> None:
        """Show the goroutines of one go statement in full."""
        self._dialogs.open_site(event)

    def on_findings_pane_opened(self, event: FindingsPane.Opened) -> None:
        """Say why the findings are so."""
        self._dialogs.open_findings(event)

    def on_profile_table_opened(self, event: ProfileTable.Opened) -> None:
        """Show a function of the profile in full."""
        self._dialogs.open_function(event)


def span_s(snapshot: Snapshot) -> tuple[float, float]:
    """Return where the time axis begins and ends: a saved profile remembers pauses before it."""
    pauses = snapshot.view(Metric.PAUSE_MS)
    first_s = min(snapshot.first_s, pauses.times_s[0]) if len(pauses) else snapshot.first_s
    return first_s, snapshot.now_s
