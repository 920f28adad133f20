"""Real programs that keep memory in one place each: the ledger finds it there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gctui.model.ledger import ledger
from gctui.model.parts import Ledger, PartName
from gctui.model.state import ProgramState
from gctui.sources.mappings import read_mappings
from gctui.sources.process import ProcessSampler
from tests.go_toolchain import MIDDLE, NEWEST, OLDEST, older_toolchains

from .running import PROGRAMS, built, opened

TOOLCHAINS = [OLDEST, MIDDLE, NEWEST, *older_toolchains()]


@contextmanager
def keeping(what: str, toolchain: str, *flags: str) -> Iterator[int]:
    with subprocess.Popen(
        [built(PROGRAMS / "places.go", toolchain, *flags), what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "GODEBUG": "madvdontneed=1"},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process.pid
        finally:
            process.kill()


def looked_into(pid: int) -> Ledger:
    state = ProgramState()
    with opened(pid) as program:
        arenas = program.heap_arenas()
        events = (ProcessSampler(pid).sample(), program.sample(), read_mappings(pid, arenas))
    for event in events:
        assert event is not None
        state.apply(event, 1.0)
    return ledger(state.snapshot(), 1.0)


def resident_mib(split: Ledger, name: PartName) -> float:
    part = split.part(name)
    return 0.0 if part is None else part.mib


@pytest.mark.parametrize("flags", [(), ("-ldflags=-s -w",)], ids=" ".join)
@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_what_was_never_touched_is_no_memory(toolchain: str, flags: tuple[str, ...]) -> None:
    with keeping("untouched", toolchain, *flags) as pid:
        split = looked_into(pid)
    part = split.part(PartName.UNTOUCHED)
    assert part is not None
    assert part.mapped_mib == pytest.approx(1000, rel=0.02)
    assert split.rss_mib is not None
    assert split.rss_mib < 60
    assert split.total_mib == pytest.approx(split.rss_mib)
    assert resident_mib(split, PartName.LIVE) + resident_mib(split, PartName.SINCE_GC) < 25


@pytest.mark.parametrize(
    ("what", "name", "least_mib"),
    [
        ("live", None, 95),
        ("stacks", PartName.STACKS, 75),
        ("outside", PartName.OUTSIDE, 90),
    ],
)
@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_it_is_where_it_is(
    toolchain: str, what: str, name: PartName | None, least_mib: float
) -> None:
    with keeping(what, toolchain) as pid:
        split = looked_into(pid)
    if name is None:
        found = resident_mib(split, PartName.LIVE) + resident_mib(split, PartName.SINCE_GC)
    else:
        found = resident_mib(split, name)
    assert least_mib < found < least_mib * 1.4
    assert split.total_mib == pytest.approx(split.rss_mib)
    assert resident_mib(split, PartName.BINARY) > 0.3
    unexplained = resident_mib(split, PartName.OUTSIDE) if name is not PartName.OUTSIDE else 0.0
    assert unexplained < 6
