"""Reads the mouse where a terminal tells the size of its window in cells, and not in pixels."""

from __future__ import annotations

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.message import Message


class _MouseParser(XTermParser):
    """Takes what the mouse sends for cells where nothing tells how many pixels a cell has."""

    def parse_mouse_code(self, code: str) -> Message | None:
        """Return the event; Textual 8.2 divides by the pixels of a cell, 0 or not."""
        # A size with a 0 in it is false, as None is.
        if not (self.terminal_size and self.terminal_pixel_size):
            self.mouse_pixels = False
        return super().parse_mouse_code(code)


def install() -> None:
    """Have the driver use it: it makes its parser itself, deep in the loop that reads the keys."""
    setattr(linux_driver, "XTermParser", _MouseParser)  # noqa: B010 - a class is no variable
