"""What the rows of an export look like, as JSON Schema and as a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gctui.events import unit_of
from gctui.events.columns import KINDS, Column, ColumnType, columns, fields_of_kind

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_INTEGER = {"type": "integer"}
_NUMBER = {"type": ["number", "null"]}
"""What is no number, or infinite, is null."""

_TYPES: Mapping[ColumnType, dict[str, Any]] = {
    ColumnType.TEXT: {"type": "string"},
    ColumnType.INTEGER: _INTEGER,
    ColumnType.NUMBER: _NUMBER,
    ColumnType.TRUTH: {"type": "boolean"},
    ColumnType.MOMENT: {"type": "string", "format": "date-time"},
    ColumnType.INTEGERS: {"type": "array", "items": _INTEGER},
    ColumnType.RANGES: {
        "type": "array",
        "items": {"type": "array", "items": _INTEGER, "minItems": 2, "maxItems": 2},
    },
    ColumnType.COUNTS: {"type": "object", "additionalProperties": _INTEGER},
    ColumnType.TEXTS: {"type": "object", "additionalProperties": {"type": "string"}},
}
COMMON_MEANINGS = {
    "kind": "what the event is",
    "line": "1-based in its source, where it began",
    "format": "the name of the form, as gctui formats lists it",
    "source": "the file, or who printed the line, as its prefix tells; `program 2` and so on "
    "where several programs without names print to one stream",
    "prefix": "what a logger put before the line, as printed",
    "wall": "when it was logged, RFC 3339; without an offset where none was printed; not where "
    "the prefix lacks the day or the year: nothing tells them",
    "received": "when it came; in recordings only",
    "repaired": "the line was torn by other output and put together again",
    "extra": "fields behind the last one that is known: a newer Go",
    "ranges": "where its bytes stood, if not in one piece",
}

Meanings = Mapping[tuple[str, str], str]
"""What a field of a kind means, in the grammar's words."""


def json_schema(meanings: Meanings) -> str:
    """Return the schema of one row, a JSON object."""
    kinds = {kind: _kind_schema(kind, meanings) for kind in KINDS}
    schema = {
        "$schema": _DIALECT,
        "title": "gctui export --to jsonl: one event",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds],
        "$defs": kinds,
    }
    return json.dumps(schema, indent=1, ensure_ascii=False)


def markdown(meanings: Meanings) -> Iterator[str]:
    """Yield the lines of a table of all columns, in the order of a CSV header."""
    yield "| column | type | unit | of | meaning |"
    yield "|---|---|---|---|---|"
    for column in columns():
        found = (meanings.get((kind, column.name), "") for kind in column.kinds)
        meaning = COMMON_MEANINGS.get(column.name) or next(filter(None, found), "")
        kinds = ", ".join(column.kinds) or "any"
        cells = (f"`{column.name}`", column.type, unit_of(column.name), kinds, meaning)
        escaped = (cell.replace("|", "\\|") for cell in cells)
        yield f"| {' | '.join(escaped)} |"


def _kind_schema(kind: str, meanings: Meanings) -> dict[str, Any]:
    common = {
        column.name: _described(column, COMMON_MEANINGS[column.name]) for column in columns(())
    }
    common["kind"] = {"const": kind}
    own = {
        column.name: _described(column, meanings.get((kind, column.name), ""))
        for column in fields_of_kind(kind)
    }
    return {
        "type": "object",
        "properties": common | own,
        "required": ["kind"],
        "additionalProperties": False,
    }


def _described(column: Column, meaning: str) -> dict[str, Any]:
    described = dict(_column_schema(column))
    if meaning:
        described["description"] = meaning
    return described


def _column_schema(column: Column) -> dict[str, Any]:
    if column.type is not ColumnType.RECORDS:
        return _TYPES[column.type]
    fields = {field.name: _column_schema(field) for field in column.record}
    return {
        "type": "array",
        "items": {"type": "object", "properties": fields, "additionalProperties": False},
    }
