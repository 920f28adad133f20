from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from gctui.errors import ExitCode, GctuiError
from gctui.sources.command import WrappedCommand
from gctui.sources.spool import Channel, Spool, SpoolReader

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="as only Linux has it")
NOTHING = subprocess.DEVNULL


def started(argv: Sequence[str], stdin: int | None = NOTHING) -> tuple[WrappedCommand, SpoolReader]:
    command = WrappedCommand(argv, wanted_trace={"gctrace": "1"}, stdin=stdin)
    return command, command.start(Spool())


def python(script: str, stdin: int | None = NOTHING) -> tuple[WrappedCommand, SpoolReader]:
    return started([sys.executable, "-c", script], stdin)


def everything(spool: SpoolReader) -> dict[Channel, bytes]:
    received = dict.fromkeys((Channel.STDOUT, Channel.STDERR), b"")
    while not spool.finished:
        if chunk := spool.get(timeout_s=10):
            received[chunk.channel] += chunk.data
    return received


def line_from(spool: SpoolReader) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        chunk = spool.get(timeout_s=10)
        assert chunk
        line += chunk.data
    return line


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ends(pid: int) -> bool:
    until_s = time.monotonic() + 5
    while runs(pid) and time.monotonic() < until_s:
        time.sleep(0.01)
    return not runs(pid)


def test_a_go_program_is_traced_and_its_exit_code_kept(
    go_child: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GODEBUG", "scavtrace=1")
    command, spool = started([go_child, "20", "3"])
    received = everything(spool)
    assert command.wait(timeout_s=10)
    command.finish_output()
    assert command.poll_exit_code() == 3
    assert command.describe_exit() == "exited with 3"
    assert command.godebug == "scavtrace=1,gctrace=1"
    assert received[Channel.STDOUT] == b"GODEBUG=scavtrace=1,gctrace=1\n"
    lines = received[Channel.STDERR].splitlines()
    assert [line.split()[1] for line in lines if line.startswith(b"gc ")] == [
        b"%d" % number for number in range(1, 21)
    ]
    assert lines[-1] == b"done"
    assert not command.output_cut_short
    command.send_signal(signal.SIGTERM)
    command.terminate()


def test_a_trace_line_of_many_writes_is_one_chunk(go_child: str) -> None:
    command, spool = started([go_child, "30", "0", "slowly"])
    chunks = []
    while not spool.finished:
        if (chunk := spool.get(timeout_s=10)) and chunk.data.startswith(b"gc "):
            chunks.append(chunk)
    command.wait(None)
    command.finish_output()
    assert sum(chunk.data.endswith(b"\n") for chunk in chunks) > 20


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGKILL, 137, "killed by SIGKILL"),
        (signal.SIGINT, 130, "killed by SIGINT"),
        (signal.SIGTERM, 143, "killed by SIGTERM"),
        pytest.param(45, 173, "killed by signal 45", marks=ON_LINUX),
    ],
)
def test_a_death_by_signal(number: int, code: int, said: str) -> None:
    command, spool = started(["sh", "-c", "echo up; exec sleep 60"])
    assert line_from(spool) == b"up\n"
    assert (command.poll_exit_code(), command.describe_exit()) == (None, "running")
    assert not command.wait(timeout_s=0)
    time.sleep(0.05)
    command.send_signal(number)
    assert command.wait(timeout_s=10)
    command.finish_output()
    assert (command.poll_exit_code(), command.describe_exit()) == (code, said)


def test_commands_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, script, plain = tmp_path / "text", tmp_path / "script", tmp_path / "plain"
    text.write_text("no shebang\n")
    script.write_text("#!/no/such/interpreter\n")
    plain.write_text("#!/bin/sh\n")
    text.chmod(0o755)
    script.chmod(0o755)
    plain.chmod(0o644)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    no_format = os.strerror(errno.ENOEXEC)
    missing = "the interpreter or loader that it names is missing"
    for name, message, code in (
        ("no-such-command", "command not found: no-such-command", ExitCode.NOT_FOUND),
        ("plain", "command not found: plain", ExitCode.NOT_FOUND),
        ("./none", "command not found: ./none", ExitCode.NOT_FOUND),
        ("./plain/x", "command not found: ./plain/x", ExitCode.NOT_FOUND),
        ("./plain", "not executable: ./plain: Permission denied", ExitCode.NOT_EXECUTABLE),
        (
            "./text",
            f"not executable: ./text: {no_format}",
            ExitCode.NOT_EXECUTABLE,
        ),
        ("./script", f"not executable: ./script: {missing}", ExitCode.NOT_EXECUTABLE),
        ("/tmp", "not executable: /tmp: is a directory", ExitCode.NOT_EXECUTABLE),
    ):
        command = WrappedCommand([name], wanted_trace={}, stdin=NOTHING)
        with pytest.raises(GctuiError) as caught:
            command.start(Spool())
        assert (str(caught.value), caught.value.exit_code) == (message, code)


@ON_LINUX
def test_the_child_inherits_nothing_but_its_three_descriptors_and_default_signals() -> None:
    leak_read, leak_write = os.pipe()
    command, spool = python(
        "import os, signal; print(sorted(os.listdir('/proc/self/fd'), key=int)[:-1], os.isatty(0),"
        "open('/proc/self/status').read().split('SigIgn:')[1].split()[0])"
    )
    printed = everything(spool)[Channel.STDOUT].decode()
    command.wait(None)
    command.finish_output()
    os.close(leak_read)
    os.close(leak_write)
    descriptors, ignored = printed.rsplit(" ", 1)
    assert descriptors == "['0', '1', '2'] False"
    # Python itself ignores SIGPIPE and SIGXFSZ: bits 12 and 24.
    assert _ordinary(ignored) == 1 << 12 | 1 << 24
    command, spool = started(["sh", "-c", "grep SigIgn /proc/self/status"])
    assert _ordinary(everything(spool)[Channel.STDOUT].split()[1].decode()) == 0
    command.wait(None)
    command.finish_output()


def _ordinary(mask: str) -> int:
    """Signals 1 to 31: what starts the tests may ignore the C library's own real-time ones."""
    return int(mask, 16) & 0x7FFFFFFF


def test_the_child_reads_the_descriptor_it_is_given_and_can_write_to_our_stdout(
    capfd: pytest.CaptureFixture[str],
) -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, b"question\n")
    os.close(write_end)
    command = WrappedCommand(
        ["sh", "-c", "cat; echo aside >&2"], wanted_trace={}, pass_stdout=True, stdin=read_end
    )
    spool = command.start(Spool())
    os.close(read_end)
    assert everything(spool) == {Channel.STDOUT: b"", Channel.STDERR: b"aside\n"}
    command.wait(None)
    command.finish_output()
    assert capfd.readouterr().out == "question\n"


def test_ctrl_c_reaches_the_whole_group_as_from_a_terminal() -> None:
    # As in `go run`: the parent ignores the interrupt and waits for what it has started.
    command, spool = python(
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGINT, lambda *_: None)\n"
        "grandchild = 'import time; print(\"up\", flush=True); time.sleep(60)'\n"
        "subprocess.run([sys.executable, '-c', grandchild])\n"
        "sys.exit(7)"
    )
    assert line_from(spool) == b"up\n"
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout_s=10)
    command.finish_output()
    assert command.poll_exit_code() == 7
    assert b"KeyboardInterrupt" in everything(spool)[Channel.STDERR]


def test_terminate_ends_the_whole_tree_gently_or_not() -> None:
    for trap, grace_s, code in (("", 5.0, 143), ("trap '' TERM;", 0.2, 137)):
        command, spool = started(["sh", "-c", f"{trap} sleep 60 & echo $!; wait; wait"])
        grandchild = int(line_from(spool))
        assert runs(grandchild)
        began_s = time.monotonic()
        command.terminate(grace_s)
        assert time.monotonic() - began_s < 3
        assert command.poll_exit_code() == code
        assert ends(grandchild)
        command.finish_output()
        assert not command.output_cut_short


def test_terminate_kills_what_survives_the_child() -> None:
    command, spool = started(
        ["sh", "-c", "(trap '' TERM; echo up; sleep 60; sleep 60) & echo $!; wait"]
    )
    lines = b""
    while lines.count(b"\n") < 2:
        lines += line_from(spool)
    grandchild = next(int(word) for word in lines.split() if word.isdigit())
    command.terminate(grace_s=0.3)
    assert command.poll_exit_code() == 143
    assert ends(grandchild)
    command.finish_output()


def test_terminate_reaches_a_stopped_child() -> None:
    command, spool = started(["sleep", "60"])
    command.send_signal(signal.SIGSTOP)
    time.sleep(0.05)
    command.terminate()
    assert command.poll_exit_code() == 143
    command.finish_output()
    assert everything(spool) == dict.fromkeys((Channel.STDOUT, Channel.STDERR), b"")


def test_a_grandchild_that_keeps_the_pipe_does_not_hang_the_end() -> None:
    command, spool = started(["sh", "-c", "sleep 60 & echo $!; echo last words >&2"])
    grandchild = int(line_from(spool))
    assert command.wait(timeout_s=10)
    began_s = time.monotonic()
    command.finish_output(grace_s=0.2)
    assert 0.1 < time.monotonic() - began_s < 2
    assert command.output_cut_short
    assert everything(spool)[Channel.STDERR] == b"last words\n"
    assert command.poll_exit_code() == 0
    command.terminate()
    assert runs(grandchild)
    os.kill(grandchild, signal.SIGKILL)


def test_the_last_words_are_kept_also_when_nobody_has_read_the_first() -> None:
    command = WrappedCommand(["sh", "-c", "seq 100000 >&2"], wanted_trace={}, stdin=NOTHING)
    spool = command.start(Spool(memory_limit_bytes=1, disk_limit_bytes=1))
    assert command.wait(timeout_s=10)
    command.finish_output(grace_s=0.1)
    assert everything(spool)[Channel.STDERR].endswith(b"\n99999\n100000\n")


def test_no_zombies_are_left() -> None:
    for _ in range(5):
        command, _spool = started(["true"])
        command.wait(None)
        command.finish_output()
        assert not psutil.pid_exists(command.pid)


def test_an_inherited_ignored_sigchld_does_not_lose_the_exit_code() -> None:
    script = (
        "from gctui.sources.command import WrappedCommand as C\n"
        "from gctui.sources.spool import Spool\n"
        "c = C(['sh', '-c', 'exit 9'], wanted_trace={})\n"
        "c.start(Spool()); c.wait(None); c.finish_output(); print(c.poll_exit_code())"
    )
    done = subprocess.run(
        ["sh", "-c", "trap '' CHLD; exec \"$@\"", "sh", sys.executable, "-c", script],
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"9\n"
