"""Nothing but ASCII reaches the terminal: the last step of drawing, behind every widget.

It works on cells: a character becomes as many ASCII characters as it has cells, so nothing moves.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from gctui.tui.palette import FILLS

_STANDS_FOR = {
    "-": "─━╌┄┈╍═–−—‐‑▔▁",
    "|": "│┃┊┆║‖▐▎▊▏▕",
    "+": "╭╮╰╯┌┐└┘├┤┬┴┼╞╡╪",
    "*": "●•",
    "#": "■",
    ">": "▶→›≥",
    "<": "◀←‹",
    "^": "▲↑",
    "v": "▼↓",
    "~": "…≈±",
    ".": "·⋅",
    ":": "⋮",
    "u": "µμ",
    "x": "×✕",
    "d": "∆Δ",
    "'": "‘’",
    '"': "“”",
    # A scrollbar's ends; its middle is told by its colour.
    " ": "▂▃▄▅▆▇\u00a0",
}
_REPLACED = {ord(char): ascii_ for ascii_, chars in _STANDS_FOR.items() for char in chars}
_REPLACED |= {ord(fill.glyph): fill.ascii_glyph for fill in FILLS.values()}


class AsciiFilter(LineFilter):
    """Replaces every character that is not ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def in_ascii(text: str) -> str:
    """Return `text` in ASCII, as many cells wide as before."""
    known = text.translate(_REPLACED)
    if known.isascii():
        return known
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in known)
