"""Events as bytes for another process of gctui, which has the same grammars loaded."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from functools import cache
from typing import Any

from gctui.events import Event
from gctui.events.event import ALONE


class _Pickler(pickle.Pickler):
    """Names what both processes have: the classes of the grammar's forms, and `ALONE`."""

    def reducer_override(self, thing: object) -> Any:
        if thing is ALONE:
            return "ALONE"
        if isinstance(thing, type) and issubclass(thing, Event) and thing.format is not None:
            return _class_of, (thing.format,)
        return NotImplemented


def pickled(thing: object) -> bytes:
    """Return what another process of gctui reads by `unpickled`."""
    file = io.BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(thing)
    return file.getvalue()


def unpickled(data: bytes) -> Any:
    """Return what `pickled` made into bytes: they come from no one else."""
    return pickle.loads(data)  # noqa: S301


def _class_of(form: str) -> type[Event]:
    return _classes()[form]


@cache
def _classes() -> Mapping[str, type[Event]]:
    # The scanner has them all by now.
    from gctui.grammar.forms import all_forms  # noqa: PLC0415
    from gctui.trace.event_classes import event_class  # noqa: PLC0415

    return {form.name: event_class(form) for form in all_forms()}
