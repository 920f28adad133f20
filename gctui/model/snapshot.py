"""The state at one moment, frozen: the only thing that views are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gctui.events import Event, Process, Runtime, Scav, Scvg, Unparsed
from gctui.model.clock import ClockKind
from gctui.model.counters import Counters
from gctui.model.cycle import Cycle
from gctui.model.metrics import Metric
from gctui.model.moment import NOTHING, Moment
from gctui.model.profile import Profile
from gctui.model.residency import Look
from gctui.model.series import EMPTY_VIEW, SeriesView
from gctui.model.statistics import Summary
from gctui.model.trace_figures import TraceFigures


@dataclass(frozen=True, slots=True)
class Epoch:
    """One life of the program: where it begins on the axis, and its first collection seen."""

    begin_s: float
    first_cycle: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What was counted since the stream began, whatever was dropped since."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """Events by kind, `forced` collections and `epochs`; of the whole stream, lines `repaired`,
    `extended` (with fields that no form has), `repeated` (once more what had been printed) and
    `unassigned` (to none of several programs)."""
    pause: Summary = field(default_factory=Summary)
    peak_rss_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a view may draw. Times are seconds on the stream's axis."""

    now_s: float = 0.0
    first_s: float = 0.0
    clock: ClockKind = ClockKind.NONE
    series: Mapping[Metric, SeriesView] = field(default_factory=dict)
    cycles: tuple[Cycle, ...] = ()
    """The newest collections, oldest first."""
    epochs: tuple[Epoch, ...] = ()
    unparsed: tuple[Unparsed, ...] = ()
    """The newest look-alikes, oldest first."""
    repaired: tuple[Event, ...] = ()
    """The newest lines that were put together from pieces, oldest first."""
    extended: tuple[Event, ...] = ()
    """The newest lines with fields that no form has, oldest first."""
    formats: Mapping[str, int] = field(default_factory=dict)
    printed_by: Mapping[str, str] = field(default_factory=dict)
    """The Go versions that print each of these forms, in the order of their first lines."""
    totals: Totals = field(default_factory=Totals)
    scvg: Scvg | None = None
    """The newest line with the heap's pages."""
    scav: Scav | None = None
    figures: TraceFigures = field(default_factory=TraceFigures)
    """What lines of the scheduler, the pacer and the initialisation add up to."""
    process: Process | None = None
    """The newest sample that counters go with, where there are any: that of `moment`."""
    moment: Moment = NOTHING
    """The process and the counters as they were together."""
    look: Look | None = None
    """Where the resident memory lay when the kernel was last asked."""
    counters: Counters | None = None
    """The runtime's own counters, where they can be read."""
    profile: Profile | None = None
    """The newest profile of a server or a file that is not of goroutines: a heap profile."""
    goroutine_profile: Profile | None = None

    def view(self, metric: Metric) -> SeriesView:
        """Return one series, empty when nothing was ever added to it."""
        return self.series.get(metric, EMPTY_VIEW)

    @property
    def last_cycle(self) -> Cycle | None:
        """The newest collection."""
        return self.cycles[-1] if self.cycles else None

    @property
    def sample(self) -> Runtime | None:
        """The counters of the moment that the process was sampled at: what is shown beside it."""
        if self.moment.sample is not None or self.counters is None:
            return self.moment.sample
        return self.counters.sample

    def count(self, kind: str) -> int:
        """Return how many events of a kind (or `forced`, `epochs`) there were."""
        return self.totals.counts.get(kind, 0)
