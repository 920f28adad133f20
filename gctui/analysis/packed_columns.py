"""Columns of numbers on their way to another process: as lists, each number would be read there."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

_ARRAY_CODES = {float: "d", int: "q"}


@dataclass(frozen=True, slots=True)
class _Same:
    """A column of which all numbers are the same: so many Ps, no stacks."""

    value: Any
    count: int


def packed(column: Any) -> Any:
    """Return what `unpacked` makes the same of; what is no column of numbers stays as it is."""
    if isinstance(column, list) and column and type(column[0]) is bool:
        return bytes(column)
    code = _ARRAY_CODES.get(type(column[0])) if isinstance(column, list) and column else None
    if code is None:
        return column
    if column[0] == column[-1] and column.count(column[0]) == len(column):
        return _Same(column[0], len(column))
    if code == "q" and (steady := _steady(column)) is not None:
        return steady
    try:
        return array(code, column)
    except (OverflowError, TypeError):
        # A number that no program ever printed, or some of them whole.
        return column


def unpacked(column: Any) -> Any:
    """Return a column as it was."""
    if isinstance(column, bytes):
        return list(map(bool, column))
    if isinstance(column, _Same):
        return [column.value] * column.count
    if isinstance(column, array):
        return column.tolist()
    return [*column] if isinstance(column, range) else column


def _steady(column: list[int]) -> range | None:
    """Return numbers as a range, as of lines that alternate with others."""
    step = column[1] - column[0] if len(column) > 1 else 0
    if step <= 0 or (column[-1] - column[0]) != step * (len(column) - 1):
        return None
    steady = range(column[0], column[-1] + 1, step)
    return steady if column == list(steady) else None
