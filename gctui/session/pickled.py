"""Events as bytes for another process of gctui, which has the same grammars loaded."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby, starmap
from operator import attrgetter
from typing import Any

from gctui.events import AnyEvent, Event
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


class PackedEvents:
    """Events as bytes until they are asked for; one by one, objects take several times longer."""

    __slots__ = ("_data",)

    def __init__(self, events: Sequence[AnyEvent]) -> None:
        parts: list[_Part] = []
        for (cls, is_alone), group in groupby(events, key=_sort):
            several = list(group)
            parts.append((cls.format, _rows(several)) if is_alone else (None, several))
        self._data = pickled(parts)

    def __call__(self) -> list[AnyEvent]:
        """Return the events."""
        parts: list[_Part] = unpickled(self._data)
        events: list[AnyEvent] = []
        for form, several in parts:
            if form is None:
                events += several
            else:
                events += starmap(_class_of(form), several)
        return events


_Part = tuple[str | None, list[Any]]
"""Lines of a form that stand alone, without the objects; or other events."""


def _sort(event: AnyEvent) -> tuple[type[AnyEvent], bool]:
    is_alone = isinstance(event, Event) and event.format is not None and event.around is ALONE
    return type(event), is_alone


def _rows(events: Sequence[AnyEvent]) -> list[Any]:
    return list(map(attrgetter("line", "start", "end", "printed"), events))


def _class_of(form: str) -> type[Event]:
    return _classes()[form]


@cache
def _classes() -> Mapping[str, type[Event]]:
    # The scanner has them all by now.
    from gctui.grammar.forms import all_forms  # noqa: PLC0415
    from gctui.trace.event_classes import event_class  # noqa: PLC0415

    return {form.name: event_class(form) for form in all_forms()}
