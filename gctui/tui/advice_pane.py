"""What follows from the figures: what needs attention, what to do, what other settings would do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from gctui.analysis.neutral import neutral
from gctui.analysis.odd_lines import odd_lines
from gctui.model.feed import Frame
from gctui.tui.cells import wrapped
from gctui.tui.palette import VERMILLION, ink
from gctui.tui.scrolled import LongList

if TYPE_CHECKING:
    from gctui.analysis.advice import Advice, Note

Row = list[Segment]

_ALARM_SIGN = "!"
_SIGN_CELLS = 3
_TOPIC_CELLS = 11
_MOST_ROWS = 20
_MARGIN_CELLS = 2
"""The scrollbar, and a gap before it."""
_ODD_TOPIC = "odd lines"
_NOTHING_YET = (
    "Nothing to advise yet. What grows, how far a limit is, and what other settings would do "
    "follow from some collections: gctrace lines, or the counters of a running program."
)


class AdvicePane(LongList):
    """Written anew when something else is said, or when the width or the colours change."""

    @dataclass
    class Hidden(Message):
        """So many rows are below those in view."""

        rows: int

    def __init__(self) -> None:
        super().__init__(id="advice")
        self._advice: Advice | None = None
        self._odd_said: tuple[str, ...] = ()
        self._version: int | None = None
        self._is_dark = True
        self._rows: list[Row] = []
        self._hidden_rows = 0

    def show(self, frame: Frame) -> None:
        """Draw what follows from a frame."""
        if frame.version != self._version:
            from gctui.analysis.advice import advice  # noqa: PLC0415 - costs the start nothing

            self._version = frame.version
            self.show_advice(advice(frame), tuple(odd_lines(frame.snapshot)))
        elif self._is_dark != self.app.current_theme.dark:
            self._write()

    def show_advice(self, advice: Advice, odd: tuple[str, ...] = ()) -> None:
        """Draw it, if it is not what is drawn already; `odd` says which lines were no plain ones.

        They stand at the end: whoever misses something looks for them.
        """
        if (advice, odd) != (self._advice, self._odd_said):
            self._advice, self._odd_said = advice, odd
            self._write()

    def on_resize(self, _event: events.Resize) -> None:
        """Break the lines anew."""
        self._write()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Count what is left to read."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_hidden(round(new_value))

    def _tell_hidden(self, first_row: int) -> None:
        rows = max(0, len(self._rows) - first_row - self.size.height)
        if rows != self._hidden_rows:
            self._hidden_rows = rows
            self.post_message(self.Hidden(rows))

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        if not self._rows:
            hint = wrapped(_NOTHING_YET, self.size.width - 1, max(1, self.size.height))
            return self.hint(hint[y] if y < len(hint) else "")
        at = self.scroll_offset.y + y
        return self.row(self._rows[at] if at < len(self._rows) else [])

    def _write(self) -> None:
        self._is_dark = self.app.current_theme.dark
        style = Style(color=ink(VERMILLION, dark=self._is_dark), bold=True)
        width_cells = self.size.width - _MARGIN_CELLS
        self._rows = [] if self._advice is None else list(_rows(self._advice, width_cells, style))
        for place, said in enumerate(self._odd_said):
            self._rows += _said_rows("" if place else _ODD_TOPIC, said, width_cells)
        self.set_rows(len(self._rows))
        self._tell_hidden(self.scroll_offset.y)
        self.refresh()


def _rows(advice: Advice, width_cells: int, alarm: Style) -> Iterator[Row]:
    """Yield what alarms, what to do, the settings, and what else there is to know.

    The table comes before most notes: it is what one compares, they are what one looks up. The
    order is the same in every room: what moves with the terminal's size is hard to find again.
    """
    alarms = [note for note in advice.notes if note.is_alarming]
    calm = [note for note in advice.notes if not note.is_alarming]
    for note in (*alarms, *calm[:1]):
        yield from _note_rows(note, width_cells, alarm if note.is_alarming else Style(bold=True))
    if advice.what_if is not None and advice.what_if.predictions:
        from gctui.tui.what_if_rows import what_if_rows  # noqa: PLC0415 - few need it

        if advice.notes:
            yield []
        yield from what_if_rows(advice.what_if, width_cells)
        if calm[1:]:
            yield []
    for note in calm[1:]:
        yield from _note_rows(note, width_cells, Style(bold=True))


def _said_rows(topic: str, said: str, width_cells: int) -> Iterator[Row]:
    indent = " " * (_SIGN_CELLS + _TOPIC_CELLS)
    lead = f"{' ' * _SIGN_CELLS}{topic.ljust(_TOPIC_CELLS)}"
    room = max(1, width_cells - len(indent))
    for place, text in enumerate(wrapped(said, room, _MOST_ROWS)):
        yield [Segment(indent if place else lead, Style(bold=True)), Segment(text)]


def _note_rows(note: Note, width_cells: int, style: Style) -> Iterator[Row]:
    """Yield the topic beside what is said, and below that how it is known."""
    indent = " " * (_SIGN_CELLS + _TOPIC_CELLS)
    room = max(1, width_cells - len(indent))
    sign = _ALARM_SIGN if note.is_alarming else " "
    lead = f" {sign} {note.topic.ljust(_TOPIC_CELLS)}"
    for place, text in enumerate(wrapped(neutral(note.said), room, _MOST_ROWS)):
        yield [Segment(indent if place else lead, style), Segment(text)]
    if note.basis:
        for text in wrapped(neutral(note.basis), room, _MOST_ROWS):
            yield [Segment(indent + text, Style(dim=True))]
