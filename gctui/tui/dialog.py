"""What every dialog is: a screen over the viewer that closes once, however many keys ask for it."""

from __future__ import annotations

from typing import Any

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType


def is_on_top(screen: Screen[Any]) -> bool:
    """Tell whether a screen is the one that keys go to.

    Keys that are typed fast are under way to a dialog when the first of them closes it.
    """
    return screen.app.screen_stack[-1:] == [screen]


class Dialog(ModalScreen[ScreenResultType]):
    """Takes no screen away but itself."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close it, unless that has been done: Textual closes what is on top, whoever asks."""
        return super().dismiss(result) if is_on_top(self) else AwaitComplete()
