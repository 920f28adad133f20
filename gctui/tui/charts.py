"""Every chart as data: what it shows, in which unit, what it means, what would fill it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gctui.analysis.units import Quantity
from gctui.model.metrics import Metric
from gctui.tui import palette

Stroke = Literal["line", "dots", "steps"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of a chart."""

    metric: Metric
    name: str
    color: str
    glyph: str
    """What draws it where colours or lines are not to be had."""
    stroke: Stroke = "line"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; curves drawn later lie on top."""

    key: str
    title: str
    curves: tuple[Curve, ...]
    quantity: Quantity
    about: str
    """What it means, for the help screen."""
    empty: str
    """What would fill it."""
    has_limit: bool = False
    """The memory limit is marked, unless that would flatten the lines."""
    needs_counters: bool = False
    """Of a modern program only the runtime's counters tell it: where they cannot be read, the
    reason is what there is to say."""


LIMIT = Curve(Metric.RSS_MIB, "limit", palette.VERMILLION, "-")
"""Only a level: named beside the lines, drawn as a mark."""


CHARTS: tuple[Chart, ...] = (
    Chart(
        key="heap",
        title="Heap",
        curves=(
            Curve(Metric.HEAP_ALLOCATED_MIB, "allocated", palette.SKY, "+"),
            Curve(Metric.HEAP_GOAL_MIB, "goal", palette.VERMILLION, "=", "steps"),
            Curve(Metric.HEAP_START_MIB, "at start", palette.YELLOW, "."),
            Curve(Metric.HEAP_END_MIB, "at GC end", palette.ORANGE, "o"),
            Curve(Metric.HEAP_LIVE_MIB, "live", palette.GREEN, "#"),
        ),
        quantity=Quantity.SIZE_MIB,
        about="What the heap holds at each moment (allocated), when each GC starts and ends, what "
        "its mark found live, and the goal that it races against. Live growing from GC to GC is "
        "what a leak looks like.",
        empty="gctrace=1 lines fill it:\nGODEBUG=gctrace=1 ./app 2>&1 | gctui\n"
        "or its counters: gctui attach PID",
    ),
    Chart(
        key="pauses",
        title="Pauses",
        curves=(
            Curve(Metric.PAUSE_MS, "all phases", palette.GREY, "."),
            Curve(Metric.PAUSE_SWEEP_TERM_MS, "sweep term", palette.SKY, "o"),
            Curve(Metric.PAUSE_MARK_TERM_MS, "mark term", palette.PURPLE, "#"),
        ),
        quantity=Quantity.DURATION_MS,
        about="How long each GC stopped the world: sweep termination and mark termination. Up to "
        "Go 1.4 the whole collection is a pause.",
        empty="gctrace=1 lines or the runtime's counters fill it.",
    ),
    Chart(
        key="memory",
        title="Pages and RSS",
        curves=(
            Curve(Metric.SYS_MIB, "sys", palette.PURPLE, "+"),
            Curve(Metric.CONSUMED_MIB, "consumed", palette.ORANGE, "o"),
            Curve(Metric.RELEASED_MIB, "released", palette.BLUE, "="),
            Curve(Metric.IDLE_MIB, "idle", palette.SKY, "."),
            Curve(Metric.INUSE_MIB, "in use", palette.GREEN, "#"),
            Curve(Metric.RSS_MIB, "RSS", palette.WHITE, "@"),
        ),
        quantity=Quantity.SIZE_MIB,
        about="Heap pages in use, idle and released to the OS, and all that Go mapped (sys): from "
        "the runtime's counters where gctui can read them (run, attach, pipe), else from scvg "
        "lines (up to Go 1.13) and scavtrace (since 1.14: released). RSS and its limit.",
        empty="The runtime's counters fill it (run, attach, pipe);\n"
        "else scavtrace=1 (Go 1.14+) or scvg lines (older Go)",
        has_limit=True,
        needs_counters=True,
    ),
    Chart(
        key="cpu",
        title="GC CPU",
        curves=(
            Curve(Metric.MARK_MS, "mark, wall", palette.GREY, "."),
            Curve(Metric.CPU_STOPPED_MS, "stopped", palette.PURPLE, "+"),
            Curve(Metric.CPU_IDLE_MS, "idle", palette.SKY, "o"),
            Curve(Metric.CPU_BACKGROUND_MS, "background", palette.GREEN, "#"),
            Curve(Metric.CPU_ASSIST_MS, "assist", palette.VERMILLION, "@"),
        ),
        quantity=Quantity.DURATION_MS,
        about="CPU time of each mark: assist is taken from goroutines that allocate, background "
        "from the workers' quarter of the CPU, idle from processors with nothing to do.",
        empty="gctrace=1 lines of Go 1.5 and later fill it, or the runtime's counters.",
    ),
    Chart(
        key="goroutines",
        title="Goroutines, threads, run queue",
        curves=(
            Curve(Metric.GOROUTINES, "goroutines", palette.SKY, "o"),
            Curve(Metric.IDLE_PROCS, "idle Ps", palette.GREEN, "."),
            Curve(Metric.THREADS, "OS threads", palette.ORANGE, "#"),
            Curve(Metric.RUN_QUEUE, "run queue", palette.VERMILLION, "="),
        ),
        quantity=Quantity.COUNT,
        about="Goroutines, from the runtime's counters where gctui can read them (run, attach, "
        "pipe), else from scheddetail=1 or gctrace lines of Go 1.4 (both count the runtime's own "
        "too); OS threads; and from SCHED lines (schedtrace=1000) processors with nothing to do "
        "and goroutines that wait for one: a run queue that stays long says that the CPU is what "
        "the program lacks. g lists where goroutines come from.",
        empty="The runtime's counters fill it (run, attach, pipe);\n"
        "else schedtrace=1000,scheddetail=1.",
        needs_counters=True,
    ),
)
