"""Goroutines counted from outside are those that the program itself prints."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import replace

import pytest

from gctui.analysis.goroutines import sites
from gctui.events import GoroutineGroup
from gctui.model.counters import Census
from gctui.sources.inside import census as census_module
from gctui.sources.inside.program import RunningProgram
from tests.go_toolchain import MIDDLE, NEWEST, OLDEST, older_toolchains

from .running import PROGRAMS, built, opened, started, until

PARKED = PROGRAMS / "parked.go"
GOROUTINE = re.compile(
    r"^goroutine \d+ (?:gp=\S+ m=\S+ )?\[([^\],]+)(?:, [^\]]*)?\]:\n((?:.+\n)*)", re.MULTILINE
)
CREATED = re.compile(r"^created by (\S+?)(?: in goroutine \d+)?\n\t(\S+:\d+)", re.MULTILINE)
OWN_FRAME = re.compile(r"^(main\.[^\n]*?)\([^()\n]*\)\n\t(\S+:\d+)", re.MULTILINE)
WRAPPER = re.compile(r"\.(gowrap|func)\d+ ")
STATES = {"runnable", "running", "syscall"}


def ask(process: subprocess.Popen[str], line: str, end: str = "done") -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    answer = []
    while (text := process.stdout.readline()) != f"{end}\n":
        assert text
        answer.append(text)
    return "".join(answer)


def told(dump: str) -> Counter[tuple[str, str, str]]:
    """Return who created them, where, and what they do, as a goroutine dump tells it."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for state, frames in GOROUTINE.findall(f"{dump}\n"):
        created = CREATED.search(frames)
        by, place = created.groups() if created else ("main", "")
        counted[by, place, state] += 1
    return counted


def counted(groups: tuple[GoroutineGroup, ...]) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for group in groups:
        state = group.wait_reason or group.status
        found[group.created_by, group.place, state] += group.count
    return found


def whole_census(program: RunningProgram) -> tuple[GoroutineGroup, ...]:
    for _ in until("a census"):
        groups = program.count_goroutines()
        if groups is not None:
            return groups
    raise AssertionError


@pytest.mark.parametrize("flags", [(), ("-ldflags=-s -w", "-buildmode=pie")], ids=" ".join)
@pytest.mark.parametrize("release", [OLDEST, MIDDLE, NEWEST, *older_toolchains()])
def test_the_census_is_the_goroutine_dump(release: str, flags: tuple[str, ...]) -> None:
    with started(built(PARKED, release, *flags)) as process:
        ask(process, "gc")
        said = told(ask(process, "dump", "end of dump"))
        with opened(process.pid) as program:
            found = counted(whole_census(program))
            sample = program.sample()
    # While it prints, the main goroutine runs; read from outside, it waits for the next line.
    for counter in (said, found):
        for key in [key for key in counter if key[0] == "main"]:
            del counter[key]
    assert found == said
    assert found["main.(*pool).start", place_in(found, "start"), "chan receive"] == 40
    assert sample is not None
    assert sample.goroutines == sum(found.values()) + 1


def place_in(found: Counter[tuple[str, str, str]], function: str) -> str:
    return next(place for by, place, _ in found if by.endswith(function))


@pytest.mark.parametrize("slice_size", [1, 7, 2048])
def test_growth_since_a_mark_is_one_line(slice_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(census_module.Census.step, "__defaults__", (slice_size,))
    with started(built(PARKED, NEWEST)) as process:
        ask(process, "gc")
        with opened(process.pid) as program:
            mark = Census(0.0, whole_census(program))
            for _ in range(3):
                ask(process, "more")
            now = Census(1.0, whole_census(program))
    grown, *others = sites(now, mark)
    assert (grown.created_by, grown.count, grown.growth) == ("main.(*pool).start", 115, 75)
    assert all(not site.growth for site in others)
    assert now.goroutines == mark.goroutines + 75
    gone = sites(replace(now, groups=now.groups[1:]), now)
    assert (gone[-1].count, gone[-1].growth) == (0, -115)


@pytest.mark.parametrize(
    "flags",
    [(), ("-ldflags=-s -w", "-buildmode=pie"), ("-gcflags=-l",), ("-gcflags=-l", "-ldflags=-s -w")],
    ids=" ".join,
)
@pytest.mark.parametrize("release", [OLDEST, MIDDLE, NEWEST, *older_toolchains()])
def test_each_is_found_in_the_programs_own_function(release: str, flags: tuple[str, ...]) -> None:
    """As the first frame of the dump that is neither the runtime's nor the library's."""
    with started(built(PARKED, release, *flags)) as process:
        ask(process, "gc")
        dump = ask(process, "dump", "end of dump")
        with opened(process.pid) as program:
            groups = whole_census(program)
    said: Counter[str] = Counter()
    for state, frames in GOROUTINE.findall(f"{dump}\n"):
        own = OWN_FRAME.search(frames)
        if own and state not in STATES:
            said[f"{own[1]} {own[2]}"] += 1
    found: Counter[str] = Counter()
    for group in groups:
        if group.function and group.created_by != "main":
            found[f"{group.function} {group.line}"] += group.count
    # `go` with a function of the library makes a wrapper, which dumps leave out.
    wrapped = found - said
    assert found - wrapped == said
    assert all(WRAPPER.search(name) for name in wrapped)
    assert sum(said.values()) > 50


def test_stacks_and_waits_are_told() -> None:
    with started(built(PARKED, NEWEST)) as process:
        ask(process, "gc")
        with opened(process.pid) as program:
            # The runtime notes at a GC since when each waits, not before.
            ask(process, "gc")
            groups = whole_census(program)
    receivers = next(group for group in groups if group.created_by == "main.(*pool).start")
    assert receivers.longest_wait_s is not None
    assert 0 <= receivers.longest_wait_s < 60
    assert 40 * 2048 <= receivers.stack_bytes <= 40 * 8192
    deep = max(groups, key=lambda group: group.stack_bytes / group.count)
    assert (deep.created_by, deep.function) == ("main.main", "main.deep")
    assert deep.stack_bytes / deep.count >= 200 * 1024
