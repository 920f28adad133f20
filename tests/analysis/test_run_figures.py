"""The figures of whole runs, held against a computation of their own from the printed text."""

from __future__ import annotations

import re
from itertools import pairwise
from math import ceil, isclose
from pathlib import Path

import pytest

from gctui.analysis.run_figures import Measure, RunFigures
from tests.analysis.made_runs import Line, log_of, run_of, steady
from tests.corpus_files import SAMPLES, read_log, sample_logs

GC = re.compile(
    rb"^gc (?P<n>\d+) @(?P<start>[\d.]+)s \d+%: (?P<a>[\d.]+)\+(?P<b>[\d.]+)\+(?P<c>[\d.]+) ms "
    rb"clock, (?P<ca>[\d.]+)\+(?P<as>[\d.]+)/(?P<bg>[\d.]+)/(?P<id>[\d.]+)\+(?P<cc>[\d.]+) ms cpu, "
    rb"(?P<hs>\d+)->(?P<he>\d+)->(?P<hl>\d+) MB, (?P<goal>\d+) MB goal, .*?(?P<p>\d+) P"
    rb"(?P<forced> \(forced\))?",
    re.M,
)
LOGS = [
    path
    for path in sample_logs()
    if path.parent.name in {"demo", "go1.19.8", "go1.21.13", "go1.27.3"}
    and len(GC.findall(read_log(path))) > 3
]


def rank(values: list[float], percent: float) -> float:
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def read(data: bytes) -> list[dict[str, float]]:
    return [
        {name: float(text or b"0") for name, text in found.groupdict().items() if name != "forced"}
        | {"forced": float(found["forced"] is not None)}
        for found in GC.finditer(data)
    ]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_figures_agree_with_the_text(path: Path) -> None:
    data = read_log(path)
    lines, run = read(data), run_of(data)
    assert (run.collections, run.forced) == (len(lines), sum(each["forced"] for each in lines))
    values = run.values()
    pauses = [each["a"] + each["c"] for each in lines]
    for percent, name in ((50, "p50"), (90, "p90"), (95, "p95"), (99, "p99"), (99.9, "p999")):
        assert isclose(values[f"pause.{name}_ms"], rank(pauses, percent), abs_tol=1e-9)
        assert values[f"heap.live.{name}_mb"] == rank([each["hl"] for each in lines], percent)
    assert isclose(values["pause.total_ms"], sum(pauses), rel_tol=1e-9)
    if run.runs == 1 and lines[0]["n"] == 1:
        _timed(run, lines)


def _timed(run: RunFigures, lines: list[dict[str, float]]) -> None:
    ends = [0.0]
    for each in lines:
        begin_s = max(ends[-1], each["start"])
        ends.append(begin_s + (each["a"] + each["b"] + each["c"]) / 1000)
    spans = [after - before for before, after in pairwise(ends)]
    costs = [each["ca"] + each["as"] + each["bg"] + each["cc"] for each in lines]
    available = 1000 * sum(span * each["p"] for span, each in zip(spans, lines, strict=True))
    values = run.values()
    assert isclose(values["gc_cpu.percent"], 100 * sum(costs) / available, rel_tol=1e-6)
    pause_s = sum(each["a"] + each["c"] for each in lines) / 1000
    assert isclose(values["throughput.not_paused_percent"], 100 * (1 - pause_s / ends[-1]))
    grown = [after["he"] - before["hl"] for before, after in pairwise(lines)]
    rate = max(0.0, sum(grown)) / sum(spans[1:])
    assert isclose(values["alloc.rate_mb_per_s"], rate, rel_tol=1e-6, abs_tol=1e-9)
    slack = len(grown) / sum(spans[1:])
    assert isclose(values["alloc.rate_high_mb_per_s"], sum(grown) / sum(spans[1:]) + slack)


@pytest.mark.parametrize("lines", [2, 3, 40])
def test_the_end_of_a_log_tells_rates_of_what_it_shows(lines: int) -> None:
    """Nobody saw how long the program ran before the first of them, nor what it paused for."""
    data = read_log(SAMPLES / "demo" / "leak.log")
    tail = b"".join(line for line in data.splitlines(keepends=True) if GC.match(line))
    tail = b"".join(tail.splitlines(keepends=True)[-lines:])
    seen = read(tail)
    ends = [each["start"] + (each["a"] + each["b"] + each["c"]) / 1000 for each in seen]
    values = run_of(tail).values()
    watched_s = ends[-1] - ends[0]
    assert isclose(values["gc.per_s"], (lines - 1) / watched_s)
    paused_s = sum(each["a"] + each["c"] for each in seen[1:]) / 1000
    assert isclose(values["throughput.not_paused_percent"], 100 * (1 - paused_s / watched_s))


def test_the_size_of_the_pieces_changes_nothing() -> None:
    data = (SAMPLES / "demo" / "sawtooth.log").read_bytes()
    whole = run_of(data).values()
    for piece_bytes in (97, 1000, 7919):
        assert run_of(data, piece_bytes).values() == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_a_long_run_keeps_little_and_counts_all() -> None:
    lines = steady(30_000, every_s=0.1)
    lines[20_000] = Line(n=20_001, start_s=2000.1, stops_ms=(77.0, 0.02))
    run = run_of(log_of(lines))
    assert run.collections == 30_000
    assert run.snapshot.count("gc") == 30_000
    assert run.extremes[Measure.PAUSE].line == 20_001
    pause = run.spread(Measure.PAUSE)
    assert pause is not None
    assert (pause.p50, pause.highest, pause.relative_error) == (0.05, 77.02, 0.0)
    assert all(len(view) < 20_000 for view in run.charts.values())
    assert run.gogc is not None
    assert run.gogc.setting == 100


def test_a_spike_survives_in_the_chart() -> None:
    lines = steady(30_000, every_s=0.1)
    lines[20_000] = Line(n=20_001, start_s=2000.1, stops_ms=(77.0, 0.02))
    chart = next(view for name, view in run_of(log_of(lines)).charts.items() if name == "pause_ms")
    assert max(chart.values) == 77.02


def test_a_restart_begins_another_life_behind_the_first() -> None:
    run = run_of(log_of(steady(20)) + log_of(steady(10)))
    assert run.runs == 2
    assert run.span_s == pytest.approx(30.0, abs=0.01)
    assert run.values()["gc.interval.max_s"] == 1.0


def test_rates_of_a_tiny_heap_are_too_small_to_tell() -> None:
    run = run_of(log_of(steady(20, Line(heap_mb=(4, 4, 4), goal_mb=4))))
    assert run.allocation is not None
    assert not run.allocation.tells
    assert (run.allocation.mb_per_s, run.allocation.low_mb_per_s) == (0.0, 0.0)
    assert run.allocation.high_mb_per_s == pytest.approx(1.0, rel=0.05)


def test_forced_collections_can_be_left_out_of_the_worst_windows() -> None:
    lines = steady(30)
    lines[10] = Line(n=11, start_s=11.0, stops_ms=(500.0, 0.02), forced=True)
    values = run_of(log_of(lines)).values()
    assert values["mmu.300ms_percent"] == 0
    assert values["mmu_unforced.300ms_percent"] > 99
    assert values["mmu.10s_percent"] < values["mmu_unforced.10s_percent"]


def test_forms_that_take_turns_are_one_run() -> None:
    path = SAMPLES / "go1.26.6" / "leakprof.exp-goroutineleakprofile.gctrace.log"
    run = run_of(path.read_bytes())
    assert run.runs == 1
    assert len([name for name in run.snapshot.formats if name.startswith("gctrace.")]) > 1


def test_texts_between_lines_of_one_form_are_no_collections() -> None:
    lines = b"".join(line.text().encode() + b"hello\n" for line in steady(20))
    run = run_of(lines)
    assert (run.collections, run.counts["text"]) == (20, 20)
