"""What is kept of a screen that failed: a traceback as Python prints it, at no terminal's width."""

from __future__ import annotations

import io
import traceback

from rich.console import Console, RenderableType

_WIDTH_CELLS = 100


def traceback_text() -> str:
    """Return the traceback of the exception that is being handled, without its locals.

    Those hold what was read: a report of a fault must not give away a program's output.
    """
    return traceback.format_exc()


def plain(renderable: RenderableType) -> str:
    """Return what Textual would draw in the colours and the width of the terminal."""
    console = Console(file=io.StringIO(), width=_WIDTH_CELLS, color_system=None)
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()
