"""A line with a ruler under it: each of its fields under a letter of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from gctui.analysis.neutral import is_combining

LETTERS = ascii_lowercase + ascii_uppercase
_UNDER = "~"
_LONGEST_PIECE = 100
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Marked:
    """A part of the line; `letter` is empty for what is no field. The text acts on no terminal."""

    text: str
    letter: str = ""


@dataclass(frozen=True, slots=True)
class RuledRow:
    """One row of the line, and the row under it."""

    text: str
    ruler: str


def cells(text: str) -> int:
    """Return how many cells of a terminal a harmless text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells_of, text))


def _cells_of(char: str) -> int:
    if is_combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def ruled(parts: Sequence[Marked], width: int) -> Iterator[RuledRow]:
    """Yield the line in rows of at most `width` cells, broken at spaces where there are any."""
    text, ruler, is_continued = _Row(), _Row(), False
    for word in _words(parts):
        if text.width and text.width + sum(cells(part.text) for part in word) > width:
            yield _row(text, ruler)
            text, ruler, is_continued = _Row(), _Row(), True
        for part in word:
            # The space at which it broke begins no row.
            begins = is_continued and not text.width and not part.letter
            whole = Marked(part.text.lstrip()) if begins else part
            for piece in _fitting(whole, width):
                if text.width and text.width + cells(piece.text) > width:
                    yield _row(text, ruler)
                    text, ruler, is_continued = _Row(), _Row(), True
                text.add(piece.text)
                ruler.add(_mark(piece))
    yield _row(text, ruler)


class _Row:
    __slots__ = ("parts", "width")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.width = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.width += cells(text)


def _row(text: _Row, ruler: _Row) -> RuledRow:
    return RuledRow("".join(text.parts).rstrip(), "".join(ruler.parts).rstrip())


def _mark(part: Marked) -> str:
    width = cells(part.text)
    if not part.letter or not width:
        return " " * width
    return part.letter + _UNDER * (width - 1)


def _words(parts: Sequence[Marked]) -> Iterator[list[Marked]]:
    """Yield what stays together: a break may come before the space in a fixed text."""
    word: list[Marked] = []
    for part in parts:
        if part.letter:
            word.append(_shortened(part))
            continue
        head, *rest = part.text.split(" ")
        word.append(Marked(head))
        for each in rest:
            yield word
            word = [Marked(f" {each}")]
    if word:
        yield word


def _shortened(part: Marked) -> Marked:
    if len(part.text) <= _LONGEST_PIECE:
        return part
    return Marked(part.text[: _LONGEST_PIECE - 1] + _CUT, part.letter)


def _fitting(part: Marked, width: int) -> Iterator[Marked]:
    """Yield a part in pieces no wider than a row."""
    text, letter = part.text, part.letter
    while cells(text) > width:
        taken = _prefix(text, width)
        yield Marked(text[:taken], letter)
        text, letter = text[taken:], letter and _UNDER
    yield Marked(text, letter)


def _prefix(text: str, width: int) -> int:
    used = 0
    for place, char in enumerate(text):
        used += _cells_of(char)
        if used > width:
            return max(place, 1)
    return len(text)
