from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from gctui.sources.inside.permission import NOT_LINUX
from gctui.sources.inside.programs import upstream_of
from tests.go_toolchain import compiled, go_command

SOURCE = Path(__file__).parent / "programs" / "idle.go"
PATIENCE_S = 60.0

READER = """
import json, os, sys, time
for _ in range(int(sys.argv[2])):
    while os.read(0, 1) != b"\\n": pass
from gctui.sources.inside.programs import upstream_of
until_s = time.monotonic() + float(sys.argv[1])
while (found := upstream_of(0)).pid is None and time.monotonic() < until_s:
    time.sleep(0.02)
arguments = ""
if found.pid is not None:
    with open(f"/proc/{found.pid}/cmdline") as file:
        arguments = file.read()
print(json.dumps([found.pid, found.why, arguments]), flush=True)
"""
IN_A_TERMINAL = """
import os, subprocess, sys
ours, its = os.openpty()
with subprocess.Popen(sys.argv[1:], stdout=its, stderr=its):
    os.close(its)
    try:
        while data := os.read(ours, 4096):
            os.write(1, data)
    except OSError:
        pass  # Linux says so when nobody has the terminal open
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@dataclass
class Answer:
    pid: int | None
    why: str
    arguments: list[str]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    named = tmp_path / "app"
    shutil.copy(compiled(SOURCE), named)
    shutil.copy(named, tmp_path / "kubectl")
    (tmp_path / "reader.py").write_text(READER)
    (tmp_path / "in_a_terminal.py").write_text(IN_A_TERMINAL)
    return named


def asked(pipeline: str, app: Path, *, wait_s: float = PATIENCE_S, after_lines: int = 0) -> Answer:
    """Run a pipeline whose reader asks for its upstream; return what that says.

    Standard input stays open on 3 until the reader has answered: the programs wait for its end.
    """
    words = {
        "app": app,
        "kubectl": app.with_name("kubectl"),
        "python": sys.executable,
        "folder": app.parent,
        "reader": f"{sys.executable} {app.parent}/reader.py {wait_s} {after_lines} 3<&- >&4",
    }
    process = subprocess.Popen(
        ["bash", "-c", f"exec 3<&0 4>&1; {pipeline.format(**words)}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        start_new_session=True,
    )
    assert process.stdout
    try:
        pid, why, arguments = json.loads(process.stdout.readline())
        process.communicate(timeout=PATIENCE_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return Answer(pid, why, arguments.split("\0"))


@pytest.mark.parametrize(
    ("pipeline", "why"),
    [
        ("{app} only | {reader}", "writes into this pipe"),
        ("sh -c '{app} only' | {reader}", "writes into this pipe"),
        ("sh -c '{app} only; true' 2>&1 | {reader}", "writes into this pipe"),
        ("({app} only; true) | {reader}", "writes into this pipe"),
        (
            "{app} only | tee {folder}/log | {reader}",
            "writes to tee, which writes into this pipe",
        ),
        (
            "{app} only | tee {folder}/log | cat | grep up | {reader}",
            "writes to grep, which writes into this pipe",
        ),
        (
            "{app} only | bash -c 'exec 5<&0 </dev/null; while read -u 5 x; do :; done' | {reader}",
            "writes to bash, which writes into this pipe",
        ),
        (
            "{python} {folder}/in_a_terminal.py {app} only | {reader}",
            "runs under python",
        ),
        (
            "{python} {folder}/in_a_terminal.py sh -c '{app} only; true' | {reader}",
            "runs under python",
        ),
        ("mkfifo {folder}/p; {app} only <&3 > {folder}/p & {reader} < {folder}/p", "writes into"),
        # One that stands behind the reader, or beside the pipeline, is not before it.
        ("{app} only <&3 | {reader} | {app} behind <&3 >/dev/null", "writes into this pipe"),
        ("{app} beside <&3 >/dev/null & {app} only <&3 | cat | {reader}", "writes to cat"),
    ],
)
def test_the_program_before_the_reader_is_found(pipeline: str, why: str, app: Path) -> None:
    answer = asked(pipeline, app)
    assert answer.arguments == [str(app), "only", ""]
    assert answer.why.startswith(why)


def test_the_go_command_is_not_taken_for_the_program(app: Path) -> None:
    answer = asked(f"{go_command()} run {SOURCE} only | {{reader}}", app)
    assert answer.arguments[1:] == ["only", ""]
    assert answer.why == "writes into this pipe"


def test_of_several_the_largest_is_taken_and_all_are_named(app: Path) -> None:
    pipeline = "{{ {app} <&3 & {app} large <&3; }} | {reader}"
    answer = asked(pipeline, app, after_lines=2)
    assert answer.arguments == [str(app), "large", ""]
    assert answer.why.startswith("several Go programs write into this pipe: ")
    assert answer.why.endswith("; --pid chooses")
    named = answer.why.removesuffix("; --pid chooses").rpartition(": ")[2].split(", ")
    assert len(named) == 2
    assert str(answer.pid) in named


@pytest.mark.parametrize(
    ("pipeline", "says"),
    [
        ("{kubectl} <&3 | {reader}", "kubectl writes into this pipe, and no Go program"),
        ("{app} before <&3 | {kubectl} | {reader}", "kubectl writes into this pipe"),
        ("cat <&3 | {reader}", "cat writes into this pipe, and no Go program"),
        ("{app} beside <&3 >/dev/null & cat <&3 | {reader}", "cat writes into this pipe"),
        ("cat <&3 | {reader} | {app} behind <&3 >/dev/null", "cat writes into this pipe"),
        (": | (sleep 0.2; {reader})", "nobody "),
        ("{reader} < /dev/null", "standard input is a terminal or device, not a pipe"),
        ("{reader} < {folder}/reader.py", "standard input is a file, not a pipe"),
        ("{reader} <&-", "standard input is closed"),
    ],
)
def test_where_there_is_none_the_reason_is_told(pipeline: str, says: str, app: Path) -> None:
    answer = asked(pipeline, app, wait_s=0.3)
    assert answer.pid is None
    assert answer.why.startswith(says)


def test_a_parent_that_feeds_the_reader_is_no_wrapper(app: Path) -> None:
    """What a feeding parent has started besides is not what it feeds."""
    beside = subprocess.Popen([app], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert beside.stdout
    assert beside.stdout.readline() == b"up\n"
    reader = subprocess.Popen(
        [sys.executable, app.with_name("reader.py"), "0.5", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert reader.stdout
    pid, why, _ = json.loads(reader.stdout.readline())
    assert pid is None
    assert "python" in why
    reader.communicate()
    beside.communicate()


def test_a_socket_is_no_pipe_and_other_systems_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, other = socket.socketpair()
    with ours, other:
        assert upstream_of(ours.fileno()).why == "standard input is a socket, not a pipe"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert upstream_of(0).why == NOT_LINUX


def test_looking_is_cheap() -> None:
    read_end, write_end = os.pipe()
    upstream_of(read_end)
    before_s = time.process_time()
    for _ in range(5):
        assert upstream_of(read_end).pid is None
    assert (time.process_time() - before_s) / 5 < 0.2
    os.close(read_end)
    os.close(write_end)
