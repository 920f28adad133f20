"""Forms become patterns: the hot path, and how far a near miss got.

A pattern matches bytes and has one group per field, in the order of the form's fields. Everything
that repeats is possessive, so matching is linear in the length of the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gctui.grammar.forms import Form, InOrder, OneOf, Part, Perhaps, Slot, Words


@cache
def form_pattern(form: Form) -> re.Pattern[bytes]:
    """Return the pattern of one whole line, not anchored at its end."""
    return re.compile(_source(form.body).encode())


def opening_source(form: Form) -> str:
    """Return the source of what a line of this form begins with, enough to look like one.

    That is everything up to the first number and the two characters behind it: a word, such as
    the name of a package, may stand anywhere.
    """
    parts = form.body.parts
    end = next((i for i, part in enumerate(parts) if _is_number(part)), len(parts) - 1)
    head = "".join(_source(part, capture=False) for part in parts[: end + 1])
    behind = parts[end + 1] if end + 1 < len(parts) else None
    return head + (re.escape(behind.text[:2]) if isinstance(behind, Words) else "")


def openings_pattern(forms: tuple[Form, ...]) -> re.Pattern[bytes]:
    """Return the pattern of all that lines begin with, to look for it inside other text."""
    sources = "|".join(sorted({opening_source(form) for form in forms}))
    letters = frozenset[str]().union(*(_first_letters(form.body) for form in forms))
    # One look at a letter instead of one per opening makes it twice as fast.
    look = "" if "" in letters else f"(?=[{re.escape(''.join(sorted(letters)))}])"
    return re.compile(f"{look}(?:{sources})".encode())


def _first_letters(part: Part) -> frozenset[str]:
    """Return what a part may begin with; the empty text where that is not known."""
    match part:
        case Words(text):
            return frozenset({text[:1]})
        case InOrder((Perhaps(inner), *rest)):
            return _first_letters(inner) | _first_letters(InOrder(tuple(rest)))
        case InOrder((head, *_)):
            return _first_letters(head)
        case Slot(field) if field.is_flag or field.type_name in _TEXTS:
            return frozenset({_literal_head(field.pattern)[:1]})
        case _:
            return frozenset({""})


def _is_number(part: Part) -> bool:
    return isinstance(part, Slot) and part.field.type_name not in _TEXTS


_TEXTS = frozenset({"text", "name"})


def template(form: Form) -> bytes:
    """Return the line as a format with `%b` for every field, flags included."""
    return _template(form.body).encode()


def _template(part: Part) -> str:
    match part:
        case Words(text):
            return text.replace("%", "%%")
        case Slot():
            return "%b"
        case InOrder(parts) | OneOf(parts):
            return "".join(map(_template, parts))
        case Perhaps(inner):
            return _template(inner)


def needles(forms: tuple[Form, ...]) -> tuple[bytes, ...]:
    """Return the fewest texts of which every trace line contains at least one."""
    words = {_first_words(form.body) for form in forms}
    return tuple(
        sorted(word.encode() for word in words if not any(o != word and o in word for o in words))
    )


def _first_words(part: Part) -> str:
    """Return the first fixed text that says something: a single letter stands in every line."""
    match part:
        case Words(text):
            return text.lstrip() if len(text.strip()) > 1 else ""
        case InOrder(parts):
            return next((text for text in map(_first_words, parts) if text), "")
        case Slot(field) if field.type_name in _TEXTS:
            return _literal_head(field.pattern)
        case _:
            return ""


def _literal_head(pattern: str) -> str:
    """Return the fixed text that a pattern begins with, empty where one of several may."""
    found = _LITERALS.match(pattern)
    if found is None or _CHOICE.fullmatch(pattern):
        return ""
    return found[0].replace("\\", "").lstrip()


# Up to the first special character, and without what that would repeat.
_LITERALS = re.compile(r"(?:(?:[^\\.^$*+?{}\[\]|()]|\\\W)(?![*+?{]))*")
# An alternative that stands in no parentheses.
_CHOICE = re.compile(r"[^()]*\|.*")


def _source(part: Part, *, capture: bool = True) -> str:
    match part:
        case Words(text):
            return re.escape(text)
        case Slot(field):
            return f"({field.pattern})" if capture else f"(?:{field.pattern})"
        case InOrder(parts):
            return "".join(_source(inner, capture=capture) for inner in parts)
        case OneOf(parts):
            return f"(?:{'|'.join(_source(inner, capture=capture) for inner in parts)})"
        case Perhaps(inner):
            return f"(?:{_source(inner, capture=capture)})?+"


def first_words(form: Form) -> bytes:
    """Return the fixed text that every line of the form begins with; empty where it varies."""
    first = form.body.parts[0]
    return first.text.encode() if isinstance(first, Words) else b""


def part_source(part: Part) -> str:
    """Return the source of a pattern of one part, without groups."""
    return _source(part, capture=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a form matched a text, and what would have continued it."""

    end: int
    """Offset in bytes where the match ended."""
    expected: str
    whole: bool
    """The form matched to its end; what follows is too much."""


def reach(form: Form, text: bytes, start: int = 0) -> Reach:
    """Walk the form along `text` from `start` and say where it stops matching."""
    return _walk(form.body, text, start)


def _walk(part: Part, text: bytes, at: int) -> Reach:
    match part:
        case Words(words):
            return _words_reach(words, text, at)
        case Slot(field):
            found = re.compile(field.pattern.encode()).match(text, at)
            shown = (
                f'"{_plain(field.pattern)}"' if field.is_flag else f"{field.name} ({field.unit})"
            )
            return Reach(found.end(), "", True) if found else Reach(at, shown, False)
        case InOrder(parts):
            for inner in parts:
                step = _walk(inner, text, at)
                if not step.whole:
                    return step
                at = step.end
            return Reach(at, "the end of the line", True)
        case OneOf(parts):
            tries = [_walk(inner, text, at) for inner in parts]
            whole = [one for one in tries if one.whole]
            return whole[0] if whole else max(tries, key=lambda one: one.end)
        case Perhaps(inner):
            step = _walk(inner, text, at)
            return step if step.whole else Reach(at, "", True)


def _words_reach(words: str, text: bytes, at: int) -> Reach:
    wanted = words.encode()
    if text.startswith(wanted, at):
        return Reach(at + len(wanted), "", True)
    return Reach(at, f'"{words}"', False)


def _plain(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern)
