"""Figures of gc lines of one form, read column by column: one by one costs several times more.

A few hundred lines are read at a time, while their texts are still in the processor's cache.
A figure that cannot be (a clock that stepped back prints 1.8 × 10^13 ms) is taken as not printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import add
from typing import Any

from gctui.events import Field, Gc
from gctui.events.alike import columns_of, lines_of
from gctui.model.cycle import IMPOSSIBLE_MS, NO_GOAL_MB

_LONGEST_CLOCK_S = 10**10
_MOST_KNOWN = 1 << 14
_WHOLE = frozenset(
    {"heap_start_mb", "heap_end_mb", "heap_live_mb", "heap_goal_mb", "stacks_mb", "procs"}
)


class _Known(dict[bytes, Any]):
    """Figures by their text.

    Most were read before, and looking one up costs half as much as reading it.
    """

    def __init__(self, read: Callable[[bytes], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: bytes) -> Any:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        number = self[text] = self._read(text)
        return number


def _possible_ms(read: Callable[[bytes], Any], text: bytes) -> float:
    ms: float = read(text)
    # Of the same type: a column of both could not be packed.
    return ms if ms < IMPOSSIBLE_MS else type(ms)(0)


_read_ms = _Known(partial(_possible_ms, float)).__getitem__
_read_whole = _Known(int).__getitem__


def _reader(field: Field) -> Callable[[Any], Any] | None:
    """Return what reads a figure; None for one that no column is made of."""
    if field.name.endswith("_ms"):
        return _read_ms if field.read is float else partial(_possible_ms, field.read)
    if field.name in _WHOLE:
        return _read_whole
    if field.name == "forced":
        return bool
    return field.read if field.name in {"n", "start_s"} else None


class TextColumns:
    """The columns of lines of one form."""

    def __init__(self, cls: type[Gc]) -> None:
        self.cls = cls
        self.lines: list[int] = []
        self._readers = tuple(map(_reader, cls.fields))
        self._columns: dict[str, list[Any]] = {field.name: [] for field in cls.fields}

    def __len__(self) -> int:
        return len(self.lines)

    def add(self, gcs: Sequence[Gc]) -> None:
        """Read lines of this form."""
        self.lines += lines_of(gcs)
        columns = zip(self._columns.values(), self._readers, columns_of(gcs), strict=True)
        for column, read, printed in columns:
            if read is None:
                continue
            if printed[0] == printed[-1] and printed.count(printed[0]) == len(printed):
                # So many Ps, no stacks: the same on every line.
                column.extend([read(printed[0])] * len(printed))
            else:
                column.extend(map(read, printed))

    def has(self, name: str) -> bool:
        """Tell whether the form has such a figure."""
        return name in self._columns

    def durations(self, name: str) -> list[float] | None:
        """Return milliseconds, 0 for what cannot be."""
        return self._columns.get(name)

    def seconds(self, name: str) -> list[float] | None:
        """Return times of the trace's clock; None where one of them cannot be."""
        column: list[float] | None = self._columns.get(name)
        return column if column is not None and max(column) < _LONGEST_CLOCK_S else None

    def whole(self, name: str) -> list[int] | None:
        """Return whole numbers."""
        return self._columns.get(name)

    def goals_mb(self) -> list[int] | None:
        """Return the heap goals; 0 where there is none."""
        goals = self.whole("heap_goal_mb")
        if goals is not None and max(goals) > NO_GOAL_MB:
            return [goal if goal <= NO_GOAL_MB else 0 for goal in goals]
        return goals

    def flags(self, name: str) -> list[bool] | None:
        """Return which lines have the flag; None where none of them does."""
        column: list[bool] | None = self._columns.get(name)
        return column if column is not None and any(column) else None


def summed(columns: Iterable[list[float] | None]) -> list[float] | None:
    """Return the sums of the columns that there are."""
    total: Iterable[float] | None = None
    for column in columns:
        if column is not None:
            total = column if total is None else map(add, total, column)
    return None if total is None else total if isinstance(total, list) else list(total)
