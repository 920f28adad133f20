"""A program that is killed: by whom, as the kernel's counters tell."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.go_toolchain import compiled

from .commands import shell
from .terminal import Terminal

LIMIT_MIB = 96
HOG = Path(__file__).with_name("hog.go")
_EMPTIES_WITHIN_S = 5.0


@pytest.fixture(scope="module")
def hog() -> str:
    """The compiled hog.go, quoted for a shell; it takes twice what the group has."""
    return f"{shlex.quote(str(compiled(HOG)))} {2 * LIMIT_MIB}"


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group with a limit, for the program alone."""
    for mount, limit, swap in (
        (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.swappiness"),
        (Path("/sys/fs/cgroup"), "memory.max", "memory.swap.max"),
    ):
        made = mount / f"gctui-killed-{os.getpid()}"
        try:
            made.mkdir()
        except OSError:
            continue
        try:
            # Otherwise it is no group, or the controller is not given to this part of the tree.
            if (made / limit).exists():
                _limit(made / limit, made / swap)
                yield made
                return
        finally:
            _remove(made)
    pytest.skip("no control group with a limit can be made here")


def _limit(limit: Path, swap: Path) -> None:
    limit.write_text(str(LIMIT_MIB << 20))
    if swap.exists():
        swap.write_text("0")


def _remove(group: Path) -> None:
    until_s = time.monotonic() + _EMPTIES_WITHIN_S
    members = group / "cgroup.procs"
    while members.exists() and members.read_text().split():
        assert time.monotonic() < until_s
        time.sleep(0.02)
    group.rmdir()


def within(group: Path, command: str) -> str:
    """Return a command line that runs `command` in a group, and nothing else."""
    inner = f"echo $$ > {group}/cgroup.procs && exec {command}"
    return f"sh -c {shlex.quote(inner)}"


def explained(output: bytes | str) -> str:
    """Return what the advice says of the end, its lines joined."""
    text = output if isinstance(output, str) else output.decode()
    found = re.search(r"^  end +! (.*(?:\n {12}\S.*)*)", text, re.MULTILINE)
    return "" if found is None else re.sub(r"\s+", " ", found[1])


def test_a_program_that_outgrows_its_group_is_said_to_have_done_so(
    hog: str, group: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    done = shell(f"gctui run --plain --record {path} -- {within(group, hog)}")
    assert done.returncode == 128 + signal.SIGKILL
    said = done.stderr.decode()
    assert "; killed by SIGKILL (OOM)\n" in said
    why = explained(said)
    assert why.startswith("killed by SIGKILL: by the kernel's OOM killer (")
    assert f"went from 0 to 1; limit {LIMIT_MIB} MiB, RSS last seen " in why
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    samples = [row for row in rows if row["kind"] == "process"]
    # The last one may be of a process that is going, and in no group any more.
    limits = [row["cgroup_limit_bytes"] for row in samples if "cgroup_limit_bytes" in row]
    assert limits[-1] == LIMIT_MIB << 20
    assert why == rows[-1]["how"]
    replayed = shell(f"gctui replay --plain {path}")
    assert b"; end of recording: killed by SIGKILL (OOM)\n" in replayed.stdout
    assert explained(replayed.stdout) == why


def test_a_shell_that_passes_the_killed_programs_code_on(hog: str, group: Path) -> None:
    script = f"{within(group, hog)}; exit $?"
    done = shell(f"gctui run --plain -- sh -c {shlex.quote(script)}")
    assert done.returncode == 128 + signal.SIGKILL
    why = explained(done.stderr)
    assert why.startswith("exited with 137: by the kernel's OOM killer (")
    assert f"; limit {LIMIT_MIB} MiB, " in why


def test_a_pipe_and_attach_see_it_vanish(hog: str, group: Path) -> None:
    done = shell(f"{within(group, hog)} 2>&1 | gctui --plain")
    seems = "the program has ended: by the kernel's OOM killer, as it seems ("
    assert explained(done.stdout).startswith(seems)
    with subprocess.Popen(shlex.split(within(group, hog))) as process:
        time.sleep(0.3)
        done = shell(f"gctui attach --plain {process.pid}")
    assert "; the program has ended (OOM)\n" in done.stdout.decode()
    assert explained(done.stdout).startswith(seems)
    assert process.returncode == -signal.SIGKILL


def test_a_kill_that_someone_sent_is_told_from_it() -> None:
    done = shell("gctui run --plain -- sh -c 'kill -9 $$'")
    assert done.returncode == 128 + signal.SIGKILL
    said = done.stderr.decode()
    assert "; killed by SIGKILL\n" in said
    why = explained(said)
    # Another test's program may be killed in its own group meanwhile.
    assert why.startswith("killed by SIGKILL, and not by ")
    assert "someone sent it: kill -9" in why
    done = shell("gctui run --plain -- sh -c 'exit 3'")
    assert "OOM" not in done.stderr.decode()


def test_the_one_that_gctui_killed_itself() -> None:
    deaf = "trap '' TERM; while :; do sleep 1; done"
    with Terminal(f"gctui run -- sh -c {shlex.quote(deaf)}", width=160) as screen:
        screen.wait_for("● live")
        screen.press("q")
        screen.wait_for("is still running")
        screen.press("s")
        assert screen.exit_code() == 128 + signal.SIGKILL
        said = "killed by SIGKILL: by gctui, because SIGTERM had not ended it"
        assert explained(screen.text()) == said
