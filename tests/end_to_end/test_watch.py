"""`gctui watch` as a user has it: a real server, a real terminal; and saved text profiles."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gctui.cli.watch import who_tells
from tests.corpus_files import SAMPLES
from tests.sources.serving import go_server, hostile, pages

from .commands import PATIENCE_S, environment, gctui
from .terminal import Terminal

PROFILES = SAMPLES / "profiles"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with go_server() as (url, _):
        yield url


def watched(*arguments: str | Path, lines: int = 3) -> tuple[str, int]:
    """Watch until so many lines came, then interrupt; return all that was said, and the code."""
    with subprocess.Popen(
        ["gctui", "watch", "--plain", "--interval", "0.2", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        head = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE_S)
        return "".join(head) + rest, process.returncode


def test_plain(url: str, tmp_path: Path) -> None:
    saved = tmp_path / "watch.jsonl"
    text, code = watched(url, "--record", saved)
    assert code == 0
    assert f"gctui: {url}: " in text
    assert "live ~" in text
    assert "main.parked" in text
    assert "GOGC=" not in text
    assert "not told" not in text
    assert re.search(r"^  profile  \S+: inuse_space \d+ MiB in ", text, re.MULTILINE)
    assert re.search(r"\d+ MiB +\d+% +\d+% .* main\.keep  .*server\.go$", text, re.MULTILINE)
    done = gctui("replay", "--plain", saved)
    assert done.returncode == 0
    assert b"live ~" in done.stdout
    assert b'"kind":"memstats"' in gctui("export", saved).stdout


def test_the_first_line_comes_with_the_first_answer(url: str) -> None:
    text, code = watched(url, "--interval", "600", lines=2)
    assert code == 0
    assert re.search(r"(?m)^ +\d+\.\d s +#\d", text)


def test_who_can_tell_what_the_pages_lack_is_said() -> None:
    with go_server() as (url, binary):
        text, _ = watched(url, lines=2)
        found = re.search(r"its pages tell no RSS: gctui attach (\d+) does \((\S+) listens", text)
        assert found is not None
        assert binary.name.startswith(found[2])
        # The kernel cuts names.
        assert len(found[2]) >= 8


def test_who_can_tell_is_on_the_servers_machine() -> None:
    assert who_tells("http://192.0.2.1:6060") == "gctui attach PID on its machine does"
    assert who_tells("http://no-such-host.invalid") == "gctui attach PID on its machine does"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert f"gctui attach {os.getpid()} does" in who_tells(f"http://localhost:{port}/")
    assert "gctui ps lists" in who_tells(f"http://127.0.0.1:{port}")


def test_on_the_screen(url: str) -> None:
    with Terminal(f"gctui watch --interval 0.2 {url}") as terminal:
        terminal.wait_for("since GC")
        terminal.wait_for("GC #")
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_a_server_that_went_away_is_said_to_have_done_so() -> None:
    serving = ExitStack()
    url, _ = serving.enter_context(go_server())
    with serving, Terminal(f"gctui watch --interval 0.2 {url}", width=160) as terminal:
        terminal.wait_for("● live")
        terminal.wait_for(r"goroutines \d")
        serving.close()
        terminal.wait_for(r"● no answer: nothing listens there")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert terminal.restored


def test_without_a_screen_the_silence_is_a_line_of_its_own() -> None:
    serving = ExitStack()
    url, _ = serving.enter_context(go_server())
    with serving, Terminal(f"gctui watch --plain --interval 0.2 {url}", width=160) as terminal:
        terminal.wait_for(r"(?m)^ +\d+\.\d s ")
        serving.close()
        terminal.wait_for(r"(?m)^no answer: nothing listens there")


def test_who_is_not_there_at_first_is_a_mistake() -> None:
    done = gctui("watch", "http://127.0.0.1:1/")
    assert done.returncode == 2
    assert done.stderr == (
        b"gctui: http://127.0.0.1:1: nothing listens there (connection refused)\n"
    )
    with hostile(pages()) as server:
        done = gctui("watch", f"{server.url}/debug/pprof")
        assert done.returncode == 2
        assert b'import _ "net/http/pprof"' in done.stderr
    for wrong in ("ftp://x", "http://x/\x1b[2J"):
        done = gctui("watch", wrong)
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1
        assert b"\x1b" not in done.stderr


def test_run_asks_the_program_that_it_starts() -> None:
    with go_server() as (url, binary):
        port = url.rpartition(":")[2]
    command = ["gctui", "run", "--plain", "--interval", "0.2", "--no-counters", "--pprof", url]
    with subprocess.Popen(
        [*command, "--", binary, port],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        # The last column is the number of goroutines, which no trace tells.
        while not re.search(rb"\d\s*$", line := process.stderr.readline()):
            assert line, "ended by itself"
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE_S)
    assert b"main.parked" in said
    table = said.decode().partition("  profile  ")[2]
    assert re.search(r"±  of RSS  function\n", table)
    assert re.search(r"\d+ MiB .* \d+%  main\.keep ", table)


@pytest.mark.parametrize("name", ["go1.27.3.heap.txt", "go1.5.4.heap.txt"])
def test_a_saved_heap_profile(name: str) -> None:
    done = gctui("replay", "--plain", PROFILES / name)
    assert done.returncode == 0
    assert b"live ~" in done.stdout
    assert b"trace line" not in done.stdout
    assert gctui("export", PROFILES / name).stdout.startswith(b'{"kind":"memstats","alloc_bytes":')
