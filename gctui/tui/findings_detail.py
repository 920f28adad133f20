"""The findings in full: why each is so, its evidence, and the document behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.console import Group
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from gctui.analysis.findings import Finding
from gctui.analysis.neutral import neutral
from gctui.tui.dialog import Dialog
from gctui.tui.findings_rows import evidence_said, severity_ink


class FindingsDetail(Dialog[None]):
    """Explains the findings as they were when it was opened, however small the pane is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,a", "close", "close")]

    def __init__(self, found: Iterable[Finding]) -> None:
        super().__init__()
        self._found = tuple(found)

    def compose(self) -> ComposeResult:
        """Lay the text out."""
        dark = self.app.current_theme.dark
        with VerticalScroll(classes="dialog wide") as dialog:
            count = len(self._found)
            dialog.border_title = Content(f"{count} finding{'' if count == 1 else 's'}")
            dialog.border_subtitle = Content("↑ ↓ scroll   Escape closes this")
            texts = [part for each in self._found for part in _texts(each, dark=dark)]
            yield Static(Group(*texts[:-1]), markup=False)

    def action_close(self) -> None:
        """Go back to the pane."""
        self.dismiss()


def _texts(found: Finding, *, dark: bool) -> Iterator[Text]:
    color = severity_ink(found, dark=dark)
    yield Text(f"{found.severity}: {neutral(found.said)}", f"bold {color}".strip())
    for said, style in (
        (found.advice, ""),
        (found.explanation, ""),
        (f"{found.id}: {evidence_said(found)}", "dim"),
        (f"{found.source.title}, {found.source.url}", "dim"),
    ):
        if said:
            yield Text(neutral(said), style)
    yield Text()
