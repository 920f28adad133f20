"""What the single collections of a run were like, in bounded memory: a sample, and the worst."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappush, heapreplace
from typing import TypeVar

from gctui.analysis.collection_columns import LEAST_GOAL_MB
from gctui.analysis.reservoir import Reservoir
from gctui.analysis.run_figures import Measure
from gctui.events import Gc
from gctui.model.cycle import Work, goal_mib, start_of, work_of

KEPT_WORST = 3
_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """One collection's value, and the line that tells it."""

    value: float
    line: int
    number: int
    """Of the collection, as printed."""
    file: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """A collection and the one before it, None where that is not known or another program's."""

    before: Gc | None
    gc: Gc


class CycleSamples:
    """Takes collections in their order; `ranked` are the quantities whose worst are wanted."""

    def __init__(self, ranked: Collection[Measure] = ()) -> None:
        self._pairs: Reservoir[_Pair] = Reservoir()
        self._worst: dict[Measure, list[Seen]] = {measure: [] for measure in ranked}
        self._before: Gc | None = None

    @property
    def count(self) -> int:
        """Of the collections."""
        return self._pairs.count

    def add(self, gcs: Sequence[Gc], file: str = "") -> None:
        """Take some collections up; `file` is where their lines are."""
        for gc in gcs:
            before = self._before
            pair = _Pair(before if before is not None and _follows(gc, before) else None, gc)
            self._pairs.add(pair)
            if self._worst:
                work = work_of(gc)
                for measure, kept in self._worst.items():
                    _rank(kept, pair, _READ[measure](pair, work), file)
            self._before = gc

    def values(self) -> Mapping[Measure, list[float]]:
        """Return samples of all quantities that are printed, in the order of time."""
        return self._read(_READ)

    def ratios(self) -> Mapping[Measure, list[tuple[float, float]]]:
        """Return what each of the same collections adds to the two sums of a rate or a share."""
        return self._read(_TERMS)

    def worst(self, measure: Measure) -> list[Seen]:
        """Return the collections with the highest values, the highest first."""
        return sorted(self._worst.get(measure, ()), key=lambda seen: (-seen.value, seen.line))

    def _read(
        self, readers: Mapping[Measure, Callable[[_Pair, Work], _Told | None]]
    ) -> dict[Measure, list[_Told]]:
        found: dict[Measure, list[_Told]] = {}
        for pair in self._pairs.values():
            work = work_of(pair.gc)
            for measure, read in readers.items():
                told = read(pair, work)
                if told is not None:
                    found.setdefault(measure, []).append(told)
        return found


def _rank(kept: list[Seen], pair: _Pair, value: float | None, file: str) -> None:
    if value is None or (len(kept) == KEPT_WORST and value <= kept[0].value):
        return
    seen = Seen(value, pair.gc.line, pair.gc.n or 0, file)
    if len(kept) < KEPT_WORST:
        heappush(kept, seen)
    else:
        heapreplace(kept, seen)


def _follows(gc: Gc, before: Gc) -> bool:
    """Tell whether no collection is missing between the two, and no restart."""
    if gc.n is None or before.n is None or gc.n != before.n + 1:
        return False
    start_s, before_s = start_of(gc), start_of(before)
    return start_s is None or before_s is None or start_s >= before_s


def _span_s(pair: _Pair, work: Work) -> float | None:
    """Return how long after the one before it a collection ended; None where it did not."""
    span_s = _signed_span_s(pair, work)
    return None if span_s is None or span_s <= 0 else span_s


def _signed_span_s(pair: _Pair, work: Work) -> float | None:
    """Return the same, below nought where starts, cut to milliseconds, let them overlap."""
    start_s = start_of(pair.gc)
    if pair.before is None and pair.gc.n == 1 and start_s is not None:
        # Of the first collection, since the program began.
        return start_s + work.wall_ms / 1000
    before_s = None if pair.before is None else start_of(pair.before)
    if pair.before is None or start_s is None or before_s is None:
        return None
    return start_s - before_s + (work.wall_ms - work_of(pair.before).wall_ms) / 1000


def _interval_s(pair: _Pair, _work: Work) -> float | None:
    start_s = start_of(pair.gc)
    before_s = None if pair.before is None else start_of(pair.before)
    return None if start_s is None or before_s is None else start_s - before_s


def _gc_cpu_percent(pair: _Pair, work: Work) -> float | None:
    span_s, procs = _span_s(pair, work), pair.gc.procs
    if span_s is None or work.cpu_ms is None or not procs:
        return None
    return min(100.0, work.cpu_ms / (10 * span_s * procs))


def _mark_utilisation_percent(pair: _Pair, work: Work) -> float | None:
    if not work.mark_ms or not pair.gc.procs or work.cpu_background_ms is None:
        return None
    used_ms = work.cpu_background_ms + (work.cpu_assist_ms or 0.0)
    return 100 * min(1.0, used_ms / (work.mark_ms * pair.gc.procs))


def _allocation_mb_per_s(pair: _Pair, work: Work) -> float | None:
    end_mb, span_s = pair.gc.heap_end_mb, _span_s(pair, work)
    live_mb = None if pair.before is None else pair.before.heap_live_mb
    if end_mb is None or live_mb is None or span_s is None:
        return None
    return max(0, end_mb - live_mb) / span_s


def _overshoot_percent(pair: _Pair, _work: Work) -> float | None:
    goal_mb, end_mb = goal_mib(pair.gc), pair.gc.heap_end_mb
    if goal_mb is None or end_mb is None or goal_mb < LEAST_GOAL_MB:
        return None
    return max(0.0, 100 * (end_mb / goal_mb - 1))


_Terms = tuple[float, float]


def _gc_cpu_terms(pair: _Pair, work: Work) -> _Terms | None:
    """Return percent times the Ps' seconds, and those."""
    span_s, procs = _signed_span_s(pair, work), pair.gc.procs
    if span_s is None or work.cpu_ms is None or not procs:
        return None
    return work.cpu_ms / 10, span_s * procs


def _mark_utilisation_terms(pair: _Pair, work: Work) -> _Terms | None:
    percent = _mark_utilisation_percent(pair, work)
    if percent is None or work.mark_ms is None or pair.gc.procs is None:
        return None
    room_ms = work.mark_ms * pair.gc.procs
    return percent * room_ms, room_ms


def _allocation_terms(pair: _Pair, work: Work) -> _Terms | None:
    """Return MB and seconds."""
    end_mb, span_s = pair.gc.heap_end_mb, _signed_span_s(pair, work)
    live_mb = None if pair.before is None else pair.before.heap_live_mb
    if end_mb is None or live_mb is None or span_s is None:
        return None
    return end_mb - live_mb, span_s


_TERMS: Mapping[Measure, Callable[[_Pair, Work], _Terms | None]] = {
    Measure.GC_CPU: _gc_cpu_terms,
    Measure.MARK_UTILISATION: _mark_utilisation_terms,
    Measure.ALLOCATION: _allocation_terms,
}

_READ: Mapping[Measure, Callable[[_Pair, Work], float | None]] = {
    Measure.PAUSE: lambda _pair, work: work.pause_ms,
    Measure.SWEEP_TERM: lambda _pair, work: work.sweep_term_ms,
    Measure.MARK: lambda _pair, work: work.mark_ms,
    Measure.MARK_TERM: lambda _pair, work: work.mark_term_ms,
    Measure.WALL: lambda _pair, work: work.wall_ms,
    Measure.CPU: lambda _pair, work: work.cpu_ms,
    Measure.ASSIST: lambda _pair, work: work.cpu_assist_ms,
    Measure.BACKGROUND: lambda _pair, work: work.cpu_background_ms,
    Measure.IDLE: lambda _pair, work: work.cpu_idle_ms,
    Measure.INTERVAL: _interval_s,
    Measure.GC_CPU: _gc_cpu_percent,
    Measure.MARK_UTILISATION: _mark_utilisation_percent,
    Measure.ALLOCATION: _allocation_mb_per_s,
    Measure.OVERSHOOT: _overshoot_percent,
    Measure.HEAP_START: lambda pair, _work: pair.gc.heap_start_mb,
    Measure.HEAP_END: lambda pair, _work: pair.gc.heap_end_mb,
    Measure.LIVE: lambda pair, _work: pair.gc.heap_live_mb,
    Measure.GOAL: lambda pair, _work: goal_mib(pair.gc),
    Measure.STACKS: lambda pair, _work: pair.gc.stacks_mb,
}
