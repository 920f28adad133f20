"""What a check found, as text and JSON."""

from __future__ import annotations

from gctui.analysis.figure_limit import Bound, Limit
from gctui.analysis.run_check import Checked, CheckResult, Objection, Place
from gctui.report.check import check_json, check_lines, github_lines
from gctui.report.paper import Paper

LIMIT = Limit("pause.max_ms", Bound.MAX, 5.0, "--max-pause-ms 5")
FOUND = Objection("death-spiral", "alarm", "It collects all the time.", (Place("", 7, "gc 3"),))


def result(*checked: Checked, found: tuple[Objection, ...] = ()) -> CheckResult:
    return CheckResult("a.log", "a.log", "9 collections", checked, found, ("alarm",))


def test_findings_stand_beside_limits() -> None:
    told = result(Checked(LIMIT, 4.0), found=(FOUND,))
    assert [*check_lines(told, Paper(80))] == [
        "kept    pause.max_ms 4.0 ms, at most 5.0 ms",
        "FOUND   death-spiral (alarm): It collects all the time.",
        "        line 7: gc 3",
        "a.log (9 collections): 1 limit kept, 1 finding",
    ]
    assert check_json(told)["findings"] == [
        {
            "name": "death-spiral",
            "severity": "alarm",
            "text": "It collects all the time.",
            "lines": [{"file": "", "line": 7, "text": "gc 3"}],
        }
    ]
    # In which of several files the line is nobody knows; then GitHub shows the file alone.
    assert [*github_lines(told)] == [
        "::error file=a.log,title=gctui%3A death-spiral::It collects all the time."
    ]


def test_a_value_never_looks_like_the_limit_that_it_breaks() -> None:
    assert Checked(LIMIT, 5.01).sentence == "pause.max_ms 5.0 ms (5.01), at most 5.0 ms"
    assert Checked(LIMIT, 5.0).sentence == "pause.max_ms 5.0 ms, at most 5.0 ms"


def test_good_is_one_line() -> None:
    assert [*check_lines(result(Checked(LIMIT, 4.0)), Paper(40))] == [
        "good: a.log: pause.max_ms 4.0 ms, at most 5.0 ms; no finding of alarm"
    ]
