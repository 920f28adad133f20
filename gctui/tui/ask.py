"""The question that leaving asks while a program still depends on us."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from gctui.tui.leaving import Leave, Way

_CHOICES: dict[Leave, tuple[str, tuple[tuple[Way, str, str], ...]]] = {
    Leave.PIPE: (
        "The program still writes to gctui. Quitting closes its pipe, and its next line "
        "kills it (SIGPIPE).",
        (
            (Way.DRAIN, "d", "close the screen and keep draining; its text goes to stdout"),
            (Way.QUIT, "q", "quit"),
        ),
    ),
    Leave.RUN: (
        "The program that gctui started is still running.",
        (
            (Way.STOP, "s", "stop the program (TERM, then KILL after 5 s)"),
            (Way.LEAVE, "l", "leave it running, its output passed on"),
        ),
    ),
}


class AskHowToLeave(ModalScreen[Way | None]):
    """Offers the ways out; the first is chosen by Enter, Escape stays."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stay", "stay")]

    def __init__(self, leave: Leave) -> None:
        super().__init__()
        self._why, self._choices = _CHOICES[leave]

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(classes="dialog"):
            yield Static(self._why, markup=False)
            yield OptionList(*(Option(f"{key}  {text}") for _, key, text in self._choices))
            yield Static("Enter chooses, Escape stays", classes="hint", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the highlighted way."""
        self.dismiss(self._choices[event.option_index][0])

    def on_key(self, event: object) -> None:
        """Take a way by its letter."""
        key = getattr(event, "key", "")
        if key == "ctrl+c":
            self.dismiss(
                self._choices[-1][0] if self._choices[-1][1] == "q" else self._choices[0][0]
            )
        for way, letter, _ in self._choices:
            if key == letter:
                self.dismiss(way)

    def action_stay(self) -> None:
        """Go back to the screen."""
        self.dismiss(None)
