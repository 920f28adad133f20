"""The one screen under all dialogs: hands a frozen frame to its widgets twice a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import TabbedContent, TabPane, Tabs

from gctui.analysis.sentence import sentence
from gctui.model.cycle import Cycle
from gctui.model.feed import Feed, Frame, Phase
from gctui.model.ledger import ledger
from gctui.tui.advice_pane import AdvicePane
from gctui.tui.chart_grid import ChartGrid
from gctui.tui.chart_panel import ChartPanel, Marks
from gctui.tui.charts import CHARTS
from gctui.tui.cycle_table import CycleTable
from gctui.tui.goroutine_table import GoroutineTable
from gctui.tui.hero import HeroBar
from gctui.tui.key_row import KeyRow
from gctui.tui.keys import (
    ADVICE_TAB,
    BINDINGS,
    CYCLES_TAB,
    GOROUTINES_TAB,
    OUTPUT_TAB,
    PROFILE_TAB,
)
from gctui.tui.layout import TABS
from gctui.tui.lines import TextRow, collections_between, figures_rows, header
from gctui.tui.output_tab import OutputTab
from gctui.tui.profile_table import ProfileTable
from gctui.tui.scrolled import LongList
from gctui.tui.timeline import Timeline

if TYPE_CHECKING:
    from gctui.tui.ledger_dialog import LedgerDialog
    from gctui.tui.program_dialog import ProgramDialog

FRAME_S = 0.5
_AGING_TICKS = 2
_DEEP_TABS = frozenset({GOROUTINES_TAB, PROFILE_TAB, ADVICE_TAB})
"""A low terminal gives them more rows than the others."""


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
        self._where: LedgerDialog | None = None
        self._programs: ProgramDialog | None = None
        """While they are open."""
        self._header = TextRow(id="header", markup=False)
        self._hero = HeroBar()
        self._figures = TextRow(id="figures", markup=False)
        self._charts = ChartGrid(ascii_only=ascii_only)
        self._output = OutputTab(feed)
        self._cycles = CycleTable()
        self._goroutines = GoroutineTable()
        self._profile = ProfileTable()
        self._advice = AdvicePane()
        self._keys = KeyRow(id="keys", markup=False)
        self._initial_tab = OUTPUT_TAB
        self._has_charts = True
        """False where nothing will ever be on them."""

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield self._header
        yield self._hero
        yield self._figures
        yield self._charts
        self._initial_tab = self._first_tab
        with TabbedContent(id="tabs", initial=self._initial_tab):
            with TabPane("Output", id=OUTPUT_TAB):
                yield self._output
            with TabPane("Cycles", id=CYCLES_TAB):
                yield self._cycles
            with TabPane("Goroutines", id=GOROUTINES_TAB):
                yield self._goroutines
            with TabPane("Profile", id=PROFILE_TAB):
                yield self._profile
            with TabPane("Advice", id=ADVICE_TAB):
                yield self._advice
        yield self._keys

    def on_mount(self) -> None:
        """Start drawing."""
        # The tabs would take left and right, which move along the time axis.
        self.query_one(Tabs).can_focus = False
        self._leave_out_empty_charts()
        self._arrange()
        self._draw()
        self._focus_tab(self._first_tab)
        if self._frame.status.phase is not Phase.ENDED:
            self._timer = self.set_interval(FRAME_S, self._tick)

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
            self._open_profile()
        if self._frame.version != before.version and self._held is None:
            self._draw()
        elif self._frame.version != before.version or self._ticks % _AGING_TICKS == 0:
            self._draw_rows()
        if phase is Phase.ENDED and self._timer is not None:
            # Nothing will change any more but by keys.
            self._timer.stop()

    def _open_profile(self) -> None:
        """Open the tab that would have been open from the first, had the profile been read yet."""
        if self._opened_tab == self._initial_tab:
            is_in_tab = isinstance(self.focused, LongList)
            self._leave_out_empty_charts()
            self._arrange()
            self.query_one(TabbedContent).active = PROFILE_TAB
            if is_in_tab:
                self.call_after_refresh(self._focus_tab, PROFILE_TAB)

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
        if self._where is not None:
            self._where.show(split)
        if self._programs is not None:
            self._programs.show(frame)
        if self._charts.arrangement.tiny:
            return
        self._limit_mib = split.limit_mib
        self._hero.show(split, sentence(frame.snapshot, split))
        self._draw_charts()
        self._draw_list()

    def _draw_list(self) -> None:
        """Draw the list whose tab is open; one that nobody sees costs nothing."""
        if not self._charts.arrangement.tabs:
            return
        lists: dict[str, OutputTab | CycleTable | GoroutineTable | ProfileTable | AdvicePane]
        lists = {
            CYCLES_TAB: self._cycles,
            GOROUTINES_TAB: self._goroutines,
            PROFILE_TAB: self._profile,
            ADVICE_TAB: self._advice,
        }
        lists.get(self._opened_tab, self._output).show(self._shown)

    @property
    def _first_tab(self) -> str:
        if has_only_a_profile(self._frame):
            return PROFILE_TAB
        return OUTPUT_TAB if self._frame.status.shows_output else GOROUTINES_TAB

    @property
    def _opened_tab(self) -> str:
        return self.query_one(TabbedContent).active

    def _draw_rows(self) -> None:
        """Draw the two rows of text, which age by themselves."""
        behind = None
        if self._held is not None:
            behind = collections_between(self._held.snapshot, self._frame.snapshot)
        width, height = self.size
        self._header.show(header(self._shown, width, paused_behind=behind))
        rows = height - 1 if self._charts.arrangement.tiny else 1
        self._figures.show(figures_rows(self._shown, width, rows))

    def _draw_charts(self) -> None:
        snapshot = self._shown.snapshot
        grows = self._shown.status.phase is Phase.LIVE
        window_s = self._timeline.drawn(snapshot.first_s, snapshot.now_s, grows=grows)
        marks = Marks(self._marked.end_s if self._marked else None, self._limit_mib)
        self._charts.show(self._shown, window_s, marks)

    def _arrange(self) -> None:
        """Divide the room."""
        found = self._charts.fit(self.size, self._shown.snapshot)
        self.set_class(found.tiny, "-tiny")
        self.set_class(found.low, "-low")
        self.set_class(found.narrow, "-narrow")
        self.set_class(not found.tabs, "-no-tabs")
        self.set_class(self._charts.enlarged == TABS, "-tabs-only")
        self.set_class(self._opened_tab in _DEEP_TABS, "-deep")
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
        """Follow the newest event and the newest line."""
        self._output.follow()
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
        searches = self._output.is_searching and self._sees(OUTPUT_TAB)
        if not (self._charts.enlarged and self._has_charts) or searches:
            raise SkipAction
        self.action_enlarge()

    def action_tab(self, name: str) -> None:
        """Show a tab and let it have the keys."""
        if not self._charts.arrangement.tabs:
            self._charts.enlarge(TABS)
            self._rearrange()
        tabs = self.query_one(TabbedContent)
        tabs.active = name
        self.call_after_refresh(self._focus_tab, name)

    def _focus_tab(self, name: str) -> None:
        self.query_one(f"#{name} LongList").focus()

    def action_mark(self) -> None:
        """Count what changes from now on; only where it can be seen."""
        if self._sees(GOROUTINES_TAB):
            self._goroutines.set_mark()
        elif self._sees(PROFILE_TAB):
            self._profile.set_mark()

    def action_turn_order(self) -> None:
        """Sort the profile by its other value."""
        if self._sees(PROFILE_TAB):
            self._profile.turn_order()

    def action_next_type(self) -> None:
        """Show the profile's next sample type."""
        if self._sees(PROFILE_TAB):
            self._profile.next_type()

    def _sees(self, name: str) -> bool:
        return self._charts.arrangement.tabs and self._opened_tab == name

    def action_search(self) -> None:
        """Search the output, where there is any."""
        if not self._frame.text_lines:
            elsewhere = "" if self._frame.status.shows_output else ": it goes where it went before"
            self.notify(f"There is no output here to search{elsewhere}.", markup=False)
            return
        self.action_tab(OUTPUT_TAB)
        self.call_after_refresh(self._output.open_search)

    def action_find(self, step: int) -> None:
        """Go on with the search."""
        self._output.find(step)

    def action_sideways(self, step: int) -> None:
        """Show what of the output's long lines is beyond the edge."""
        if self._sees(OUTPUT_TAB):
            self._output.scroll_sideways(step)

    def action_help(self) -> None:
        """Explain the screen, and do what a key that was pressed there does."""
        from gctui.tui.help import Help  # noqa: PLC0415 - dialogs cost the start nothing

        self.app.push_screen(Help(self._frame.status), self._helped)

    def _helped(self, action: str | None) -> None:
        if action is not None:
            self.call_later(self.app.run_action, action, self)

    def action_where(self) -> None:
        """Show where the memory is, part by part."""
        from gctui.tui.ledger_dialog import LedgerDialog  # noqa: PLC0415 - as above

        frame = self._shown
        self._where = LedgerDialog(ledger(frame.snapshot, frame.now_s))
        self.app.push_screen(self._where, self._where_closed)

    def _where_closed(self, _result: None) -> None:
        self._where = None

    def action_programs(self) -> None:
        """List the programs of the stream, and show the one that is chosen."""
        from gctui.tui.program_dialog import ProgramDialog  # noqa: PLC0415 - as above

        if len(self._frame.programs) < 2:
            self.notify("One program alone prints into this stream, as far as is known.")
            return
        self._programs = ProgramDialog(self._frame)
        self.app.push_screen(self._programs, self._program_chosen)

    def _program_chosen(self, key: int | None) -> None:
        self._programs = None
        if key is not None:
            self._show_program(key)

    def action_next_program(self, step: int) -> None:
        """Show the next program of the stream, or the one before."""
        keys = [program.key for program in self._frame.programs]
        if len(keys) > 1:
            at = keys.index(self._frame.shown) if self._frame.shown in keys else -1
            self._show_program(keys[(at + step) % len(keys)])

    def _show_program(self, key: int) -> None:
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
        self.set_class(self._opened_tab in _DEEP_TABS, "-deep")
        self.call_after_refresh(self._draw_list)

    def on_advice_pane_hidden(self, event: AdvicePane.Hidden) -> None:
        """Say beside its title how much of the advice is below: its own rows are few."""
        plural = "" if event.rows == 1 else "s"
        more = f" ↓ {event.rows} more line{plural}" if event.rows else ""
        self.query_one(TabbedContent).get_tab(ADVICE_TAB).label = Content(f"Advice{more}")

    def on_cycle_table_selected(self, event: CycleTable.Selected) -> None:
        """Mark a collection on the time axis of every chart."""
        self._marked = event.cycle
        snapshot = self._shown.snapshot
        if event.cycle is None:
            self._draw_charts()
        else:
            self._look_at(
                self._timeline.showing(event.cycle.end_s, snapshot.first_s, snapshot.now_s)
            )

    def on_cycle_table_opened(self, event: CycleTable.Opened) -> None:
        """Show a collection in full."""
        from gctui.tui.cycle_detail import CycleDetail  # noqa: PLC0415 - as above

        self.app.push_screen(CycleDetail(event.cycle, self._cycles.neighbour), self._detail_closed)

    def on_goroutine_table_opened(self, event: GoroutineTable.Opened) -> None:
        """Show the goroutines of one go statement in full."""
        from gctui.tui.goroutine_detail import GoroutineDetail  # noqa: PLC0415 - as above

        self.app.push_screen(GoroutineDetail(event.site, event.moment))

    def on_profile_table_opened(self, event: ProfileTable.Opened) -> None:
        """Show a function of the profile in full."""
        from gctui.tui.profile_detail import FunctionDetail  # noqa: PLC0415 - as above

        self.app.push_screen(FunctionDetail(event.line))

    def _detail_closed(self, cycle: Cycle | None) -> None:
        if cycle is not None:
            self._cycles.select(cycle)


def has_only_a_profile(frame: Frame) -> bool:
    """Tell whether a heap profile is all that a frame has to list: one that was saved."""
    snapshot = frame.snapshot
    has_census = snapshot.counters is not None and snapshot.counters.census is not None
    others = frame.status.shows_output or has_census or snapshot.cycles
    return snapshot.profile is not None and not others and snapshot.goroutine_profile is None
