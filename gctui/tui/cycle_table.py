"""The collections, the newest on top, with a cursor that stays on its collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from gctui.model.cycle import Cycle
from gctui.model.feed import Frame
from gctui.tui.cells import cut
from gctui.tui.cycle_columns import Column, fitting, heading, row
from gctui.tui.scrolled import LongList

_HEADING_ROWS = 1


class CycleTable(LongList):
    """Row 0 of the view is always the heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "newest", "newest", show=False),
        Binding("enter", "open", "open", show=False),
        Binding("escape", "let_go", "let go", show=False),
    ]

    @dataclass
    class Selected(Message):
        """The cursor moved to a collection, or was let go."""

        cycle: Cycle | None

    @dataclass
    class Opened(Message):
        """A collection is to be shown in full."""

        cycle: Cycle

    def __init__(self) -> None:
        super().__init__(id="cycles")
        self._cycles: tuple[Cycle, ...] = ()
        self._selected: Cycle | None = None
        self._columns: list[Column] = []

    def show(self, frame: Frame) -> None:
        """Draw these collections; the cursor and what is in view stay where they are."""
        cycles = frame.snapshot.cycles
        if cycles[-1:] == self._cycles[-1:] and len(cycles) == len(self._cycles):
            return
        place = self._place()
        self._cycles = cycles
        self._columns = fitting(cycles[-1] if cycles else None, self.size.width)
        self.set_rows(len(cycles) + _HEADING_ROWS)
        now = self._place()
        if now is None:
            self._selected = None
        elif place is not None and now > place:
            self.scroll_to(y=self.scroll_offset.y + now - place, animate=False)
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns that fit."""
        self._columns = fitting(self._cycles[-1] if self._cycles else None, event.size.width)

    def select(self, cycle: Cycle) -> None:
        """Put the cursor on a collection and bring it into view."""
        self._selected = cycle
        place = self._place()
        if place is None:
            return
        rows = max(1, self.size.height - _HEADING_ROWS)
        top = self.scroll_offset.y
        if not top <= place < top + rows:
            self.scroll_to(y=place if place < top else place - rows + 1, animate=False)
        self.refresh()
        self.post_message(self.Selected(cycle))

    def neighbour(self, cycle: Cycle, older: int) -> Cycle | None:
        """Return the collection so many places older, None beyond the ends."""
        place = self._place_of(cycle)
        if place is None or not 0 <= place + older < len(self._cycles):
            return None
        return self._at(place + older)

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        if not self._cycles:
            hint = "" if y else "Every collection appears here, the newest on top."
            return self.hint(cut(hint, self.size.width))
        if y < _HEADING_ROWS:
            return self.row([Segment(heading(self._columns), Style(bold=True, dim=True))])
        place = self.scroll_offset.y + y - _HEADING_ROWS
        if place >= len(self._cycles):
            return self.row([])
        cycle = self._at(place)
        style = Style(reverse=True) if cycle is self._selected else None
        return self.row([Segment(row(cycle, self._columns))], style)

    def on_click(self, event: events.Click) -> None:
        """Take the collection under the pointer; a second click opens it."""
        place = self.scroll_offset.y + event.y - _HEADING_ROWS
        if event.y < _HEADING_ROWS or place >= len(self._cycles):
            return
        cycle = self._at(place)
        if cycle is self._selected:
            self.post_message(self.Opened(cycle))
        else:
            self.select(cycle)

    def action_move(self, step: int) -> None:
        """Move the cursor; the first step takes the first row in view."""
        place = self._place()
        wanted = self.scroll_offset.y if place is None else place + step
        if self._cycles:
            self.select(self._at(max(0, min(len(self._cycles) - 1, wanted))))

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is in view."""
        self.action_move(pages * max(1, self.size.height - _HEADING_ROWS))

    def action_newest(self) -> None:
        """Take the newest."""
        self.action_move(-len(self._cycles))

    def action_open(self) -> None:
        """Show the selected collection in full, or else the first in view."""
        if self._selected is None:
            self.action_move(0)
        if self._selected is not None:
            self.post_message(self.Opened(self._selected))

    def action_let_go(self) -> None:
        """Take the cursor away."""
        self._selected = None
        self.refresh()
        self.post_message(self.Selected(None))

    def _at(self, place: int) -> Cycle:
        return self._cycles[-1 - place]

    def _place(self) -> int | None:
        return None if self._selected is None else self._place_of(self._selected)

    def _place_of(self, cycle: Cycle) -> int | None:
        newest_first = enumerate(reversed(self._cycles))
        return next((place for place, other in newest_first if other is cycle), None)
