"""Where the memory lies is told even where the runtime's counters are not wanted, or unreadable."""

from __future__ import annotations

import json
import platform
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.go_toolchain import compiled

from .commands import shell

MIB = 1 << 20
PARKED = Path(__file__).with_name("parked.go")


@pytest.fixture(scope="module")
def parked() -> str:
    """The compiled parked.go, quoted for a shell."""
    return shlex.quote(str(compiled(PARKED)))


def samples(recording: Path, kind: str) -> list[dict[str, Any]]:
    rows = map(json.loads, recording.read_text().splitlines())
    return [row for row in rows if row["kind"] == kind]


def test_run_tells_the_go_programs_mappings_and_not_the_shells(parked: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    done = shell(
        f"gctui run --plain --no-counters --record {path} -- sh -c 'sleep 0.2; {parked} 2; true'"
    )
    assert done.returncode == 0
    assert samples(path, "runtime") == []
    told = samples(path, "mappings")
    assert 2 <= len(told) < 12
    assert told[-1]["heap_rss_bytes"] > MIB
    assert told[-1]["heap_rss_bytes"] <= told[-1]["heap_mapped_bytes"] < told[-1]["vms_bytes"]
    # The last one may be of a process that is going: its memory is given back first.
    seen = [row for row in samples(path, "process") if row.get("rss_bytes")]
    assert seen[-1]["rss_bytes"] > told[-1]["heap_rss_bytes"]
    assert all(row["machine_bytes"] > row["machine_available_bytes"] > 0 for row in seen)


@pytest.mark.parametrize("named", ["", "--pid $!"])
def test_a_pipe_tells_them_too(parked: str, named: str, tmp_path: Path) -> None:
    path, fifo = tmp_path / "a.jsonl", tmp_path / "fifo"
    command = f"mkfifo {fifo}; {parked} 2 >{fifo} 2>&1 & "
    command += f"while [ ! -p {fifo} ]; do sleep 0.01; done; "
    shell(f"{command} gctui --plain --no-counters {named} --record {path} <{fifo}")
    assert samples(path, "runtime") == []
    assert samples(path, "mappings")[-1]["heap_rss_bytes"] > MIB // 2


def test_attach_tells_those_of_a_program_whose_counters_it_cannot_read(tmp_path: Path) -> None:
    if platform.machine() != "x86_64":
        pytest.skip("386 programs run on amd64 only")
    try:
        process = subprocess.Popen([compiled(PARKED, settings={"GOARCH": "386"}), "2"])
    except OSError:
        pytest.skip("this kernel runs no 32-bit programs")
    path = tmp_path / "a.jsonl"
    with process:
        done = shell(f"gctui attach --plain --record {path} {process.pid}")
    assert done.returncode == 0
    assert b"counters not read: a program for 386: amd64 and arm64 can be read" in done.stdout
    told = samples(path, "mappings")[-1]
    assert told["word_bits"] == 32
    assert told["heap_rss_bytes"] > MIB // 2
