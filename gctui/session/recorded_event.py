"""From an object of a recording back to its event. Nothing that stands there is trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

from gctui.events import (
    AnyEvent,
    Event,
    GcPause,
    GoroutineGroup,
    Mappings,
    MemStats,
    Process,
    Runtime,
    Sched,
    Surroundings,
    Text,
    Unparsed,
)
from gctui.events.event import ALONE

Row = Mapping[str, Any]
Check = Callable[[object], bool]
_Part = TypeVar("_Part", GcPause, GoroutineGroup)

_BEYOND = 1 << 64
"""No counter of a 64-bit machine gets there."""

_STREAMS = frozenset({"stdin", "stdout", "stderr", "file"})
"""As `Channel` names them."""
_SURROUNDINGS = frozenset({"prefix", "wall", "repaired", "extra", "ranges"})
_LONGEST_LIST = 1024
_MOST_RANGES = 1 << 13
"""More than the parser keeps of any event."""
_MOST_STATUSES = 64


class NotAnEvent(Exception):
    """An object that is no event of a recording; the message says what was expected."""


def read_event(row: Row) -> AnyEvent:
    """Return the event that was recorded as `row`. Raises NotAnEvent.

    What is unknown beside the known fields, as a newer version may write it, is not looked at.
    """
    kind = row.get("kind")
    if kind == Process.kind:
        return _process(row)
    if kind == Runtime.kind:
        return _runtime(row)
    if kind == Mappings.kind:
        return _mappings(row)
    if kind == MemStats.kind:
        return _memstats(row)
    return _printed(kind, row)


def _printed(kind: object, row: Row) -> Event:
    line, (start, end) = _count(row.get("line"), "line"), _range(row.get("range"))
    around = _around(row)
    if kind == Text.kind:
        return Text(line, start, end, (_bytes(row, "text"),), around)
    if kind == Unparsed.kind:
        column, expected = _count(row.get("column"), "column"), _string(row, "expected")
        return Unparsed(line, start, end, (_bytes(row, "text"),), column, expected)
    form = row.get("format")
    known = _forms().get(form) if isinstance(form, str) else None
    if known is None or known[0].kind != kind:
        raise NotAnEvent("a known kind and format")
    event, fullmatch = known
    found = fullmatch(_bytes(row, "raw"))
    if found is None:
        raise NotAnEvent(f"raw, a line of {form}")
    read = event(line, start, end, found.groups(), around)
    if isinstance(read, Sched) and "goroutines_by_status" in row:
        read.counted = _counted(row["goroutines_by_status"])
    return read


def stream_and_who(row: Row) -> tuple[str, str | None]:
    """Return the stream of an event, and who printed it where its prefix told; else None."""
    source = row.get("source")
    if not isinstance(source, str):
        return "", None
    stream, _, who = source.partition(":")
    return (stream, who or None) if stream in _STREAMS else ("", source or None)


def _around(row: Row) -> Surroundings:
    """Return what stood around a line; what is wrong there is an error as anywhere."""
    who = stream_and_who(row)[1]
    if who is None and _SURROUNDINGS.isdisjoint(row):
        return ALONE
    ranges = row.get("ranges", [])
    if not isinstance(ranges, list) or len(ranges) > _MOST_RANGES:
        raise NotAnEvent("ranges")
    return Surroundings(
        prefix=_string(row, "prefix") if "prefix" in row else None,
        wall=_string(row, "wall") if "wall" in row else None,
        source=who,
        repaired=row.get("repaired") is True,
        extra=_string(row, "extra") if "extra" in row else None,
        ranges=tuple(_range(pair) for pair in ranges),
    )


def _counted(value: object) -> Mapping[str, int]:
    if not isinstance(value, dict) or len(value) > _MOST_STATUSES:
        raise NotAnEvent("goroutines_by_status")
    if not all(map(_is_string, value)) or not all(map(_is_count, value.values())):
        raise NotAnEvent("goroutines_by_status")
    return value


@cache
def _forms() -> Mapping[str, tuple[type[Event], Callable[[bytes], re.Match[bytes] | None]]]:
    """Return how to read the lines of each form, by its name."""
    # They cost a tenth of a second.
    from gctui.grammar.forms import all_forms  # noqa: PLC0415
    from gctui.grammar.pattern import form_pattern  # noqa: PLC0415
    from gctui.trace.event_classes import event_class  # noqa: PLC0415

    return {form.name: (event_class(form), form_pattern(form).fullmatch) for form in all_forms()}


def _count(value: object, name: str) -> int:
    if type(value) is not int or not 0 < value < _BEYOND:
        raise NotAnEvent(name)
    return value


def _range(value: object) -> tuple[int, int]:
    match value:
        case [int() as start, int() as end] if 0 <= start <= end < _BEYOND:
            return int(start), int(end)
    raise NotAnEvent("range")


def _string(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise NotAnEvent(name)
    return value


def _bytes(row: Row, name: str) -> bytes:
    try:
        return _string(row, name).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise NotAnEvent(name) from error


def _process(row: Row) -> Process:
    return Process(**_figures(Process, row))


def _runtime(row: Row) -> Runtime:
    figures = _figures(Runtime, row)
    if "gc_pauses" in row:
        figures["gc_pauses"] = tuple(map(_gc_pause, _rows(row, "gc_pauses")))
    if "goroutine_groups" in row:
        figures["goroutine_groups"] = tuple(map(_group, _rows(row, "goroutine_groups")))
    return Runtime(**figures)


def _mappings(row: Row) -> Mappings:
    figures = _figures(Mappings, row)
    missing = [field.name for field in fields(Mappings) if field.name not in figures]
    if missing and not all(_CHECKS[Mappings][name](None) for name in missing):
        raise NotAnEvent(missing[0])
    rest: dict[str, Any] = dict.fromkeys(missing)
    return Mappings(**rest, **figures)


def _memstats(row: Row) -> MemStats:
    figures = _figures(MemStats, row)
    for name in ("pause_ns", "pause_end_ns", "pause_quantiles_ns"):
        if name in row:
            figures[name] = _counts(row, name)
    return MemStats(**figures)


def _counts(row: Row, name: str) -> tuple[int, ...]:
    value = row[name]
    if not isinstance(value, list) or len(value) > _LONGEST_LIST or not all(map(_is_count, value)):
        raise NotAnEvent(name)
    return tuple(value)


def _rows(row: Row, name: str) -> list[Row]:
    value = row[name]
    if not isinstance(value, list) or not all(isinstance(inner, dict) for inner in value):
        raise NotAnEvent(name)
    return value


def _gc_pause(row: Row) -> GcPause:
    return _whole(GcPause, row, "gc_pauses")


def _group(row: Row) -> GoroutineGroup:
    return _whole(GoroutineGroup, row, "goroutine_groups")


def _whole(cls: type[_Part], row: Row, name: str) -> _Part:
    """Make an object; the fields that its first version had must be there."""
    figures = _figures(cls, row)
    if any(field.default is MISSING and field.name not in figures for field in fields(cls)):
        raise NotAnEvent(name)
    return cls(**figures)


def _figures(cls: type, row: Row) -> dict[str, Any]:
    """Return those fields of `cls` that are in `row` and plain. Raises NotAnEvent."""
    figures = {}
    for name, check in _CHECKS[cls].items():
        if name in row:
            value = row[name]
            if not check(value):
                raise NotAnEvent(name)
            figures[name] = value
    return figures


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and type(value) is not bool and 0 <= value < _BEYOND


def _is_count(value: object) -> bool:
    return isinstance(value, int) and _is_number(value)


def _is_signed(value: object) -> bool:
    return isinstance(value, int | float) and _is_number(abs(value))


def _is_signed_count(value: object) -> bool:
    return isinstance(value, int) and _is_number(abs(value))


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


_BY_TYPE: Mapping[object, Check] = {
    str: _is_string,
    int: _is_count,
    float: _is_number,
    int | None: _or_none(_is_count),
    float | None: _or_none(_is_number),
    bool | None: lambda value: value is None or type(value) is bool,
}

_ANY_SIGN: Mapping[str, Check] = {
    # GOGC=off is -1; a collection may end while a sample is taken.
    "gc_percent": _or_none(_is_signed_count),
    "ago_s": _is_signed,
}


def _checks(cls: type) -> Mapping[str, Check]:
    """Return how to tell a good value, for every field that is not a list."""
    hints = get_type_hints(cls)
    return {
        field.name: _ANY_SIGN.get(field.name) or _BY_TYPE[hints[field.name]]
        for field in fields(cls)
        if hints[field.name] in _BY_TYPE
    }


_CHECKS: Mapping[type, Mapping[str, Check]] = {
    cls: _checks(cls) for cls in (Process, Runtime, Mappings, MemStats, GcPause, GoroutineGroup)
}
