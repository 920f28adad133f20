"""The headline figures of one whole run, and their names for thresholds and comparisons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gctui.analysis.gogc import Binding, Gogc
from gctui.analysis.goroutine_growth import GoroutineGrowth
from gctui.analysis.growth import Growth
from gctui.analysis.limits import Forecast, Limit
from gctui.analysis.run_counted import Counted, counted
from gctui.analysis.tally import Spread
from gctui.analysis.utilisation import Window
from gctui.analysis.what_if import WhatIf
from gctui.events import Unparsed
from gctui.model.parts import Ledger
from gctui.model.series import SeriesView
from gctui.model.snapshot import Snapshot

MIB = 1 << 20


class Measure(StrEnum):
    """What is spread over the collections of a run; the last word of each name is its unit."""

    PAUSE = "pause_ms"
    """How long the world was stopped, per collection."""
    SWEEP_TERM = "sweep_term_ms"
    MARK = "mark_ms"
    MARK_TERM = "mark_term_ms"
    WALL = "wall_ms"
    """All phases of a collection together."""
    CPU = "cpu_ms"
    """CPU time of a collection, without idle mark time."""
    ASSIST = "assist_ms"
    BACKGROUND = "background_ms"
    IDLE = "idle_ms"
    INTERVAL = "interval_s"
    """From the start of one collection to the start of the next."""
    GC_CPU = "gc_cpu_interval_percent"
    """CPU time of a collection as a share of all Ps since the one before ended."""
    MARK_UTILISATION = "mark_utilisation_percent"
    """(assist + background) / (mark clock × Ps); the pacer aims at 25 %."""
    ALLOCATION = "alloc_interval_mb_per_s"
    """(heap at the end − live before) / (end − end before), per collection."""
    OVERSHOOT = "overshoot_percent"
    """Heap at the end over the goal, 0 where it stayed below; goals of 10 MB and more."""
    HEAP_START = "heap_start_mb"
    HEAP_END = "heap_end_mb"
    LIVE = "heap_live_mb"
    GOAL = "heap_goal_mb"
    STACKS = "stacks_mb"


class Chart(StrEnum):
    """What is drawn over the run: MiB, ms or percent, by the time of the collection."""

    LIVE = "live_mib"
    HEAP_END = "heap_end_mib"
    GOAL = "goal_mib"
    PAUSE = "pause_ms"
    GC_CPU = "gc_cpu_percent"


@dataclass(frozen=True, slots=True)
class Rate:
    """MB (2^20 bytes) a second, and what it may be: each figure was cut to whole MB."""

    mb_per_s: float
    low_mb_per_s: float
    high_mb_per_s: float

    @property
    def tells(self) -> bool:
        """The interval is narrower than the value; else it is too small to tell."""
        return self.high_mb_per_s - self.low_mb_per_s < self.mb_per_s


@dataclass(frozen=True, slots=True)
class CpuShares:
    """Shares of all Ps' time over the run, in percent."""

    gc_percent: float
    """Stopped, assist and background; without idle mark time."""
    stopped_percent: float
    assist_percent: float
    background_percent: float
    idle_percent: float
    """Idle mark time, which nobody else wanted."""

    @property
    def assist_share_percent(self) -> float:
        """Assists among all marking, idle mark time aside."""
        marking = self.assist_percent + self.background_percent
        return 100 * self.assist_percent / marking if marking else 0.0


@dataclass(frozen=True, slots=True)
class LastHeap:
    """The heap as the last collection left it, in MB of 2^20 bytes; None where not printed."""

    live_mb: int | None
    goal_mb: int | None
    end_mb: int | None


@dataclass(frozen=True, slots=True)
class Extreme:
    """One collection that stands out: its value, when it was, and its line."""

    value: float
    at_s: float | None
    line: int
    file: str | None = None
    """In which file that is, where the run is in several."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a life of the program begins."""

    at_s: float | None
    """On the run's axis; None where no clock is printed."""
    line: int
    """Of its first collection."""
    file: str | None = None
    """In which file that is, where the run is in several."""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Everything; None where the log does not tell. Times are seconds on the run's own axis.

    The axis is the trace's clock; where the program restarted, the next run follows on.
    """

    label: str
    collections: int
    forced: int
    """Collections that someone asked for: `(forced)` on the line."""
    forced_line: int | None
    """The first of them."""
    forced_file: str | None
    last_file: str | None
    """In which files that and the last lines are, where the run is in several."""
    periodic: int
    """`GC forced` notices: nothing had been collected for two minutes."""
    runs: int
    """Lives of the program: 1 + restarts."""
    starts: tuple[Start, ...]
    """Where each begins, the first hundred."""
    begin_s: float | None
    end_s: float | None
    first_wall: str
    last_wall: str
    """Moments that log prefixes or receipt times tell, RFC 3339; empty where none does."""
    spreads: Mapping[Measure, Spread]
    watched_s: float
    """The time over which shares are taken: from the first to the last collection of each run."""
    watched: int
    """The collections in it."""
    paused_s: float
    """How long the world was stopped in it."""
    cpu: CpuShares | None
    mutator_percent: float | None
    """Mean mutator utilisation: Ps' time that neither a pause nor the GC took."""
    allocation: Rate | None
    """Over the whole run, what came during marks included."""
    mutator_allocation: Rate | None
    """Between collections only: how hard the program allocates when it runs freely."""
    mark_allocation: Rate | None
    """During marks."""
    mark_utilisation_percent: float | None
    windows: tuple[Window, ...]
    """The worst window of each length, shortest first: MMU."""
    windows_unforced: tuple[Window, ...]
    """The same without the collections that someone asked for."""
    extremes: Mapping[Measure, Extreme]
    has_goals: bool
    """The lines print a goal, if only one that means that there is none."""
    last_heap: LastHeap | None
    procs: tuple[int, int] | None
    """Fewest and most Ps."""
    work_released_mib: float
    """What the scavenger returned to the OS, all lines together."""
    growth: Growth
    goroutines: GoroutineGrowth
    """The worst of all the program's lives; that of the last one is the snapshot's."""
    gogc: Gogc | None
    binding: Binding | None
    limits: tuple[Limit, ...]
    forecast: Forecast | None
    what_if: WhatIf | None
    ledger: Ledger
    go: str
    """As in `Go 1.27.3` or `Go 1.18 – 1.25`; empty where nothing tells."""
    counts: Mapping[str, int]
    """Events by kind."""
    repaired: int
    unparsed: tuple[Unparsed, ...]
    """The last of them."""
    charts: Mapping[Chart, SeriesView]
    snapshot: Snapshot
    """The model at the end; of a long log with few of its older lines."""
    repeated: int = 0
    """Lines that say once more, word for word, what the line before said."""
    program: str = ""
    """Which one of several in the log; of one alone its name, if its lines tell it."""
    cut: str = ""
    """Which part of the log counts: `from 10 s to 20 s`; empty for all."""

    @property
    def span_s(self) -> float | None:
        """From the first to the last moment that is known."""
        if self.begin_s is None or self.end_s is None:
            return None
        return self.end_s - self.begin_s

    @property
    def counted(self) -> Counted | None:
        """What the runtime itself counted; None where gc lines tell more."""
        return None if self.collections else counted(self.snapshot)

    @property
    def forced_percent(self) -> float:
        """Forced collections among all."""
        return 100 * self.forced / self.collections if self.collections else 0.0

    @property
    def paused_percent(self) -> float | None:
        """The share of time in which the world was stopped."""
        return 100 * self.paused_s / self.watched_s if self.watched_s > 0 else None

    @property
    def gc_per_s(self) -> float | None:
        """Collections a second."""
        return self.watched / self.watched_s if self.watched_s > 0 else None

    def spread(self, measure: Measure) -> Spread | None:
        """Return how one quantity was spread, None where it is never printed."""
        return self.spreads.get(measure)

    def values(self) -> dict[str, float]:
        """Return every figure by a stable dotted name; what is not known is absent.

        A name's last part ends in its unit (`_ms`, `_s`, `_mb` of 2^20 bytes, `_percent`,
        `_mb_per_s`, `_per_s`, `_per_min`) unless it is a count.

        | names | |
        |---|---|
        | `run.span_s`, `run.count` | time from first to last; lives of the program |
        | `gc.count`, `gc.forced`, `gc.forced_percent`, `gc.background`, `gc.periodic` | count |
        | `gc.per_s`, `gc.interval.Q_s` | how often |
        | `throughput.not_paused_percent`, `throughput.mutator_percent` | left to the program |
        | `pause.total_ms`, `pause.percent`, `pause.Q_ms` | the stopped world, per collection |
        | `sweep_term.Q_ms`, `mark.Q_ms`, `mark_term.Q_ms`, `wall.Q_ms` | phases |
        | `gc_cpu.percent`, `gc_cpu.stopped_percent`, `gc_cpu.assist_percent`, |
        | `gc_cpu.background_percent`, `gc_cpu.idle_percent` | shares of all Ps' time |
        | `gc_cpu.interval.Q_percent` | share of each interval |
        | `assist.share_percent` | assists among all marking |
        | `cpu.Q_ms`, `assist.Q_ms`, `background.Q_ms`, `idle.Q_ms` | per collection |
        | `alloc.rate_mb_per_s` and `alloc.rate_low_mb_per_s`, `alloc.rate_high_mb_per_s`; |
        | the same of `alloc.mutator…` and `alloc.mark…` | allocation |
        | `alloc.interval.Q_mb_per_s` | per collection |
        | `heap.start.Q_mb`, `heap.end.Q_mb`, `heap.live.Q_mb`, `heap.goal.Q_mb`, `stacks.Q_mb` |
        | `heap.live.last_mb`, `heap.goal.last_mb`, `heap.end.last_mb`, |
        | `heap.allocated.last_mb` (without gc lines: live or garbage) | sizes |
        | `overshoot.Q_percent`, `mark_utilisation.percent`, `mark_utilisation.Q_percent` |
        | `mmu.1ms_percent` … `mmu.10s_percent`, `mmu_unforced.1ms_percent` … | worst windows |
        | `growth.mb_per_min`, `growth.low_mb_per_min`, `growth.high_mb_per_min` | live heap, |
        | `goroutines.growth…` alike: of the start where it is worst |
        | `gogc.percent`, `gogc.low_percent`, `gogc.high_percent`, `gogc.effective_percent` |
        | `rss.last_mb`, `rss.peak_mb`, `threads.max`, `goroutines.last`, `goroutines.max` |
        | `goroutines.growth_per_min`, `goroutines.growth_low_per_min`, |
        | `goroutines.growth_high_per_min` | how their number grows |
        | `scavenger.returned_mb` | returned to the OS |
        | `lines.unparsed`, `lines.repaired`, `lines.repeated`, `lines.text` | the log itself |

        Q is one of p50, p90, p95, p99, p999 (p99.9), max, mean.
        """
        from gctui.analysis.run_values import run_values  # noqa: PLC0415 - it needs this module

        return dict(run_values(self))


def steps(windows: tuple[Window, ...]) -> Iterator[tuple[str, float]]:
    """Yield each window's length as people write it, and its utilisation in percent."""
    for window in windows:
        length_ms = window.length_ms
        name = f"{length_ms:g}ms" if length_ms < 1000 else f"{length_ms / 1000:g}s"
        yield name, 100 * window.utilisation
