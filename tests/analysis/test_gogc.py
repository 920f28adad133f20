"""GOGC and a binding limit, from goals and from counters; real programs with each setting."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gctui.analysis.gogc import binding, gogc, is_in_spiral
from gctui.model.pacing import next_goal_mib
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from tests.analysis.made_runs import Line, log_of
from tests.analysis.made_runs import steady as steady_lines
from tests.corpus_files import SAMPLES, sample_logs
from tests.go_toolchain import MIDDLE, NEWEST, OLDEST, compiled, go_of_release
from tests.model.test_counters import MIB, SAMPLE
from tests.model.test_pacing import steady
from tests.model.test_state import line, state_of

STEADY = Path(__file__).parent / "programs" / "steady.go"


def traced(*arguments: str, go: str | None = None, **settings: str) -> Snapshot:
    """Return what gctrace says of a run of steady.go."""
    binary = compiled(STEADY, go=go)
    environment = {**os.environ, **settings, "GODEBUG": "gctrace=1"}
    ran = subprocess.run([binary, *arguments], env=environment, capture_output=True, check=True)
    return state_of(ran.stderr)


@pytest.mark.parametrize("percent", [25, 50, 100, 200, 400])
def test_a_real_programs_gogc_is_found_and_no_limit_is_alarmed(percent: int) -> None:
    snapshot = traced("-trees", "64", "-cycles", "40", GOGC=str(percent))
    found = gogc(snapshot)
    assert found
    assert found.setting == percent
    assert found.low_percent <= percent * 1.01
    assert found.high_percent >= percent * 0.99
    assert binding(snapshot) is None


@pytest.mark.parametrize("release", [OLDEST, MIDDLE, NEWEST])
@pytest.mark.parametrize("off", [True, False], ids=["GOGC off", "GOGC on"])
def test_a_real_programs_limit_is_seen_to_bind(release: str, off: bool) -> None:
    settings = {"GOMEMLIMIT": "28MiB", **({"GOGC": "off"} if off else {})}
    snapshot = traced("-trees", "24", "-cycles", "80", go=go_of_release(release), **settings)
    held = binding(snapshot)
    assert held
    assert held.effective_percent < 15
    assert held.goal_mib < 36
    assert gogc(snapshot) is None or not held.is_certain


def test_a_limit_that_leaves_no_room_is_certain() -> None:
    log = SAMPLES / "go1.21.13" / "explicit.gctrace+gogcoff+gomemlimit48MiB.log"
    held = binding(state_of(log.read_bytes()))
    assert held
    assert held.is_certain
    assert held.effective_percent == 0
    assert is_in_spiral(held, 40.0)
    assert not is_in_spiral(held, 3.0)


@pytest.mark.parametrize("percent", [50, 400])
def test_the_smallest_goal_of_a_small_heap_tells_gogc(percent: int) -> None:
    """4 MiB × GOGC/100, however little is live (runtime/mgcpacer.go heapMinimum)."""
    snapshot = traced("-trees", "0", "-cycles", "40", GOGC=str(percent))
    found, ahead_mib = gogc(snapshot), next_goal_mib(snapshot.cycles)
    assert found
    assert found.low_percent <= percent <= found.high_percent
    assert ahead_mib is not None
    assert ahead_mib >= 4 * percent / 100


def test_a_goal_below_the_smallest_of_100_is_one_of_a_lower_gogc() -> None:
    snapshot = state_of(log_of(steady_lines(20, Line(heap_mb=(1, 1, 0), goal_mb=1))))
    assert gogc(snapshot) is None
    assert next_goal_mib(snapshot.cycles) == 1


def test_no_sample_without_a_limit_is_alarmed() -> None:
    alarmed = [
        path.name
        for path in sample_logs()
        if "memlimit" not in path.name and binding(state_of(path.read_bytes()))
    ]
    assert not alarmed


def test_the_interval_covers_the_truth_and_narrows() -> None:
    few, many = (gogc(state_of(steady(130, 190, cycles))) for cycles in (7, 40))
    assert few
    assert many
    assert few.low_percent <= 130 <= few.high_percent
    assert many.high_percent - many.low_percent <= few.high_percent - few.low_percent
    assert many.setting is None
    assert not many.is_exact


def test_goals_lowered_at_once_may_be_either_and_goals_that_stand_still_are_a_limit() -> None:
    def grown(goals: list[int], lives: list[int]) -> Snapshot:
        """The goal of a line was set from what the one before it found alive."""
        pairs = enumerate(zip(goals, lives, strict=True), 31)
        return state_of(
            steady(100, 200, 30)
            + b"".join(
                line(n, float(n), start=goal - 1, end=goal, live=live, goal=goal)
                for n, (goal, live) in pairs
            )
        )

    lowered = binding(grown([302] * 8, [200] * 8))
    assert lowered
    assert not lowered.is_certain
    assert lowered.effective_percent == pytest.approx(50, abs=2)
    held = binding(grown([300] * 9, [200, 210, 220, 230, 240, 250, 260, 270, 280]))
    assert held
    assert held.is_certain
    assert held.limit_mib is None


def test_the_counters_tell_both() -> None:
    def counted(**changes: object) -> Snapshot:
        state = ProgramState()
        state.apply(replace(SAMPLE, **changes), 1.0)  # type: ignore[arg-type]
        return state.snapshot()

    plain = counted()
    found = gogc(plain)
    assert found
    assert (found.setting, found.is_exact) == (100, True)
    assert binding(plain) is None
    assert binding(counted(memory_limit_bytes=400 * MIB)) is None
    held = binding(counted(memory_limit_bytes=150 * MIB, heap_goal_bytes=120 * MIB))
    assert held
    assert (held.limit_mib, held.goal_mib, held.is_certain) == (150, 120, True)
    assert held.effective_percent == pytest.approx(100 * 20 / 104)
    off = gogc(counted(gc_percent=-1))
    assert off
    assert off.is_off
    assert off.setting is None
    assert binding(counted(gc_percent=-1, memory_limit_bytes=250 * MIB))
