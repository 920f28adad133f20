"""Goroutines that become more and more."""

from __future__ import annotations

from gctui.analysis.findings.finding import LEAKS, Evidence, Finding, Rule, Severity, Thresholds
from gctui.analysis.run_figures import RunFigures
from gctui.analysis.trend import Trend


def _goroutines(run: RunFigures, at: Thresholds) -> Finding | None:
    grown = run.goroutines
    if not grown.grows or grown.now is None or grown.samples < at["samples"]:
        return None
    if grown.last - grown.first < at["least"] or grown.last < at["times"] * grown.first:
        return None
    pace, life = _pace(grown.now, is_timed=grown.is_timed), grown.life
    evidence, goes_on = Evidence(pace, _last_count_line(run), run.last_file), "and goes on growing"
    if life is not None:
        evidence, goes_on = Evidence(pace, life.last_line, life.last_file), life.said
    return Finding(
        "goroutine-growth",
        Severity.WARN,
        f"The number of goroutines grew from {grown.first} to {grown.last} {goes_on}.",
        (evidence,),
        "A goroutine that waits for ever keeps its stack and everything that it can reach: the "
        "usual cause is a send or receive that nobody answers, or a request without a deadline.",
        "gctui attach PID while it runs, or gctui replay of a recording, shows where they are and "
        "which go statement made them: press g. A context with a deadline or a buffered channel "
        "ends most of them.",
        LEAKS,
    )


def _pace(now: Trend, *, is_timed: bool) -> str:
    """Say how fast it grows: by the minute, or by the collection where nothing tells a time."""
    times, each, over = 60, "a minute", f"{now.span_s:.0f} s"
    if not is_timed:
        times, each, over = 1, "a collection", f"{now.span_s:.0f} collections"
    slope, low, high = (times * each for each in (now.slope_per_s, now.low_per_s, now.high_per_s))
    said = f"{slope:+.0f} {each} (95%: {low:+.0f} to {high:+.0f})"
    return f"{said}, Theil–Sen over the last {over}"


def _last_count_line(run: RunFigures) -> int | None:
    """Return the line that tells the last number; samples of the process have none."""
    sched, cycle = run.snapshot.figures.sched, run.snapshot.last_cycle
    if run.snapshot.counters is not None:
        return None
    if sched is not None and sched.goroutines is not None:
        return sched.line
    return None if cycle is None or cycle.event.goroutines is None else cycle.event.line


RULES = (
    Rule(
        "goroutine-growth",
        "goroutines become more and more",
        _goroutines,
        {"samples": 12, "least": 100, "times": 2},
    ),
)
