"""How the text of a field becomes a value, for a whole column."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from gctui.grammar.forms import FormField

_HIGHEST, _LOWEST = (1 << 63) - 1, -(1 << 63)


def column_of(text: pl.Expr, field: FormField, column_type: pl.DataType) -> pl.Expr:
    """Return the values of a field; the column may hold floats where it has integers."""
    values = _READERS[field.type_name](text)
    is_wider = column_type == pl.Float64() and field.type_name not in {"float", "real", "µs"}
    return values.cast(pl.Float64) if is_wider else values


def _integers(text: pl.Expr) -> pl.Expr:
    """Read integers; one beyond 64 bits with a sign becomes the highest or lowest there is."""
    read = text.cast(pl.Int64, strict=False)
    beyond = pl.when(text.str.starts_with("-")).then(_LOWEST).otherwise(_HIGHEST)
    return pl.when(read.is_null() & text.is_not_null()).then(beyond).otherwise(read)


def _hexadecimal(text: pl.Expr) -> pl.Expr:
    read = text.str.strip_prefix("0x").str.to_integer(base=16, dtype=pl.Int128, strict=False)
    return read.clip(_LOWEST, _HIGHEST).cast(pl.Int64)


def _reals(text: pl.Expr) -> pl.Expr:
    read = text.cast(pl.Float64, strict=False)
    return pl.when(read.is_finite()).then(read)


def _lists(text: pl.Expr) -> pl.Expr:
    inner = text.str.strip_chars("[] ")
    items = inner.str.split(" ").list.eval(_integers(pl.element()))
    empty = pl.lit([], pl.List(pl.Int64))
    return pl.when(inner == "").then(empty).otherwise(items)


def _thousandths(text: pl.Expr) -> pl.Expr:
    """Read integers as thousandths; to divide by a constant is not exact to the last bit here."""
    return (text + "e-3").cast(pl.Float64, strict=False)


def _plain(text: pl.Expr) -> pl.Expr:
    return text


_READERS: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "int": _integers,
    "float": lambda text: text.cast(pl.Float64, strict=False),
    "hex": _hexadecimal,
    "µs": _thousandths,
    "real": _reals,
    "bool": lambda text: text == "true",
    "bit": lambda text: text == "1",
    "id": lambda text: _integers(text.replace("nil", "-1")),
    "ints": _lists,
    "text": _plain,
    "name": _plain,
    "behind": lambda text: text.str.slice(1),
    "list": _plain,
    "flag": lambda text: pl.when(text.is_not_null()).then(True),
}
