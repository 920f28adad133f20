"""What the long lists have in common: rows are drawn one by one, so only those in view cost."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget


class LongList(ScrollView, inherit_bindings=False):
    """Scrolls up and down only: left, right and end belong to the time axis."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "up", show=False),
        Binding("down", "scroll_down", "down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
        Binding("home", "scroll_home", "first", show=False),
    ]

    @property
    def room_cells(self) -> int:
        """The width of a row: `size` counts the scrollbar in."""
        return int(self.scrollable_content_region.width)

    def set_rows(self, rows: int) -> None:
        """Say how many rows there are to scroll through."""
        if self.show_vertical_scrollbar != (rows > self.size.height):
            self.virtual_size = Size(1, rows)
            return
        # Setting `virtual_size` lays the whole screen out, several times what drawing it costs,
        # and all there is to change is how long the bar is.
        self.set_reactive(Widget.virtual_size, Size(1, rows))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = rows

    def row(self, segments: list[Segment], style: Style | None = None) -> Strip:
        """Return one row of the view in the widget's colours."""
        whole = self.rich_style if style is None else self.rich_style + style
        return Strip(segments).adjust_cell_length(self.size.width, whole).apply_style(whole)

    def hint(self, text: str) -> Strip:
        """Return a row that is not the list's own."""
        return self.row([Segment(text, Style(dim=True))])
