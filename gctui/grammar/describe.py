"""The grammar as documentation: outlines of forms, and lines taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gctui.data import data_folder
from gctui.errors import GctuiError
from gctui.events import Printed, Value, unit_of
from gctui.grammar.forms import (
    FAMILIES,
    PROFILE_FAMILIES,
    Form,
    FormField,
    InOrder,
    OneOf,
    Part,
    Perhaps,
    Slot,
    Words,
    all_forms,
    profile_forms,
)

EVERY_FAMILY = FAMILIES + PROFILE_FAMILIES


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: fixed text, or a field as printed."""

    text: str
    field: FormField | None = None


def form_named(name: str) -> Form:
    """Return the form with this public name. Raises GctuiError when there is none."""
    for form in all_forms() + profile_forms():
        if form.name == name:
            return form
    raise GctuiError(f"no family and no form {name!r}; `gctui formats` lists them")


def outline(form: Form) -> str:
    """Return the line with field names in its gaps, as in `gc <n> @<start_s>s …`."""
    return _outlined(form.body)


def _outlined(part: Part) -> str:
    match part:
        case Words(text):
            return text
        case Slot(field) if field.is_flag:
            return _plain(field.pattern)
        case Slot(field) if field.type_name == "text":
            return _plain(field.pattern)
        case Slot(field):
            return f"<{field.name}>"
        case InOrder(parts):
            return "".join(map(_outlined, parts))
        case OneOf(parts):
            return " | ".join(map(_outlined, parts))
        case Perhaps(inner):
            return f"[{_outlined(inner)}]"


def _plain(pattern: str) -> str:
    return pattern.replace("\\", "")


def sample_line(form: Form) -> str:
    """Return a line as a real program printed it, empty where none is kept."""
    path = data_folder("samples") / "forms" / f"{form.name}.log"
    if not path.is_file():
        return ""
    with path.open("rb") as lines:
        return next(lines, b"").decode("utf-8", "surrogateescape").rstrip("\r\n")


def pieces(form: Form, printed: Printed) -> list[Piece]:
    """Return the line in pieces, from its first character to its last."""
    by_place = iter(printed)
    return [piece for piece in _pieces(form.body, by_place) if piece.text]


def _pieces(part: Part, printed: Iterator[bytes | None]) -> Iterator[Piece]:
    match part:
        case Words(text):
            yield Piece(text)
        case Slot(field):
            text = (next(printed) or b"").decode("utf-8", "surrogateescape")
            yield Piece(text, field)
        case InOrder(parts) | OneOf(parts):
            for inner in parts:
                yield from _pieces(inner, printed)
        case Perhaps(inner):
            # Only a flag may be missing, and then its text is empty.
            yield from _pieces(inner, printed)


def shown_value(field: FormField, printed: bytes) -> str:
    """Return a value with its unit, in the digits as printed where they are in that unit."""
    if field.is_flag:
        return "yes"
    text = printed.decode("utf-8", "surrogateescape")
    shown = text if field.digits_are_json else _shown(field.read(printed))
    if field.type_name == "id" and shown == "-1":
        return "none (-1)"
    unit = unit_of(field.name)
    return f"{shown}%" if unit == "%" else f"{shown} {unit}".strip()


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
