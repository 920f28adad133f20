"""gctui stopped, killed or left behind: the program that it watches goes on, or ends as it should,
and nothing that it wrote is lost.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from .commands import PATIENCE_S, contents, environment, gctui, shell
from .flooding import MIB, flood, flooding, wait_for_flood
from .terminal import ESCAPE, Terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a thread drains there")
STOPPED_S = 5.0
RUN = "gctui run --no-counters {options} -- {flood}"
PIPE = "{flood} 2>&1 | gctui --no-counters {options}"
PLAIN = "--plain --interval 1000"
CTRL_Z = "\x1a"
QUICK = "seq 20000 >&2; printf 'the last words' >&2; exit 7"


def wait_until(happened: Callable[[], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until_s
        time.sleep(0.02)


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def stop(process: psutil.Process) -> None:
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: process.status() == psutil.STATUS_STOPPED)


def the_drain(of: psutil.Process) -> psutil.Process:
    """Return the process that drains for gctui."""
    (found,) = [each for each in of.children() if each.name() == "gctui-drain"]
    return found


@contextmanager
def running(command: str, folder: Path) -> Iterator[Path]:
    """Run a command line that floods, without a terminal; yield what gets all that it says."""
    said = folder / "said"
    with (
        said.open("wb") as out,
        subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=out,
            env=environment(),
            start_new_session=True,
        ) as shell,
    ):
        wait_until(lambda: "ready to flood" in contents(said))
        yield said
        shell.wait(PATIENCE_S)


def find_gctui() -> psutil.Process:
    """Return the one that these tests have started."""
    (found,) = [
        each
        for each in psutil.Process().children(recursive=True)
        if each.name() == "gctui" and not is_gone(each)
    ]
    return found


@pytest.mark.parametrize("form", [RUN, PIPE])
def test_a_stopped_screen_does_not_hold_the_program_up(form: str, tmp_path: Path) -> None:
    command = form.format(flood=flood(20 * MIB, tmp_path), options="")
    with Terminal(command) as terminal:
        terminal.wait_for("ready to flood")
        process = terminal.find("gctui")
        stop(process)
        wait_for_flood(tmp_path, STOPPED_S)
        assert process.status() == psutil.STATUS_STOPPED
        process.send_signal(signal.SIGCONT)
        terminal.wait_for("■ (exited with 0|end of input)")
        terminal.wait_for("flooded all")
        terminal.press("q")
        terminal.exit_code()


@pytest.mark.parametrize("form", [RUN, PIPE])
def test_gctui_stopped_without_a_screen_does_not_either(form: str, tmp_path: Path) -> None:
    with running(form.format(flood=flood(20 * MIB, tmp_path), options=PLAIN), tmp_path) as said:
        process = find_gctui()
        stop(process)
        wait_for_flood(tmp_path, STOPPED_S)
        process.send_signal(signal.SIGCONT)
        wait_until(lambda: is_gone(process))
    line = b"x" * 99 + b"\n"
    written = b"ready to flood\n" + line * -(-20 * MIB // 100) + b"flooded all\n"
    assert said.read_bytes().startswith(written)


def test_what_came_while_gctui_was_stopped_is_recorded_to_the_byte(tmp_path: Path) -> None:
    record = tmp_path / "raw.log"
    with flooding(5 * MIB, tmp_path, f"--plain --record {record}") as terminal:
        process = terminal.find("gctui")
        stop(process)
        wait_for_flood(tmp_path)
        process.send_signal(signal.SIGCONT)
        assert terminal.exit_code() == 0
    lines = -(-5 * MIB // 100)
    line = b"x" * 99 + b"\n"
    assert record.read_bytes() == b"ready to flood\n" + line * lines + b"flooded all\n"


@pytest.mark.parametrize("form", [RUN, PIPE])
def test_when_gctui_is_killed_its_program_is_as_after_any_reader(form: str, tmp_path: Path) -> None:
    code = tmp_path / "code"
    inner = f"sh -c {shlex.quote(f'{flood(20 * MIB, tmp_path)}; echo $? > {code}')}"
    with running(form.format(flood=inner, options=PLAIN), tmp_path):
        process = find_gctui()
        drain = the_drain(process)
        process.kill()
        wait_until(lambda: is_gone(drain))
        (tmp_path / "go").touch()
        wait_until(lambda: contents(code) != "")
    assert int(contents(code)) == 128 + signal.SIGPIPE


def test_ctrl_z_and_fg(tmp_path: Path) -> None:
    """The program, in the terminal's group too, stops and goes on with gctui."""
    ticks = "for i in 1 2 3 4 5 6 7 8 9; do echo tick $i >&2; sleep 0.3; done; echo all >&2; exit 4"
    inner = f"gctui run --plain --no-counters -- sh -c {shlex.quote(ticks)}"
    with Terminal(f"set -m; {inner}; read line; fg; echo code $?") as terminal:
        terminal.wait_for("tick 2")
        process = terminal.find("gctui")
        drain = the_drain(process)
        terminal.press(CTRL_Z)
        wait_until(lambda: process.status() == psutil.STATUS_STOPPED)
        assert drain.status() != psutil.STATUS_STOPPED
        terminal.press("\n")
        terminal.wait_for("tick 9")
        terminal.wait_for("all")
        terminal.wait_for("code 4")
        terminal.exit_code()
        assert [f"tick {number}" in terminal.text() for number in range(1, 10)] == [True] * 9


def test_quick_ends_lose_nothing() -> None:
    for _ in range(10):
        done = shell(f"gctui run --plain --no-counters -- sh -c {shlex.quote(QUICK)}")
        assert done.returncode == 7
        assert done.stderr.startswith(b"1\n2\n3\n")
        assert b"\n19999\n20000\nthe last words" in done.stderr
        done = shell(f"sh -c {shlex.quote(QUICK)} 2>&1 | gctui --plain --no-counters")
        assert done.stderr.endswith(b"\n19999\n20000\nthe last words")
        assert len(done.stderr.splitlines()) == 20001


def test_the_process_that_drains_is_not_the_programs(app: str, tmp_path: Path) -> None:
    record = tmp_path / "x.jsonl"
    done = shell(f"gctui run --plain --record {record} -- {app} -for 2s")
    assert done.returncode == 0
    rows = [json.loads(line) for line in record.read_text().splitlines()]
    assert {row["processes"] for row in rows if row["kind"] == "process"} == {1}


def test_no_descriptor_of_it_reaches_the_program() -> None:
    listed = "import os; print(sorted(os.listdir('/proc/self/fd'), key=int)[:-1])"
    done = gctui("run", "--plain", "--no-counters", "--", sys.executable, "-c", listed)
    assert done.stdout == b"['0', '1', '2']\n"


def test_it_holds_neither_output_of_gctui_open(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with subprocess.Popen(
        ["gctui", "run", "--plain", "--no-counters", "--", "cat", fifo],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
    ) as process:
        of = psutil.Process(process.pid)
        wait_until(lambda: any(each.name() == "gctui-drain" for each in of.children()))
        drain = the_drain(of)
        assert process.stdout is not None
        taken = {os.fstat(process.stdout.fileno()).st_ino}
        links = [Path(f"/proc/{drain.pid}/fd/{each}").stat().st_ino for each in range(3)]
        assert not taken.intersection(links)
        fifo.write_bytes(b"through\n")
        output = process.stdout.read()
    assert output.startswith(b"through\n")
    assert is_gone(drain)


def test_draining_after_the_screen_goes_through_it(app: str) -> None:
    with Terminal(f"GODEBUG=gctrace=1 {app} -for 5m 2>&1 | gctui") as terminal:
        terminal.wait_for(r"GC #\d")
        process = terminal.find("gctui")
        drain = the_drain(process)
        terminal.press("q")
        terminal.wait_for("keep draining")
        terminal.press("d")
        terminal.wait_for(lambda: b"still draining" in terminal.raw)
        terminal.wait_for(r"order \d+ accepted")
        assert not is_gone(drain)
        terminal.find(Path(shlex.split(app)[0]).name).terminate()
        assert terminal.exit_code() == 0
        assert is_gone(drain)
        assert ESCAPE not in terminal.text()
