"""The output with its search line."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from gctui.model.feed import Feed, Frame
from gctui.tui.output_pane import OutputPane


class OutputTab(Vertical):
    """Searches as it is typed: Enter goes back to the output, Escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "end_search", "end", show=False)]

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._pane = OutputPane(feed)
        self._line = Input(placeholder="search the output", compact=True, id="search")

    def compose(self) -> ComposeResult:
        """Lay the two out."""
        self._line.cursor_blink = False
        self._line.display = False
        yield self._pane
        yield self._line

    def show(self, frame: Frame) -> None:
        """Draw the output."""
        self._pane.show(frame)

    def follow(self) -> None:
        """Show the newest line."""
        self._pane.follow()

    def find(self, step: int) -> None:
        """Go on to the next or the previous match."""
        self._pane.find(step)

    def open_search(self) -> None:
        """Show the search line."""
        self._line.display = True
        self._line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed so far."""
        event.stop()
        self._line.set_class(not self._pane.search(event.value), "-missing")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the search and go back to the output."""
        event.stop()
        self._pane.focus()

    def action_end_search(self) -> None:
        """Forget the search."""
        self._line.clear()
        self._line.display = False
        self._pane.search("")
        self._pane.focus()
