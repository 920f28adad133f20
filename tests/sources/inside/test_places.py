"""Real programs that keep memory in one place each: the ledger finds it there."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from gctui.model.ledger import ledger
from gctui.model.parts import Ledger, PartName
from gctui.model.state import ProgramState
from gctui.sources.mappings import read_mappings, word_bits_of
from gctui.sources.process import ProcessSampler
from tests.go_toolchain import (
    MIDDLE,
    NEWEST,
    OLDEST,
    compiled,
    go_of_release,
    older_toolchains,
)

from .running import PROGRAMS, built, opened

MIB = 1 << 20
TOOLCHAINS = [OLDEST, MIDDLE, NEWEST, *older_toolchains()]


def keeping(what: str, toolchain: str, *flags: str) -> AbstractContextManager[int]:
    return waiting([built(PROGRAMS / "places.go", toolchain, *flags), what])


@contextmanager
def waiting(command: Sequence[str | Path]) -> Iterator[int]:
    with subprocess.Popen(
        command,
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


@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_the_heap_is_found_without_the_counters(toolchain: str) -> None:
    with keeping("live", toolchain) as pid:
        with opened(pid) as program:
            by_counters = read_mappings(pid, program.heap_arenas())
        by_shape = read_mappings(pid)
        vms_bytes = kernel_figure_bytes(pid, "VmSize")
    assert by_shape is not None
    assert by_counters is not None
    assert by_shape.heap_rss_bytes is not None
    assert by_counters.heap_rss_bytes == pytest.approx(by_shape.heap_rss_bytes, abs=MIB)
    assert by_shape.heap_mapped_bytes is not None
    assert 100 * MIB <= by_shape.heap_rss_bytes <= by_shape.heap_mapped_bytes < 200 * MIB
    assert by_shape.vms_bytes == pytest.approx(vms_bytes, abs=MIB)
    assert by_shape.reserved_bytes is not None
    assert 0 < by_shape.reserved_bytes < vms_bytes - by_shape.heap_mapped_bytes
    assert by_shape.word_bits == 64


def test_a_32_bit_program_is_told_as_one() -> None:
    if platform.machine() != "x86_64":
        pytest.skip("386 programs run on amd64 only")
    binary = compiled(PROGRAMS / "places.go", go=go_of_release(NEWEST), settings={"GOARCH": "386"})
    try:
        with waiting([binary, "live"]) as pid:
            told = read_mappings(pid)
            vms_bytes = kernel_figure_bytes(pid, "VmSize")
    except OSError:
        pytest.skip("this kernel runs no 32-bit programs")
    assert told is not None
    assert told.word_bits == 32
    assert told.heap_rss_bytes is not None
    assert 100 * MIB <= told.heap_rss_bytes < 110 * MIB
    assert told.vms_bytes == pytest.approx(vms_bytes, abs=MIB)


HOLDS_C_ARENAS = """
import threading
held, done = [], threading.Event()
def hold():
    held.extend(bytes(4096) for _ in range(2000))
    done.wait()
threads = [threading.Thread(target=hold, daemon=True) for _ in range(4)]
for thread in threads: thread.start()
while len(held) < 8000: pass
print("ready", flush=True)
input()
"""


def test_a_program_that_is_not_gos_has_no_heap() -> None:
    """C's malloc keeps an arena for each thread, aligned like those of Go's heap."""
    with waiting([sys.executable, "-c", HOLDS_C_ARENAS]) as pid:
        told = read_mappings(pid)
    assert told is not None
    assert told.heap_rss_bytes is told.heap_mapped_bytes is None
    assert told.other_rss_bytes > 30 * MIB
    assert read_mappings(pid) is None
    assert word_bits_of(pid) is None


def kernel_figure_bytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{name}:"))


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
