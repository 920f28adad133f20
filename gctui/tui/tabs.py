"""The tabs below the charts: each holds a list, and only the open one is drawn."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import TabbedContent, TabPane, Tabs

from gctui.model.feed import Feed, Frame
from gctui.tui.cycle_table import CycleTable
from gctui.tui.findings_pane import FindingsPane
from gctui.tui.goroutine_table import GoroutineTable
from gctui.tui.keys import CYCLES_TAB, FINDINGS_TAB, GOROUTINES_TAB, OUTPUT_TAB, PROFILE_TAB
from gctui.tui.output_tab import OutputTab
from gctui.tui.profile_table import ProfileTable
from gctui.tui.scrolled import LongList

DEEP_TABS = frozenset({GOROUTINES_TAB, PROFILE_TAB, FINDINGS_TAB})
"""A low terminal gives them more rows than the others."""

_List = OutputTab | CycleTable | GoroutineTable | ProfileTable | FindingsPane


class ListTabs(TabbedContent):
    """Hands frames to the list whose tab is open."""

    def __init__(self, feed: Feed, frame: Frame) -> None:
        self.first = first_tab(frame)
        """The tab that is open at first."""
        super().__init__(id="tabs", initial=self.first)
        self.output = OutputTab(feed)
        self.cycles = CycleTable()
        self.goroutines = GoroutineTable()
        self.profile = ProfileTable()
        self._lists: dict[str, tuple[str, _List]] = {
            OUTPUT_TAB: ("Output", self.output),
            CYCLES_TAB: ("Cycles", self.cycles),
            GOROUTINES_TAB: ("Goroutines", self.goroutines),
            PROFILE_TAB: ("Profile", self.profile),
            FINDINGS_TAB: ("Findings", FindingsPane()),
        }

    def compose(self) -> ComposeResult:
        """Lay the tabs out."""
        for name, (title, tab) in self._lists.items():
            self.compose_add_child(TabPane(title, tab, id=name))
        yield from super().compose()

    def on_mount(self) -> None:
        """Leave left and right to the time axis."""
        self.query_one(Tabs).can_focus = False

    @property
    def is_deep(self) -> bool:
        """The open tab's list needs more rows than others."""
        return self.active in DEEP_TABS

    def draw(self, frame: Frame) -> None:
        """Draw the open list; one that nobody sees costs nothing."""
        self._lists.get(self.active, self._lists[OUTPUT_TAB])[1].show(frame)

    def open_first(self, frame: Frame) -> None:
        """Open the tab that would have been open from the first."""
        self.active = self.first = first_tab(frame)

    def focus_list(self, name: str) -> None:
        """Let a tab's list have the keys."""
        self.query_one(f"#{name} LongList", LongList).focus()

    def on_findings_pane_below(self, event: FindingsPane.Below) -> None:
        """Say beside its title how much of it is below: its own rows are few."""
        plural = "" if event.rows == 1 else "s"
        more = f" ↓ {event.rows} more line{plural}" if event.rows else ""
        more += ", Enter tells why" if event.is_brief else ""
        self.get_tab(FINDINGS_TAB).label = Content(f"Findings{more}")


def first_tab(frame: Frame) -> str:
    """Return the tab that has something to show from the beginning."""
    if has_only_a_profile(frame):
        is_of_goroutines = frame.snapshot.goroutine_profile is not None
        return GOROUTINES_TAB if is_of_goroutines else PROFILE_TAB
    return OUTPUT_TAB if frame.status.shows_output else GOROUTINES_TAB


def has_only_a_profile(frame: Frame) -> bool:
    """Tell whether one saved profile is all that a frame has to list."""
    snapshot = frame.snapshot
    has_census = snapshot.counters is not None and snapshot.counters.census is not None
    if frame.status.shows_output or has_census or snapshot.cycles:
        return False
    return (snapshot.profile is None) != (snapshot.goroutine_profile is None)
