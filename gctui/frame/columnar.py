"""Lines in a column, events in columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

import polars as pl

from gctui.events.columns import TRACE_KINDS, Column, ColumnType, columns
from gctui.frame.patterns import ColumnarForm, columnar_forms, cut, needle_texts
from gctui.frame.reading import column_of

_NEVER_READ = frozenset({"wall", "received", "repaired", "extra", "ranges"})
_TYPES = {
    ColumnType.TEXT: pl.String(),
    ColumnType.INTEGER: pl.Int64(),
    ColumnType.NUMBER: pl.Float64(),
    ColumnType.TRUTH: pl.Boolean(),
    ColumnType.INTEGERS: pl.List(pl.Int64()),
}
_PROBED_LINES = 256
_LINE, _TEXT, _PREFIX = "line", "text of the line", "prefix"
_COLOURS = r"(?:\x1b\[[0-9;]*m[ \t\r]*)+$"
_MOST_IN_A_LINE = 16
_Found = list[tuple[ColumnarForm, pl.DataFrame]]


def schema(kinds: Collection[str] | None = None) -> pl.Schema:
    """Return names and types of the columns of some kinds, of all kinds of trace lines by default.

    Raises ValueError for an unknown kind.
    """
    wanted = _checked(kinds)
    return pl.Schema({column.name: _TYPES[column.type] for column in _columns(wanted)})


def frame_of(
    data: bytes,
    *,
    source: str | None = None,
    first_line: int = 1,
    kinds: Collection[str] | None = None,
    names: Collection[str] | None = None,
) -> pl.DataFrame:
    """Return the trace lines in `data`, one row each, in their order.

    `data` are whole lines of which the first is number `first_line` of `source`. `kinds` are those
    of the events that are wanted, `names` those of the columns; all by default.
    """
    wanted = schema(kinds)
    if names is not None:
        wanted = pl.Schema({name: wanted[name] for name in wanted if name in names})
    forms = [form for form in columnar_forms() if form.kind in _checked(kinds)]
    found = [
        _events(form, matched, wanted, source)
        for form, matched in _recognised(_lines(data, first_line), forms)
    ]
    if not found:
        return wanted.to_frame()
    together = pl.concat(found, how="diagonal").sort(_LINE, maintain_order=True)
    missing = [
        pl.lit(None, kind).alias(name)
        for name, kind in wanted.items()
        if name not in together.columns
    ]
    return together.with_columns(missing).select(wanted.names())


def _checked(kinds: Collection[str] | None) -> tuple[str, ...]:
    if kinds is None:
        return TRACE_KINDS
    wanted = frozenset([kinds]) if isinstance(kinds, str) else frozenset(kinds)
    if unknown := wanted - frozenset(TRACE_KINDS):
        raise ValueError(
            f"no kind {', '.join(sorted(unknown))}; there are {', '.join(TRACE_KINDS)}"
        )
    return tuple(kind for kind in TRACE_KINDS if kind in wanted)


@cache
def _columns(kinds: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(
        column
        for column in columns(kinds)
        if column.name not in _NEVER_READ and column.type in _TYPES
    )


def _lines(data: bytes, first_line: int) -> pl.DataFrame:
    """Return those lines that may be trace lines, without what is blank at their ends."""
    text = pl.Series(_TEXT, [data.decode("utf-8", "replace")])
    every = text.str.split("\n").explode().to_frame().with_row_index(_LINE, first_line)
    stripped = pl.col(_TEXT).str.strip_chars_end(" \t\r")
    if b"\x1b[" in data:
        stripped = stripped.str.replace(_COLOURS, "").str.strip_chars_end(" \t\r")
    return (
        every.lazy()
        .filter(pl.col(_TEXT).str.contains_any(needle_texts()))
        .with_columns(pl.col(_LINE).cast(pl.Int64), stripped)
        .collect()
    )


def _recognised(lines: pl.DataFrame, forms: Sequence[ColumnarForm]) -> _Found:
    """Return the lines of each form: that stand alone, behind some text, and before some."""
    found: _Found = []
    rest = _taken(lines, _likely(lines, forms), found)
    if not rest.height:
        return found
    pieces = _cut(rest)
    whole = pieces.filter(pl.col(_PREFIX) == "")
    behind = pieces.filter(pl.col(_PREFIX) != "")
    specific = [form for form in forms if form.stands_alone]
    left = [
        _taken(whole.with_columns(pl.lit(None, pl.String).alias(_PREFIX)), forms, found),
        _taken(behind, [*_likely(behind, specific), *specific], found),
    ]
    _take_within(pl.concat(left), specific, found)
    return found


def _take_within(pieces: pl.DataFrame, forms: Sequence[ColumnarForm], found: _Found) -> None:
    """Take what begins with a trace line, and what is behind that; look on behind what does not."""
    for _ in range(_MOST_IN_A_LINE):
        if not pieces.height:
            break
        begun: list[pl.DataFrame] = []
        for form in forms:
            read = pieces.with_columns(
                pl.col(_TEXT).str.extract_groups(form.beginning).alias("groups")
            )
            is_it = read["groups"].struct.field(str(form.certain)).is_not_null()
            behind = str(len(form.fields) + 1)
            taken = read.filter(is_it).drop(_TEXT).unnest("groups")
            if not taken.height:
                continue
            found.append((form, taken))
            begun.append(taken.select(_LINE, pl.col(behind).alias(_TEXT)))
            pieces = pieces.filter(~is_it)
        begun.append(pieces.select(_LINE, pl.col(_TEXT).str.slice(1)))
        more = _cut(pl.concat(begun))
        pieces = more.with_columns(pl.lit(None, pl.String).alias(_PREFIX))


def _cut(lines: pl.DataFrame) -> pl.DataFrame:
    """Cut lines in two where the first trace line begins; leave out those where none does."""
    groups = pl.col(_TEXT).str.extract_groups(cut()).struct
    pieces = lines.select(
        pl.col(_LINE), groups.field("1").alias(_PREFIX), groups.field("2").alias(_TEXT)
    )
    return pieces.filter(pl.col(_TEXT).is_not_null())


def _likely(lines: pl.DataFrame, forms: Sequence[ColumnarForm]) -> list[ColumnarForm]:
    """Return the forms of which a few lines here and there are: most of the others are too."""
    step = max(1, lines.height // _PROBED_LINES)
    probe = lines.gather_every(step)[_TEXT]
    return [form for form in forms if probe.str.contains(form.source).any()]


def _taken(
    rest: pl.DataFrame,
    forms: Sequence[ColumnarForm],
    found: _Found,
) -> pl.DataFrame:
    """Put the lines of each form into `found`, groups and all; return what is of none of them."""
    for form in forms:
        if not rest.height:
            break
        read = rest.with_columns(pl.col(_TEXT).str.extract_groups(form.source).alias("groups"))
        is_it = read["groups"].struct.field(str(form.certain)).is_not_null()
        if not is_it.any():
            continue
        found.append((form, read.filter(is_it).drop(_TEXT).unnest("groups")))
        if is_it.all():
            return rest.clear()
        rest = rest.filter(~is_it)
    return rest


def _events(
    form: ColumnarForm, matched: pl.DataFrame, wanted: pl.Schema, source: str | None
) -> pl.DataFrame:
    """Turn the groups of one form into fields."""
    said: dict[str, str | None] = {"kind": form.kind, "format": form.form.name, "source": source}
    if form.kind == "pacer":
        said["phase"] = form.form.name.rpartition(".")[2]
    constant = [
        pl.lit(value, pl.String).alias(name) for name, value in said.items() if name in wanted
    ]
    fields = [
        column_of(pl.col(str(group)), field, wanted[field.name]).alias(field.name)
        for group, field in enumerate(form.fields, 1)
        if field.name in wanted
    ]
    prefix = [pl.col(_PREFIX)] if _PREFIX in wanted and _PREFIX in matched.columns else []
    return matched.select(pl.col(_LINE), *prefix, *constant, *fields)
