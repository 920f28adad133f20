"""The collections of one whole run, folded in one pass and bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import fields, replace
from itertools import compress, repeat
from operator import add, gt, le, mul, not_, sub
from typing import Any, cast

from gctui.analysis.collections_read import Collections, Marks, collections, marks
from gctui.analysis.run_costs import AllocationSum, CpuSums
from gctui.analysis.run_figures import Chart, Extreme, LastHeap, Measure, Start
from gctui.analysis.tally import Spread, Tally
from gctui.analysis.thinned_series import ThinnedSeries
from gctui.analysis.utilisation import Phases, Utilisation, Window
from gctui.events import Gc
from gctui.model.series import SeriesView

_LEAST_GOAL_MB = 10
_MOST_STARTS = 100
_WENT_BACK_S, _WENT_BACK_REORDERED_S = 0.5, 0.1
_Times = list[float]


class CycleFold:
    """Takes collections, many at once; seconds are on the run's axis."""

    def __init__(self) -> None:
        self.count = self.forced = self.runs = 0
        self.forced_line: int | None = None
        self.has_goals = False
        self.begin_s: float | None = None
        self.end_s = 0.0
        self.watched_s = self.paused_s = 0.0
        self.procs: tuple[int, int] | None = None
        self.last_heap: LastHeap | None = None
        self.extremes: dict[Measure, Extreme] = {}
        self.starts: list[Start] = []
        """Of the program's lives, the first hundred."""
        self.cpu = CpuSums()
        self.overall, self.freely, self.marking = AllocationSum(), AllocationSum(), AllocationSum()
        self._tallies = {measure: Tally() for measure in Measure}
        self._charts = {chart: ThinnedSeries() for chart in Chart}
        self._use = Utilisation()
        self._unforced: Utilisation | None = None
        self._base_s = 0.0
        self._last_number: int | None = None
        self._last_start_s: float | None = None
        """By the trace's clock, as printed; None at the beginning of a life."""
        self._last_live_mb: int | None = None
        self._has_before = False
        """It is known when the collection before ended, or the program began."""

    def add(self, gcs: Sequence[Gc]) -> None:
        """Take collections in the order of their lines."""
        self.take(collections(gcs))

    def take(self, several: Iterable[Collections]) -> None:
        """Take collections that were read already."""
        for found in several:
            for part, begins in self._lives(found):
                if begins:
                    self._begin(part)
                self._add(part)

    def spreads(self) -> dict[Measure, Spread]:
        """Return how each quantity was spread, those that are printed."""
        spreads = ((measure, tally.spread()) for measure, tally in self._tallies.items())
        return {measure: spread for measure, spread in spreads if spread is not None}

    def charts(self) -> dict[Chart, SeriesView]:
        """Return what is drawn."""
        return {chart: series.view() for chart, series in self._charts.items() if len(series)}

    def windows(self) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
        """Return the worst windows with forced collections, and without."""
        worst = tuple(self._use.windows())
        return worst, worst if self._unforced is None else tuple(self._unforced.windows())

    def mutator_percent(self) -> float | None:
        """Return the mean mutator utilisation."""
        used_s, span_s = self._use.totals_s()
        return 100 * (1 - min(1.0, used_s / span_s)) if span_s > 0 else None

    def _lives(self, found: Collections) -> Iterator[tuple[Collections, bool]]:
        """Cut where the program restarted: its counter or its clock went back."""
        numbers, starts = found.numbers, found.starts_s
        begins = self._last_number is None or _went_back(
            found, 0, self._last_number, self._last_start_s or 0.0
        )
        is_rising = all(map(gt, numbers[1:], numbers)) and not found.is_reordered
        if is_rising and (starts is None or all(map(le, starts, starts[1:]))):
            yield found, begins
            return
        first = 0
        for i in range(1, len(found)):
            if _went_back(found, i, numbers[i - 1], starts[i - 1] if starts else 0.0):
                yield _part(found, first, i), begins
                first, begins = i, True
        yield _part(found, first, len(found)), begins

    def _begin(self, found: Collections) -> None:
        """Start a life of the program where the one before it ended."""
        self.runs += 1
        self._last_live_mb = self._last_start_s = None
        if found.starts_s is None:
            self._keep_start(Start(None, found.lines[0]))
            return
        # A log that begins with the first collection shows the program's whole life.
        self._has_before = found.numbers[0] <= 1
        origin_s = 0.0 if self._has_before else found.starts_s[0]
        if self.begin_s is None:
            self.begin_s = self.end_s = origin_s
        self._keep_start(Start(self.end_s, found.lines[0]))
        self._base_s = self.end_s - origin_s
        for use in (self._use, self._unforced):
            if use is not None:
                use.begin(self.end_s)

    def _keep_start(self, start: Start) -> None:
        if len(self.starts) < _MOST_STARTS:
            self.starts.append(start)

    def _add(self, found: Collections) -> None:
        self.count += len(found)
        if found.forced is not None and any(found.forced):
            self.forced += sum(found.forced)
            self.forced_line = self.forced_line or found.lines[found.forced.index(True)]
        self.has_goals = self.has_goals or found.goals_mb is not None
        self._last_number = found.numbers[-1]
        pauses = list(map(add, found.first_stops_ms, found.last_stops_ms))
        walls = list(map(add, pauses, found.concurrent_ms))
        self.paused_s += sum(pauses) / 1000
        self._durations(found, pauses, walls)
        before_s = self.end_s
        placed = self._placed(found, walls)
        begins_s, ends_s = placed or (None, None)
        self._extreme(Measure.PAUSE, pauses, begins_s, found.lines)
        for measure, values in (
            (Measure.MARK, found.marks_ms),
            (Measure.ASSIST, found.assists_ms),
        ):
            if values is not None:
                self._extreme(measure, values, begins_s, found.lines)
        self._sizes(found, begins_s)
        if begins_s is not None and ends_s is not None:
            self._draw(found, pauses, ends_s)
            self._timed(found, begins_s, ends_s, before_s)
        if found.lives_mb:
            self._last_live_mb = found.lives_mb[-1]

    def _placed(self, found: Collections, walls: list[float]) -> tuple[_Times, _Times] | None:
        """Return begins and ends on the axis; those that overlap are moved behind each other."""
        if found.starts_s is None or self.begin_s is None:
            return None
        now_s = self.end_s
        begins_s = [self._base_s + start_s for start_s in found.starts_s]
        ends_s = [begin_s + wall / 1000 for begin_s, wall in zip(begins_s, walls, strict=True)]
        if begins_s[0] < now_s or any(map(gt, ends_s, begins_s[1:])):
            # Starts are cut to a millisecond, and Go 1.5 swaps lines.
            for i, (begin_s, wall) in enumerate(zip(begins_s, walls, strict=True)):
                begins_s[i] = max(begin_s, now_s)
                ends_s[i] = now_s = begins_s[i] + wall / 1000
        self.end_s = ends_s[-1]
        return begins_s, ends_s

    def _durations(self, found: Collections, pauses: list[float], walls: list[float]) -> None:
        for measure, values in (
            (Measure.PAUSE, pauses),
            (Measure.WALL, walls),
            (Measure.SWEEP_TERM, found.sweep_terms_ms),
            (Measure.MARK, found.marks_ms),
            (Measure.MARK_TERM, found.mark_terms_ms),
            (Measure.ASSIST, found.assists_ms),
            (Measure.BACKGROUND, found.backgrounds_ms),
            (Measure.IDLE, found.idles_ms),
        ):
            self._tallies[measure].add(values or [])

    def _sizes(self, found: Collections, begins_s: _Times | None) -> None:
        for measure, sizes_mb in (
            (Measure.HEAP_START, found.heap_starts_mb),
            (Measure.HEAP_END, found.heap_ends_mb),
            (Measure.LIVE, found.lives_mb),
            (Measure.STACKS, found.stacks_mb),
        ):
            if sizes_mb is not None:
                self._tallies[measure].add(cast("list[float]", sizes_mb))
        goals, ends = found.goals_mb, found.heap_ends_mb
        if goals is not None:
            there = goals if all(goals) else [goal for goal in goals if goal]
            self._tallies[Measure.GOAL].add(cast("list[float]", there))
        if goals is not None and ends is not None:
            self._overshoot(found, ends, goals, begins_s)
        tops = ends or found.heap_starts_mb
        if tops is not None:
            self._extreme(Measure.HEAP_END, tops, begins_s, found.lines)
        self._last_sizes(found)

    def _overshoot(
        self, found: Collections, ends: list[int], goals: list[int], begins_s: _Times | None
    ) -> None:
        if max(goals) < _LEAST_GOAL_MB:
            return
        over = [
            int(1000 * (end / goal - 1) + 0.5) / 10 if end > goal >= _LEAST_GOAL_MB else 0.0
            for end, goal in zip(ends, goals, strict=True)
        ]
        told = over
        if min(goals) < _LEAST_GOAL_MB:
            told = list(compress(over, map(le, repeat(_LEAST_GOAL_MB), goals)))
        self._tallies[Measure.OVERSHOOT].add(told)
        self._extreme(Measure.OVERSHOOT, over, begins_s, found.lines)

    def _last_sizes(self, found: Collections) -> None:
        lives, goals, ends = found.lives_mb, found.goals_mb, found.heap_ends_mb
        self.last_heap = LastHeap(
            lives[-1] if lives else None,
            (goals[-1] or None) if goals else None,
            ends[-1] if ends else None,
        )
        if found.procs is not None:
            seen = {*found.procs, *(self.procs or ())}
            self.procs = min(seen), max(seen)

    def _draw(self, found: Collections, pauses: list[float], ends_s: _Times) -> None:
        self._charts[Chart.PAUSE].extend(ends_s, pauses)
        for chart, sizes_mb in ((Chart.LIVE, found.lives_mb), (Chart.HEAP_END, found.heap_ends_mb)):
            if sizes_mb is not None:
                self._charts[chart].extend(ends_s, sizes_mb)
        if found.goals_mb is not None:
            goals: Sequence[float] = found.goals_mb
            if not all(goals):
                ends_s = list(compress(ends_s, goals))
                goals = list(compress(goals, goals))
            self._charts[Chart.GOAL].extend(ends_s, goals)

    def _timed(self, found: Collections, begins_s: _Times, ends_s: _Times, before_s: float) -> None:
        starts_s = found.starts_s or []
        spans_s = [ends_s[0] - before_s, *map(sub, ends_s[1:], ends_s)]
        if not self._has_before:
            spans_s[0] = 0.0
        self.watched_s += sum(spans_s)
        intervals = [int(1000 * span_s + 0.5) / 1000 for span_s in map(sub, starts_s[1:], starts_s)]
        if self._last_start_s is not None:
            intervals.insert(0, round(starts_s[0] - self._last_start_s, 3))
        if intervals and min(intervals) < 0:
            intervals = [span_s if span_s > 0 else 0.0 for span_s in intervals]
        self._tallies[Measure.INTERVAL].add(intervals)
        self._last_start_s = starts_s[-1]
        marked = marks(found)
        self._cpu(found, marked, (begins_s, ends_s), spans_s)
        self._allocation(found, begins_s, ends_s, spans_s)
        self._utilisation(found, marked.rates, begins_s)
        self._has_before = True

    def _cpu(
        self,
        found: Collections,
        marked: Marks,
        times_s: tuple[_Times, _Times],
        spans_s: list[float],
    ) -> None:
        if found.procs is None:
            return
        begins_s, ends_s = times_s
        rooms_s = list(map(mul, spans_s, found.procs))
        first = 0 if spans_s[0] > 0 else 1
        costs_ms = self.cpu.add(found, rooms_s, is_first_known=not first)
        if costs_ms is None:
            return
        self._tallies[Measure.CPU].add(costs_ms)
        self._tallies[Measure.MARK_UTILISATION].add(self.cpu.mark(marked))
        shares = [
            int(cost_ms / room_s + 0.5) / 10 if room_s else 0.0
            for cost_ms, room_s in zip(costs_ms, rooms_s, strict=True)
        ]
        if max(shares) > 100:
            shares = [min(100.0, share) for share in shares]
        if first:
            ends_s = ends_s[1:]
        known = shares[1:] if first else shares
        self._tallies[Measure.GC_CPU].add(known)
        self._charts[Chart.GC_CPU].extend(ends_s, known)
        self._extreme(Measure.GC_CPU, shares, begins_s, found.lines)

    def _allocation(
        self, found: Collections, begins_s: _Times, ends_s: _Times, spans_s: list[float]
    ) -> None:
        starts, ends, lives = found.heap_starts_mb, found.heap_ends_mb, found.lives_mb
        if starts is None or ends is None or lives is None:
            return
        self.marking.add(starts, ends, sum(found.concurrent_ms) / 1000)
        before = lives[:-1]
        if self._last_live_mb is not None:
            before.insert(0, self._last_live_mb)
        else:
            starts, ends, spans_s = starts[1:], ends[1:], spans_s[1:]
            begins_s, ends_s = begins_s[1:], ends_s[1:]
        grown = self.overall.add(before, ends, sum(spans_s))
        between_s = sum(spans_s) - sum(ends_s) + sum(begins_s)
        self.freely.add(before, starts, between_s)
        self._tallies[Measure.ALLOCATION].add(
            [
                int(10 * mb / span_s) / 10 if mb > 0 else 0.0
                for mb, span_s in zip(grown, spans_s, strict=True)
                if span_s > 0
            ]
        )

    def _utilisation(self, found: Collections, rates: list[float], begins_s: _Times) -> None:
        phases = Phases(
            begins_s,
            found.first_stops_ms,
            found.concurrent_ms,
            found.last_stops_ms,
            rates,
            found.lines,
        )
        if self._unforced is None and found.forced is not None:
            self._unforced = deepcopy(self._use)
        self._use.add(phases)
        if self._unforced is None:
            return
        if found.forced is not None:
            phases = phases.kept(list(map(not_, found.forced)))
        self._unforced.add(phases)

    def _extreme(
        self,
        measure: Measure,
        values: Sequence[float],
        times_s: _Times | None,
        lines: list[int],
    ) -> None:
        highest, known = max(values), self.extremes.get(measure)
        if known is None or highest > known.value:
            i = values.index(highest)
            at_s = None if times_s is None else times_s[i]
            self.extremes[measure] = Extreme(highest, at_s, lines[i])


def _went_back(found: Collections, i: int, number: int, start_s: float) -> bool:
    went_back_s = start_s - found.starts_s[i] if found.starts_s else 0.0
    if found.is_reordered:
        return went_back_s > _WENT_BACK_REORDERED_S
    return found.numbers[i] <= number or went_back_s > _WENT_BACK_S


def _part(found: Collections, first: int, behind: int) -> Collections:
    cut: dict[str, Any] = {
        field.name: value[first:behind]
        for field in fields(found)
        if isinstance(value := getattr(found, field.name), list)
    }
    return replace(found, **cut)
