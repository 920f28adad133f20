"""The columns of a list: which of them fit, and how a text stands in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.cells import cell_len, set_cell_size

from gctui.tui.cells import CUT, cut

Item = TypeVar("Item")
GAP = "  "


@dataclass(frozen=True, slots=True)
class Column(Generic[Item]):
    """A column; one with a `share` takes that part of the room which the others leave."""

    title: str
    least_cells: int
    text: Callable[[Item, int], str]
    """What stands there, in at most so many cells."""
    importance: int
    """The largest are the first to go where the room is scarce."""
    share: float = 0.0
    most_cells: int = 1000


Fitted = Sequence[tuple[Column[Item], int]]
"""Columns and their widths."""


def fitting(columns: Sequence[Column[Item]], width_cells: int) -> Fitted[Item]:
    """Return the columns that fit. Only the width counts: columns that move are hard to read."""
    kept = sorted(columns, key=lambda column: column.importance)
    while len(kept) > 1 and sum(map(_least, kept)) > width_cells:
        kept.pop()
    shares = sum(column.share for column in kept) or 1.0
    spare = max(0, width_cells - sum(map(_least, kept)))
    return [
        (
            column,
            min(column.most_cells, column.least_cells + int(spare * column.share / shares)),
        )
        for column in columns
        if column in kept
    ]


def cell(column: Column[Item], text: str, width_cells: int) -> str:
    """Return a text in its column: figures to the right, words to the left after a gap."""
    if column.share:
        return GAP + set_cell_size(text, width_cells)
    return text.rjust(width_cells)


def function_name(name: str, width_cells: int) -> str:
    """Return a function's name, without its package's path where that is long."""
    if cell_len(name) > width_cells:
        # Types in brackets have paths of their own.
        own, bracket, types = name.partition("[")
        name = own.rpartition("/")[2] + bracket + types
    return cut(name, width_cells)


def file_name(path: str, width_cells: int) -> str:
    """Return a path, shortened from the left: the end is what tells places apart."""
    elements = path.split("/")
    for shown in (path, "/".join(elements[-2:]), elements[-1]):
        if cell_len(shown) <= width_cells:
            return shown
    return _cut_left(elements[-1], width_cells)


def _cut_left(text: str, width_cells: int) -> str:
    kept = text[-width_cells:]
    while kept and cell_len(kept) > width_cells - 1:
        kept = kept[1:]
    return CUT + kept


def _least(column: Column[Item]) -> int:
    return column.least_cells + (len(GAP) if column.share else 0)
