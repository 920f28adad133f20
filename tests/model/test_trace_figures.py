"""SCHED, pacer and init lines reach the series and the totals."""

import re

import pytest

from gctui.events import Process, Runtime, Sched
from gctui.model.clock import ClockKind
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan
from gctui.trace.sched_snapshot import SchedSnapshots
from tests.corpus_files import SAMPLES

SHORT = (
    b"SCHED %dms: gomaxprocs=2 idleprocs=1 threads=5 spinningthreads=0 needspinning=1 "
    b"idlethreads=2 runqueue=%d [0 3]\n"
)


def applied(data: bytes, state: ProgramState | None = None) -> Snapshot:
    state = state or ProgramState()
    snapshots = SchedSnapshots()
    for event in [*snapshots.fold_all(list(scan([data]))), *snapshots.finish()]:
        state.apply(event)
    return state.snapshot()


def last(snapshot: Snapshot, metric: Metric) -> float | None:
    return snapshot.view(metric).last


def test_a_log_of_sched_lines_alone_has_an_axis() -> None:
    snapshot = applied(SHORT % (0, 0) + SHORT % (1000, 4) + SHORT % (2500, 1))
    assert snapshot.clock is ClockKind.TRACE
    assert list(snapshot.view(Metric.RUN_QUEUE)) == [(0, 3), (1, 7), (2.5, 4)]
    assert list(snapshot.view(Metric.IDLE_PROCS).values) == [1, 1, 1]
    assert last(snapshot, Metric.THREADS) == 5
    assert last(snapshot, Metric.GOROUTINES) is None
    assert snapshot.count("sched") == 3


def test_a_program_that_starts_again_goes_on_along_the_axis() -> None:
    snapshot = applied(SHORT % (0, 0) + SHORT % (9000, 4) + SHORT % (0, 1) + SHORT % (500, 2))
    assert snapshot.view(Metric.RUN_QUEUE).times_s[-2:].tolist() == [9.0, 9.5]


def test_goroutines_of_a_real_program() -> None:
    """It has 26 goroutines, and the runtime has some; each block tells them, in the log's order."""
    name = "goroutines.gctrace2+scheddetail+gcpacertrace+inittrace+checkfinalizers.log"
    data = (SAMPLES / "go1.27.3" / name).read_bytes()
    snapshot = applied(data)
    counted = [len(re.findall(rb"(?m)^  G\d+: ", each)) for each in data.split(b"SCHED ")[1:]]
    assert len(counted) > 2
    assert 26 < counted[-1] < 50
    assert snapshot.view(Metric.GOROUTINES).values.tolist() == counted
    assert snapshot.figures.snapshot is not None
    assert snapshot.figures.snapshot.goroutines == counted[-1]
    pacer = snapshot.figures.pacer or {}
    assert {"start", "sweep"} <= set(pacer) <= {"start", "end", "sweep"}
    assert snapshot.count("pacer") == data.count(b"pacer: ")
    inits = snapshot.figures.inits
    assert inits.packages == data.count(b"\ninit ") + 1
    took = [float(text) for text in re.findall(rb"([\d.]+) ms clock, \d+ bytes", data)]
    assert inits.clock_ms == pytest.approx(sum(took))
    assert inits.longest is not None
    assert inits.longest.clock_ms == max(took)
    assert snapshot.count("scan") == data.count(b"\nscan: ")


def test_goroutines_of_go_1_4_come_from_its_gc_lines() -> None:
    snapshot = applied((SAMPLES / "forms" / "gctrace.go1.4.log").read_bytes())
    assert last(snapshot, Metric.GOROUTINES)


def test_what_the_process_itself_tells_goes_before() -> None:
    state = ProgramState()
    state.apply(Process(rss_bytes=1, threads=9), 1.0)
    state.apply(Runtime(goroutines=3), 1.0)
    for event in scan([SHORT % (2000, 0)]):
        assert isinstance(event, Sched)
        event.counted = {"waiting": 40}
        state.apply(event, 2.0)
    snapshot = state.snapshot()
    assert last(snapshot, Metric.THREADS) == 9
    assert last(snapshot, Metric.GOROUTINES) == 3
    assert last(snapshot, Metric.RUN_QUEUE) == 3


def test_live_lines_lie_where_the_trace_says() -> None:
    """The lines of a program that began at 100: gc and SCHED lines share its clock."""
    state = ProgramState()
    for at_ms, received_s in ((0, 100.2), (1000, 101.1), (2000, 102.3)):
        for event in scan([SHORT % (at_ms, 0)]):
            state.apply(event, received_s)
    state.apply(Process(rss_bytes=1 << 20), 103.1)
    snapshot = state.snapshot()
    assert snapshot.view(Metric.RUN_QUEUE).times_s.tolist() == [0, 1, 2]
    assert snapshot.view(Metric.RSS_MIB).times_s[-1] == pytest.approx(3.0)
