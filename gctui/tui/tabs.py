"""The tabs below the charts: each holds a list, and only the open one is drawn.

A list is loaded and mounted when its tab is opened for the first time: most never are, and a
thirtieth of the start would be theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import TabbedContent, TabPane, Tabs

from gctui.model.feed import Feed, Frame
from gctui.tui.keys import CYCLES_TAB, FINDINGS_TAB, GOROUTINES_TAB, OUTPUT_TAB, PROFILE_TAB
from gctui.tui.output_tab import OutputTab
from gctui.tui.scrolled import LongList

if TYPE_CHECKING:
    from gctui.tui.cycle_table import CycleTable
    from gctui.tui.findings_pane import FindingsPane
    from gctui.tui.goroutine_table import GoroutineTable
    from gctui.tui.profile_table import ProfileTable

    _List = OutputTab | CycleTable | GoroutineTable | ProfileTable | FindingsPane

DEEP_TABS = frozenset({GOROUTINES_TAB, PROFILE_TAB, FINDINGS_TAB})
"""A low terminal gives them more rows than the others."""


class ListTabs(TabbedContent):
    """Hands frames to the list whose tab is open."""

    def __init__(self, feed: Feed, frame: Frame) -> None:
        self.first = first_tab(frame)
        """The tab that is open at first."""
        super().__init__(id="tabs", initial=self.first)
        self.output = OutputTab(feed)
        self._lists: dict[str, tuple[str, Callable[[], _List]]] = {
            OUTPUT_TAB: ("Output", lambda: self.output),
            CYCLES_TAB: ("Cycles", lambda: self.cycles),
            GOROUTINES_TAB: ("Goroutines", lambda: self.goroutines),
            PROFILE_TAB: ("Profile", lambda: self.profile),
            FINDINGS_TAB: ("Findings", lambda: self._findings),
        }
        self._mounted = {OUTPUT_TAB, self.first}

    @cached_property
    def cycles(self) -> CycleTable:
        """The list of collections."""
        from gctui.tui.cycle_table import CycleTable  # noqa: PLC0415

        return CycleTable()

    @cached_property
    def goroutines(self) -> GoroutineTable:
        """The list of goroutines."""
        from gctui.tui.goroutine_table import GoroutineTable  # noqa: PLC0415

        return GoroutineTable()

    @cached_property
    def profile(self) -> ProfileTable:
        """The list of functions."""
        from gctui.tui.profile_table import ProfileTable  # noqa: PLC0415

        return ProfileTable()

    @cached_property
    def _findings(self) -> FindingsPane:
        from gctui.tui.findings_pane import FindingsPane  # noqa: PLC0415

        return FindingsPane()

    def compose(self) -> ComposeResult:
        """Lay the tabs out."""
        for name, (title, made) in self._lists.items():
            lists = [made()] if name in self._mounted else []
            self.compose_add_child(TabPane(title, *lists, id=name))
        yield from super().compose()

    def watch_active(self, name: str) -> None:
        """Put the list of a tab there that is opened for the first time."""
        if name in self._lists and name not in self._mounted:
            self._mounted.add(name)
            self.get_pane(name).mount(self._lists[name][1]())

    def on_mount(self) -> None:
        """Leave left and right to the time axis."""
        self.query_one(Tabs).can_focus = False

    @property
    def is_deep(self) -> bool:
        """The open tab's list needs more rows than others."""
        return self.active in DEEP_TABS

    def draw(self, frame: Frame) -> None:
        """Draw the open list; one that nobody sees costs nothing."""
        self._lists.get(self.active, self._lists[OUTPUT_TAB])[1]().show(frame)

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
