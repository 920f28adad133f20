"""The programs of a stream, one row each; Enter shows one on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from gctui.analysis.go_versions import listed_go_label
from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, clock, rate, size, size_of_some
from gctui.model.feed import Frame, Phase
from gctui.model.ledger import MIB
from gctui.model.program_list import ListedProgram
from gctui.tui.cells import cut
from gctui.tui.columns import Column, Fitted, cell, fitting
from gctui.tui.cursor_list import CursorList
from gctui.tui.dialog import Dialog, is_on_top
from gctui.tui.keys import ACTIONS

_FRAME_ROWS, _NOTE_ROWS = 2, 3
_OF_ITS_OWN = frozenset({"q", "l", "v", "V", "upper_v", "tab", "end"})
_HEARD_NOW_S = 2.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A program, with what the frame tells beside it."""

    program: ListedProgram
    is_shown: bool
    heard: str
    rss_mib: float | None
    go: str
    """The toolchain that built it, where its binary tells."""


def _name(item: Listed, width_cells: int) -> str:
    return cut(f"{'▸' if item.is_shown else ' '} {neutral(item.program.label)}", width_cells)


def _started(item: Listed, _width: int) -> str:
    return f"{item.program.lives} times" if item.program.lives > 1 else "once"


def _rate(item: Listed, _width: int) -> str:
    rate_per_s = item.program.rate_per_s
    return UNKNOWN if rate_per_s is None else rate(rate_per_s)


def _go(item: Listed, width_cells: int) -> str:
    """Return what the header says of the program when it is shown."""
    label = item.go or listed_go_label(item.program)
    return cut(neutral(label.removeprefix("Go ")) or UNKNOWN, width_cells - 1)


COLUMNS: tuple[Column[Listed], ...] = (
    Column("program", 12, _name, 0, share=1.0),
    Column("GCs", 8, lambda item, _: str(item.program.collections), 0),
    Column("live", 10, lambda item, _: size_of_some(item.program.live_mib), 0),
    Column("RSS", 10, lambda item, _: size(item.rss_mib), 2),
    Column("rate", 9, _rate, 1),
    Column("last line", 12, lambda item, _: item.heard, 0),
    Column("started", 9, _started, 3),
    Column("Go", 13, _go, 4),
)


def listed(frame: Frame) -> list[Listed]:
    """Return the programs of a frame, with when they were heard last."""
    process = frame.snapshot.process
    rss_bytes = None if process is None else process.rss_bytes
    return [
        Listed(
            program,
            program.key == frame.shown,
            heard(frame, program),
            # Of the process that is sampled; the frame has it where that program is shown.
            rss_bytes / MIB if rss_bytes is not None and _has_process(frame, program) else None,
            frame.status.go_version.removeprefix("go") if program.key == frame.shown else "",
        )
        for program in frame.programs
    ]


def heard(frame: Frame, program: ListedProgram) -> str:
    """Say how long a program has been silent: nothing else tells whether it is alive."""
    if frame.status.phase is Phase.ENDED:
        return "ended"
    if program.heard_s is None or frame.receipt_s is None:
        return UNKNOWN
    ago_s = frame.receipt_s - program.heard_s
    if ago_s < _HEARD_NOW_S:
        return "now"
    return f"{f'{ago_s:.0f} s' if ago_s < 59.5 else clock(ago_s)} ago"


def _has_process(frame: Frame, program: ListedProgram) -> bool:
    return program.is_sampled and program.key == frame.shown


class ProgramTable(CursorList[Listed]):
    """A row per program, in the order in which they appeared."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.close", "close", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="programs")

    def show(self, frame: Frame, *, follows: bool) -> None:
        """List them; the cursor stays on its program, or `follows` the one that is shown."""
        items = listed(frame)
        self.take(items)
        shown = next((item for item in items if item.is_shown), None)
        if shown is not None and (follows or self._selected is None):
            self.select(shown)

    def is_same(self, one: Listed, other: Listed) -> bool:
        """Tell whether both are the same program, a moment apart."""
        return one.program.key == other.program.key

    def heading_row(self, y: int) -> list[Segment]:
        """Return the titles of the columns."""
        titles = "".join(cell(column, column.title, width) for column, width in self._columns)
        return [Segment(titles, Style(bold=True, dim=True))]

    def item_row(self, item: Listed) -> list[Segment]:
        """Return the row of a program."""
        return [
            Segment(
                cell(column, column.text(item, width), width),
                Style(bold=item.is_shown and column.title == "program"),
            )
            for column, width in self._columns
        ]

    def empty_text(self) -> str:
        """Say what would fill the list."""
        return "No program has printed a trace line yet."

    def opened(self, item: Listed) -> None:
        """Show the program."""
        if isinstance(self.screen, ProgramDialog):
            self.screen.choose(item.program.key)

    @property
    def _columns(self) -> Fitted[Listed]:
        return fitting(COLUMNS, self.size.width)


class ProgramDialog(Dialog[str | None]):
    """Shows the program that is chosen; gives the action of a key that was pressed here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l", "close", "close"),
        Binding("v", "step(1)", "next"),
        Binding("V,upper_v", "step(-1)", "previous"),
    ]

    def __init__(self, frame: Frame, choose: Callable[[int], None]) -> None:
        super().__init__()
        self._frame = frame
        self._choose = choose
        self._dialog = Vertical(classes="dialog programs")
        self._table = ProgramTable()
        self._said = Static(markup=False, classes="hint")

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        with self._dialog:
            self._dialog.border_subtitle = Content(
                "Enter shows one   v V the next   Escape closes this"
            )
            yield self._table
            yield self._said

    def on_mount(self) -> None:
        """Show what there is."""
        self._table.focus()
        self.show(self._frame)

    def on_resize(self, _event: events.Resize) -> None:
        """Divide the room."""
        self._arrange()

    def on_key(self, event: events.Key) -> None:
        """Let a key do what it does on the screen below."""
        action = ACTIONS.get(event.key)
        if action is not None and event.key not in _OF_ITS_OWN and is_on_top(self):
            event.stop()
            self.dismiss(action)

    def show(self, frame: Frame) -> None:
        """Draw a newer frame."""
        is_another, self._frame = frame.shown != self._frame.shown, frame
        if self._table.is_attached:
            self._arrange()
            self._table.show(frame, follows=is_another)
            self._said.update(_note(frame))
            count = len(frame.programs)
            self._dialog.border_title = f"{count} program{'' if count == 1 else 's'}"

    def choose(self, key: int) -> None:
        """Show a program, and no list any more."""
        self.dismiss(None)
        self._choose(key)

    def action_step(self, step: int) -> None:
        """Show the next program on the screen below; the list stays."""
        keys = [program.key for program in self._frame.programs]
        if self._frame.shown in keys:
            self._choose(keys[(keys.index(self._frame.shown) + step) % len(keys)])

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
