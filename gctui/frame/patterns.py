"""The patterns of the forms, for an engine that has no possessive repetition, and needs none.

Possessive means that what was matched is not given back. The engine of polars tries all ways at
once instead of one after the other, so nothing is gained by it there. The language stays the same,
because in the grammars no number goes on where what follows it begins; the tests hold both against
each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gctui.grammar.forms import Form, FormField, InOrder, OneOf, Part, Perhaps, Slot, all_forms
from gctui.grammar.pattern import form_pattern, needles, opening_source

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[!=<]|(?:[+*?]|\{[0-9,]+\})\+?|.", re.DOTALL
)
_FOLDED_KIND = "sched_part"
_STANDS_NOWHERE_ELSE = "notice"


class Untranslatable(ValueError):
    """The pattern looks around."""


@dataclass(frozen=True, slots=True)
class ColumnarForm:
    """A form whose lines are looked for in a column."""

    form: Form
    line: str
    """The pattern of a line of the form; one group per field."""
    certain: int
    """The number of a group, from 1 on, that every line of the form has."""

    @property
    def source(self) -> str:
        """The pattern of a line that is nothing else."""
        return f"^(?:{self.line})$"

    @property
    def beginning(self) -> str:
        """The pattern of what begins with such a line; what is behind it is the last group."""
        return f"^(?:{self.line})(.*)$"

    @property
    def kind(self) -> str:
        """The kind of its events."""
        return self.form.kind

    @property
    def stands_alone(self) -> bool:
        """Whether it is specific enough to be believed behind some text."""
        return self.kind != _STANDS_NOWHERE_ELSE

    @property
    def fields(self) -> tuple[FormField, ...]:
        """Its fields, one per group."""
        return self.form.fields


@cache
def columnar_forms() -> tuple[ColumnarForm, ...]:
    """Return the forms that are read, in the order of the grammars."""
    return tuple(
        ColumnarForm(form, translated(form_pattern(form).pattern.decode()), certain)
        for form in all_forms()
        if form.kind != _FOLDED_KIND
        for certain in [_certain_group(form)]
    )


@cache
def needle_texts() -> list[str]:
    """Return texts of which every trace line contains one."""
    return [needle.decode() for needle in needles(_read_forms())]


@cache
def cut() -> str:
    """Return the pattern that cuts a line in two: text, and what begins like a trace line."""
    openings = "|".join(sorted({translated(opening_source(form)) for form in _read_forms()}))
    return f"^(.*?)((?:{openings}).*)$"


def _read_forms() -> tuple[Form, ...]:
    return tuple(form for form in all_forms() if form.kind != _FOLDED_KIND)


def translated(source: str) -> str:
    """Return a pattern of Python without possessive repetition. Raises Untranslatable."""
    tokens = _TOKEN.findall(source)
    for token in tokens:
        if token[:2] == "(?" and token[2] in "!=<":
            raise Untranslatable(source)
    return "".join(
        token[:-1] if len(token) > 1 and token[-1] == "+" and token[0] in "+*?{" else token
        for token in tokens
    )


def _certain_group(form: Form) -> int:
    perhaps = {id(slot) for slot in _optional(form.body)}
    slots = list(_slots(form.body))
    return next(place for place, slot in enumerate(slots, 1) if id(slot) not in perhaps)


def _slots(part: Part) -> list[Slot]:
    match part:
        case Slot():
            return [part]
        case InOrder(parts) | OneOf(parts):
            return [slot for inner in parts for slot in _slots(inner)]
        case Perhaps(inner):
            return _slots(inner)
        case _:
            return []


def _optional(part: Part) -> list[Slot]:
    match part:
        case Perhaps() | OneOf():
            return _slots(part)
        case InOrder(parts):
            return [slot for inner in parts for slot in _optional(inner)]
        case _:
            return []
