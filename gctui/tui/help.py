"""The help screen: keys, parts, charts."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from gctui.tui.charts import CHARTS
from gctui.tui.keys import KEYS
from gctui.tui.palette import FILLS, ink
from gctui.tui.part_texts import PART_TEXTS

_MORE_KEYS = (("^c", "under gctui run: to the program first, again to stop it and leave"),)


class Help(ModalScreen[None]):
    """Explains the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "close"),
    ]

    def compose(self) -> ComposeResult:
        """Lay the text out."""
        dark = self.app.current_theme.dark
        with VerticalScroll(classes="dialog wide") as dialog:
            dialog.border_title = Content("Help")
            dialog.border_subtitle = Content("Escape closes this")
            yield Static(Group(*_sections(dark=dark)), markup=False)

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss()


def _sections(*, dark: bool) -> list[Table | Text]:
    keys = [(Text(key.shown, "bold"), key.about) for key in KEYS if key.shown]
    keys += [(Text(shown, "bold"), about) for shown, about in _MORE_KEYS]
    parts = [
        (
            Text.assemble(
                (FILLS[name].glyph * 2, ink(FILLS[name].color, dark=dark)), (f" {name}", "bold")
            ),
            text.about,
        )
        for name, text in PART_TEXTS.items()
    ]
    charts = [
        (Text(f"{i} {chart.title}", "bold"), chart.about) for i, chart in enumerate(CHARTS, 1)
    ]
    return [
        _heading("Keys"),
        _columns(keys),
        _heading("\nWhere the memory is (~ means an estimate)"),
        _columns(parts),
        _heading("\nCharts"),
        _columns(charts),
    ]


def _heading(text: str) -> Text:
    return Text(text, "bold underline")


def _columns(rows: list[tuple[Text, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for name, about in rows:
        table.add_row(name, Text(about))
    return table
