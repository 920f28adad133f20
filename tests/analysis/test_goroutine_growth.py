"""Goroutines that leak are told from those that come and go, whatever prints their number."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from gctui.analysis.findings import findings
from gctui.analysis.goroutine_growth import goroutine_growth
from gctui.analysis.run_figures import RunFigures
from gctui.events import Runtime
from gctui.model.state import ProgramState
from tests.analysis.made_runs import run_of


def go1_4(counts: Iterable[int]) -> bytes:
    """Return lines of Go 1.4, which have no clock."""
    lines = [
        f"gc{n}(1): 1+0+37+0 us, 1 -> 2 MB, 21 (21-0) objects, {count} goroutines, "
        "15/0/0 sweeps, 0(0) handoff, 0(0) steal, 0/0/0 yields\n"
        for n, count in enumerate(counts, 1)
    ]
    return "".join(lines).encode()


def found_in(run: RunFigures) -> list[str]:
    return [each.id for each in findings(run) if each.id == "goroutine-growth"]


def sampled(counts: Iterable[int]) -> ProgramState:
    """Return what samples of the process tell, one a second."""
    state = ProgramState()
    for second, count in enumerate(counts):
        state.apply(Runtime(goroutines=count, gc_count=second), float(second))
    return state


def test_lines_without_a_clock_tell_it_by_the_collection() -> None:
    run = run_of(go1_4(range(10, 2010, 20)))
    [found] = [each for each in findings(run) if each.id == "goroutine-growth"]
    assert found.said == "The number of goroutines grew from 10 to 1990 and goes on growing."
    assert found.evidence[0].said.startswith("+20 a collection (95%: +20 to +20), Theil–Sen")
    assert found.evidence[0].line == 100
    assert "goroutines.growth_per_min" not in run.values()
    assert run.values()["goroutines.max"] == 1990


@pytest.mark.parametrize(
    "counts",
    [
        [10] * 100,
        [min(500, 10 + 20 * n) for n in range(100)],
        [10 + n % 2 * 400 for n in range(100)],
        [1000 - 9 * n for n in range(100)],
        [10, 500, 1000],
    ],
    ids=["steady", "full", "waves", "falling", "few"],
)
def test_what_is_no_leak_is_silent(counts: list[int]) -> None:
    assert not found_in(run_of(go1_4(counts)))
    assert not goroutine_growth(sampled(counts).snapshot()).grows


def test_a_leak_below_requests_that_come_and_go_is_seen() -> None:
    chance = random.Random(3)
    growth = goroutine_growth(
        sampled(100 + 2 * n + chance.randrange(-40, 41) for n in range(200)).snapshot()
    )
    assert growth.grows
    assert growth.now is not None
    assert 60 * growth.now.slope_per_s == pytest.approx(120, rel=0.2)
    assert growth.now.low_per_s < growth.now.slope_per_s < growth.now.high_per_s


def test_two_lives_are_no_growth() -> None:
    log = go1_4([10] * 50) + go1_4([500] * 50)
    assert not found_in(run_of(log))
