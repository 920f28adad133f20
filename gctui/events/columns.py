"""The columns of an export: every field of every kind with its type, in an order that stays.

They are read off the classes of the events. Every form of the grammars names fields of these
classes only, which is checked when the form's own class is made, so that no event has a field
without a column. Where kinds share a name they share the column: one name, one quantity.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from gctui.events.event import Event
from gctui.events.observed import Mappings, MemStats, Process, Runtime
from gctui.events.printed import PRINTED_KINDS, SchedPart, Text, Unparsed


class ColumnType(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "true or false"
    MOMENT = "moment"
    """RFC 3339, with its offset."""
    INTEGERS = "list of integers"
    RANGES = "list of pairs of integers"
    COUNTS = "integers by name"
    TEXTS = "texts by name"
    RECORDS = "list of records"


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    type: ColumnType
    kinds: tuple[str, ...] = ()
    """The kinds of events that may have it; empty for what any event may have."""
    record: tuple[Column, ...] = ()
    """The fields of each record, where it holds records."""


_COMMON = (
    Column("kind", ColumnType.TEXT),
    Column("line", ColumnType.INTEGER),
    Column("format", ColumnType.TEXT),
    Column("source", ColumnType.TEXT),
    Column("prefix", ColumnType.TEXT),
    Column("wall", ColumnType.TEXT),
    Column("received", ColumnType.MOMENT),
    Column("repaired", ColumnType.TRUTH),
    Column("extra", ColumnType.TEXT),
    Column("ranges", ColumnType.RANGES),
)

_PROFILE = {
    "default_type": ColumnType.TEXT,
    "units": ColumnType.TEXTS,
    "totals": ColumnType.COUNTS,
    "samples": ColumnType.INTEGER,
    "sampling_bytes": ColumnType.INTEGER,
    "taken_ns": ColumnType.INTEGER,
    "server": ColumnType.TEXT,
}
"""What the export of a recording tells of a profile."""

_COUNTED = {"goroutines": ColumnType.INTEGER, "goroutines_by_status": ColumnType.COUNTS}
_BESIDE: Mapping[str, Mapping[str, ColumnType]] = {
    "sched": _COUNTED,
    "runtime": {
        "goroutines_by_status": ColumnType.COUNTS,
        "goroutines_by_wait_reason": ColumnType.COUNTS,
    },
    "text": {"text": ColumnType.TEXT},
    "unparsed": {
        "text": ColumnType.TEXT,
        "column": ColumnType.INTEGER,
        "expected": ColumnType.TEXT,
    },
    "profile": _PROFILE,
}
"""Fields that are no attributes with a type of their own."""

_TRACED = tuple(cls for cls in PRINTED_KINDS if cls is not SchedPart)
"""What scheddetail prints on one thread is exported as part of its snapshot."""

_PRINTED: tuple[type[Event], ...] = (*_TRACED, Text, Unparsed)
_OBSERVED: Mapping[str, type] = {
    Process.kind: Process,
    Mappings.kind: Mappings,
    Runtime.kind: Runtime,
    MemStats.kind: MemStats,
}
_CLASSES: Mapping[str, type] = {**{cls.kind: cls for cls in _PRINTED}, **_OBSERVED}

TRACE_KINDS = tuple(cls.kind for cls in _TRACED)
"""The kinds of trace lines."""

KINDS = (*_CLASSES, "profile")
"""Every kind of event that an export may have."""


@cache
def fields_of_kind(kind: str) -> tuple[Column, ...]:
    """Return the fields that events of one kind may have, beside what any event may have."""
    found = {
        column.name: column
        for column in (_typed(_CLASSES[kind], kind) if kind in _CLASSES else ())
        if column.name not in {"kind", "format"}
    }
    for name, column_type in _BESIDE.get(kind, {}).items():
        found[name] = Column(name, column_type, (kind,))
    return tuple(found.values())


def columns(kinds: Collection[str] = KINDS) -> tuple[Column, ...]:
    """Return the columns of these kinds, common ones first, else as the events name them."""
    merged: dict[str, Column] = {column.name: column for column in _COMMON}
    for kind in (known for known in KINDS if known in kinds):
        for column in fields_of_kind(kind):
            before = merged.get(column.name)
            merged[column.name] = column if before is None else _joined(before, column)
    return tuple(merged.values())


def _joined(one: Column, other: Column) -> Column:
    both = {one.type, other.type}
    column_type = one.type
    if both == {ColumnType.INTEGER, ColumnType.NUMBER}:
        column_type = ColumnType.NUMBER
    elif len(both) > 1:
        raise TypeError(f"{one.name} is {one.type} in {one.kinds}, {other.type} in {other.kinds}")
    return Column(one.name, column_type, one.kinds + other.kinds, one.record)


def _typed(cls: type, kind: str) -> Iterator[Column]:
    for name, hint in get_type_hints(cls).items():
        if not name.startswith("_") and get_origin(hint) is not ClassVar:
            column_type, record = _type_of(hint)
            yield Column(name.removesuffix("_"), column_type, (kind,), record)


_PLAIN: Mapping[Any, ColumnType] = {
    bool: ColumnType.TRUTH,
    int: ColumnType.INTEGER,
    float: ColumnType.NUMBER,
    str: ColumnType.TEXT,
    tuple[int, ...]: ColumnType.INTEGERS,
}


def _type_of(hint: Any) -> tuple[ColumnType, tuple[Column, ...]]:
    if get_origin(hint) in {Union, types.UnionType}:
        (hint,) = (part for part in get_args(hint) if part is not types.NoneType)
    if hint in _PLAIN:
        return _PLAIN[hint], ()
    (record, _) = get_args(hint)
    if not is_dataclass(record):
        raise TypeError(f"no column for {hint}")
    return ColumnType.RECORDS, tuple(
        Column(name, _type_of(inner)[0]) for name, inner in get_type_hints(record).items()
    )
