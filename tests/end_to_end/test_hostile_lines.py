"""Hostile bytes where no screen is drawn: what is printed on a terminal is printable, all of it."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.corpus_files import SAMPLES
from tests.sources.serving import Answer, hostile, page

from .commands import PATIENCE_S, environment, gctui
from .drawing import HOSTILE_LINES, HOSTILE_NAME, HOSTILE_TEXT, LAST, MARKER, foreign
from .hostile_files import hostile_log, hostile_profile, hostile_recording, poisoned
from .terminal import CTRL_C, Terminal

PRINTED_WITH = {"\r", "\n"}
COLOURS = {"\x1b[…m"}
"""What explain and formats use on a terminal."""
ARGUMENT = HOSTILE_TEXT.replace("\0", "")
PROFILES = SAMPLES / "profiles"
LOG = SAMPLES / "demo" / "steady.log"


def quoted(name: str | Path) -> str:
    return shlex.quote(str(name))


def assert_printable(terminal: Terminal, command: str = "") -> None:
    assert terminal.raw
    has_colours = "gctui explain" in command or "gctui formats" in command
    assert foreign(terminal.raw, PRINTED_WITH | (COLOURS if has_colours else set())) == []


def said(command: str, cwd: Path | None = None, **env: str) -> str:
    """Run it on a terminal to its end; return what it said, of which all is printable."""
    with Terminal(command, width=160, env=env, cwd=cwd) as terminal:
        terminal.exit_code()
        assert_printable(terminal, command)
        text = terminal.raw.decode()
        assert "Traceback" not in text
        return text.replace("\r\n", "\n")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with hostile files, each under a tame name and the log under a hostile one, too."""
    log = hostile_log()
    (tmp_path / "app.log").write_bytes(log)
    (tmp_path / HOSTILE_NAME).write_bytes(log)
    (tmp_path / "heap.pb.gz").write_bytes(hostile_profile(tmp_path))
    words = (b"main.", b"/work", b".go", b"heap/", b"chan receive", b"HeapAlloc", b"Max")
    for name in ("go1.27.3.heap.txt", "go1.27.3.goroutines.dump", "go1.27.3.panic.dump"):
        (tmp_path / name).write_bytes(poisoned((PROFILES / name).read_bytes(), *words))
    (tmp_path / "saved.jsonl").write_bytes(hostile_recording())
    return tmp_path


FILES = [
    "gctui --plain app.log",
    "gctui --plain app.log saved.jsonl",
    "gctui replay --plain --speed 1000000 --interval 0.05 app.log",
    "gctui --plain saved.jsonl",
    "gctui --plain heap.pb.gz",
    "gctui --plain go1.27.3.heap.txt",
    "gctui --plain go1.27.3.goroutines.dump",
    "gctui --plain go1.27.3.panic.dump",
    "gctui profile heap.pb.gz",
    "gctui profile heap.pb.gz --all --cum",
    "gctui profile heap.pb.gz --peek .",
    "gctui profile heap.pb.gz --list .",
    "gctui profile heap.pb.gz --base heap.pb.gz",
    "gctui profile heap.pb.gz --base go1.27.3.heap.txt",
    "gctui profile go1.27.3.heap.txt --all",
    "gctui profile go1.27.3.heap.txt --list .",
    "gctui profile go1.27.3.goroutines.dump --all",
    "gctui profile go1.27.3.panic.dump --all",
    "gctui profile saved.jsonl",
    "gctui profile app.log",
    "gctui export app.log",
    "gctui export app.log saved.jsonl",
    "gctui export saved.jsonl",
    "gctui explain < app.log",
    "cat app.log | gctui --plain",
    "cat app.log | gctui --plain --record kept.jsonl; gctui --plain kept.jsonl",
    "gctui run --plain -- sh -c 'cat app.log >&2'",
]


@pytest.mark.parametrize("command", FILES)
def test_hostile_files(files: Path, command: str) -> None:
    assert said(command, files)


@pytest.mark.parametrize(
    "command",
    [
        "gctui --plain {}",
        "gctui replay --plain {}",
        "gctui export {} {}",
        "gctui profile {}",
        "gctui profile go1.27.3.heap.txt --binary {}",
        "gctui run --plain -- cat {} > /dev/null",
        "gctui run --plain -- ./{}",
        "gctui --plain ./nothing/{}",
        "gctui run --plain --record {} -- true",
        "gctui run --plain --record {}/x -- true",
        "gctui run --plain --record {}.jsonl -- true; gctui --plain {}.jsonl",
    ],
)
def test_hostile_file_names(files: Path, command: str) -> None:
    text = said(command.replace("{}", quoted(HOSTILE_NAME)), files)
    assert MARKER in text


@pytest.mark.parametrize(
    "command",
    [
        "gctui {}",
        "gctui -- {}",
        "gctui -{}",
        "gctui run -{}",
        "gctui run {}",
        "gctui run --trace {} -- true",
        "gctui run --plain --pprof {} -- true",
        "gctui run --plain -- sh -c 'exit 3' {}",
        "gctui attach {}",
        "gctui watch {}",
        "gctui watch http://{}/",
        "gctui watch http://localhost:1/{}",
        "gctui demo {}",
        "gctui formats {}",
        "gctui explain {}",
        "gctui explain 'gc 1 @0.1s 2%: '{}",
        "gctui export {}",
        "gctui export --to {} x",
        "gctui profile {}",
        "gctui profile {log} --sample {}",
        "gctui profile {log} --peek {}",
        "gctui profile {log} --list {}",
        "gctui profile {log} --top {}",
        "gctui --plain --what-if {} {log}",
        "gctui --plain --what-if GOGC={} {log}",
        "gctui --plain --interval {} {log}",
        "gctui --plain --speed {} {log}",
        "echo | gctui --plain --pid {}",
        "echo | gctui --plain --record {}",
    ],
)
def test_hostile_arguments(command: str) -> None:
    log = quoted(PROFILES / "go1.27.3.heap.pb.gz")
    assert said(command.replace("{log}", log).replace("{}", quoted(ARGUMENT)))


def test_a_hostile_environment() -> None:
    text = said("gctui run --plain -- sh -c 'exit 0'", GODEBUG=ARGUMENT)
    assert "GODEBUG=[bold]x[/bold]" in text


def test_every_line_is_explained() -> None:
    first = LOG.read_bytes().splitlines()[0]
    lines = [each for line in HOSTILE_LINES for each in (line, line[:40] + b"gc 5 @", line + first)]
    done = gctui("explain", stdin=b"\n".join(lines) + b"\n")
    assert MARKER.encode() in done.stdout
    assert foreign(done.stdout + done.stderr, {"\n"}) == []


@contextmanager
def hostile_program(app: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Go program with a hostile name, hostile arguments, and a hostile file behind it."""
    program = folder / HOSTILE_NAME
    program.write_bytes(Path(shlex.split(app)[0]).read_bytes())
    program.chmod(0o755)
    with subprocess.Popen(
        [f"./{HOSTILE_NAME}", "-for", "5m", "-quiet", ARGUMENT],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_hostile_program_that_runs(app: str, tmp_path: Path) -> None:
    with hostile_program(app, tmp_path) as process:
        listed = said("gctui ps")
        assert re.search(rf"^ *{process.pid} .*{MARKER}", listed, re.MULTILINE)
        assert str(process.pid) in said("gctui ps --json")
        # The terminal interrupts the shell, too.
        attach = f"exec gctui attach --plain --interval 0.2 {quoted(HOSTILE_NAME)}"
        with Terminal(attach) as terminal:
            terminal.wait_for("GC CPU gorout.\n.* MiB")
            terminal.press(CTRL_C)
            assert terminal.exit_code() == 0
            assert_printable(terminal)
            assert b"gctui: ./[bold]x[|bold]" in terminal.raw


POISON = HOSTILE_TEXT.encode("utf-8", "surrogateescape")
ONE_LINE = POISON.replace(b"\n", b" ").replace(b"\r", b" ")
ANSWERS: dict[str, Callable[[str], bytes]] = {
    "status": lambda _: b"HTTP/1.1 500 " + ONE_LINE + b"\r\nContent-Length: 0\r\n\r\n",
    "no status": lambda _: POISON + b"\r\n\r\n",
    "version": lambda _: b"HTTP/" + ONE_LINE + b" 200 OK\r\n\r\n",
    "code": lambda _: b"HTTP/1.1 " + ONE_LINE + b"\r\n\r\n",
    "header": lambda _: b"HTTP/1.1 200 OK\r\n" + ONE_LINE + b"\r\n\r\n",
    "length": lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: " + ONE_LINE + b"\r\n\r\n",
    "encoding": lambda _: b"HTTP/1.1 200 OK\r\nContent-Encoding: " + ONE_LINE + b"\r\n\r\nx",
    "chunks": lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + POISON,
    "redirect": lambda _: b"HTTP/1.1 302 Found\r\nLocation: http://" + ONE_LINE + b"\r\n\r\n",
    "body": lambda _: page(POISON),
    "error": lambda _: page(POISON, "403 Forbidden"),
    "numbers": lambda _: page(b'{"memstats":{"HeapAlloc":"' + b"\\u001b]0;mark3r\\u0007" + b'"}}'),
    "metrics": lambda _: page(b'go_goroutines{x="' + ONE_LINE + b'"} 1\ngo_info{version="go1.2'),
}


def answering(kind: str) -> Answer:
    def answer(connection: socket.socket, path: str) -> None:
        connection.sendall(ANSWERS[kind](path))

    return answer


@pytest.mark.parametrize("page_name", ["", "/debug/vars", "/metrics", "/debug/pprof/"])
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_hostile_server(kind: str, page_name: str) -> None:
    with hostile(answering(kind)) as server:
        done = subprocess.run(
            ["timeout", "-s", "INT", "3", "gctui", "watch", "--plain", server.url + page_name],
            capture_output=True,
            env=environment(),
            timeout=PATIENCE_S,
            check=False,
        )
        assert foreign(done.stdout + done.stderr, {"\n"}) == []
        assert b"Traceback" not in done.stderr


def test_what_a_program_prints_to_its_own_output_is_passed_on_byte_for_byte(tmp_path: Path) -> None:
    raw = hostile_log() + POISON
    (tmp_path / "log").write_bytes(raw)
    done = subprocess.run(
        ["gctui", "run", "--plain", "--", "cat", "log"],
        capture_output=True,
        env=environment(),
        cwd=tmp_path,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.stdout == raw
    assert foreign(done.stderr, {"\n"}) == []


def test_text_that_goes_into_a_file_is_passed_on_byte_for_byte(tmp_path: Path) -> None:
    raw = b"\n".join(HOSTILE_LINES) + b"\n" + LAST.encode() + b"\n"
    (tmp_path / "log").write_bytes(raw)
    command = "cat log | gctui --plain 2> text"
    with Terminal(command, cwd=tmp_path) as terminal:
        terminal.exit_code()
        assert_printable(terminal)
    assert (tmp_path / "text").read_bytes() == raw
    assert os.path.getsize(tmp_path / "text")  # noqa: PTH202
