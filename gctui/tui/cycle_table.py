"""The collections, the newest on top, with a cursor that stays on its collection."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from gctui.analysis.units import duration_ms
from gctui.model.counters import Counters
from gctui.model.cycle import Cycle
from gctui.model.feed import Frame
from gctui.tui.cursor_list import CursorList
from gctui.tui.cycle_columns import Column, fitting, heading, row


class CycleTable(CursorList[Cycle]):
    """Lists what gc lines tell; the runtime's counters do not tell one collection from another."""

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
        self._columns: list[Column] = []
        self._empty = _empty(None)

    def show(self, frame: Frame) -> None:
        """Draw these collections; the cursor and what is in view stay where they are."""
        cycles = frame.snapshot.cycles
        if not cycles:
            self._show_empty(_empty(frame.snapshot.counters))
        if cycles[-1:] == self._cycles[-1:] and len(cycles) == len(self._cycles):
            return
        self._cycles = cycles
        self._columns = fitting(cycles[-1] if cycles else None, self.size.width)
        moved = self.take(cycles[::-1])
        if moved > 0:
            self.scroll_to(y=self.scroll_offset.y + moved, animate=False)

    def _show_empty(self, text: str) -> None:
        if text != self._empty:
            self._empty = text
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns that fit."""
        self._columns = fitting(self._cycles[-1] if self._cycles else None, event.size.width)

    def is_same(self, one: Cycle, other: Cycle) -> bool:
        """Tell whether both are one collection."""
        return one is other

    def heading_row(self, y: int) -> list[Segment]:
        """Return the titles of the columns."""
        return [Segment(heading(self._columns), Style(bold=True, dim=True))]

    def item_row(self, item: Cycle) -> list[Segment]:
        """Return the row of a collection."""
        return [Segment(row(item, self._columns))]

    def empty_text(self) -> str:
        """Say what would fill the table."""
        return self._empty

    def opened(self, item: Cycle) -> None:
        """Ask for a collection to be shown in full."""
        self.post_message(self.Opened(item))

    def selected(self, item: Cycle | None) -> None:
        """Tell where the cursor is."""
        self.post_message(self.Selected(item))


def _empty(counters: Counters | None) -> str:
    if counters is None:
        return "Every collection appears here, the newest on top."
    count, pause_ms = counters.sample.gc_count or 0, counters.last_pause_ms
    last = "" if pause_ms is None else f", the last pause {duration_ms(pause_ms)}"
    plural = "" if count == 1 else "s"
    return f"gctrace=1 lines fill this table; the counters tell {count:,} collection{plural}{last}."
