"""The output with its search line."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from gctui.model.feed import Feed, Frame
from gctui.tui.matches import Match
from gctui.tui.output_pane import OutputPane


class OutputTab(Vertical):
    """Searches as it is typed: Enter goes back to the output, Escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "end_search", "end", show=False)]

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._pane = OutputPane(feed)
        self._line = Input(placeholder="search the output", compact=True, id="search")
        self._count = Static(id="search-count", markup=False)
        self._row = Horizontal(self._line, self._count, id="search-row")

    def compose(self) -> ComposeResult:
        """Lay the two out."""
        self._line.cursor_blink = False
        self._row.display = False
        yield self._pane
        yield self._row

    @property
    def is_searching(self) -> bool:
        """The search line is open."""
        return bool(self._row.display)

    def show(self, frame: Frame) -> None:
        """Draw the output."""
        self._pane.show(frame)

    def follow(self) -> None:
        """Show the newest line."""
        self._pane.follow_from_the_left_edge()

    def scroll_sideways(self, step: int) -> None:
        """Show more of long lines."""
        self._pane.scroll_sideways(step)

    def find(self, step: int) -> None:
        """Go on to the next or the previous match."""
        if self._line.value:
            self._say(self._pane.find(step))

    def open_search(self) -> None:
        """Show the search line."""
        self._row.display = True
        self._line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed so far."""
        event.stop()
        self._say(self._pane.search(event.value))

    def _say(self, match: Match | None) -> None:
        """Say which match it is, and of how many."""
        is_missing = match is None and bool(self._line.value)
        self._line.set_class(is_missing, "-missing")
        said = "no match" if is_missing else "" if match is None else match.about
        self._count.update(Content(said))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the search and go back to the output."""
        event.stop()
        self._pane.focus()

    def action_end_search(self) -> None:
        """Forget the search."""
        self._line.clear()
        self._row.display = False
        self._pane.search("")
        self._pane.focus()
