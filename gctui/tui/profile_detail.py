"""One function of the heap profile in full; one can walk from it to its callers and callees."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from gctui.analysis.neutral import neutral
from gctui.analysis.profile_top import TopRow
from gctui.tui.cells import cut
from gctui.tui.columns import function_name
from gctui.tui.cursor_list import CursorList
from gctui.tui.dialog import Dialog
from gctui.tui.profile_columns import Line, resident_bytes
from gctui.tui.profile_figures import meaning
from gctui.tui.profile_function import Function, function_of
from gctui.tui.profile_rows import DetailRow, detail_rows


class FunctionList(CursorList[DetailRow]):
    """The figures of the function, and below them whatever the profile tells of it."""

    HEADING_ROWS: ClassVar[int] = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.close", "close", show=False),
        Binding("backspace,left", "screen.back", "back", show=False),
    ]

    class Chosen(Message):
        """Enter was pressed on a row."""

        def __init__(self, row: DetailRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, line: Line) -> None:
        super().__init__(id="function")
        self._line = line
        self._found: Function | None = None
        self._shown_in_full: set[str] = set()

    def show(self, line: Line, found: Function | None, came_from: str = "") -> None:
        """Show a function, or that it is being looked up."""
        self._line, self._found = line, found
        self._shown_in_full.clear()
        self._selected = None
        self._write()
        self.scroll_to(y=0, animate=False)
        callable_rows = [row for row in self._items if row.function]
        came = [row for row in callable_rows if row.function == came_from]
        for row in (came or callable_rows)[:1]:
            self.select(row)

    def show_all_of(self, group: str) -> None:
        """Show all of the callers or of the callees."""
        self._shown_in_full.add(group)
        at = self._place() or 0
        self._write()
        if at < len(self._items):
            self.select(self._items[at])

    def on_resize(self, _event: events.Resize) -> None:
        """Write the rows for the new width."""
        at = self._place()
        self._write()
        if at is not None and at < len(self._items):
            self.select(self._items[at])

    def is_same(self, one: DetailRow, other: DetailRow) -> bool:
        """Tell whether both are one row."""
        return one is other

    def heading_row(self, y: int) -> list[Segment]:
        """Return the name and the figures."""
        width = self.size.width - 1
        line, row = self._line, self._line.row
        if y == 0:
            return [Segment(f" {function_name(neutral(row.function), width)}", Style(bold=True))]
        if y == 1:
            return [Segment(cut(f" {_figures(line)}", width))]
        if y == 2:
            return [Segment(cut(f" {_meaning(line)}", width), Style(dim=True))]
        return []

    def item_row(self, item: DetailRow) -> list[Segment]:
        """Return a row."""
        return [Segment(item.text, Style(bold=item.is_bold, dim=item.is_dim))]

    def empty_text(self) -> str:
        """Say that there is something to come."""
        return "…"

    def opened(self, item: DetailRow) -> None:
        """Tell which row it was."""
        self.post_message(self.Chosen(item))

    def _write(self) -> None:
        rows: list[DetailRow] = []
        if self._found is not None:
            rows = detail_rows(self._line, self._found, self._shown_in_full, self.size.width - 1)
        self.take(rows)


class FunctionDetail(Dialog[None]):
    """Shows the profile as it was when it was opened, however long one walks through it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f", "close", "close"),
        Binding("backspace,left", "back", "back"),
    ]

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line
        self._before: list[Line] = []
        self._list = FunctionList(line)

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical(classes="dialog function") as dialog:
            dialog.border_title = Content(_title(self._line))
            dialog.border_subtitle = Content(
                "Enter goes to a function   Backspace back   Escape closes this"
            )
            yield self._list

    def on_mount(self) -> None:
        """Look the first one up."""
        self._list.focus()
        self._go(self._line)

    def on_function_list_chosen(self, event: FunctionList.Chosen) -> None:
        """Go to a caller or a callee."""
        if event.row.group:
            self._list.show_all_of(event.row.group)
            return
        reading = self._line.reading
        place = reading.places.get(event.row.function)
        if event.row.function and place is not None:
            self._before.append(self._line)
            self._go(Line(reading.rows[place], reading, self._line.rss_bytes))

    def action_back(self) -> None:
        """Go back to the function before."""
        if self._before:
            came_from = self._line.row.function
            self._go(self._before.pop(), came_from)

    def action_close(self) -> None:
        """Go back to the list."""
        self.dismiss()

    def _go(self, line: Line, came_from: str = "") -> None:
        self._line = line
        self._list.show(line, None)
        self.run_worker(self._look_up(line, came_from), exclusive=True)

    async def _look_up(self, line: Line, came_from: str) -> None:
        found = await asyncio.to_thread(function_of, line.reading, line.row.function)
        self._list.show(line, found, came_from)


def _title(line: Line) -> str:
    reading = line.reading
    what = "Since the mark" if reading.is_difference else "Heap profile"
    words = meaning(reading.kind.name)
    name = neutral(reading.kind.name, 40)
    return f"{what}: {words} ({name})" if words else f"{what}: {name}"


def _figures(line: Line) -> str:
    row: TopRow = line.row
    flat = f"flat {line.text(row.flat)}{_off(line, row.flat_error)}, {line.share(row.flat)}"
    cum = f"cum {line.text(row.cum)}{_off(line, row.cum_error)}, {line.share(row.cum)}"
    parts = [flat, cum]
    if resident_bytes(line.reading, line.rss_bytes):
        parts.append(f"{line.share_of_rss(row.cum)} of RSS")
    return "   ".join(parts)


def _off(line: Line, error: float | None) -> str:
    return "" if error is None else f" ± {line.error(error)}"


def _meaning(line: Line) -> str:
    whole = "changes" if line.reading.is_difference else "profile"
    return f"flat: itself · cum: with callees · %: of {whole} · ±: standard deviation"
