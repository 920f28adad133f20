"""The help screen: keys, parts, charts."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from gctui.analysis.figures import LATELY
from gctui.analysis.neutral import neutral
from gctui.model.feed import Status
from gctui.tui.charts import CHARTS
from gctui.tui.dialog import Dialog, is_on_top
from gctui.tui.keys import ACTIONS, KEYS
from gctui.tui.palette import FILLS, ink
from gctui.tui.part_texts import PART_TEXTS

_LONGEST_GODEBUG = 400
_MORE_KEYS = (("^c", "under gctui run: to the program first, again to stop it and leave"),)
_FIGURES = (
    ("live, goal, RSS", "of this moment"),
    (LATELY, "over the last 20 collections: how often, their share of the CPU, what is allocated"),
    ("pause, last GC", "of the last collection"),
    ("worst, p99, forced", "of the whole run, as the findings are"),
)

_CLOSING = "escape,q,question_mark,f1"
_OF_ITS_OWN = frozenset({*_CLOSING.split(","), "end"})


class Help(Dialog[str | None]):
    """Explains the screen; gives the action of a key that was pressed here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(_CLOSING, "close", "close"),
    ]

    def __init__(self, status: Status) -> None:
        super().__init__()
        self._status = status

    def compose(self) -> ComposeResult:
        """Lay the text out."""
        dark = self.app.current_theme.dark
        with VerticalScroll(classes="dialog wide") as dialog:
            dialog.border_title = Content("Help")
            dialog.border_subtitle = Content(
                "↑ ↓ scroll   Escape or ? closes this   other keys listed here act at once"
            )
            yield Static(Group(*_sections(dark=dark), *_about(self._status)), markup=False)

    def on_key(self, event: events.Key) -> None:
        """Let a key do what it does on the screen below."""
        action = ACTIONS.get(event.key)
        if action is not None and event.key not in _OF_ITS_OWN and is_on_top(self):
            event.stop()
            self.dismiss(action)

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss(None)


def godebug_text(status: Status) -> str:
    """Say which GODEBUG the program got, and whose it is; empty where nobody knows."""
    if not status.godebug:
        return ""
    got = f"The program got GODEBUG={neutral(status.godebug, _LONGEST_GODEBUG)}"
    if not status.godebug_added:
        return got
    if status.godebug == status.godebug_added:
        return f"{got}, all of it added by gctui"
    added = neutral(status.godebug_added, _LONGEST_GODEBUG)
    return f"{got}: yours, and {added} added by gctui"


def default_godebug_text(status: Status) -> str:
    """Say what the program's build sets by itself; empty where that is nothing, or not known."""
    if not status.default_godebug:
        return ""
    by_build = neutral(status.default_godebug.replace(",", ", "), _LONGEST_GODEBUG)
    return f"Its build sets, unless GODEBUG does (//go:debug, the module's Go): {by_build}"


def _about(status: Status) -> list[Text]:
    """Say what the program runs with, last of all: a build may set dozens of keys."""
    told = [said for said in (godebug_text(status), default_godebug_text(status)) if said]
    return [_heading("\nThis program"), *map(Text, told)] if told else []


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
        _heading("\nThe row of figures"),
        _columns([(Text(name, "bold"), about) for name, about in _FIGURES]),
        _heading("\nWhere the memory is (~ means an estimate)"),
        _columns(parts),
        _heading("\nCharts (a grey upright line: the program was started anew)"),
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
