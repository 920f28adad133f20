"""What is found while a program runs is what a report of the same lines finds."""

from __future__ import annotations

import pytest

from gctui.analysis.findings import findings
from gctui.analysis.live_findings import LiveFindings
from gctui.analysis.run_fold import RunFold
from gctui.data import data_folder
from gctui.model.feed import Frame, Status
from gctui.session.pump import Pump
from gctui.trace.scanner import scan
from tests.analysis.made_runs import Line, log_of, run_of, steady

LIVE = Status("./app")
LOGS = (
    *("demo/leak.log", "demo/sawtooth.log", "demo/steady.log"),
    "go1.4.3/sawtooth-long.gctrace.log",
)
LINE = (
    b"gc %d @%d.%03ds 1%%: 0.1+%d+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, "
    b"40->41->20 MB, 42 MB goal, 2 P\n"
)


def frame_of(pump: Pump, shown: int = 1) -> Frame:
    snapshot = pump.snapshot()
    return Frame(pump.version, snapshot, snapshot.now_s, LIVE, 0, shown=shown)


def lines(first: int, behind: int, mark_ms: int = 1) -> bytes:
    return b"".join(LINE % (n, n // 10, n % 10 * 100, mark_ms) for n in range(first, behind))


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("pieces", [1, 7])
def test_the_screen_finds_what_the_report_finds(name: str, pieces: int) -> None:
    data = (data_folder("samples") / name).read_bytes()
    run = RunFold("./app")
    run.add(list(scan([data])))
    expected = {each.id: each for each in findings(run.figures())}
    expected.pop("unparsed-lines", None)
    pump, finder = Pump(), LiveFindings()
    for i in range(pieces):
        pump.feed("only", data[len(data) * i // pieces : len(data) * (i + 1) // pieces], None)
        found = finder.of(frame_of(pump))
    pump.finish(None)
    found = finder.of(frame_of(pump))
    assert {each.id: each.severity for each in found.findings} == {
        each.id: each.severity for each in expected.values()
    }
    assert found.is_of_all


def test_the_screen_advises_what_the_report_advises() -> None:
    line = Line(heap_mb=(10, 20, 2), goal_mb=26, stacks_mb=14, background_ms=30.0, mark_ms=20.0)
    data = log_of(steady(100, line, every_s=0.1))
    pump = Pump()
    pump.feed("only", data, None)
    found = LiveFindings().of(frame_of(pump)).findings
    (room,) = (each.advice for each in found if each.id == "gc-too-frequent")
    assert "grow to 66 MiB" in room
    assert {each.advice for each in found} == {each.advice for each in findings(run_of(data))}


def test_collections_that_are_not_kept_any_more_are_not_judged() -> None:
    pump, finder = Pump(), LiveFindings()
    pump.feed("only", lines(1, 600, mark_ms=900), None)
    assert "long-marks" in {each.id for each in finder.of(frame_of(pump)).findings}
    pump.feed("only", lines(600, 3000), None)
    found = finder.of(frame_of(pump))
    assert found.collections == 1000
    assert not found.is_of_all
    assert "long-marks" not in {each.id for each in found.findings}


def test_another_program_is_judged_by_its_own_collections() -> None:
    slow, quick, finder = Pump(), Pump(), LiveFindings()
    slow.feed("only", lines(1, 100, mark_ms=900), None)
    quick.feed("only", lines(1, 100), None)
    assert "long-marks" in {each.id for each in finder.of(frame_of(slow)).findings}
    assert "long-marks" not in {each.id for each in finder.of(frame_of(quick, 2)).findings}
