"""Folds the events of one whole run into its figures, in one pass and bounded memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from gctui.analysis.collections_read import CollectionReader
from gctui.analysis.earlier_lives import EarlierLives
from gctui.analysis.go_versions import go_label
from gctui.analysis.gogc import binding, gogc
from gctui.analysis.goroutine_growth import goroutine_growth
from gctui.analysis.growth import live_growth
from gctui.analysis.kept_events import RECENT, Excerpt, KeptEvents
from gctui.analysis.limits import forecast, limits
from gctui.analysis.run_cycles import CycleFold
from gctui.analysis.run_digest import Digest, Told, told
from gctui.analysis.run_figures import Measure, RunFigures
from gctui.analysis.run_files import RunFiles
from gctui.analysis.tallies import Tallies
from gctui.analysis.what_if import what_if
from gctui.events import AnyEvent, Event, Unparsed
from gctui.model.feed import Asked
from gctui.model.ledger import ledger
from gctui.model.profile import Profile
from gctui.model.snapshot import Snapshot
from gctui.model.state import KEPT_UNPARSED, ProgramState
from gctui.model.statistics import Summary

_KIB_PER_MIB = 1024
_SAMPLES = ("process", "mappings", "runtime", "memstats")


class RunFold:
    """Takes everything that one or several files of a run hold, in their order."""

    def __init__(self, label: str, go_version: str = "") -> None:
        self.label = label
        self.go_version = go_version
        """The toolchain that built the program, where a recording or its binary tells."""
        self.cycles = CycleFold()
        self._reader = CollectionReader(self.cycles.tallies)
        self._state = ProgramState()
        self._counts: Counter[str] = Counter()
        self._kept: dict[str, KeptEvents] = {}
        self._first: list[AnyEvent] = []
        self._dropped = False
        self._repaired = self._periodic = 0
        self._released_kib = 0
        self._unparsed: deque[Unparsed] = deque(maxlen=KEPT_UNPARSED)
        self._walls = ["", ""]
        self._files = RunFiles()
        self._earlier = EarlierLives()

    def add(
        self, events: Sequence[AnyEvent], received_s: float | None = None, wall: str = ""
    ) -> None:
        """Take events; `received_s` and `wall` are when they came, where a recording tells."""
        found = told(events)
        counted = Digest()
        counted.add(found, self._reader, wall)
        self._count(counted)
        if received_s is None:
            self._keep(found)
            return
        self._flush()
        for event in found.events:
            self._apply(event, received_s)

    def add_digest(
        self,
        digest: Digest,
        tallies: Tallies,
        few: Sequence[Told] | None,
        many: Mapping[str, Excerpt],
    ) -> None:
        """Take a part of a log that was read elsewhere.

        `tallies` counted its collections. Its trace lines are given where they are `few`; else an
        excerpt of each kind.
        """
        self.cycles.take(self._reader.rest())
        self.cycles.tallies.merge(tallies)
        self._count(digest)
        if few is not None:
            for found in few:
                self._keep(found)
            return
        self._dropped = True
        for kind, excerpt in many.items():
            self._kept_of(kind).add_excerpt(excerpt)

    @property
    def keeps_all(self) -> bool:
        """Every line counts yet: an excerpt would be too little."""
        return not self._kept

    def strides(self) -> dict[str, int]:
        """Return of which kinds one of so many older lines is kept."""
        return {kind: kept.stride for kind, kept in self._kept.items() if kind}

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile that the files hold."""
        self._flush()
        self._state.take_profile(profile)

    def forget_samples(self) -> None:
        """Take back what the process and its counters told: they were another program's."""
        self._flush()
        self._state.forget_samples()
        self._earlier.forget_samples()
        for kind in _SAMPLES:
            self._counts.pop(kind, None)

    @property
    def tells(self) -> bool:
        """There was at least one trace line, or a sample of the program."""
        silent = {"text", "unparsed"}
        return any(count for kind, count in self._counts.items() if kind not in silent)

    def figures(self, asked: Sequence[Asked] = ()) -> RunFigures:
        """Return the figures of everything so far."""
        self.cycles.take(self._reader.rest())
        self._flush()
        snapshot = self._snapshot()
        windows, unforced = self._files.windows(self.cycles)
        has_files = self._files.last is not None
        return _with_model(_with_cycles(self.cycles), snapshot, asked)(
            label=self.label,
            starts=self._files.starts(self.cycles),
            forced_file=self._files.forced(),
            last_file=self._files.last,
            periodic=self._periodic,
            first_wall=self._walls[0],
            last_wall=self._walls[1],
            windows=windows,
            windows_unforced=unforced,
            growth=self._earlier.growth(live_growth(snapshot), has_files=has_files),
            goroutines=self._earlier.goroutines(goroutine_growth(snapshot), has_files=has_files),
            extremes=self._files.extremes(self.cycles),
            work_released_mib=self._released_kib / _KIB_PER_MIB,
            go=go_label(self.go_version, snapshot),
            counts=dict(self._counts),
            repaired=self._repaired,
            unparsed=tuple(self._unparsed),
        )

    def _count(self, found: Digest) -> None:
        self._counts.update(found.counts)
        self.cycles.take(found.collections)
        self._released_kib += found.released_kib
        self._periodic += found.periodic
        self._repaired += found.repaired
        self._unparsed.extend(found.unparsed)
        for first, last in found.walls:
            self._walls = [self._walls[0] or first, max(self._walls[1], last)]

    def _keep(self, found: Told) -> None:
        """Keep all that comes first; of a long log, what it begins and ends with and some more."""
        if not found.events:
            return
        if not self._kept:
            # So many whatever the portions: a log is the same through a pipe.
            room = RECENT - len(self._first)
            self._first += found.events[:room]
            if len(self._first) < RECENT:
                return
            self._flush()
            self._kept_of("")
            found = told(found.events[room:])
            if not found.events:
                return
        self._dropped = True
        for kind, events in found.by_kind.items():
            self._kept_of(kind).add(events)

    def _kept_of(self, kind: str) -> KeptEvents:
        kept = self._kept.get(kind)
        if kept is None:
            kept = self._kept[kind] = KeptEvents()
        return kept

    def next_file(self, name: str = "") -> None:
        """Say that what comes next stands in another file."""
        self.cycles.take(self._reader.rest())
        self._flush()
        self._files.next_file(name, self.cycles)

    def _flush(self) -> None:
        """Give the model what was kept, in its order."""
        events = [each for kept in self._kept.values() for each in kept.all()]
        for event in (*self._first, *sorted(events, key=_place)):
            self._apply(event)
        self._first.clear()
        self._kept.clear()

    def _apply(self, event: AnyEvent, received_s: float | None = None) -> None:
        self._earlier.passing(event, self._state, self._files.name)
        self._state.apply(event, received_s)

    def _snapshot(self) -> Snapshot:
        """Return the model, with the counts of what it was not given."""
        snapshot = self._state.snapshot()
        if not self._dropped:
            counts = {**snapshot.totals.counts, "text": self._counts.get("text", 0)}
            return replace(snapshot, totals=replace(snapshot.totals, counts=counts))
        counts = {**self._counts, "forced": self.cycles.forced, "epochs": self.cycles.runs}
        pause = self.cycles.spreads()[Measure.PAUSE] if self.cycles.count else None
        totals = replace(snapshot.totals, counts=counts)
        if pause is not None:
            totals = replace(
                totals,
                pause=Summary(
                    pause.count, pause.total, pause.lowest, pause.highest, pause.p50, pause.p99
                ),
            )
        return replace(snapshot, totals=totals)


def _place(event: AnyEvent) -> int:
    return event.start if isinstance(event, Event) else 0


def _with_cycles(cycles: CycleFold) -> partial[RunFigures]:
    """Fill in what the collections tell."""
    return partial(
        RunFigures,
        collections=cycles.count,
        forced=cycles.forced,
        forced_line=cycles.forced_line,
        runs=max(1, cycles.runs),
        begin_s=cycles.begin_s,
        end_s=None if cycles.begin_s is None else cycles.end_s,
        spreads=cycles.spreads(),
        watched=cycles.watched,
        watched_s=cycles.watched_s,
        paused_s=cycles.paused_s,
        cpu=cycles.cpu.shares(),
        mutator_percent=cycles.mutator_percent(),
        allocation=cycles.overall.rate(),
        mutator_allocation=cycles.freely.rate(),
        mark_allocation=cycles.marking.rate(),
        mark_utilisation_percent=cycles.cpu.mark_percent(),
        has_goals=cycles.has_goals,
        last_heap=cycles.last_heap,
        procs=cycles.procs,
        charts=cycles.charts(),
    )


def _with_model(
    figures: partial[RunFigures], snapshot: Snapshot, asked: Sequence[Asked]
) -> partial[RunFigures]:
    """Fill in what the model of the run tells."""
    return partial(
        figures,
        gogc=gogc(snapshot),
        binding=binding(snapshot),
        limits=tuple(limits(snapshot)),
        forecast=forecast(snapshot),
        what_if=what_if(snapshot, asked),
        ledger=ledger(snapshot, snapshot.now_s),
        snapshot=snapshot,
    )
