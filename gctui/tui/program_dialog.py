"""The programs of a stream, one row each; Enter shows one on the screen."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, rate, size
from gctui.model.feed import Frame
from gctui.model.program_list import ListedProgram
from gctui.tui.cells import cut
from gctui.tui.cursor_list import CursorList

_FIGURES = (("GCs", 8), ("live", 10), ("rate", 9), ("started", 8), ("Go", 13))
_FIGURE_CELLS = sum(cells for _, cells in _FIGURES)
_LEAST_NAME_CELLS = 12
_FRAME_ROWS, _NOTE_ROWS, _FRAME_CELLS = 2, 3, 6
_SAMPLED = " (process)"


class ProgramTable(CursorList[ListedProgram]):
    """A row per program, in the order in which they appeared."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.close", "close", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="programs")
        self._shown = 0

    def show(self, frame: Frame) -> None:
        """List them; the cursor stays on its program, at first on the one that is shown."""
        self._shown = frame.shown
        self.take(frame.programs)
        if self._selected is None:
            shown = next((p for p in frame.programs if p.key == frame.shown), None)
            if shown is not None:
                self.select(shown)

    def is_same(self, one: ListedProgram, other: ListedProgram) -> bool:
        """Tell whether both are the same program, a moment apart."""
        return one.key == other.key

    def heading_row(self, y: int) -> list[Segment]:
        """Return the titles of the columns."""
        titles = "".join(title.rjust(cells) for title, cells in _FIGURES)
        name = "  program".ljust(self._name_cells)
        return [Segment(name + titles, Style(bold=True, dim=True))]

    def item_row(self, item: ListedProgram) -> list[Segment]:
        """Return the row of a program."""
        sign = "▸ " if item.key == self._shown else "  "
        name = neutral(item.label) + (_SAMPLED if item.is_sampled else "")
        shown = cut(sign + name, self._name_cells - 1).ljust(self._name_cells)
        figures = (
            str(item.collections),
            size(item.live_mib),
            UNKNOWN if item.rate_per_s is None else rate(item.rate_per_s),
            f"{item.lives} times" if item.lives > 1 else "once",
            item.go or UNKNOWN,
        )
        texts = zip(figures, _FIGURES, strict=True)
        row = "".join(cut(text, cells - 1).rjust(cells) for text, (_, cells) in texts)
        return [Segment(shown, Style(bold=item.key == self._shown)), Segment(row)]

    def empty_text(self) -> str:
        """Say what would fill the list."""
        return "No program has printed a trace line yet."

    def opened(self, item: ListedProgram) -> None:
        """Show the program."""
        self.screen.dismiss(item.key)

    @property
    def _name_cells(self) -> int:
        return max(_LEAST_NAME_CELLS, self.size.width - _FIGURE_CELLS)


class ProgramDialog(ModalScreen[int | None]):
    """Gives the key of the program that was chosen; follows the frames handed on to it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l", "close", "close"),
    ]

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame
        self._table = ProgramTable()

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        with Vertical(classes="dialog programs") as dialog:
            dialog.border_subtitle = Content("Enter shows one   Escape closes this")
            yield self._table
            yield Static(_note(self._frame), markup=False, classes="hint")

    def on_mount(self) -> None:
        """Show what there is."""
        self._table.focus()
        self.show(self._frame)

    def on_resize(self, _event: events.Resize) -> None:
        """Divide the room."""
        self._arrange()

    def show(self, frame: Frame) -> None:
        """Draw a newer frame."""
        self._frame = frame
        if self._table.is_attached:
            self._arrange()
            self._table.show(frame)
            self.query_one(Static).update(_note(frame))
            count = len(frame.programs)
            self.query_one(".dialog").border_title = f"{count} program{'' if count == 1 else 's'}"

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss(None)

    def _arrange(self) -> None:
        rows = len(self._frame.programs) + ProgramTable.HEADING_ROWS
        room = self.size.height - _FRAME_ROWS - _NOTE_ROWS
        self._table.styles.height = max(2, min(rows, room))


def _note(frame: Frame) -> str:
    said = "Told apart by the names in front of their lines, else by counters and clocks."
    count = frame.snapshot.count("unassigned")
    if count:
        said += f" {count} line{'' if count == 1 else 's'} may be of any of them."
    return said
