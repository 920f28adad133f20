"""Where the memory is, in full: each part with its bounds, its evidence and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from gctui.model.parts import Ledger, Part, PartName
from gctui.tui.cursor_list import CursorList
from gctui.tui.dialog import Dialog
from gctui.tui.ledger_columns import SIGN_CELLS, figures, resident, titles, totals
from gctui.tui.palette import FILLS, ink
from gctui.tui.part_texts import PART_TEXTS

_BORDER_ROWS = 2
_MOST_TOTAL_ROWS = 2
_GAP_ROWS = 1
_TEXT_ROWS = 7
_LEAST_TEXT_ROWS = 6
_LEAST_TABLE_ROWS = 2
_SMALL_SHARE = 0.1


class LedgerTable(CursorList[Part]):
    """A row per part, in the order in which the bar draws them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "screen.close", "close", show=False),
    ]

    @dataclass
    class Selected(Message):
        """The cursor moved, or what it is on changed."""

        part: Part | None

    def __init__(self) -> None:
        super().__init__(id="ledger")
        self._ledger = Ledger((), None, None, None)

    def show(self, ledger: Ledger) -> None:
        """List the parts; the cursor stays on its part."""
        self._ledger = ledger
        self.take(ledger.parts)
        if self._selected is None and ledger.parts:
            self.select(first_to_look_at(ledger))
        else:
            self.selected(self._selected)

    def is_same(self, one: Part, other: Part) -> bool:
        """Tell whether both are the same part, a moment apart."""
        return one.name is other.name

    def heading_row(self, y: int) -> list[Segment]:
        """Return the titles of the columns."""
        return [Segment(titles(self._ledger, self.size.width), Style(bold=True, dim=True))]

    def item_row(self, item: Part) -> list[Segment]:
        """Return the row of a part, with the sign that stands for it in the bar."""
        fill = FILLS[item.name]
        color = ink(fill.color, dark=self.app.current_theme.dark)
        return [
            Segment(fill.glyph * (SIGN_CELLS - 1), Style(color=color)),
            Segment(f" {figures(item, self._ledger, self.size.width)}", Style(dim=not item.mib)),
        ]

    def empty_text(self) -> str:
        """Say what would fill the table."""
        return "Nothing is known of the memory yet."

    def opened(self, item: Part) -> None:
        """Do nothing: all there is to say of a part is below the table."""

    def selected(self, item: Part | None) -> None:
        """Tell where the cursor is."""
        self.post_message(self.Selected(item))


class LedgerDialog(Dialog[None]):
    """Follows the ledger that the viewer hands on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,w,enter", "close", "close"),
    ]

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger
        self._dialog = Vertical(classes="dialog ledger")
        self._table = LedgerTable()
        self._total = Static(id="ledger-total", markup=False)
        self._room = VerticalScroll(id="ledger-text")
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        with self._dialog:
            self._dialog.border_title = self._title()
            self._dialog.border_subtitle = Content("↑/↓ another part   Escape closes this")
            yield self._table
            yield self._total
            with self._room:
                yield self._text

    def on_mount(self) -> None:
        """Show what there is."""
        self._table.focus()
        self.show(self._ledger)

    def on_resize(self, _event: events.Resize) -> None:
        """Divide the room."""
        self._arrange()
        self.call_after_refresh(self._write_total)

    def show(self, ledger: Ledger) -> None:
        """Draw a newer ledger."""
        self._ledger = ledger
        if self._table.is_attached:
            self._arrange()
            self._table.show(ledger)
            self._write_total()
            self._dialog.border_title = self._title()

    def on_ledger_table_selected(self, event: LedgerTable.Selected) -> None:
        """Say what the part under the cursor is."""
        self._text.update(Text() if event.part is None else explanation(event.part))

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss()

    def _title(self) -> Content:
        said = resident(self._ledger)
        return Content(f"Where the memory is{': ' if said else ''}{said}")

    def _arrange(self) -> None:
        """Give the table its rows, and the text what it needs or what is left."""
        rows = len(self._ledger.parts) + LedgerTable.HEADING_ROWS
        room = self.size.height - _BORDER_ROWS - _MOST_TOTAL_ROWS - _GAP_ROWS
        text = max(1, min(_TEXT_ROWS, max(_LEAST_TEXT_ROWS, room - rows)))
        self._table.styles.height = max(_LEAST_TABLE_ROWS, min(rows, room - text))
        self._room.styles.height = text

    def _write_total(self) -> None:
        has_parts = bool(self._ledger.parts)
        rows = totals(self._ledger, self._table.size.width) if has_parts else []
        self._total.update(Text("\n".join(rows), "bold", no_wrap=True, overflow="crop"))


def first_to_look_at(ledger: Ledger) -> Part:
    """Return the biggest part that is not live, unless hardly anything is not live."""
    others = [part for part in ledger.parts if part.name is not PartName.LIVE]
    biggest = max(others, key=lambda part: part.mib, default=None)
    if biggest is not None and biggest.mib > _SMALL_SHARE * ledger.total_mib:
        return biggest
    return max(ledger.parts, key=lambda part: part.mib)


def explanation(part: Part) -> Text:
    """Say what a part is, how it is known, and what to do about it."""
    text = PART_TEXTS[part.name]
    return Text.assemble(
        (f"{part.name}", "bold"),
        f": {text.about}.\n",
        ("Evidence", "bold"),
        f": {part.evidence}.\n",
        ("What to do", "bold"),
        f": {text.advice}",
    )
