"""What an operating system may lack, hide, or take away meanwhile: gctui says so and goes on."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.corpus_files import SAMPLES
from tests.go_toolchain import compiled
from tests.sources.numbers import started_with_number
from tests.sources.serving import go_server

from .commands import PATIENCE_S, environment, shell
from .terminal import Terminal

LEAK = SAMPLES / "demo" / "leak.log"
BECOMES = Path(__file__).with_name("becomes.go")
PARKED = Path(__file__).with_name("parked.go")
NOT_MOUNTED = "/proc is not mounted here"
ANOTHERS = "/proc is that of another PID namespace"
SURROUNDINGS = {
    "unmounted": ("unshare -m", "umount -l /proc", NOT_MOUNTED),
    "empty": ("unshare -m", "mount -t tmpfs none /proc", NOT_MOUNTED),
    "another's": ("unshare -p -f", "true", ANOTHERS),
}
HIDING_LESS = {
    "processes alone": ("unshare -m -p -f", "mount -t proc -o subset=pid proc /proc", ""),
    "no control groups": ("unshare -m", "mount -t tmpfs none /sys/fs/cgroup", ""),
}


def inside(where: str, command: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line where /proc is not as it should be; skips where that cannot be made."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("namespaces are made by root on Linux")
    unshare, change, _ = (SURROUNDINGS | HIDING_LESS)[where]
    done = shell(f"{unshare} sh -c {shlex.quote(f'{change} || exit 99; {command}')}")
    if done.returncode == 99 or b"unshare failed" in done.stderr:
        pytest.skip(f"namespaces are forbidden here: {done.stderr.decode()}")
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("where", SURROUNDINGS)
@pytest.mark.parametrize("options", ["", "--no-counters"])
def test_run_needs_no_proc(app: str, where: str, options: str) -> None:
    done = inside(where, f"gctui run --plain {options} -- {app} -for 1500ms -code 3")
    said = done.stderr.decode()
    assert done.returncode == 3
    assert b"served everybody" in done.stdout
    assert re.search(r"gctui: .*: \d+ collections .*; exited with 3", said)
    assert "= RSS" not in said
    assert "  process" not in said
    assert said.count(SURROUNDINGS[where][2]) == 1


@pytest.mark.parametrize("where", SURROUNDINGS)
def test_a_pipe_and_a_log_need_no_proc(app: str, where: str) -> None:
    done = inside(where, f"GODEBUG=gctrace=1 {app} -for 1500ms 2>&1 | gctui --plain")
    assert done.returncode == 0
    assert re.search(rb"gctui: standard input: [1-9]\d* collections", done.stdout)
    assert done.stdout.decode().count(SURROUNDINGS[where][2]) == 1
    done = inside(where, f"gctui replay --plain {LEAK}")
    assert done.returncode == 0
    assert b": 103 collections in " in done.stdout


@pytest.mark.parametrize("where", SURROUNDINGS)
@pytest.mark.parametrize("command", ["ps", "attach 1", "attach app"])
def test_what_cannot_do_without_it_says_so(where: str, command: str) -> None:
    done = inside(where, f"gctui {command}")
    assert done.returncode == 2
    assert done.stdout == b""
    because = f"gctui: {SURROUNDINGS[where][2]}, so nothing can be read of a running program\n"
    assert done.stderr.decode() == because


def test_a_server_is_watched_without_proc() -> None:
    with go_server() as (url, _):
        done = inside(
            "unmounted",
            f"timeout --preserve-status -s INT 3 gctui watch --plain --interval 0.5 {url}",
        )
    assert done.returncode == 0
    assert b"live ~" in done.stdout
    assert b"main.parked" in done.stdout


@pytest.mark.parametrize("where", HIDING_LESS)
def test_what_is_not_hidden_is_told(app: str, where: str) -> None:
    done = inside(where, f"gctui run --plain -- {app} -for 1500ms")
    assert re.search(r"  process +RSS \d", done.stderr.decode())
    assert b"  goroutines " in done.stderr
    assert b"counters not read" not in done.stderr


@contextmanager
def becoming(command: str, after_s: float = 3.0) -> Iterator[subprocess.Popen[bytes]]:
    """Start a Go program that becomes another one."""
    argv = [str(compiled(BECOMES)), str(after_s), *shlex.split(command)]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_program_that_becomes_another_is_not_taken_for_it() -> None:
    with (
        becoming("/bin/sleep 300", 4) as process,
        Terminal(f"gctui attach {process.pid}", width=160) as terminal,
    ):
        terminal.wait_for(r"goroutines \d")
        terminal.wait_for("■ the program has become sleep, which is not Go")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert process.poll() is None


def test_a_program_that_becomes_another_go_program_is_watched_on() -> None:
    parked = compiled(PARKED)
    with (
        becoming(f"{parked} 300") as process,
        Terminal(f"gctui attach {process.pid}", width=160) as terminal,
    ):
        terminal.wait_for(r"goroutines 1\b")
        terminal.wait_for(r"goroutines [4-9]\d")
        terminal.wait_for(lambda: parked.name in terminal.text().partition("\n")[0])
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_a_program_that_nobody_reaps_has_ended(tmp_path: Path) -> None:
    parked, number = compiled(PARKED), tmp_path / "pid"
    script = f"{parked} 4 & echo $! >{number}; exec sleep 300"
    with subprocess.Popen(["/bin/sh", "-c", script], stdin=subprocess.DEVNULL) as parent:
        try:
            until_s = time.monotonic() + PATIENCE_S
            while not number.exists() or not number.read_text():
                assert time.monotonic() < until_s
                time.sleep(0.01)
            pid = int(number.read_text())
            done = shell(f"gctui attach --plain {pid}")
            assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
            assert re.search(rb"gctui: .*; the program has ended\n", done.stdout)
            again = shell(f"gctui attach --plain {pid}")
        finally:
            parent.kill()
    assert again.returncode == 2
    assert (
        again.stderr
        == b"gctui: process %d has ended, and waits for its parent to take note " % (pid)
        + b"of it\n"
    )


def test_a_number_that_was_named_is_one_process(tmp_path: Path) -> None:
    record = tmp_path / "x.jsonl"
    first = subprocess.Popen(["sleep", "300"])
    with subprocess.Popen(
        ["gctui", "--plain", "--pid", str(first.pid), "--record", str(record)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as gctui:
        try:
            wait_for_samples(record, 2)
        finally:
            first.kill()
            first.wait()
        time.sleep(0.02)
        again = started_with_number(first.pid)
        try:
            seen = samples(record)
            # It would be looked for every second.
            time.sleep(3)
            assert samples(record) <= seen + 1
            gctui.communicate(b"", timeout=PATIENCE_S)
        finally:
            again.kill()
            again.wait()


def samples(record: Path) -> int:
    return record.read_bytes().count(b'"kind":"process"') if record.exists() else 0


def wait_for_samples(record: Path, count: int) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while samples(record) < count:
        assert time.monotonic() < until_s
        time.sleep(0.05)
