"""The grammar as documentation: outlines of forms, tables of fields, lines taken apart."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.errors import GctuiError
from gctui.events import Printed, unit_of
from gctui.grammar.forms import (
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


def form_named(name: str) -> Form:
    """Return the form with this public name. Raises GctuiError when there is none."""
    for form in all_forms() + profile_forms():
        if form.name == name:
            return form
    raise GctuiError(f"no form {name!r}; `gctui formats` lists them")


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


def form_lines(name: str) -> Iterator[str]:
    """Yield a form's outline and its fields with their units and meanings."""
    form = form_named(name)
    yield f"{form.name}: printed by Go {form.versions}. {form.remark}"
    yield f"  {outline(form)}"
    width = max(len(field.name) for field in form.fields)
    for field in form.fields:
        yield f"  {field.name:<{width}}  {unit_of(field.name):<4} {field.meaning}"


def _value(field: FormField, text: bytes) -> str:
    """Show the digits as printed where they are in the field's own unit."""
    if field.is_flag:
        return "yes"
    value = text.decode("utf-8", "replace") if field.digits_are_json else f"{field.read(text)}"
    return f"{value} {unit_of(field.name)}".strip()


def field_table(form: Form, printed: Printed) -> Iterator[str]:
    """Yield one line per printed field: name, value with its unit, meaning."""
    rows = []
    for field, text in zip(form.fields, printed, strict=True):
        if text is None:
            continue
        rows.append((field.name, _value(field, text), field.meaning))
    names = max(len(name) for name, _, _ in rows)
    values = max(len(value) for _, value, _ in rows)
    for name, value, meaning in rows:
        yield f"  {name:<{names}}  {value:>{values}}  {meaning}"
