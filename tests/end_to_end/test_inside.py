"""The runtime's counters on the screen and in the summary: run, attach, pipe and ps."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.go_toolchain import compiled

from .commands import shell
from .terminal import CTRL_C, Terminal


@pytest.fixture(scope="module")
def parked() -> str:
    """The compiled parked.go."""
    return str(compiled(Path(__file__).with_name("parked.go")))


@pytest.fixture
def running(parked: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program, started under a name of its own, with nothing that helps gctui."""
    name = tmp_path / f"parked-{tmp_path.name}"
    name.symlink_to(parked)
    with subprocess.Popen([name]) as process:
        try:
            yield process
        finally:
            process.kill()


def test_run_fills_what_the_trace_does_not_tell(parked: str) -> None:
    with Terminal(f"gctui run -- {parked}", width=160) as terminal:
        terminal.wait_for(r"goroutines \d\d+")
        assert "Go 1." in terminal.text().partition("\n")[0]
        terminal.press("g")
        terminal.wait_for(r"\+\d+ .*chan receive .*parked\.go")
        terminal.press("m")
        terminal.wait_for("since the mark")


def test_run_looks_through_a_shell_and_through_a_second_program(parked: str) -> None:
    done = shell(f"gctui run --plain -- sh -c 'sleep 0.3; {parked} 2; exec {parked} 2'")
    assert done.returncode == 0
    said = done.stderr.decode()
    assert re.search(r"pages +in use \d", said)
    assert re.search(r"goroutines +\d+: chan receive", said)
    assert re.search(r"chan receive 40; created by main\.main at .*parked\.go:\d+", said)


@pytest.mark.parametrize("by_name", [False, True])
def test_attach_shows_a_program_that_runs_already(
    running: subprocess.Popen[bytes], by_name: bool
) -> None:
    name = Path(str(running.args[0])).name  # type: ignore[index]
    named = name if by_name else str(running.pid)
    with Terminal(f"gctui attach {shlex.quote(named)}", width=160) as terminal:
        terminal.wait_for(r"goroutines \d\d+")
        assert f"pid {running.pid}" in terminal.text().partition("\n")[0]
        terminal.wait_for(r"\+\d+ .*chan receive .*parked\.go")
        running.kill()
        running.wait()
        terminal.wait_for("■ the program has ended")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert terminal.restored
        assert re.search(r"settings GOGC=100, GOMEMLIMIT=none", terminal.text())


def test_leaving_attach_leaves_the_program_alone(running: subprocess.Popen[bytes]) -> None:
    with Terminal(f"gctui attach {running.pid}") as terminal:
        terminal.wait_for(r"goroutines \d\d+")
        terminal.press("q")
        assert terminal.exit_code() == 0
    with Terminal(f"exec gctui attach --plain {running.pid}", width=140) as terminal:
        terminal.wait_for(r"gorout\.[\s\S]*\d\d")
        terminal.press(CTRL_C)
        terminal.wait_for(r"goroutines +\d+: chan receive \d+")
        assert terminal.exit_code() == 0
    assert running.poll() is None


def test_a_pipe_finds_the_program_by_itself(parked: str) -> None:
    done = shell(f"GODEBUG=gctrace=1 {parked} 3 2>&1 | gctui --plain")
    said = done.stdout.decode()
    assert re.search(r"pages +in use \d", said)
    assert re.search(r"process +RSS \d", said)
    done = shell(f"GODEBUG=gctrace=1 {parked} 3 2>&1 | gctui --plain --no-counters")
    assert b"  pages " not in done.stdout


def test_ps_lists_it(running: subprocess.Popen[bytes]) -> None:
    done = shell("gctui ps")
    assert done.returncode == 0
    line = next(line for line in done.stdout.decode().splitlines() if f"{running.pid} " in line)
    assert re.search(r"1\.\d+\.\d+ .* yes ", line)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("999999999", "no process 999999999"),
        ("1", "."),
        ("no-such-program", "no-such-program"),
        ("$$", "no Go program: it is"),
        ("-1", "."),
        ("''", "."),
    ],
)
def test_what_cannot_be_attached_is_said_in_one_line(named: str, said: str) -> None:
    done = shell(f"gctui attach {named}")
    assert done.returncode == 2
    assert re.search(said, done.stderr.decode())
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr
