"""The help screen: keys, parts, charts."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from gctui.model.ledger import PartName
from gctui.tui.charts import CHARTS
from gctui.tui.palette import FILLS

_KEYS = (
    ("q", "quit; asks while a program depends on gctui"),
    ("space, p", "pause the display; data keep coming"),
    ("+ −", "zoom the time axis"),
    ("[ ]", "shorter or longer round time spans"),
    ("← →", "pan"),
    ("end", "follow the newest event"),
    ("0", "show all of it, following"),
    ("1 – 5", "show or hide a chart"),
    ("z", "enlarge the focused chart, or put it back"),
    ("tab", "move between charts and tabs"),
    ("o, c", "the program's output, the table of cycles"),
    ("ctrl+c", "under gctui run: to the program first, again to leave"),
    ("?, F1", "this help"),
)

_PARTS = {
    PartName.LIVE: "what the last mark found alive",
    PartName.SINCE_GC: "allocated since the last GC, or garbage that it found: used again",
    PartName.IDLE: "free inside Go, not returned to the OS yet",
    PartName.ROOTS: "goroutine stacks and global variables (Go 1.18+)",
    PartName.UNATTRIBUTED: "the rest of RSS: runtime metadata, binary, cgo, mmap, thread stacks",
}


class Help(ModalScreen[None]):
    """Explains the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "close"),
    ]

    def compose(self) -> ComposeResult:
        """Lay the text out."""
        with VerticalScroll(classes="dialog help"):
            yield Static(Content("\n").join(_lines()))


def _lines() -> list[Content]:
    lines = [Content.styled("Keys", "bold")]
    lines += [
        Content.assemble((f"  {keys:<10}", "bold $accent"), f" {text}") for keys, text in _KEYS
    ]
    lines += [Content(""), Content.styled("Where the memory is (~ means an estimate)", "bold")]
    for name, text in _PARTS.items():
        fill = FILLS[name]
        lines.append(
            Content.assemble(
                (f"  {fill.glyph * 2} ", fill.color), (f"{name:<16}", "bold"), f" {text}"
            )
        )
    lines += [Content(""), Content.styled("Charts", "bold")]
    for number, chart in enumerate(CHARTS, 1):
        lines.append(
            Content.assemble((f"  {number} {chart.title}", "bold"), f"\n    {chart.about}")
        )
    lines += [Content(""), Content.styled("Escape closes this.", "dim")]
    return lines
