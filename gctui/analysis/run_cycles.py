"""The collections of one whole run, folded in one pass and bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from itertools import compress, repeat
from operator import add, gt, mul, not_, sub, truediv

from gctui.analysis.collections_read import Collections
from gctui.analysis.run_costs import AllocationSum, CpuSums
from gctui.analysis.run_figures import Chart, Extreme, LastHeap, Measure, Start
from gctui.analysis.tallies import Tallies, tenths, thousandths
from gctui.analysis.tally import Spread
from gctui.analysis.thinned_series import ThinnedSeries
from gctui.analysis.utilisation import Phases, Utilisation, Window
from gctui.model.series import SeriesView

_MOST_STARTS = 100
_UNITS = {Chart.GC_CPU: tenths}
_Times = list[float]


class CycleFold:
    """Takes collections, many at once; seconds are on the run's axis."""

    def __init__(self) -> None:
        self.count = self.forced = self.runs = 0
        self.watched = 0
        """Collections of which it is known when the one before ended, or the program began."""
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
        self.tallies = Tallies()
        self.cpu = CpuSums()
        self.overall, self.freely, self.marking = AllocationSum(), AllocationSum(), AllocationSum()
        self._charts = {chart: ThinnedSeries(_UNITS.get(chart, float)) for chart in Chart}
        self._use = Utilisation()
        self._unforced: Utilisation | None = None
        self._base_s = 0.0
        self._last_number: int | None = None
        self._last_start_s: float | None = None
        """By the trace's clock, as printed; None at the beginning of a life."""
        self._last_live_mb: int | None = None
        self._has_before = False
        """It is known when the collection before ended, or the program began."""

    def take(self, several: Iterable[Collections]) -> None:
        """Take collections that were read already, and counted in `tallies`."""
        for found in several:
            before = self._last_number
            if found.begins or before is None or not found.follow(before, self._last_start_s or 0):
                self._begin(found)
            self._add(found)

    def spreads(self) -> dict[Measure, Spread]:
        """Return how each quantity was spread, those that are printed."""
        return self.tallies.spreads()

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

    def _begin(self, found: Collections) -> None:
        """Start a life of the program where the one before it ended."""
        self.runs += 1
        self._last_live_mb = self._last_start_s = None
        if found.starts_s is None:
            self._keep_start(Start(None, found.lines[0]))
            return
        # A log that begins with the first collection shows the program's whole life.
        self._has_before = found.first_number <= 1
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
        if found.forced is not None:
            self.forced += sum(found.forced)
            self.forced_line = self.forced_line or found.lines[found.forced.index(True)]
        self.has_goals = self.has_goals or found.goals_mb is not None
        self._last_number = found.last_number
        pauses_ms = list(map(add, found.first_stops_ms, found.last_stops_ms))
        before_s = self.end_s
        placed = self._placed(found)
        begins_s, ends_s = placed or (None, None)
        for measure, (value, place) in found.highest.items():
            self._extreme(measure, value, place, begins_s, found.lines)
        self._last_sizes(found)
        if begins_s is not None and ends_s is not None:
            self._draw(found, pauses_ms, ends_s)
            self._watch(pauses_ms)
            self._timed(found, begins_s, ends_s, before_s)
        if found.lives_mb:
            self._last_live_mb = found.lives_mb[-1]

    def _placed(self, found: Collections) -> tuple[_Times, _Times] | None:
        """Return begins and ends on the axis; those that overlap are moved behind each other."""
        if found.starts_s is None or self.begin_s is None:
            return None
        now_s = self.end_s
        begins_s = list(map(add, repeat(self._base_s), found.starts_s))
        ends_s = list(map(add, begins_s, found.walls_s))
        if begins_s[0] < now_s or any(map(gt, ends_s, begins_s[1:])):
            # Starts are cut to a millisecond, and Go 1.5 swaps lines.
            for i, (begin_s, wall_s) in enumerate(zip(begins_s, found.walls_s, strict=True)):
                begins_s[i] = max(begin_s, now_s)
                ends_s[i] = now_s = begins_s[i] + wall_s
        self.end_s = ends_s[-1]
        return begins_s, ends_s

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

    def _draw(self, found: Collections, pauses_ms: list[float], ends_s: _Times) -> None:
        self._charts[Chart.PAUSE].extend(ends_s, pauses_ms)
        for chart, sizes_mb in ((Chart.LIVE, found.lives_mb), (Chart.HEAP_END, found.heap_ends_mb)):
            if sizes_mb is not None:
                self._charts[chart].extend(ends_s, sizes_mb)
        if found.goals_mb is not None:
            goals: Sequence[float] = found.goals_mb
            if not all(goals):
                ends_s = list(compress(ends_s, goals))
                goals = list(compress(goals, goals))
            self._charts[Chart.GOAL].extend(ends_s, goals)

    def _watch(self, pauses_ms: list[float]) -> None:
        """Count what belongs to the time that was watched: that of the first one may not be."""
        watched_ms = pauses_ms if self._has_before else pauses_ms[1:]
        self.watched += len(watched_ms)
        self.paused_s += sum(watched_ms) / 1000

    def _timed(self, found: Collections, begins_s: _Times, ends_s: _Times, before_s: float) -> None:
        starts_s = found.starts_s or []
        spans_s = [ends_s[0] - before_s, *map(sub, ends_s[1:], ends_s)]
        if not self._has_before:
            spans_s[0] = 0.0
        self.watched_s += sum(spans_s)
        if self._last_start_s is not None:
            interval_s = max(0.0, starts_s[0] - self._last_start_s)
            key = int(1000 * interval_s + 0.5)
            self.tallies[Measure.INTERVAL].add_keys([key], thousandths)
        self._last_start_s = starts_s[-1]
        self._cpu(found, (begins_s, ends_s), spans_s)
        self._allocation(found, begins_s, ends_s, spans_s)
        self._utilisation(found, begins_s)
        self._has_before = True

    def _cpu(
        self, found: Collections, times_s: tuple[_Times, _Times], spans_s: list[float]
    ) -> None:
        if found.procs is None or found.costs_ms is None:
            return
        begins_s, ends_s = times_s
        rooms_s = list(map(mul, spans_s, found.procs))
        first = 0 if spans_s[0] > 0 else 1
        self.cpu.add(found, sum(rooms_s), is_first_known=not first)
        shares = _tenths_of_percent(found.costs_ms, rooms_s)
        if first:
            ends_s, known = ends_s[1:], shares[1:]
        else:
            known = shares
        self.tallies[Measure.GC_CPU].add_keys(known, tenths)
        self._charts[Chart.GC_CPU].extend(ends_s, known)
        highest = max(shares)
        place = shares.index(highest)
        self._extreme(Measure.GC_CPU, tenths(highest), place, begins_s, found.lines)

    def _allocation(
        self, found: Collections, begins_s: _Times, ends_s: _Times, spans_s: list[float]
    ) -> None:
        starts, ends, lives = found.heap_starts_mb, found.heap_ends_mb, found.lives_mb
        if starts is None or ends is None or lives is None:
            return
        all_starts_mb, all_ends_mb = sum(starts), sum(ends)
        marking_s = sum(found.concurrent_ms) / 1000
        self.marking.add(all_ends_mb - all_starts_mb, len(found), marking_s)
        before = lives[:-1]
        if self._last_live_mb is not None:
            before.insert(0, self._last_live_mb)
        else:
            all_starts_mb, all_ends_mb = all_starts_mb - starts[0], all_ends_mb - ends[0]
            ends, spans_s = ends[1:], spans_s[1:]
            begins_s, ends_s = begins_s[1:], ends_s[1:]
        span_s, all_before_mb = sum(spans_s), sum(before)
        self.overall.add(all_ends_mb - all_before_mb, len(before), span_s)
        between_s = span_s - sum(ends_s) + sum(begins_s)
        self.freely.add(all_starts_mb - all_before_mb, len(before), between_s)
        keys = [
            int(10 * mb / span_s) if mb > 0 else 0
            for mb, span_s in zip(map(sub, ends, before), spans_s, strict=True)
            if span_s > 0
        ]
        self.tallies[Measure.ALLOCATION].add_keys(keys, tenths)

    def _utilisation(self, found: Collections, begins_s: _Times) -> None:
        phases = Phases(
            begins_s,
            found.first_stops_ms,
            found.concurrent_ms,
            found.last_stops_ms,
            found.mark_rates,
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
        value: float,
        place: int,
        times_s: _Times | None,
        lines: Sequence[int],
    ) -> None:
        known = self.extremes.get(measure)
        if known is None or value > known.value:
            at_s = None if times_s is None else times_s[place]
            self.extremes[measure] = Extreme(value, at_s, lines[place])


def _tenths_of_percent(costs_ms: Sequence[float], rooms_s: Sequence[float]) -> list[int]:
    """Return CPU times as shares of all Ps' time, 0 where that is not known."""
    if all(rooms_s):
        shares = [int(share + 0.5) for share in map(truediv, costs_ms, rooms_s)]
    else:
        shares = [
            int(cost_ms / room_s + 0.5) if room_s else 0
            for cost_ms, room_s in zip(costs_ms, rooms_s, strict=True)
        ]
    return shares if max(shares) <= 1000 else [min(1000, share) for share in shares]
