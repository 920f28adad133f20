"""A form, step by step: where a line may be cut, and what is still to come behind a cut.

The runtime prints a line piece by piece, every fixed text and every number with a write of its own:
the parts of a form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gctui.grammar.forms import Form, Words
from gctui.grammar.pattern import part_source

_TELLING_BYTES = 5


@dataclass(frozen=True, slots=True)
class Boundary:
    """The end of one part of a form in a text."""

    part: int
    """The part that comes next; how many the form has, behind the last."""
    end: int
    """Offset in bytes."""


def boundaries(form: Form, part: int, text: bytes, at: int) -> list[Boundary]:
    """Match the form from one of its parts on; return the end of each part that is there."""
    found: list[Boundary] = []
    parts = form.body.parts
    for index in range(part, len(parts)):
        match = _part_pattern(form, index).match(text, at)
        if match is None:
            break
        if match.end() > at:
            at = match.end()
            found.append(Boundary(index + 1, at))
    return found


def part_pattern(form: Form, part: int) -> re.Pattern[bytes] | None:
    """Return the pattern of one part of a form; None behind the last."""
    return _part_pattern(form, part) if part < len(form.body.parts) else None


@cache
def telling_words(form: Form) -> tuple[bytes, ...]:
    """Return the fixed texts of a form that are long enough to be told from anybody's words."""
    words = (part.text.encode() for part in form.body.parts if isinstance(part, Words))
    return tuple(word for word in words if len(word) >= _TELLING_BYTES)


@cache
def _part_pattern(form: Form, index: int) -> re.Pattern[bytes]:
    return re.compile(part_source(form.body.parts[index]).encode())
