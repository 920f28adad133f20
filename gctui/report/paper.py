"""Prose for a terminal or a pipe: wrapped, indented, in bold and dim where that is wanted."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator

from gctui.report.ruler import Marked, cells, ruled

_NARROWEST = 30
_WIDEST = 160
_PROSE = 100
"""Cells; longer lines of prose are hard to read."""

_SIGN = re.compile(r"(?<=[+/>,])(?=\S)")


class Paper:
    """Lays out text in a width."""

    def __init__(self, width: int, *, styled: bool = False) -> None:
        self.width = max(_NARROWEST, min(width, _WIDEST))
        self.styled = styled

    def bold(self, text: str) -> str:
        """Return `text` in bold."""
        return f"\x1b[1m{text}\x1b[0m" if self.styled and text else text

    def dim(self, text: str) -> str:
        """Return `text` so that it stands back."""
        return f"\x1b[2m{text}\x1b[0m" if self.styled and text else text

    def accent(self, text: str) -> str:
        """Return `text` in the colour of what marks."""
        return f"\x1b[36m{text}\x1b[0m" if self.styled and text else text

    def wrapped(self, text: str, indent: int = 0) -> Iterator[str]:
        """Yield `text` in rows that begin at `indent`, broken at spaces."""
        room = max(_NARROWEST // 2, min(self.width, _PROSE) - indent)
        row: list[str] = []
        used = 0
        for word in text.split():
            width = cells(word)
            if row and used + 1 + width > room:
                yield " " * indent + " ".join(row)
                row, used = [], 0
            used += width + (1 if row else 0)
            row.append(word)
        if row:
            yield " " * indent + " ".join(row)

    def verbatim(self, text: str, indent: int) -> Iterator[str]:
        """Yield a line as it is, in rows of the whole width, broken at spaces or signs."""
        parts = [Marked(part) for part in _SIGN.split(text)]
        for row in ruled(parts, self.width - indent):
            yield " " * indent + row.text

    def labelled(self, label: str, text: str, indent: int, label_width: int) -> Iterator[str]:
        """Yield `text` beside a dim label, in a column of its own; under it where it is long."""
        column = indent + label_width
        fits = cells(label) < label_width
        rows = list(self.wrapped(text, column if fits else indent + 2))
        if fits and rows:
            head = " " * indent + self.dim(label) + " " * (label_width - cells(label))
            yield head + rows[0].lstrip()
            yield from rows[1:]
        else:
            yield " " * indent + self.dim(label)
            yield from rows


def output_paper() -> Paper:
    """Return paper for the standard output: its width, and styled where it is a terminal."""
    is_terminal = sys.stdout.isatty()
    styled = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paper(shutil.get_terminal_size().columns, styled=styled)
