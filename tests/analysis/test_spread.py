"""A figure held against a log, and what one line tells by itself."""

from __future__ import annotations

import pytest

from gctui.analysis.one_line import derived
from gctui.analysis.run_figures import Measure
from gctui.analysis.run_fold import RunFold
from gctui.analysis.spread import LogSpread, Spread, compared
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES


def test_a_spread_is_of_its_own_form_alone() -> None:
    lines = [f"scav {kib} KiB work, 100 KiB total, 99% util" for kib in range(1, 101)]
    lines += ["scav 5 9 KiB work, 100 KiB total, 99% util (forced)"]
    spread = LogSpread({"scavtrace.go1.14"})
    spread.add(scan(["\n".join(lines).encode()]))
    assert spread.lines == {"scavtrace.go1.14": 100, "scavtrace.go1.15": 1}
    assert spread.of("scavtrace.go1.14", "work_kib") == Spread(100, 50, 95)
    assert spread.of("scavtrace.go1.15", "work_kib") is None
    assert spread.of("scavtrace.go1.14", "nosuch") is None
    assert spread.flagged("scavtrace.go1.14", "forced") == 0


@pytest.mark.parametrize(
    ("value", "median", "p95", "said"),
    [
        (310, 100, 400, "3.1× the median 100 of 9 lines, p95 400"),
        (100, 100, 400, "equal to the median of 9 lines, p95 400"),
        (0, 0, 0, "equal to the median of 9 lines, p95 0"),
        (59, 58, 61, "1.0× the median 58 of 9 lines, p95 61"),
        (3, 0, 1, "above the median 0 of 9 lines, p95 1: beyond it"),
        (5000, 100, 400, "50× the median 100 of 9 lines, p95 400: beyond it"),
        (0.5, 4.2, 8, "0.12× the median 4.2 of 9 lines, p95 8"),
    ],
)
def test_a_value_is_compared(value: float, median: float, p95: float, said: str) -> None:
    assert compared(value, Spread(9, median, p95), 9) == said


def test_of_very_many_values_a_percentile_is_about() -> None:
    spread = Spread(9, 100, 400, is_exact=False)
    assert compared(101, spread, 9) == "about the median of 9 lines, p95 ~400"
    assert compared(310, spread, 9) == "3.1× the median ~100 of 9 lines, p95 ~400"


def test_percentiles_are_those_of_the_report() -> None:
    log = SAMPLES / "demo" / "leak.log"
    spread, fold = LogSpread({"gctrace.go1.18"}), RunFold("made")
    events = list(scan([log.read_bytes()]))
    spread.add(events)
    fold.add(events, 0.0)
    for name, measure in (("heap_goal_mb", Measure.GOAL), ("heap_end_mb", Measure.HEAP_END)):
        found, reported = spread.of("gctrace.go1.18", name), fold.figures().spread(measure)
        assert found is not None
        assert reported is not None
        assert (found.median, found.p95) == (reported.p50, reported.p95)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("gc8(2): 0+1+0 ms, 52 -> 25 MB 183 -> 156 (250-94) objects, 2(27) handoff, "
         "1(10) steal, 17/4/16 yields", "found dead", "27 MiB"),
        ("gc8(1): 1+0+62+0 us, 26 -> 53 MB, 140 (177-37) objects, 7 goroutines, 77/0/0 sweeps, "
         "0(0) handoff, 0(0) steal, 0/0/0 yields", "pause", "63 µs"),
        ("gc 7 @0.031s 50%: 0.16+0+0.099 ms clock, 0.33+0.033/0.011/4.1+0.19 ms cpu, "
         "33->33->25 MB, 17592186044415 MB goal, 2 P", "goal", "none"),
        ("scvg0: inuse: 28, idle: 28, sys: 57, released: 3, consumed: 54 (MB)", "kept", "25 MiB"),
        ("scav 8 KiB work, 12488 KiB total, 6% util", "idle, kept", "94%"),
        ("SCHED 9ms: gomaxprocs=4 idleprocs=1 threads=9 spinningthreads=0 idlethreads=3 "
         "runqueue=5 [1 2 0 0]", "goroutines waiting for a CPU", "8"),
        ("pacer: assist ratio=0.5 (scan 0 MB in 25->40 MB) workers=0+0.25", "room", "15 MiB"),
        ("init errors @0.46 ms, 0.5 ms clock, 64 bytes, 4 allocs", "object size", "16 bytes"),
        ("scan: class 480B 1+0+18=19 objs, 0+2=2 spans", "objects per span", "9.0"),
    ],
)  # fmt: skip
def test_what_follows_from_one_line(line: str, name: str, value: str) -> None:
    (event,) = scan([line.encode()])
    assert {each.name: each.value for each in derived(event)}[name] == value


@pytest.mark.parametrize(
    "line",
    [
        "gc 1 @0.000s 0%: 0+0+0 ms clock, 0+0/0/0+0 ms cpu, 0->0->0 MB, 0 MB goal, 0 P",
        "gc1(0): 0+0+0+0 us, 0 -> 0 MB, 0 (0-0) objects, 0/0/0 sweeps, 0(0) handoff, "
        "0(0) steal, 0/0/0 yields",
        "scvg0: inuse: 0, idle: 0, sys: 0, released: 0, consumed: 0 (MB)",
        "SCHED 0ms: gomaxprocs=0 idleprocs=0 threads=0 idlethreads=0 runqueue=0 [0]",
        "pacer: 0% CPU (0 exp.) for 0+0+0 B work (0 B exp.) in 0 B -> 0 B (∆goal 0, cons/mark NaN)",
        "init a @0 ms, 0 ms clock, 0 bytes, 0 allocs",
        "scan: total 0+0+0=0 objs, 0+0=0 spans",
        "pacer: sweep done at heap size 4MB; allocated 17592186044415MB during sweep; "
        "swept 18446744073709551615 pages at +Inf pages/byte",
    ],
)
def test_a_line_of_noughts_tells_little_and_breaks_nothing(line: str) -> None:
    (event,) = scan([line.encode()])
    assert event.format
    assert all(each.name and each.value and each.how for each in derived(event))
