"""The reference of the start: the smallest Textual app, a word on the screen."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

WORD = "started"


class BareApp(App[None]):
    """Shows a word."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static(WORD)


if __name__ == "__main__":
    BareApp().run()
