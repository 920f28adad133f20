"""Lines of a summary in the width of a terminal: broken between words, the rest below its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gctui.report.ruler import cells

_GAP = re.compile(r" {2,}(?=\S)")
_WORD = re.compile(r"( *)([^ ]+)")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:[KMGT]iB|B|µs|ms|s|min|h)(?:\W|$))")
_NO_BREAK = "\u00a0"
_FARTHEST_SHARE = 0.6
_LEAST_ROOM_CELLS = 20


def hanging(line: str, width_cells: int) -> Iterator[str]:
    """Yield a line in rows; what a label or columns precede hangs under its own beginning."""
    if cells(line) <= width_cells:
        yield line
        return
    indent, row = _indent(line, width_cells), ""
    for before, word in _WORD.findall(_BEFORE_UNIT.sub(_NO_BREAK, line)):
        longer = row + before + word
        if row and cells(longer) > width_cells:
            yield row.replace(_NO_BREAK, " ")
            longer = " " * indent + word
        row = longer
    yield row.replace(_NO_BREAK, " ")


def _indent(line: str, width_cells: int) -> int:
    """Return where the text begins that is too long: behind the last gap that leaves it room."""
    farthest = min(width_cells * _FARTHEST_SHARE, width_cells - _LEAST_ROOM_CELLS)
    begins = [cells(line[: gap.end()]) for gap in _GAP.finditer(line)]
    return max((begin for begin in begins if begin <= farthest), default=2)
