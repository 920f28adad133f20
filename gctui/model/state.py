"""The state of one program: what its events add up to.

`apply` is pure in this sense: the same events, with the same receipt times, end in the same state,
however the stream was cut, live or replayed. Nothing here reads a clock or the system.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace

from gctui.events import (
    AnyEvent,
    Event,
    Gc,
    Init,
    Mappings,
    MemStats,
    Pacer,
    Process,
    Runtime,
    Scav,
    Sched,
    Scvg,
    Text,
    Unparsed,
)
from gctui.model.brief import Brief, brief_of
from gctui.model.clock import ClockKind, StreamClock
from gctui.model.counters import CounterTrail, GcWork, begins_anew, heap_mapped_mib
from gctui.model.cycle import Cycle, start_of, work_of
from gctui.model.fork import forked
from gctui.model.goroutine_profile import GOROUTINES, goroutine_groups
from gctui.model.memstats import runtime_of
from gctui.model.metrics import Metric
from gctui.model.moment import MomentKeeper
from gctui.model.points import (
    MIB,
    Points,
    counter_points,
    cycle_after,
    cycle_points,
    in_mib,
    page_points,
)
from gctui.model.profile import Profile
from gctui.model.residency import Look
from gctui.model.series import Series
from gctui.model.snapshot import Epoch, Snapshot, Totals
from gctui.model.statistics import Statistics
from gctui.model.trace_figures import TraceFigures, sched_points

KEPT_CYCLES = 1000
_AXIS_TOLERANCE_S = 1.0
KEPT_EPOCHS = 64
KEPT_UNPARSED = 100

_SAMPLED = (
    Metric.RSS_MIB,
    Metric.THREADS,
    Metric.INUSE_MIB,
    Metric.IDLE_MIB,
    Metric.SYS_MIB,
    Metric.RELEASED_MIB,
    Metric.HEAP_ALLOCATED_MIB,
    Metric.GOROUTINES,
)


class ProgramState:
    """Folds events into series, statistics and totals; memory does not grow with the stream."""

    def __init__(self) -> None:
        self._clock = StreamClock()
        self._series = {metric: Series() for metric in Metric}
        self._pause = Statistics()
        self._counts: Counter[str] = Counter()
        self._formats: Counter[str] = Counter()
        self._printed_by: dict[str, str] = {}
        self._cycles: deque[Cycle] = deque(maxlen=KEPT_CYCLES)
        self._epochs: deque[Epoch] = deque(maxlen=KEPT_EPOCHS)
        self._unparsed: deque[Unparsed] = deque(maxlen=KEPT_UNPARSED)
        self._last: Cycle | None = None
        self._scvg: Scvg | None = None
        self._scav: Scav | None = None
        self._figures = TraceFigures()
        self._process: Process | None = None
        self._moments = MomentKeeper()
        self._look: Look | None = None
        self._trail = CounterTrail()
        self._memstats: MemStats | None = None
        self._profile: Profile | None = None
        self._goroutine_profile: Profile | None = None
        self._uncounted: Profile | None = None
        """A goroutine profile that no sample has taken up yet."""
        self._peak_rss_bytes = 0
        self._first_s: float | None = None

    def apply(
        self, event: AnyEvent, received_s: float | None = None, *, is_late: bool = False
    ) -> None:
        """Fold one event; `received_s` is when it arrived, None for a saved log.

        `is_late`: a collection that others overtook, rather than the first of another life.
        """
        self._counts[event.kind] += 1
        if isinstance(event, Text):
            return
        if event.format is not None:
            self._formats[event.format] += 1
            if isinstance(event, Event) and event.format not in self._printed_by:
                self._printed_by[event.format] = event.versions
        match event:
            case Gc():
                self._collection(event, received_s, is_late=is_late)
            case Scvg():
                self._pages(event, received_s)
            case Scav():
                self._scavenged(event, received_s)
            case Sched() | Pacer() | Init():
                self._figured(event, received_s)
            case Process() | Mappings() | Runtime() | MemStats():
                self._asked(event, received_s)
            case Unparsed():
                self._unparsed.append(event)

    def _asked(
        self, answer: Process | Mappings | Runtime | MemStats, received_s: float | None
    ) -> None:
        match answer:
            case Process():
                self._sampled(answer, received_s)
            case Mappings():
                self._looked(answer, received_s)
            case Runtime():
                self._read_inside(answer, received_s)
            case MemStats():
                self._told(answer, received_s)

    def take_profile(self, profile: Profile) -> None:
        """Keep the newest profile; one of goroutines is their census with the next figures."""
        if profile.default_type == GOROUTINES:
            self._goroutine_profile = self._uncounted = profile
        else:
            self._profile = profile

    def fork(self) -> ProgramState:
        """Return a state that is the same now and goes on by itself."""
        return forked(self, _OWNERS)

    def forget_samples(self) -> None:
        """Take back what the process and its counters told: they were another program's."""
        self._process = self._look = self._memstats = None
        self._moments, self._trail = MomentKeeper(), CounterTrail()
        self._peak_rss_bytes = 0
        for metric in _SAMPLED:
            self._series[metric] = Series()

    def brief(self) -> Brief:
        """Return what a list of programs shows."""
        has_times = bool(self._epochs) and self._clock.kind is not ClockKind.ORDER
        return brief_of(
            self._cycles,
            self._epochs[-1].begin_s if has_times else None,
            collections=self._counts["gc"],
            printed_by=tuple(self._printed_by.values()),
            is_sampled=self._process is not None or self._trail.last is not None,
        )

    def now_at(self, received_s: float) -> float:
        """Return where a moment of the receipt clock lies on the stream's axis."""
        return self._clock.at_receipt(received_s)

    def snapshot(self) -> Snapshot:
        """Return everything as it is now, in a form that never changes."""
        return Snapshot(
            now_s=self._clock.now_s,
            first_s=self._first_s or 0.0,
            clock=self._clock.kind,
            series={metric: series.view() for metric, series in self._series.items()},
            cycles=tuple(self._cycles),
            epochs=tuple(self._epochs),
            unparsed=tuple(self._unparsed),
            formats=dict(self._formats),
            printed_by=dict(self._printed_by),
            totals=Totals(
                counts=dict(self._counts),
                pause=self._pause.summary(),
                peak_rss_bytes=self._peak_rss_bytes or None,
            ),
            scvg=self._scvg,
            scav=self._scav,
            figures=self._figures,
            process=self._moments.now.process,
            moment=self._moments.now,
            look=self._look,
            counters=self._trail.view(),
            profile=self._profile,
            goroutine_profile=self._goroutine_profile,
        )

    def _collection(self, gc: Gc, received_s: float | None, *, is_late: bool) -> None:
        if gc.n is None:
            return
        work = work_of(gc)
        if not is_late and self.starts_epoch(gc):
            self._begin_epoch(gc, work.wall_ms / 1000, received_s)
        start_s, end_s = self._place(gc, work.wall_ms / 1000, received_s)
        if self._first_s is None:
            self._first_s = start_s
        self._last = cycle = cycle_after(self._last, gc, work, start_s, end_s)
        self._cycles.append(cycle)
        self._pause.add(work.pause_ms)
        if gc.forced:
            self._counts["forced"] += 1
        self._goal_points(cycle)
        self._plot(cycle_points(cycle))

    def _place(self, gc: Gc, wall_s: float, received_s: float | None) -> tuple[float, float]:
        began_s = start_of(gc)
        end_s = None if began_s is None else began_s + wall_s
        if end_s is None:
            placed_s = self._clock.cycle_without_clock(received_s)
            return placed_s, placed_s
        placed_s = self._clock.cycle_ended(end_s, received_s)
        self._shift()
        return max(placed_s - wall_s, 0.0), placed_s

    def _shift(self) -> None:
        """Move what receipt alone placed, once a line with a clock tells where it belongs."""
        if shift_s := self._clock.take_shift_s():
            for series in self._series.values():
                series.shift(shift_s)

    @property
    def life_s(self) -> float:
        """How long the program ran since its last start, as far as it was seen."""
        return self._clock.now_s - (self._epochs[-1].begin_s if self._epochs else 0.0)

    def starts_epoch(self, gc: Gc) -> bool:
        """Tell whether this would be a restart: the counter or the clock went back.

        Go 1.5 prints after the world runs again, so its lines may change places: there only the
        clock counts.
        """
        if self._last is None or gc.n is None:
            return True
        last = self._last.event
        went_back_s = (start_of(last) or 0.0) - (start_of(gc) or 0.0)
        if gc.clock_sync_ms is not None:
            return went_back_s > 0.1
        return gc.n <= self._last.number or went_back_s > 0.5

    def _begin_epoch(self, gc: Gc, wall_s: float, received_s: float | None) -> None:
        began_s, begin_s = start_of(gc), 0.0
        end_s = None if began_s is None else began_s + wall_s
        if self._last is not None:
            begin_s = self._clock.new_epoch(end_s, received_s)
            for series in self._series.values():
                series.gap(begin_s)
        self._epochs.append(Epoch(begin_s, gc.n or 0))
        self._counts["epochs"] += 1
        # What the scavenger said of the program before does not hold for this one.
        self._last = self._scvg = self._scav = None

    def _add(self, metric: Metric, time_s: float, value: float | None) -> None:
        if value is not None:
            self._series[metric].append(time_s, value)

    def _plot(self, points: Points) -> None:
        for metric, time_s, value in points:
            if value is not None:
                self._series[metric].append(time_s, value)

    def _goal_points(self, cycle: Cycle) -> None:
        """Draw the goal where it applied: a line tells what its own collection raced against."""
        goals = self._series[Metric.HEAP_GOAL_MIB]
        if cycle.goal_mib is None:
            goals.gap(cycle.end_s)
            return
        previous = self._cycles[-2] if len(self._cycles) > 1 else None
        if previous is not None and previous.end_s < cycle.end_s:
            goals.append(previous.end_s, cycle.goal_mib)
        goals.append(cycle.end_s, cycle.goal_mib)

    def _pages(self, scvg: Scvg, received_s: float | None) -> None:
        time_s = self._clock.other(received_s)
        if scvg.inuse_mb is None:
            return
        self._scvg = scvg
        self._plot(page_points(scvg, time_s))

    def _scavenged(self, scav: Scav, received_s: float | None) -> None:
        time_s = self._clock.other(received_s)
        self._scav = scav
        # The runtime's counter is exact and always there; the line comes now and then.
        if scav.released_kib is not None and self._trail.last is None:
            self._add(Metric.RELEASED_MIB, time_s, scav.released_kib / 1024)

    def _figured(self, event: Sched | Pacer | Init, received_s: float | None) -> None:
        match event:
            case Sched():
                self._scheduled(event, received_s)
            case Pacer():
                self._clock.other(received_s)
        self._figures = self._figures.plus(event)

    def _scheduled(self, sched: Sched, received_s: float | None) -> None:
        at_s, before = (sched.at_ms or 0) / 1000, self._figures.sched
        if before is not None and self._last is None and (before.at_ms or 0) / 1000 > at_s:
            # Another life of the program; where there are gc lines, those tell.
            begin_s = self._clock.new_epoch(at_s, received_s)
            for series in self._series.values():
                series.gap(begin_s)
        time_s = self._clock.since_start(at_s, received_s)
        self._shift()
        if self._first_s is None:
            self._first_s = time_s
        for metric, value in sched_points(sched):
            self._add(metric, time_s, value)
        # What the process and its counters tell is exact, and there more often.
        if self._process is None:
            self._add(Metric.THREADS, time_s, sched.threads)
        if self._trail.last is None:
            self._add(Metric.GOROUTINES, time_s, sched.goroutines)

    def _sampled(self, process: Process, received_s: float | None) -> None:
        time_s = self._clock.other(received_s)
        self._process = process
        self._moments.process_sampled(process, self._counts["gc"])
        if process.rss_bytes is not None:
            self._peak_rss_bytes = max(self._peak_rss_bytes, process.rss_bytes)
            self._add(Metric.RSS_MIB, time_s, process.rss_bytes / MIB)
        self._add(Metric.THREADS, time_s, process.threads)

    def _looked(self, mappings: Mappings, received_s: float | None) -> None:
        """Keep what smaps showed beside what else was true at that moment."""
        sample, process = self._trail.last, self._process
        tree_bytes = process.rss_bytes if process is not None else None
        self._look = Look(
            time_s=self._clock.other(received_s),
            mappings=mappings,
            heap_mapped_mib=heap_mapped_mib(sample),
            tree_rss_mib=(mappings.rss_bytes if tree_bytes is None else tree_bytes) / MIB,
            is_alone=process is not None and process.processes == 1,
        )

    def _read_inside(self, sample: Runtime, received_s: float | None) -> None:
        time_s = self._clock.other(received_s)
        if self._first_s is None:
            self._first_s = time_s
        before = self._trail.last
        if before is not None and begins_anew(sample, before):
            self._trail = CounterTrail()
        work = self._trail.add(time_s, sample)
        self._moments.counters_sampled(sample)
        self._plot(counter_points(sample, time_s))
        if self._last is None:
            self._without_trace(sample, time_s, work)

    def _told(self, stats: MemStats, received_s: float | None) -> None:
        """Take what a server tells for the counters, unless they are read in the process itself."""
        last = self._trail.last
        if last is not None and last.heap_live_bytes is not None:
            return
        sample = runtime_of(stats, self._memstats)
        self._memstats = stats
        self._peak_rss_bytes = max(self._peak_rss_bytes, stats.max_rss_bytes or 0)
        if self._uncounted is not None:
            groups = goroutine_groups(self._uncounted)
            counted = sum(group.count for group in groups)
            sample = replace(sample, goroutine_groups=groups, goroutines=counted)
            self._uncounted = None
        self._read_inside(sample, received_s)

    def _without_trace(self, sample: Runtime, time_s: float, work: GcWork | None) -> None:
        """Fill from the counters what gc lines would tell."""
        self._add(Metric.HEAP_LIVE_MIB, time_s, in_mib(sample.heap_live_bytes))
        if sample.heap_goal_bytes is None:
            self._series[Metric.HEAP_GOAL_MIB].gap(time_s)
        self._add(Metric.HEAP_GOAL_MIB, time_s, in_mib(sample.heap_goal_bytes))
        for pause in sample.gc_pauses:
            self._pause.add(pause.pause_ms)
            # One before the axis begins counts, but has no place on it.
            if time_s - pause.ago_s > -_AXIS_TOLERANCE_S:
                self._add(Metric.PAUSE_MS, max(0.0, time_s - pause.ago_s), pause.pause_ms)
        if work is not None:
            self._add(Metric.CPU_ASSIST_MS, time_s, work.assist_ms)
            self._add(Metric.CPU_BACKGROUND_MS, time_s, work.background_ms)
            self._add(Metric.CPU_IDLE_MS, time_s, work.idle_ms)
            self._add(Metric.CPU_STOPPED_MS, time_s, work.stopped_ms)


_OWNERS = (ProgramState, Series, Statistics, StreamClock, CounterTrail, MomentKeeper)
"""What changes within a state; all else in it is replaced whole."""
