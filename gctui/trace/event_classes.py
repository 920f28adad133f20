"""For every form of the grammar, the class of its events.

The class derives from the kind's class in `gctui.events`; its attributes read their own place in
the printed text when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from keyword import iskeyword
from typing import get_type_hints

from gctui.events import PRINTED_KINDS, Event, Field, Value
from gctui.grammar.forms import Form, FormField
from gctui.grammar.pattern import template
from gctui.grammar.syntax import GrammarError

_KINDS: Mapping[str, type[Event]] = {cls.kind: cls for cls in PRINTED_KINDS}


@cache
def event_class(form: Form) -> type[Event]:
    """Return the event class of `form`.

    Raises GrammarError when the grammar names a kind or a field that `gctui.events` lacks: a Go
    version that measures something new gets an annotated line there.
    """
    base = _KINDS.get(form.kind)
    if base is None:
        raise GrammarError(f"{form.name}: no event kind {form.kind!r}")
    known = get_type_hints(base)
    missing = [field.name for field in form.fields if _attribute(field.name) not in known]
    if missing:
        raise GrammarError(
            f"{form.name} names {', '.join(missing)}, {base.__name__} has no such field"
        )
    members: dict[str, object] = {
        "__slots__": (),
        "__doc__": base.__doc__,
        "__module__": base.__module__,
        "format": form.name,
        "versions": form.versions,
        "fields": tuple(map(_event_field, form.fields)),
        "template": template(form),
    }
    for place, field in enumerate(form.fields):
        members[_attribute(field.name)] = property(_reader(place, field.read))
    return type(base.__name__, (base,), members)


def _attribute(name: str) -> str:
    """Return the name of a field as Python allows it: `class_` for `class`."""
    return f"{name}_" if iskeyword(name) else name


def _event_field(field: FormField) -> Field:
    return Field(field.name, field.read, field.digits_are_json, field.is_flag, field.meaning)


def _reader(place: int, read: Callable[[bytes], Value]) -> Callable[[Event], Value | None]:
    def attribute(event: Event) -> Value | None:
        printed = event.printed[place]
        return None if printed is None else read(printed)

    return attribute
