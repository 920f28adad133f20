"""What is read from outside is what the program itself says, to the byte."""

from __future__ import annotations

import os
import time
from itertools import pairwise

import pytest

from gctui.events import Runtime
from gctui.sources.inside.errors import CannotRead, Gone
from gctui.sources.inside.program import RunningProgram
from tests.go_toolchain import (
    MIDDLE,
    NEWEST,
    OLDEST,
    older_toolchains,
)

from .running import PROGRAMS, Talking, built, opened, started, talking, until

FIGURES = PROGRAMS / "figures.go"
CHURN = PROGRAMS / "churn.go"
NO_LIMIT = 2**63 - 1
NO_GOAL = 2**48
"""Without a goal the runtime says one that no heap reaches."""
TOOLCHAINS = [OLDEST, MIDDLE, NEWEST, *older_toolchains()]
EVERY_WAY = [
    (),
    ("-ldflags=-w",),
    ("-buildmode=pie",),
    ("-ldflags=-s -w",),
    ("-ldflags=-s -w", "-buildmode=pie"),
]


def read(pid: int) -> Runtime:
    with opened(pid) as program:
        for _ in until("a sample"):
            sample = program.sample()
            if sample is not None:
                return sample
    raise AssertionError


def as_told(sample: Runtime) -> dict[str, int]:
    """Return a sample in the words of the program."""
    return {
        "heap_inuse_bytes": sample.heap_inuse_bytes or 0,
        "heap_idle_bytes": sample.heap_idle_bytes or 0,
        "heap_released_bytes": sample.heap_released_bytes or 0,
        "heap_goal_bytes": NO_GOAL if sample.heap_goal_bytes is None else sample.heap_goal_bytes,
        "stack_inuse_bytes": sample.stack_inuse_bytes or 0,
        "sys_bytes": sample.sys_bytes or 0,
        "total_alloc_bytes": sample.total_alloc_bytes or 0,
        "gc_count": sample.gc_count or 0,
        "gc_forced_count": sample.gc_forced_count or 0,
        "pause_total_ns": round((sample.pause_total_ms or 0) * 1e6),
        "gc_percent": sample.gc_percent or 0,
        "memory_limit_bytes": sample.memory_limit_bytes or NO_LIMIT,
        "procs": sample.procs or 0,
        "goroutines": sample.goroutines or 0,
    }


def assert_told_alike(program: Talking) -> None:
    """Compare while it is idle: its own background work may still come in between, so again."""
    for _ in range(5):
        said = program.figures()
        said["heap_goal_bytes"] = min(said["heap_goal_bytes"], NO_GOAL)
        found = as_told(read(program.pid))
        if found == said:
            return
    assert found == said


@pytest.mark.parametrize("flags", EVERY_WAY, ids=" ".join)
@pytest.mark.parametrize("release", TOOLCHAINS)
def test_every_counter_is_what_the_program_says(release: str, flags: tuple[str, ...]) -> None:
    with talking(built(FIGURES, release, *flags)) as program:
        assert_told_alike(program)


@pytest.mark.parametrize(
    "settings",
    [
        {"GOGC": "37"},
        {"GOGC": "off"},
        {"GOMEMLIMIT": "48MiB"},
        {"GOGC": "off", "GOMEMLIMIT": "1GiB"},
        {"GOMAXPROCS": "7"},
        {"GOMAXPROCS": "300"},
    ],
    ids=str,
)
@pytest.mark.parametrize("release", TOOLCHAINS)
def test_the_goal_follows_the_settings(release: str, settings: dict[str, str]) -> None:
    with talking(built(FIGURES, release), **settings) as program:
        assert_told_alike(program)


def test_a_limit_of_nothing_is_a_limit() -> None:
    """It makes the program collect all the time, so that only the limit is told."""
    with talking(built(FIGURES, NEWEST), GOMEMLIMIT="0") as program:
        program.figures()
        assert read(program.pid).memory_limit_bytes == 0


@pytest.mark.parametrize("release", TOOLCHAINS)
def test_under_load_nothing_impossible_is_read(release: str) -> None:
    with started(built(CHURN, release)) as process, opened(process.pid) as program:
        samples: list[Runtime] = []
        end_s = time.monotonic() + 3
        while time.monotonic() < end_s:
            sample = program.sample()
            if sample is not None:
                samples.append(sample)
            time.sleep(0.0005)
        assert len(samples) > 500
        assert (samples[-1].gc_count or 0) > (samples[0].gc_count or 0) + 3
        for before, after in pairwise(samples):
            assert_possible(before, after)


def assert_possible(before: Runtime, after: Runtime) -> None:
    inuse, idle = after.heap_inuse_bytes or 0, after.heap_idle_bytes or 0
    assert 0 <= (after.heap_released_bytes or 0) <= idle
    assert inuse + idle + (after.stack_inuse_bytes or 0) <= (after.sys_bytes or 0) < 4 << 30
    # CHURN keeps 32 MiB, and 16 goroutines with a few more that come and go.
    assert 0 < inuse < 1 << 30
    assert 0 < (after.heap_live_bytes or 0) <= (after.heap_allocated_bytes or 0) + (64 << 20)
    assert 1 <= (after.goroutines or 0) < 1000
    assert (after.total_alloc_bytes or 0) >= (before.total_alloc_bytes or 0)
    assert (after.gc_count or 0) >= (before.gc_count or 0)
    assert (after.pause_total_ms or 0) >= (before.pause_total_ms or 0)


def test_each_pause_is_told_once() -> None:
    with talking(built(FIGURES, NEWEST)) as talker, opened(talker.pid) as program:
        before = program.sample()
        assert before is not None
        again = program.sample()
        assert again is not None
        numbers = [pause.n for pause in before.gc_pauses]
        assert numbers == list(range(1, (before.gc_count or 0) + 1))
        assert again.gc_pauses == ()
        total_ms = sum(pause.pause_ms for pause in before.gc_pauses)
        assert total_ms == pytest.approx(before.pause_total_ms)


def test_the_end_of_the_program_is_told() -> None:
    with talking(built(FIGURES, NEWEST)) as talker:
        program = opened(talker.pid)
    with pytest.raises(Gone):
        program.sample()
    with pytest.raises(Gone):
        program.count_goroutines()
    program.close()


def test_what_is_no_go_program_is_said() -> None:
    with pytest.raises(CannotRead, match="not a Go program"):
        RunningProgram(os.getpid())
