"""What works without anything that Linux alone has: every command, as on macOS."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus_files import SAMPLES
from tests.sources.serving import go_server

from .commands import shell
from .terminal import Terminal

LEAK = SAMPLES / "demo" / "leak.log"
PROFILE = SAMPLES / "profiles" / "go1.27.3.heap.pb.gz"
GCTUI = shlex.join([sys.executable, str(Path(__file__).with_name("as_on_macos.py"))])
LINUX_ONLY = "  counters not read: the runtime's counters can be read on Linux only\n"


def said(command: str, code: int = 0) -> subprocess.CompletedProcess[bytes]:
    done = shell(command, GCTUI_DEBUG="1")
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"internal error" not in done.stdout + done.stderr
    assert done.returncode == code
    return done


def test_run(app: str) -> None:
    text = said(f"{GCTUI} run --plain -- {app} -for 1500ms -code 3", 3).stderr.decode()
    assert re.search(r"gctui: .*: [1-9]\d* collections .*; exited with 3", text)
    assert re.search(r"  process +RSS \d\S* MiB, peak seen \d", text)
    assert LINUX_ONLY in text


def test_no_process_is_forked_to_drain() -> None:
    beside = "import os, psutil; print(psutil.Process(os.getppid()).children())"
    command = shlex.join([sys.executable, "-c", beside])
    assert b"gctui-drain" not in said(f"{GCTUI} run --plain -- {command}").stdout
    here = shell(f"gctui run --plain -- {command}").stdout
    assert (b"gctui-drain" in here) is (sys.platform == "linux")


def test_a_pipe(app: str, tmp_path: Path) -> None:
    told = said(f"GODEBUG=gctrace=1 {app} -for 1s 2>&1 | {GCTUI} --plain").stdout.decode()
    assert re.search(r"gctui: standard input: [1-9]\d* collections", told)
    assert LINUX_ONLY in told
    fifo = tmp_path / "fifo"
    started = f"mkfifo {fifo}; GODEBUG=gctrace=1 {app} -for 3s >{fifo} 2>&1 &"
    wait = f"while [ ! -p {fifo} ]; do sleep 0.01; done"
    told = said(f"{started} {wait}; {GCTUI} --plain --pid $! <{fifo}").stdout.decode()
    assert re.search(r"  process +RSS \d", told)


def test_a_server() -> None:
    with go_server() as (url, _):
        watch = f"{GCTUI} watch --plain --interval 0.5 {url}"
        told = said(f"timeout --preserve-status -s INT 4 {watch}").stdout
    assert b"live ~" in told
    assert b"main.parked" in told
    assert b"main.keep" in told


def test_a_recording_is_replayed(app: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    live = said(f"{GCTUI} run --plain --record {path} -- {app} -for 1500ms").stderr.decode()
    again = said(f"{GCTUI} replay --plain {path}").stdout.decode()
    process = re.compile("^  process .*", re.MULTILINE)
    assert process.findall(again) == process.findall(live) != []
    assert b'"kind":"process"' in said(f"{GCTUI} export {path}").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (f"replay --plain {LEAK}", "103 collections"),
        (f"--plain - <{LEAK}", "103 collections"),
        (f"profile {PROFILE}", "main.big"),
        (f"export {LEAK}", '"kind":"gc"'),
        (f"explain \"$(grep -m1 '^gc 2 ' {LEAK})\"", "number of the collection"),
        ("formats", "gctrace"),
        ("demo --plain", "collections"),
    ],
)
def test_what_is_saved(arguments: str, words: str) -> None:
    assert words in said(f"{GCTUI} {arguments}").stdout.decode()


@pytest.mark.parametrize("arguments", ["ps", "attach 1", "attach app"])
def test_what_works_on_linux_only_says_so_in_one_line(arguments: str) -> None:
    done = said(f"{GCTUI} {arguments}", 2)
    assert done.stdout == b""
    assert re.fullmatch(rb"gctui: .* works on Linux only; .*\n", done.stderr)


def test_the_screen(app: str) -> None:
    with Terminal(f"{GCTUI} run -- {app} -for 5m -code 4", width=160) as terminal:
        terminal.wait_for(r"GC #\d+ .*RSS \d+ MiB")
        terminal.wait_for(r"order \d+ accepted")
        terminal.press("w")
        terminal.wait_for("What to do")
        terminal.press("w")
        terminal.wait_for(lambda: "What to do" not in terminal.text())
        terminal.press("q")
        terminal.wait_for("is still running")
        terminal.press("s")
        assert terminal.exit_code() == 4
        assert terminal.restored
    with Terminal(f"GODEBUG=gctrace=1 {app} 2>&1 | {GCTUI}", width=160) as terminal:
        terminal.wait_for(r"GC #\d+")
        terminal.press("q")
        terminal.wait_for(lambda: "q " in terminal.text() and "drain" in terminal.text())
        terminal.press("q")
        terminal.exit_code()
        assert terminal.restored
