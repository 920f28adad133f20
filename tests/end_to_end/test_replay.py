"""Saved logs on a real terminal: at once, played, packed, several, and at every size."""

from __future__ import annotations

import gzip
import re
from functools import partial
from pathlib import Path

import pytest

from tests.zstandard import zstd

from .commands import gctui, shell
from .terminal import ESCAPE, Terminal

SAMPLES = Path(__file__).parents[2] / "samples"
LEAK = SAMPLES / "demo" / "leak.log"
STEADY = SAMPLES / "demo" / "steady.log"


def quit_at_once(terminal: Terminal) -> str:
    """Press q, which asks nothing here, and return what stays on the normal screen."""
    terminal.press("q")
    assert terminal.exit_code() == 0
    assert terminal.restored
    return terminal.text()


@pytest.mark.parametrize("command", ["gctui replay", "gctui"])
def test_a_log_is_shown_whole(command: str) -> None:
    with Terminal(f"{command} {LEAK}") as terminal:
        text = terminal.wait_for("■ end of log")
        assert "leak.log" in text.partition("\n")[0]
        terminal.wait_for(r"GC #\d+ .*live \d+ MiB")
        assert re.search(r"leak\.log: \d+ collections in .*; end of log", quit_at_once(terminal))


def test_a_log_is_played_at_a_speed() -> None:
    with Terminal(f"gctui {STEADY} --speed 5") as terminal:
        terminal.wait_for(r"▶ playing \d+%")
        text = terminal.wait_for(r"GC #\d+ ")
        number = int(re.findall(r"GC #(\d+)", text)[0])
        terminal.wait_for(lambda: int(re.findall(r"GC #(\d+)", terminal.text())[0]) > number)
        assert "▶ playing" in terminal.text()
        quit_at_once(terminal)


def test_packed_and_several_logs_are_one_history(tmp_path: Path) -> None:
    packed = tmp_path / "leak.log.gz"
    packed.write_bytes(gzip.compress(LEAK.read_bytes()))
    with Terminal(f"gctui {packed} {STEADY}") as terminal:
        terminal.wait_for("■ end of log")
        text = quit_at_once(terminal)
    counts = [
        int(re.findall(rb": (\d+) collections", gctui(log, "--plain").stdout)[0])
        for log in (LEAK, STEADY)
    ]
    assert f"{sum(counts)} collections" in text
    assert "2 programs or restarts" in text


def test_a_rotated_log_is_one_program_in_whatever_order_it_is_named(tmp_path: Path) -> None:
    lines = LEAK.read_bytes().splitlines(keepends=True)
    third = len(lines) // 3
    parts = [b"".join(lines[begin : begin + third]) for begin in (0, third)]
    (tmp_path / "app.log.2.zst").write_bytes(zstd.compress(parts[0]))
    (tmp_path / "app.log.1").write_bytes(parts[1])
    (tmp_path / "app.log").write_bytes(b"".join(lines[2 * third :]))
    done = shell(f"gctui replay --plain {tmp_path}/app.log*")
    whole = gctui(LEAK, "--plain").stdout.decode()
    said = done.stdout.decode()
    assert "restarts" not in said
    assert said.split("collections", 1)[1] == whole.split("collections", 1)[1]


def test_a_long_load_shows_how_far_it_is_and_can_be_left(tmp_path: Path) -> None:
    log = tmp_path / "long.log"
    log.write_bytes(LEAK.read_bytes() * 3000)
    with Terminal(f"gctui {log}") as terminal:
        terminal.wait_for(r"loading [1-9]\d*%")
        terminal.wait_for(r"GC #\d+ ")
        quit_at_once(terminal)
        said = terminal.text().replace("\n", "")
        assert re.search(r"collections .*; left by the user at [1-9]\d?%", said)


def test_every_size_is_survived() -> None:
    with Terminal(f"gctui {LEAK}", width=160, height=50) as terminal:
        terminal.wait_for("■ end of log")
        terminal.wait_for("Heap")
        terminal.resize(80, 24)
        terminal.wait_for(lambda: fits(terminal, "end of log", "live", "Heap", "q quit"))
        terminal.resize(40, 10)
        terminal.wait_for(lambda: fits(terminal, "live") and "Heap" not in terminal.text())
        for size in ((1, 1), (2, 1), (1, 60), (300, 1), (300, 100)):
            drawn_bytes = len(terminal.raw)
            terminal.resize(*size)
            terminal.wait_for(partial(has_drawn, terminal, drawn_bytes))
        terminal.resize(120, 40)
        terminal.wait_for(lambda: fits(terminal, "end of log", "live", "Heap", "q quit"))
        quit_at_once(terminal)


def has_drawn(terminal: Terminal, since_bytes: int) -> bool:
    return len(terminal.raw) > since_bytes


def fits(terminal: Terminal, *words: str) -> bool:
    text = terminal.text()
    return all(word in text for word in words)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (20, 5), (80, 24)])
def test_a_screen_starts_at_every_size(width: int, height: int) -> None:
    with Terminal(f"gctui {LEAK}", width=width, height=height) as terminal:
        terminal.wait_for(lambda: terminal.alternate)
        terminal.resize(120, 40)
        terminal.wait_for("■ end of log")
        quit_at_once(terminal)


def test_the_demo_plays() -> None:
    with Terminal("gctui demo leak") as terminal:
        terminal.wait_for(r"demo leak: .*▶ playing")
        terminal.wait_for(r"GC #\d+ .*live \d+ MiB")
        assert "demo leak" in quit_at_once(terminal)


def test_plain_prints_the_summary_at_once() -> None:
    done = gctui("replay", "--plain", LEAK)
    assert done.returncode == 0
    assert re.match(rb"gctui: .*leak\.log: \d+ collections in .*; end of log\n", done.stdout)
    assert done.stderr == b""


@pytest.mark.parametrize("command", ["gctui demo | cat", f"gctui {LEAK} | cat"])
def test_a_pipe_behind_it_gets_the_summary(command: str) -> None:
    with Terminal(command) as terminal:
        assert terminal.exit_code() == 0
        assert "RSS" not in terminal.text()
        assert re.search(r"gctui: .*: \d+ collections.* in ", terminal.text())
        assert ESCAPE.encode() not in terminal.raw


@pytest.mark.parametrize("command", ["gctui demo", f"gctui {LEAK}", f"gctui < {LEAK}"])
def test_without_a_terminal_the_summary_is_printed(command: str) -> None:
    done = shell(command)
    assert done.returncode == 0
    assert re.search(rb"gctui: .*: \d+ collections.* in ", done.stdout)
    assert b"\x1b" not in done.stdout + done.stderr


def test_a_dumb_terminal_gets_the_summary() -> None:
    with Terminal("gctui demo", env={"TERM": "dumb"}) as terminal:
        assert terminal.exit_code() == 0
        assert re.search(r"gctui: .*: \d+ collections.* in ", terminal.text())
        assert ESCAPE.encode() not in terminal.raw


def test_what_is_printed_after_the_screen_breaks_no_word() -> None:
    with Terminal(f"gctui {LEAK}", width=80, height=24) as terminal:
        terminal.wait_for("end of log")
        left = quit_at_once(terminal)
        assert "a leak, or a cache\n           that fills." in re.sub(r" +\n", "\n", left)
