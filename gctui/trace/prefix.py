"""What loggers, supervisors and terminals put before a line: when it was printed, and by whom.

A prefix is a row of pieces, each of which is known: a time stamp, a container's name, a colour.
What is not made of them alone is no prefix but somebody's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from gctui.events import Surroundings
from gctui.trace.prefix_pieces import NAMES, PIECES
from gctui.trace.wall_clock import STAMPS, wall_of

LONGEST_BYTES = 1024
"""No prefix is longer; what stands further behind is not looked for."""

_MOST_PIECES = 24
"""No prefix has more; every row of pieces that is new costs its compilation."""

_EACH = {name: re.compile(source) for name, source in PIECES.items()}
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_NAMED = re.compile(rb"\?P<(?:wall|source)>")


@dataclass(frozen=True, slots=True)
class Shape:
    """The row of pieces that a stream's prefixes consist of, ready to be looked for again."""

    pieces: tuple[str, ...]
    pattern: re.Pattern[bytes]
    walls: tuple[tuple[int, str], ...]
    """The groups of its time stamps, and their kinds."""
    sources: tuple[int, ...]
    """The groups of its names."""

    def match(self, line: bytes) -> re.Match[bytes] | None:
        """Return the prefix at the beginning of `line`."""
        return self.pattern.match(line)

    def around(self, found: re.Match[bytes]) -> Surroundings:
        """Return what the prefix says."""
        groups = found.groups()
        stamps = ((kind, groups[index]) for index, kind in self.walls)
        names = [_COLOUR.sub(b"", groups[index]) for index in self.sources]
        return Surroundings(
            prefix=found[0].decode("utf-8", "surrogateescape"),
            wall=next((wall for kind, text in stamps if (wall := wall_of(kind, text))), None),
            source=b" ".join(names).decode("utf-8", "surrogateescape") if names else None,
        )


def shape_of(head: bytes) -> Shape | None:
    """Return the shape of `head` if all of it is a prefix, else None."""
    if not head or len(head) > LONGEST_BYTES:
        return None
    pieces: list[str] = []
    at = 0
    while at < len(head):
        step = _piece(head, at)
        if step is None or len(pieces) == _MOST_PIECES:
            return None
        name, at = step
        pieces.append(name)
    return _shape(tuple(pieces))


def _piece(head: bytes, at: int) -> tuple[str, int] | None:
    for name, pattern in _EACH.items():
        found = pattern.match(head, at)
        if found is not None and found.end() > at:
            return name, found.end()
    return None


@lru_cache(maxsize=256)
def _shape(pieces: tuple[str, ...]) -> Shape:
    sources = (_NAMED.sub(b"", PIECES[name]).replace(b"|$", b"") for name in pieces)
    source = b"".join(b"(?:%b)" % piece for piece in sources)
    # The first group of a piece is its stamp or its name.
    before = accumulate((_EACH[name].groups for name in pieces), initial=0)
    grouped = [*zip(before, pieces, strict=False)]
    return Shape(
        pieces,
        re.compile(source),
        walls=tuple((index, name) for index, name in grouped if name in STAMPS),
        sources=tuple(index for index, name in grouped if name in NAMES),
    )
