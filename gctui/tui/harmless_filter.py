"""Nothing but text reaches the terminal as text: the last look at every row, behind every widget.

Widgets make harmless what they show; this is for what Textual draws by itself, and for mistakes.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SPACES_AND_ICONS = {"Zs", "Co"}


class HarmlessFilter(LineFilter):
    """Replaces what is not printable by as many question marks as it takes cells: mostly none."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without anything that acts."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            Segment(harmless(segment.text), segment.style, segment.control) for segment in segments
        ]


def harmless(text: str) -> str:
    """Return `text` as many cells wide as before, with nothing in it that acts."""
    if text.isprintable():
        return text
    return "".join(char if _is_shown(char) else "?" * cell_len(char) for char in text)


def _is_shown(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) in _SPACES_AND_ICONS
