"""The question that leaving asks while a program still depends on us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from gctui.tui.dialog import Dialog
from gctui.tui.leaving import Leave, Way


@dataclass(frozen=True, slots=True)
class _Choice:
    way: Way
    key: str
    text: str


_WHY = {
    Leave.PIPE: "The program still writes to gctui. Quitting closes its pipe, and its next line "
    "kills it (SIGPIPE).",
    Leave.RUN: "The program that gctui started is still running.",
}
_CHOICES = {
    Leave.PIPE: (
        _Choice(Way.DRAIN, "d", "close the screen and keep draining; its text goes to stdout"),
        _Choice(Way.QUIT, "q", "quit"),
    ),
    Leave.RUN: (
        _Choice(Way.STOP, "s", "stop the program (TERM, then KILL after 5 s)"),
        _Choice(Way.LEAVE, "l", "leave it running, its output passed on"),
    ),
}


class AskHowToLeave(Dialog[Way | None]):
    """Offers the ways out; Enter takes the first unless another is chosen, Escape stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stay", "stay"),
        *(
            Binding(choice.key, f"take('{choice.key}')", choice.text)
            for choice in (*_CHOICES[Leave.PIPE], *_CHOICES[Leave.RUN])
        ),
    ]

    def __init__(self, leave: Leave) -> None:
        super().__init__()
        self._why, self._choices = _WHY[leave], _CHOICES[leave]
        self._list = OptionList(
            *(
                Option(Content.assemble((f"{choice.key} ", "bold"), f" {choice.text}"))
                for choice in self._choices
            )
        )

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content("Leave gctui")
            yield Static(self._why, markup=False)
            yield self._list
            yield Static("Enter chooses, Escape stays", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Highlight the first, the one that does no harm."""
        self._list.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the highlighted way."""
        self.dismiss(self._choices[event.option_index].way)

    def action_take(self, key: str) -> None:
        """Take a way by its letter."""
        for choice in self._choices:
            if choice.key == key:
                self.dismiss(choice.way)

    def action_stay(self) -> None:
        """Go back to the screen."""
        self.dismiss(None)
