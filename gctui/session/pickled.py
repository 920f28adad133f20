"""Events as bytes for another process of gctui, which has the same grammars loaded."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, starmap
from operator import attrgetter
from typing import Any, cast

from gctui.events import AnyEvent, Event
from gctui.events.alike import Alike, Read
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
    """Portions of events as bytes until they are asked for: as objects they take much longer."""

    __slots__ = ("_data",)

    def __init__(self, portions: Iterable[Sequence[AnyEvent]]) -> None:
        self._data = pickled([part for events in portions for part in _parts(events)])

    def __call__(self) -> list[Sequence[AnyEvent]]:
        """Return the events."""
        return list(starmap(_events, unpickled(self._data)))


_Part = tuple[str | None, Any]
"""Lines of a form, as their text or without the objects; or other events."""


def _parts(events: Sequence[AnyEvent]) -> Iterator[_Part]:
    if isinstance(events, Alike):
        yield events.cls.format, (events.lines, events.start, events.text)
        return
    for (cls, is_alone), group in groupby(events, key=_sort):
        several = list(group)
        yield (cls.format, _rows(several)) if is_alone else (None, several)


def _events(form: str | None, part: Any) -> Sequence[AnyEvent]:
    if form is None:
        return cast("Sequence[AnyEvent]", part)
    cls = _class_of(form)
    if type(part) is list:
        return list(starmap(cls, part))
    lines, start, text = part
    return Alike(cls, lines, start, text, _reader_of(form))


def _sort(event: AnyEvent) -> tuple[type[AnyEvent], bool]:
    is_alone = isinstance(event, Event) and event.format is not None and event.around is ALONE
    return type(event), is_alone


def _rows(events: Sequence[AnyEvent]) -> list[Any]:
    return list(map(attrgetter("line", "start", "end", "printed"), events))


def _class_of(form: str) -> type[Event]:
    return _classes()[form]


@cache
def _reader_of(form: str) -> Read:
    from gctui.grammar.forms import all_forms  # noqa: PLC0415
    from gctui.trace.known_forms import Known  # noqa: PLC0415

    return next(Known(each).rows for each in all_forms() if each.name == form)


@cache
def _classes() -> Mapping[str, type[Event]]:
    # The scanner has them all by now.
    from gctui.grammar.forms import all_forms  # noqa: PLC0415
    from gctui.trace.event_classes import event_class  # noqa: PLC0415

    return {form.name: event_class(form) for form in all_forms()}
