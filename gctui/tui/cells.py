"""Texts measured in cells: a wide character takes two, a combining one none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

CUT = "…"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:[KMGT]i?B|B|µs|ms|s|min|h)(?:\W|$))")
_NO_BREAK = "\u00a0"


def cut(text: str, width_cells: int) -> str:
    """Return `text` in at most `width_cells`; where something is missing it says so."""
    if width_cells < 1:
        return ""
    # A cell needs a character at least: what is far beyond the width need not be measured.
    if len(text) <= width_cells * 8 and cell_len(text) <= width_cells:
        return text
    return set_cell_size(text[: width_cells * 8], width_cells - 1).rstrip() + CUT


def wrapped(text: str, width_cells: int, rows: int) -> list[str]:
    """Break `text` between words into at most `rows` rows; the last is cut.

    A number and its unit are one word, and so is what a no-break space holds together.
    """
    text = _BEFORE_UNIT.sub(_NO_BREAK, text)
    found: list[str] = []
    for row in _rows(text, width_cells):
        if len(found) == rows - 1:
            rest = text[sum(len(line) + 1 for line in found) :]
            return _with_breaks([*found, cut(rest, width_cells)])
        found.append(row)
    return _with_breaks(found)


def _with_breaks(rows: list[str]) -> list[str]:
    return [row.replace(_NO_BREAK, " ") for row in rows]


def _rows(text: str, width_cells: int) -> Iterator[str]:
    row = ""
    for word in text.split(" "):
        longer = f"{row} {word}" if row else word
        if row and cell_len(longer) > width_cells:
            yield row
            row = word
        else:
            row = longer
    yield row
