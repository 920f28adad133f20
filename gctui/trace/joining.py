"""The pieces of a torn line: every way to go on where it stopped.

Where the pieces end is not written anywhere, so every place where one may end is a way of its own.
A number is only believed where nothing of it can be another's: `4` and the `16` of somebody's
`16 workers` would make a good number too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gctui.events import Printed
from gctui.grammar.forms import Form
from gctui.grammar.pattern import form_pattern
from gctui.grammar.steps import boundaries, part_pattern

_BLANK = b" \t\r"
_MOST_PIECES = 12
_LONGEST_SEARCHED_BYTES = 8 << 10
"""In a longer line nothing is looked for behind foreign text."""

_LONGEST_TOKEN_BYTES = 32
"""Of a folded line's last token, whose other half stands on the next line."""

_LONGEST_HEXADECIMAL_BYTES = 20
_ENDS_TEXT = tuple(bytes([char]) for char in b")]}!?;|")
_BEGINS_TEXT = tuple(bytes([char]) for char in b"{[<\"'\x1b")
_HEXADECIMAL = re.compile(rb"(?<![0-9A-Za-z])0x[0-9a-f]{1,16}+\Z")
_WORD = re.compile(rb"[A-Za-z]++")
_UNITS = frozenset(
    b"ns us ms s sec m min h hr d b k kb mb gb tb kib mib gib tib st nd rd th x px p e".split()
)
"""Words that stand right behind a number of somebody's own."""

Piece = tuple[int, int, int]
"""Which line, and where the piece begins and ends there."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to join what came so far."""

    form: Form
    text: bytes = b""
    part: int = 0
    """The form's part that comes next."""
    pieces: tuple[Piece, ...] = ()
    folded: bool = False
    """The last piece went on to the end of its line, so that a token may have been cut."""
    doubtful: bool = False
    """A number was at the end of its line: all of it, half of it, or with another's digits."""

    def with_piece(self, part: int, raw: bytes, piece: Piece) -> Way:
        """Return the way that goes on with a piece of `raw`; `part` comes next."""
        _, begin, end = piece
        is_last = end == len(raw)
        return Way(
            self.form,
            self.text + raw[begin:end],
            part,
            (*self.pieces, piece),
            folded=is_last,
            doubtful=self.doubtful or (is_last and _ends_in_number(raw)),
        )


def continued(way: Way, raw: bytes, begin: int, index: int) -> Iterator[Way]:
    """Yield every way to go on with what stands at `begin` of `raw`, a piece at least."""
    steps = _steps(way, raw, begin)
    if not steps:
        return
    for part, end in steps:
        if _may_end(raw, end):
            here = way.with_piece(part, raw, (index, begin, end))
            yield here
            if len(here.pieces) < _MOST_PIECES:
                yield from _behind_foreign(replace(here, folded=False), raw, index, end)
    part, end = steps[-1]
    if end < len(raw) <= end + _LONGEST_TOKEN_BYTES:
        yield way.with_piece(part, raw, (index, begin, len(raw)))


def whole(ways: list[Way], raw: bytes) -> list[tuple[Way, Printed]]:
    """Return the ways that give a whole line; `raw` has their last piece, better up to its end."""
    complete = [
        (way, found.groups())
        for way in ways
        if (found := form_pattern(way.form).fullmatch(way.text)) is not None
    ]
    body = len(raw.rstrip(_BLANK))
    return [one for one in complete if one[0].pieces[-1][2] >= body] or complete


def _steps(way: Way, raw: bytes, begin: int) -> list[tuple[int, int]]:
    """Return the part that follows, and where it begins, behind every part that is there."""
    if not way.folded:
        return [(step.part, step.end) for step in boundaries(way.form, way.part, raw, begin)]
    joined = way.text + raw[begin:]
    shift = begin - len(way.text)
    return [
        (step.part, step.end + shift)
        for step in boundaries(way.form, 0, joined, 0)
        if step.end > len(way.text)
    ]


def _behind_foreign(way: Way, raw: bytes, index: int, end: int) -> Iterator[Way]:
    """Yield the ways to go on in the same line, behind a foreign text without a newline."""
    following = part_pattern(way.form, way.part)
    if following is None or len(raw) > _LONGEST_SEARCHED_BYTES:
        return
    for found in following.finditer(raw, end + 1):
        if not may_begin(raw, found.start()):
            continue
        steps = boundaries(way.form, way.part, raw, found.start())
        # One part alone is found in any text.
        if len(steps) > 1 or (steps and steps[-1].end == len(raw)):
            yield from continued(way, raw, found.start(), index)


def may_begin(raw: bytes, begin: int) -> bool:
    """Tell whether what begins here, behind foreign text, can be all of what was printed."""
    before = raw[begin - 1 : begin] if begin else b""
    if begin == 0 or not raw[begin : begin + 1].isdigit():
        # `0.3+0.2` is a sum of somebody's own, the last letters of a word are a word's.
        is_inside_a_word = raw[begin : begin + 1].isalpha() and before.isalpha()
        return not before.isdigit() and not is_inside_a_word
    is_point = before == b"." and not raw[begin - 2 : begin - 1].isdigit()
    return is_point or before in _ENDS_TEXT


def _ends_in_number(raw: bytes) -> bool:
    return raw[-1:].isdigit() or _ends_in_hexadecimal(raw, len(raw))


def _ends_in_hexadecimal(raw: bytes, end: int) -> bool:
    return _HEXADECIMAL.search(raw, max(0, end - _LONGEST_HEXADECIMAL_BYTES), end) is not None


def _may_end(raw: bytes, end: int) -> bool:
    """Tell whether what ends here, before foreign text, is no number or nothing but a number."""
    if end == len(raw):
        return True
    if _ends_in_hexadecimal(raw, end) or raw[end - 1 : end + 1] == b"0x":
        # The letters behind it may be digits.
        return raw[end : end + 1] in _BEGINS_TEXT
    if not raw[end - 1 : end].isdigit():
        return True
    word = _WORD.match(raw, end)
    if word is None:
        return raw[end : end + 1] in _BEGINS_TEXT
    return word[0].lower() not in _UNITS
