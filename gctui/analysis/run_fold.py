"""Folds the events of one whole run into its figures, in one pass and bounded memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import cast

from gctui.analysis.go_versions import go_label
from gctui.analysis.gogc import binding, gogc
from gctui.analysis.goroutine_growth import goroutine_growth
from gctui.analysis.growth import live_growth
from gctui.analysis.limits import forecast, limits
from gctui.analysis.run_cycles import CycleFold
from gctui.analysis.run_figures import Measure, RunFigures
from gctui.analysis.what_if import what_if
from gctui.analysis.window_files import WindowFiles
from gctui.events import AnyEvent, Event, Gc, Notice, Scav, Text, Unparsed
from gctui.events.event import ALONE
from gctui.model.feed import Asked
from gctui.model.ledger import ledger
from gctui.model.profile import Profile
from gctui.model.snapshot import Snapshot
from gctui.model.state import KEPT_UNPARSED, ProgramState
from gctui.model.statistics import Summary

_RECENT = 2048
"""Of each kind, so many events at the end reach the model all; of those before, fewer and fewer."""
_OLD = 2048
_KIB_PER_MIB = 1024
_SAMPLES = ("process", "mappings", "runtime", "memstats")
_RETURNED = frozenset({"work_kib", "background_kib", "eager_kib"})


class _Kept:
    """The newest events of a kind, and one of every few of the older ones."""

    def __init__(self) -> None:
        self._old: list[AnyEvent] = []
        self._recent: list[AnyEvent] = []
        self._stride = 1

    def add(self, events: list[AnyEvent]) -> None:
        self._recent += events
        if len(self._recent) < 2 * _RECENT:
            return
        older, self._recent = self._recent[:-_RECENT], self._recent[-_RECENT:]
        self._old += older[:: self._stride]
        while len(self._old) > 2 * _OLD:
            self._old = self._old[::2]
            self._stride *= 2

    def all(self) -> list[AnyEvent]:
        return self._old + self._recent


class RunFold:
    """Takes everything that one or several files of a run hold, in their order."""

    def __init__(self, label: str, go_version: str = "") -> None:
        self.label = label
        self.go_version = go_version
        """The toolchain that built the program, where a recording or its binary tells."""
        self.cycles = CycleFold()
        self._state = ProgramState()
        self._counts: Counter[str] = Counter()
        self._kept: dict[str, _Kept] = {}
        self._first: list[AnyEvent] = []
        self._dropped = False
        self._repaired = self._periodic = 0
        self._released_kib = 0
        self._unparsed: deque[Unparsed] = deque(maxlen=KEPT_UNPARSED)
        self._walls = ["", ""]
        self._window_files = WindowFiles()

    def add(
        self, events: Sequence[AnyEvent], received_s: float | None = None, wall: str = ""
    ) -> None:
        """Take events; `received_s` and `wall` are when they came, where a recording tells."""
        classes: Counter[type[AnyEvent]] = Counter(map(type, events))
        for cls, count in classes.items():
            self._counts[cls.kind] += count
        has_text = bool(classes.pop(Text, 0))
        if not classes:
            return
        told = [each for each in events if type(each) is not Text] if has_text else events
        # By kind, not by form: a program prints several forms of gc lines in turn.
        kinds = {cls.kind: cls for cls in classes}
        by_kind = {
            kind: told if len(kinds) == 1 else [each for each in told if each.kind == kind]
            for kind in kinds
        }
        for kind, group in by_kind.items():
            self._fold(kinds[kind], group)
            if issubclass(kinds[kind], Event):
                self._surroundings(cast("Sequence[Event]", group), wall)
        if received_s is None:
            self._keep(told, by_kind)
        else:
            self._flush()
            for event in told:
                self._state.apply(event, received_s)

    def take_profile(self, profile: Profile) -> None:
        """Keep a profile that the files hold."""
        self._flush()
        self._state.take_profile(profile)

    def forget_samples(self) -> None:
        """Take back what the process and its counters told: they were another program's."""
        self._flush()
        self._state.forget_samples()
        for kind in _SAMPLES:
            self._counts.pop(kind, None)

    @property
    def tells(self) -> bool:
        """There was at least one trace line, or a sample of the program."""
        silent = {"text", "unparsed"}
        return any(count for kind, count in self._counts.items() if kind not in silent)

    def figures(self, asked: Sequence[Asked] = ()) -> RunFigures:
        """Return the figures of everything so far."""
        self._flush()
        snapshot = self._snapshot()
        cycles = self.cycles
        windows, unforced = self._window_files.named(cycles.windows())
        has_clock = cycles.begin_s is not None
        return RunFigures(
            label=self.label,
            collections=cycles.count,
            forced=cycles.forced,
            forced_line=cycles.forced_line,
            periodic=self._periodic,
            runs=max(1, cycles.runs),
            begin_s=cycles.begin_s,
            end_s=cycles.end_s if has_clock else None,
            first_wall=self._walls[0],
            last_wall=self._walls[1],
            spreads=cycles.spreads(),
            watched_s=cycles.watched_s,
            paused_s=cycles.paused_s,
            cpu=cycles.cpu.shares(),
            mutator_percent=cycles.mutator_percent(),
            allocation=cycles.overall.rate(),
            mutator_allocation=cycles.freely.rate(),
            mark_allocation=cycles.marking.rate(),
            mark_utilisation_percent=cycles.cpu.mark_percent(),
            windows=windows,
            windows_unforced=unforced,
            extremes=dict(cycles.extremes),
            has_goals=cycles.has_goals,
            last_heap=cycles.last_heap,
            procs=cycles.procs,
            work_released_mib=self._released_kib / _KIB_PER_MIB,
            growth=live_growth(snapshot),
            goroutines=goroutine_growth(snapshot),
            gogc=gogc(snapshot),
            binding=binding(snapshot),
            limits=tuple(limits(snapshot)),
            forecast=forecast(snapshot),
            what_if=what_if(snapshot, asked),
            ledger=ledger(snapshot, snapshot.now_s),
            go=go_label(self.go_version, snapshot),
            counts=dict(self._counts),
            repaired=self._repaired,
            unparsed=tuple(self._unparsed),
            charts=cycles.charts(),
            snapshot=snapshot,
        )

    def _fold(self, cls: type[AnyEvent], group: Sequence[AnyEvent]) -> None:
        """Take the events of one kind, in their order."""
        if issubclass(cls, Gc):
            self.cycles.add(cast("Sequence[Gc]", group))
        elif issubclass(cls, Scav):
            for form, scavs in groupby(cast("Sequence[Scav]", group), key=type):
                self._scavenged(form, list(scavs))
        elif issubclass(cls, Notice):
            notices = cast("Sequence[Notice]", group)
            self._periodic += sum((each.text or "").endswith("GC forced") for each in notices)
        elif issubclass(cls, Unparsed):
            self._unparsed.extend(cast("Sequence[Unparsed]", group))

    def _scavenged(self, cls: type[Scav], scavs: Sequence[Scav]) -> None:
        columns = zip(*map(attrgetter("printed"), scavs), strict=True)
        for field, column in zip(cls.fields, columns, strict=True):
            if field.name in _RETURNED:
                self._released_kib += sum(map(int, column))

    def _surroundings(self, told: Sequence[Event], wall: str) -> None:
        arounds = [event.around for event in told if event.around is not ALONE]
        self._repaired += sum(around.repaired for around in arounds)
        walls = [around.wall for around in arounds if around.wall]
        first, last = (walls[0], walls[-1]) if walls else (wall, wall)
        if first:
            self._walls = [self._walls[0] or first, max(self._walls[1], last)]

    def _keep(self, told: Sequence[AnyEvent], by_kind: Mapping[str, Sequence[AnyEvent]]) -> None:
        """Keep all that comes first; of a long log, what it begins and ends with and some more."""
        if not self._kept:
            self._first += told
            if len(self._first) < _RECENT:
                return
            self._flush()
            self._kept[""] = _Kept()
            return
        self._dropped = True
        for kind, events in by_kind.items():
            kept = self._kept.get(kind)
            if kept is None:
                kept = self._kept[kind] = _Kept()
            kept.add(list(events))

    def next_file(self, name: str = "") -> None:
        """Say that what comes next stands in another file."""
        self._window_files.next_file(name, self.cycles.windows())
        self._flush()

    def _flush(self) -> None:
        """Give the model what was kept, in its order."""
        events = [each for kept in self._kept.values() for each in kept.all()]
        for event in (*self._first, *sorted(events, key=_place)):
            self._state.apply(event)
        self._first.clear()
        self._kept.clear()

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
