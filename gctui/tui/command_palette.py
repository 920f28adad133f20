"""The command palette and the list of themes: Textual's own, for fingers that are faster."""

from __future__ import annotations

import contextlib

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.message import Message
from textual.theme import ThemeProvider
from textual.widgets import Input, OptionList

from gctui.tui.dialog import is_on_top


class Palette(CommandPalette):
    """Runs one command and closes once; Textual 8.2 does both for each Enter that comes in time."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it, unless that has been done."""
        return super().dismiss(result) if is_on_top(self) else AwaitComplete()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Do nothing any more once it is closed."""
        return super().check_action(action, parameters) if is_on_top(self) else False

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _run_one_only(self, event: Message) -> None:
        if not is_on_top(self):
            event.stop()
            event.prevent_default()

    def _action_command_list(self, action: str) -> None:
        # A page key before the list is laid out.
        with contextlib.suppress(KeyError):
            super()._action_command_list(action)


def themes() -> Palette:
    """Return the palette that chooses among the themes."""
    return Palette(providers=[ThemeProvider], placeholder="Search for themes…")
