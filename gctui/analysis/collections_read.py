"""Many gc lines of one form at once, as columns: reading them one by one costs several times more.

A figure that cannot be (a clock that stepped back prints 1.8 × 10^13 ms) is taken as not printed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from operator import add, attrgetter, mul, truediv
from typing import Any

from gctui.events import Gc
from gctui.model.cycle import IMPOSSIBLE_MS, NO_GOAL_MB

_LONGEST_CLOCK_S = 10**10
_MOST_KNOWN = 1 << 14
_ARRAY_CODES = {float: "d", int: "q"}
_WITHOUT_SPLIT = 0.25
"""The share of the Ps that marks, where its CPU figures are not printed (mgc.go)."""


@dataclass(slots=True)
class Collections:
    """Collections of one form in the order of their lines; None for what the form lacks."""

    lines: list[int]
    numbers: list[int]
    starts_s: list[float] | None
    forced: list[bool] | None
    """None where not one of them is."""
    sweep_terms_ms: list[float] | None
    marks_ms: list[float] | None
    mark_terms_ms: list[float] | None
    first_stops_ms: list[float]
    """Sweep termination, and installing the write barrier in Go 1.5."""
    concurrent_ms: list[float]
    last_stops_ms: list[float]
    stopped_cpu_ms: list[float] | None
    assists_ms: list[float] | None
    backgrounds_ms: list[float] | None
    idles_ms: list[float] | None
    heap_starts_mb: list[int] | None
    heap_ends_mb: list[int] | None
    lives_mb: list[int] | None
    goals_mb: list[int] | None
    """0 where there is none."""
    stacks_mb: list[int] | None
    procs: list[int] | None
    is_reordered: bool
    """Go 1.5 prints after the world runs again: lines may change places."""

    def __len__(self) -> int:
        return len(self.lines)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process have arrays: of lists, it would read every number by itself."""
        return _unpacked, tuple(_packed(getattr(self, each.name)) for each in fields(self))


def _packed(column: Any) -> Any:
    code = _ARRAY_CODES.get(type(column[0])) if isinstance(column, list) and column else None
    try:
        return column if code is None else array(code, column)
    except OverflowError:
        # A number that no program ever printed.
        return column


def _unpacked(*packed: Any) -> Collections:
    columns: list[Any] = [each.tolist() if isinstance(each, array) else each for each in packed]
    return Collections(*columns)


def collections(gcs: Sequence[Gc]) -> Iterator[Collections]:
    """Yield the collections, those of one form together."""
    for cls, group in groupby(gcs, key=type):
        yield _read(cls, list(group))


class _Known(dict[bytes, float]):
    """Milliseconds by their text, 0 for what cannot be.

    Most were read before, and looking one up costs half as much as reading it.
    """

    def __missing__(self, text: bytes) -> float:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        number = float(text)
        self[text] = number = number if number < IMPOSSIBLE_MS else 0.0
        return number


class _KnownIntegers(dict[bytes, int]):
    """The same for whole numbers."""

    def __missing__(self, text: bytes) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        number = self[text] = int(text)
        return number


_FLOATS, _INTEGERS = _Known(), _KnownIntegers()


class _Columns:
    def __init__(self, cls: type[Gc], gcs: list[Gc]) -> None:
        columns = zip(*map(attrgetter("printed"), gcs), strict=True)
        self._columns = {
            field.name: (field, column) for field, column in zip(cls.fields, columns, strict=True)
        }
        self._read: dict[str, list[float] | None] = {}

    def has(self, name: str) -> bool:
        """Tell whether the form has such a figure."""
        return name in self._columns

    def durations(self, name: str) -> list[float] | None:
        """Return milliseconds, 0 for what cannot be."""
        if name not in self._read:
            self._read[name] = self._durations(name)
        return self._read[name]

    def _durations(self, name: str) -> list[float] | None:
        found = self._columns.get(name)
        if found is None:
            return None
        field, column = found
        if field.read is float:
            return list(map(_FLOATS.__getitem__, column))
        values: list[float] = list(map(field.read, column))  # type: ignore[arg-type]
        return [value if value < IMPOSSIBLE_MS else 0.0 for value in values]

    def seconds(self, name: str) -> list[float] | None:
        """Return times of the trace's clock; None where one of them cannot be."""
        found = self._columns.get(name)
        if found is None:
            return None
        field, column = found
        values: list[float] = list(map(field.read, column))  # type: ignore[arg-type]
        return values if max(values) < _LONGEST_CLOCK_S else None

    def whole(self, name: str) -> list[int] | None:
        """Return whole numbers."""
        found = self._columns.get(name)
        if found is None:
            return None
        return list(map(int if name == "n" else _INTEGERS.__getitem__, found[1]))

    def flags(self, name: str) -> list[bool] | None:
        """Return which lines have the flag; None where none of them does."""
        found = self._columns.get(name)
        if found is None or not any(found[1]):
            return None
        return [text is not None for text in found[1]]


def _read(cls: type[Gc], gcs: list[Gc]) -> Collections:
    columns = _Columns(cls, gcs)
    durations, whole = columns.durations, columns.whole
    first_stops, concurrent, last_stops = _phases(columns, len(gcs))
    found = Collections(
        lines=[gc.line for gc in gcs],
        numbers=whole("n") or [0] * len(gcs),
        starts_s=columns.seconds("start_s"),
        forced=columns.flags("forced"),
        sweep_terms_ms=durations("clock_sweep_term_ms"),
        marks_ms=durations("clock_mark_ms"),
        mark_terms_ms=durations("clock_mark_term_ms"),
        first_stops_ms=first_stops,
        concurrent_ms=concurrent,
        last_stops_ms=last_stops,
        stopped_cpu_ms=_with(columns, "cpu_sweep_term_ms", "cpu_mark_term_ms"),
        assists_ms=durations("cpu_assist_ms"),
        backgrounds_ms=_with(columns, "cpu_background_ms", "cpu_scan_ms", "cpu_sync_ms"),
        idles_ms=durations("cpu_idle_ms"),
        heap_starts_mb=whole("heap_start_mb"),
        heap_ends_mb=whole("heap_end_mb"),
        lives_mb=whole("heap_live_mb"),
        goals_mb=_goals(columns),
        stacks_mb=whole("stacks_mb"),
        procs=whole("procs"),
        is_reordered=columns.has("clock_sync_ms"),
    )
    _without_left_over(found)
    return found


def _phases(columns: _Columns, count: int) -> tuple[list[float], list[float], list[float]]:
    """Return how long the world was stopped, then not, then stopped again."""
    zeros = [0.0] * count
    durations = columns.durations
    mark, last = durations("clock_mark_ms"), durations("clock_mark_term_ms")
    if last is None:
        # Up to Go 1.4 it is stopped throughout.
        others = [durations(f"clock_{name}_ms") for name in ("stop", "sweep", "wait", "other")]
        return _summed([mark, *others], zeros), zeros, zeros
    first = _summed([durations("clock_sweep_term_ms"), durations("clock_sync_ms")], zeros)
    return first, _summed([durations("clock_scan_ms"), mark], zeros), last


def _with(columns: _Columns, name: str, *others: str) -> list[float] | None:
    """Return one column with others added to it; None where it is not printed."""
    durations = columns.durations(name)
    if durations is None:
        return None
    return _summed([durations, *map(columns.durations, others)], [])


def _goals(columns: _Columns) -> list[int] | None:
    goals = columns.whole("heap_goal_mb")
    if goals is not None and max(goals) > NO_GOAL_MB:
        return [goal if goal <= NO_GOAL_MB else 0 for goal in goals]
    return goals


def _summed(columns: Iterable[list[float] | None], zeros: list[float]) -> list[float]:
    present = [column for column in columns if column is not None]
    if len(present) == 1:
        return present[0]
    if len(present) == 2:
        return list(map(add, *present))
    return list(map(sum, zip(*present, strict=True))) if present else zeros


def _without_left_over(found: Collections) -> None:
    """Drop the CPU figures that forced collections of Go 1.5 – 1.8 print of the one before."""
    if found.forced is None or found.marks_ms is None or found.assists_ms is None:
        return
    if all(found.marks_ms):
        return
    for i, is_forced in enumerate(found.forced):
        if is_forced and not found.marks_ms[i]:
            for column in (found.assists_ms, found.backgrounds_ms, found.idles_ms):
                if column is not None:
                    column[i] = 0.0


@dataclass(frozen=True, slots=True)
class Marks:
    """What each mark used, and of how much."""

    used_ms: Sequence[float]
    rooms_ms: Sequence[float]
    """All Ps' time; both are empty where it is not printed."""
    rates: list[float]
    """The share of the Ps, 0 to 1."""


def marks(found: Collections) -> Marks:
    """Return what the marks of collections used."""
    if found.assists_ms is None or found.backgrounds_ms is None or found.procs is None:
        return Marks((), (), [_WITHOUT_SPLIT] * len(found))
    used_ms = list(map(add, found.assists_ms, found.backgrounds_ms))
    rooms_ms = list(map(mul, found.concurrent_ms, found.procs))
    if all(rooms_ms):
        rates = list(map(truediv, used_ms, rooms_ms))
        if max(rates) > 1:
            rates = [min(1.0, rate) for rate in rates]
    else:
        rates = [
            min(1.0, used / room) if room else 0.0
            for used, room in zip(used_ms, rooms_ms, strict=True)
        ]
    return Marks(used_ms, rooms_ms, rates)
