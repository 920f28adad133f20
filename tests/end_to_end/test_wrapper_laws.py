"""gctui in front of a command behaves as `time` or `strace` would: codes, signals, descriptors."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.go_toolchain import compiled

from .commands import PATIENCE_S, contents, environment, shell
from .terminal import Terminal

LOG = Path(__file__).parents[2] / "samples" / "demo" / "leak.log"
SIGNALS = Path(__file__).with_name("signals.go")
FORWARDED = (
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
FATAL = ("HUP", "INT", "QUIT", "ABRT", "KILL", "USR1", "SEGV", "PIPE", "ALRM", "TERM")


@pytest.fixture(scope="module")
def talkative() -> str:
    """The compiled signals.go, quoted for a shell."""
    return shlex.quote(str(compiled(SIGNALS)))


def plain_run(*command: str) -> int:
    return shell(f"gctui run --plain --no-counters -- {shlex.join(command)}").returncode


@pytest.mark.parametrize("code", [1, 2, 3, 64, 100, 124, 125, 126, 127, 128, 129, 200, 254, 255])
def test_any_exit_code_is_the_commands(code: int) -> None:
    assert plain_run("sh", "-c", f"exit {code}") == code


@pytest.mark.parametrize("name", FATAL)
def test_the_signal_that_killed_it_makes_the_code(name: str) -> None:
    number = signal.Signals[f"SIG{name}"]
    assert plain_run("sh", "-c", f"kill -{name} $$") == 128 + number


def test_what_cannot_be_started_has_a_shells_codes(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    assert plain_run("no-such-command") == 127
    assert plain_run(str(script)) == 126
    script.chmod(0o755)
    assert plain_run(str(script)) == 126


def test_every_signal_to_gctui_is_the_commands(talkative: str, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with (
        said.open("wb") as out,
        subprocess.Popen(
            ["/bin/sh", "-c", f"exec gctui run --plain --no-counters -- {talkative}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=out,
            env=environment(),
            start_new_session=True,
        ) as gctui,
    ):
        wait_for(said, "ready")
        for number in FORWARDED:
            gctui.send_signal(number)
            wait_for(said, f"caught {number.value}\n")
        gctui.send_signal(signal.SIGTERM)
        assert gctui.wait(PATIENCE_S) == 9
    assert contents(said).count("caught") == len(FORWARDED) + 1


def test_every_signal_to_gctui_is_the_commands_under_the_screen_too(
    talkative: str, tmp_path: Path
) -> None:
    record = tmp_path / "raw.log"
    with Terminal(f"gctui run --record {record} -- {talkative}", width=160) as terminal:
        terminal.wait_for("ready")
        gctui = terminal.find("gctui")
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGINT):
            gctui.send_signal(number)
            terminal.wait_for(rf"caught {number.value}\b")
        assert terminal.alternate
        terminal.wait_for("SIGINT sent to the program")
        # As by the key, the second one stops it: by SIGTERM.
        gctui.send_signal(signal.SIGINT)
        assert terminal.exit_code() == 9
        assert terminal.restored
    said = record.read_text()
    assert (
        re.findall(r"caught (\d+)", said) == ["10", "12", "2", "15", "18"][: said.count("caught")]
    )
    assert said.count("caught") >= 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", ["replay --speed 0.1 {log}", "replay --follow {log}"])
def test_a_signal_ends_a_screen_that_started_nothing(number: signal.Signals, command: str) -> None:
    with Terminal(f"gctui {command.format(log=LOG)}", width=160) as terminal:
        terminal.wait_for("playing|live")
        terminal.find("gctui").send_signal(number)
        assert terminal.exit_code() == 128 + number
        assert terminal.restored


def test_a_goroutine_dump_is_shown_and_recorded(talkative: str, tmp_path: Path) -> None:
    record = tmp_path / "raw.log"
    with Terminal(f"gctui run --record {record} -- {talkative}", width=160) as terminal:
        terminal.wait_for("ready")
        terminal.find("gctui").send_signal(signal.SIGUSR1)
        terminal.wait_for(f"caught {signal.SIGUSR1.value}")
        terminal.find("gctui").send_signal(signal.SIGQUIT)
        terminal.wait_for("■ exited with 2")
        terminal.press("o")
        terminal.wait_for(r"rax|r\d+ +0x|goroutine 1")
        terminal.press("q")
        assert terminal.exit_code() == 2
        assert terminal.restored
    dump = record.read_text()
    assert "SIGQUIT: quit" in dump
    assert "goroutine 1 gp=" in dump or "goroutine 1 [" in dump


def test_a_change_of_the_terminals_size_reaches_it(talkative: str) -> None:
    with Terminal(f"gctui run --plain --no-counters -- {talkative}") as terminal:
        terminal.wait_for("ready")
        terminal.resize(100, 30)
        terminal.wait_for(f"caught {signal.SIGWINCH.value}")
        terminal.find(Path(talkative).name).send_signal(signal.SIGTERM)
        assert terminal.exit_code() == 9


def test_standard_input_is_the_commands() -> None:
    done = shell("printf 'one\\ntwo' | gctui run --plain --no-counters -- cat")
    assert done.stdout == b"one\ntwo"
    with Terminal("gctui run --plain --no-counters -- cat") as terminal:
        terminal.press("typed\n\x04")
        assert terminal.exit_code() == 0
        assert terminal.text().count("typed") == 2


def test_the_next_program_gets_the_commands_output_alone() -> None:
    done = shell("gctui run --plain --no-counters -- sh -c 'echo out; echo err >&2' | od -c")
    assert done.stdout.split() == b"0000000 o u t \\n 0000004".split()
    assert b"err\n" in done.stderr


def test_the_last_line_needs_no_newline() -> None:
    done = shell("gctui run --plain --no-counters -- sh -c 'printf last; printf words >&2'")
    assert done.stdout == b"last"
    assert b"words" in done.stderr


def test_what_the_command_leaves_behind_does_not_hold_gctui_up() -> None:
    began_s = time.monotonic()
    done = shell(
        "gctui run --plain --no-counters -- sh -c 'sleep 61.25 >&2 & echo started >&2; exit 4'"
    )
    left = [each for each in psutil.process_iter(["cmdline"]) if _sleeps(each)]
    for process in left:
        process.kill()
    assert time.monotonic() - began_s < 30
    assert done.returncode == 4
    assert b"started" in done.stderr
    assert b"a process that it left behind still held its output" in done.stderr
    # It was not gctui's to kill.
    assert len(left) == 1


def test_no_process_is_left_where_the_command_is_stopped(talkative: str) -> None:
    inner = shlex.quote(f"{talkative} & {talkative}; wait")
    with Terminal(f"gctui run -- sh -c {inner}", width=160) as terminal:
        terminal.wait_for("ready")
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        terminal.exit_code()
        name = Path(talkative).name
        assert [each for each in psutil.process_iter(["cmdline"]) if _runs(each, name)] == []


def wait_for(path: Path, text: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while text not in contents(path):
        assert time.monotonic() < until_s, contents(path)
        time.sleep(0.02)


def _sleeps(process: psutil.Process) -> bool:
    return bool(process.info["cmdline"] == ["sleep", "61.25"])


def _runs(process: psutil.Process, name: str) -> bool:
    words = process.info["cmdline"] or []
    return bool(words) and bool(re.search(rf"/{re.escape(name)}$", words[0]))
