"""Many gc lines of one form at once, as columns: reading them one by one costs several times more.

A figure that cannot be (a clock that stepped back prints 1.8 × 10^13 ms) is taken as not printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import add, attrgetter

from gctui.events import Gc
from gctui.model.cycle import IMPOSSIBLE_MS, NO_GOAL_MB

_LONGEST_CLOCK_S = 10**10
_MOST_KNOWN = 1 << 14
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


def collections(gcs: Sequence[Gc]) -> Iterator[Collections]:
    """Yield the collections, those of one form together."""
    for cls, group in groupby(gcs, key=type):
        yield _read(cls, list(group))


class _Known(dict[bytes, float]):
    """Numbers by their text: most were read before, and looking one up costs half as much."""

    def __missing__(self, text: bytes) -> float:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        number = self[text] = float(text)
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

    def durations(self, name: str) -> list[float] | None:
        """Return milliseconds, 0 for what cannot be."""
        found = self._columns.get(name)
        if found is None:
            return None
        field, column = found
        is_usual = field.read is float and name != "start_s"
        read = _FLOATS.__getitem__ if is_usual else field.read
        values: list[float] = list(map(read, column))  # type: ignore[arg-type]
        if max(values) >= IMPOSSIBLE_MS:
            values = [value if value < IMPOSSIBLE_MS else 0.0 for value in values]
        return values

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
    zeros = [0.0] * len(gcs)
    first, mark = columns.durations("clock_sweep_term_ms"), columns.durations("clock_mark_ms")
    last = columns.durations("clock_mark_term_ms")
    sync = columns.durations("clock_sync_ms")
    others = [columns.durations(f"clock_{name}_ms") for name in ("stop", "sweep", "wait", "other")]
    stops_throughout = last is None
    if stops_throughout:
        first_stops, concurrent = _summed([mark, *others], zeros), zeros
    else:
        first_stops = _summed([first, sync], zeros)
        concurrent = _summed([columns.durations("clock_scan_ms"), mark], zeros)
    goals = columns.whole("heap_goal_mb")
    if goals is not None and max(goals) > NO_GOAL_MB:
        goals = [goal if goal <= NO_GOAL_MB else 0 for goal in goals]
    stopped = columns.durations("cpu_sweep_term_ms")
    if stopped is not None:
        stopped = _summed([stopped, columns.durations("cpu_mark_term_ms")], zeros)
    background = columns.durations("cpu_background_ms")
    if background is not None:
        scan, at_sync = columns.durations("cpu_scan_ms"), columns.durations("cpu_sync_ms")
        background = _summed([background, scan, at_sync], zeros)
    found = Collections(
        lines=[gc.line for gc in gcs],
        numbers=columns.whole("n") or [0] * len(gcs),
        starts_s=columns.durations("start_s"),
        forced=columns.flags("forced"),
        sweep_terms_ms=first,
        marks_ms=mark,
        mark_terms_ms=last,
        first_stops_ms=first_stops,
        concurrent_ms=concurrent,
        last_stops_ms=last or zeros,
        stopped_cpu_ms=stopped,
        assists_ms=columns.durations("cpu_assist_ms"),
        backgrounds_ms=background,
        idles_ms=columns.durations("cpu_idle_ms"),
        heap_starts_mb=columns.whole("heap_start_mb"),
        heap_ends_mb=columns.whole("heap_end_mb"),
        lives_mb=columns.whole("heap_live_mb"),
        goals_mb=goals,
        stacks_mb=columns.whole("stacks_mb"),
        procs=columns.whole("procs"),
        is_reordered=sync is not None,
    )
    _without_left_over(found)
    if found.starts_s is not None and max(found.starts_s) >= _LONGEST_CLOCK_S:
        found.starts_s = None
    return found


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
    for i, is_forced in enumerate(found.forced):
        if is_forced and not found.marks_ms[i]:
            for column in (found.assists_ms, found.backgrounds_ms, found.idles_ms):
                if column is not None:
                    column[i] = 0.0


def mark_rates(found: Collections) -> list[float]:
    """Return the share of the Ps that each mark used."""
    if found.assists_ms is None or found.backgrounds_ms is None or found.procs is None:
        return [_WITHOUT_SPLIT] * len(found)
    return [
        min(1.0, (assist + background) / (mark * procs)) if mark and procs else 0.0
        for assist, background, mark, procs in zip(
            found.assists_ms, found.backgrounds_ms, found.concurrent_ms, found.procs, strict=True
        )
    ]
