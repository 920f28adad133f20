"""A long list with a heading and a cursor, which stays on its item while others come and go."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from gctui.tui.cells import wrapped
from gctui.tui.scrolled import LongList

Item = TypeVar("Item")


class CursorList(LongList, Generic[Item]):
    """The first rows of the view are always the heading."""

    HEADING_ROWS: ClassVar[int] = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "first", "first", show=False),
        Binding("enter", "open", "open", show=False),
        Binding("escape", "let_go", "let go", show=False),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the name that every widget has for it
        super().__init__(id=id)
        self._items: Sequence[Item] = ()
        self._selected: Item | None = None
        self._at: int | None = None
        """Where the selected item is: lists are long, and looking for it takes its time."""

    @abstractmethod
    def is_same(self, one: Item, other: Item) -> bool:
        """Tell whether both are the thing that the cursor is on, seen at different moments."""

    @abstractmethod
    def heading_row(self, y: int) -> list[Segment]:
        """Return a row of the heading."""

    @abstractmethod
    def item_row(self, item: Item) -> list[Segment]:
        """Return the row of an item."""

    @abstractmethod
    def empty_text(self) -> str:
        """Say what would fill the list, or why nothing does."""

    @abstractmethod
    def opened(self, item: Item) -> None:
        """Show an item in full."""

    def selected(self, item: Item | None) -> None:
        """Take note that the cursor moved to an item, or was let go."""

    def take(self, items: Sequence[Item]) -> int:
        """List these items; return by how many rows the cursor's moved down."""
        before = self._place()
        self._items = items
        self.set_rows(len(items) + self.HEADING_ROWS)
        now = self._at = None if self._selected is None else self.place_of(self._selected)
        self._selected = None if now is None else items[now]
        if self.scroll_offset.y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False)
        self.refresh()
        return 0 if before is None or now is None else now - before

    def select(self, item: Item) -> None:
        """Put the cursor on an item and bring it into view."""
        self._selected, self._at = item, self.place_of(item)
        if self._at is not None:
            self.reveal_cursor()
            self.refresh()
            self.selected(item)

    def reveal_cursor(self) -> None:
        """Scroll as little as brings the cursor into view."""
        place, top = self._place(), self.scroll_offset.y
        if place is not None and not self.shows_cursor:
            below = place - self._rows_in_view + 1
            self.scroll_to(y=place if place < top else below, animate=False)

    @property
    def shows_cursor(self) -> bool:
        """The cursor is in view."""
        place, top = self._place(), self.scroll_offset.y
        return place is not None and top <= place < top + self._rows_in_view

    def neighbour(self, item: Item, step: int) -> Item | None:
        """Return the item so many rows below, None beyond the ends."""
        place = self.place_of(item)
        if place is None or not 0 <= place + step < len(self._items):
            return None
        return self._items[place + step]

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        if not self._items:
            hint = wrapped(self.empty_text(), self.size.width - 1, max(1, self.size.height))
            return self.hint(hint[y] if y < len(hint) else "")
        if y < self.HEADING_ROWS:
            return self.row(self.heading_row(y))
        place = self.scroll_offset.y + y - self.HEADING_ROWS
        if place >= len(self._items):
            return self.row([])
        item = self._items[place]
        style = Style(reverse=True) if item is self._selected else None
        return self.row(self.item_row(item), style)

    def on_click(self, event: events.Click) -> None:
        """Take the item under the pointer; a second click opens it."""
        place = self.scroll_offset.y + event.y - self.HEADING_ROWS
        if event.y < self.HEADING_ROWS or place >= len(self._items):
            return
        item = self._items[place]
        if item is self._selected:
            self.opened(item)
        else:
            self.select(item)

    def action_move(self, step: int) -> None:
        """Move the cursor; the first step takes the first row in view."""
        place = self._place()
        wanted = self.scroll_offset.y if place is None else place + step
        if self._items:
            self.select(self._items[max(0, min(len(self._items) - 1, wanted))])

    def action_page(self, pages: int) -> None:
        """Move the cursor by what is in view."""
        self.action_move(pages * self._rows_in_view)

    def action_first(self) -> None:
        """Take the first."""
        self.action_move(-len(self._items))

    def action_open(self) -> None:
        """Show the selected item in full, or else the first in view."""
        if self._selected is None:
            self.action_move(0)
        if self._selected is not None:
            self.opened(self._selected)

    def action_let_go(self) -> None:
        """Take the cursor away."""
        self._selected = None
        self.refresh()
        self.selected(None)

    @property
    def _rows_in_view(self) -> int:
        return max(1, self.size.height - self.HEADING_ROWS)

    def _place(self) -> int | None:
        return None if self._selected is None else self._at

    def place_of(self, item: Item) -> int | None:
        """Return which row of the list is an item's, None where it is not listed."""
        places = enumerate(self._items)
        return next((place for place, other in places if self.is_same(item, other)), None)
