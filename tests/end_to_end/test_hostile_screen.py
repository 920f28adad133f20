"""Hostile bytes on the screen: what is sent to the terminal is gctui's own drawing, and text."""

from __future__ import annotations

import re
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.corpus_files import SAMPLES
from tests.sources.serving import METRICS, hostile, pages

from .commands import PATIENCE_S
from .drawing import HOSTILE_NAME, HOSTILE_TEXT, LAST, MARKER, foreign, shapes, spans
from .hostile_files import hostile_log, hostile_profile, hostile_recording, poisoned
from .terminal import ENTER, ESCAPE, Terminal
from .test_hostile_lines import ARGUMENT, answering, hostile_program, quoted

LOG = SAMPLES / "demo" / "steady.log"
PROFILES = SAMPLES / "profiles"
WIDTH, HEIGHT = 160, 50
DOWN, UP, PAGE_DOWN, PAGE_UP = "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[5~"
PALETTE = "Search for commands"
OPENED = f"closes this|{PALETTE}"
QUICK_S = 0.5
SLOWNESS = 5


def start(command: str, cwd: Path | None = None, **env: str) -> Terminal:
    return Terminal(command, width=WIDTH, height=HEIGHT, cwd=cwd, env=env)


def press(terminal: Terminal, *keys: str) -> None:
    """Press each key when what the one before has drawn is on the terminal."""
    for key in keys:
        terminal.press(key)
        settle(terminal)


def settle(terminal: Terminal) -> None:
    """Wait until nothing more is drawn."""
    sent = -1
    while sent != len(terminal.raw):
        sent = len(terminal.raw)
        time.sleep(0.12)


def close(terminal: Terminal) -> None:
    """Close whatever was opened, one dialog after the other."""
    until_s = time.monotonic() + PATIENCE_S
    while re.search(OPENED, terminal.text()):
        assert time.monotonic() < until_s, terminal.text()
        press(terminal, ESCAPE)


def look_at_everything(terminal: Terminal) -> None:
    """Go through every tab and every dialog."""
    for key in ("w", "?"):
        press(terminal, key)
        terminal.wait_for("closes this")
        press(terminal, DOWN)
        close(terminal)
    press(terminal, "o", "/", f"{MARKER[:2]}{ENTER}", "nN>><<", PAGE_UP, "z", PAGE_UP, "z")
    for tab in "cgfa":
        press(terminal, tab, DOWN + DOWN, "m")
        for _ in range(2):
            press(terminal, ENTER)
            if "closes this" in terminal.text():
                press(terminal, PAGE_DOWN)
            close(terminal)
            press(terminal, DOWN)
    press(terminal, "o", "[]2", " ", "\x10")
    until_s = time.monotonic() + PATIENCE_S
    while PALETTE not in terminal.text():
        # On a slow machine a dialog may have opened behind our back: it takes the key.
        assert time.monotonic() < until_s, terminal.text()
        press(terminal, ESCAPE, "\x10")
    press(terminal, DOWN)
    close(terminal)


def leave(terminal: Terminal, keys: str = "q") -> None:
    terminal.press(keys)
    terminal.exit_code()
    assert terminal.restored


@pytest.fixture(scope="module")
def own() -> set[str]:
    """The sequences that gctui draws with, learnt where there is nothing hostile."""
    with start(f"gctui {LOG}") as terminal:
        terminal.wait_for("■ end of log")
        look_at_everything(terminal)
        leave(terminal)
        learnt = shapes(terminal.raw)
    # OSC 22, the pointer's shape: Textual puts it back as it ends.
    assert not {each for each in learnt if each[:2] in {"\x1bP", "\x1b_", "\x1b^", "\x1bX"}}
    assert {each for each in learnt if each.startswith("\x1b]")} <= {"\x1b]22;default\x07"}
    return learnt


def assert_drawn(terminal: Terminal, own: set[str]) -> None:
    assert foreign(terminal.raw, own) == []
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("command", ["gctui {}", "cat {} | gctui", "gctui run -- cat {}"])
def test_a_log(own: set[str], tmp_path: Path, command: str) -> None:
    (tmp_path / HOSTILE_NAME).write_bytes(hostile_log())
    with start(command.format(quoted(HOSTILE_NAME)), tmp_path, GODEBUG=HOSTILE_NAME) as terminal:
        terminal.wait_for("■ (end of|exited with 0)")
        terminal.wait_for(LAST)
        if command == "gctui {}":
            look_at_everything(terminal)
        press(terminal, PAGE_UP, PAGE_UP)
        leave(terminal)
        assert_drawn(terminal, own)
        assert MARKER in terminal.raw.decode()
        assert "[@click=app.quit]" in terminal.raw.decode()


@pytest.mark.parametrize("name", ["heap.pb.gz", "go1.27.3.heap.txt", "saved.jsonl"])
def test_a_profile_and_a_recording(own: set[str], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "heap.pb.gz":
        path.write_bytes(hostile_profile(tmp_path))
    elif name == "saved.jsonl":
        path.write_bytes(hostile_recording())
    else:
        path.write_bytes(poisoned((PROFILES / name).read_bytes(), b"main.", b".go", b"receive"))
    with start(f"gctui {path}") as terminal:
        terminal.wait_for("■ end of")
        look_at_everything(terminal)
        leave(terminal)
        assert_drawn(terminal, own)
        assert MARKER in terminal.raw.decode()


def test_a_program_that_is_started(own: set[str], tmp_path: Path) -> None:
    program = tmp_path / HOSTILE_NAME
    program.write_text(f"#!/bin/sh\ncat {quoted(LOG)} >&2\nprintf '%s\\n' \"$@\" >&2\nexit 3\n")
    program.chmod(0o755)
    command = f"gctui run -- ./{quoted(HOSTILE_NAME)} {quoted(ARGUMENT)}"
    with start(command, tmp_path, GODEBUG=ARGUMENT) as terminal:
        text = terminal.wait_for("■ exited with 3")
        assert text.startswith(" ./[bold]x[|bold]")
        look_at_everything(terminal)
        leave(terminal)
        assert_drawn(terminal, own)
        assert "the end of its output:" in terminal.raw.decode()


def test_a_program_that_runs_already(app: str, own: set[str], tmp_path: Path) -> None:
    with (
        hostile_program(app, tmp_path) as process,
        start(f"gctui attach {process.pid}") as terminal,
    ):
        terminal.wait_for(r"RSS \d")
        assert terminal.text().startswith(" ./[bold]x[|bold]")
        look_at_everything(terminal)
        leave(terminal)
        assert_drawn(terminal, own)


@pytest.mark.parametrize("kind", ["status", "header", "redirect", "body", "error", "chunks"])
def test_a_server_that_turns_hostile(own: set[str], kind: str) -> None:
    turned = threading.Event()
    tame = pages(metrics=METRICS.read_bytes())

    def answer(connection: socket.socket, path: str) -> None:
        (answering(kind) if turned.is_set() else tame)(connection, path)

    with (
        hostile(answer) as server,
        start(f"gctui watch --interval 0.2 {server.url}/metrics") as terminal,
    ):
        terminal.wait_for(r"GC +#\d")
        turned.set()
        terminal.wait_for("no answer: ")
        press(terminal, "g", "f", "w")
        terminal.wait_for("closes this")
        close(terminal)
        leave(terminal)
        assert_drawn(terminal, own)


@pytest.mark.parametrize("key", ["/", "\x10"], ids=["search", "palette"])
def test_what_is_pasted(own: set[str], key: str) -> None:
    with start(f"cat {LOG} {__file__} | gctui") as terminal:
        terminal.wait_for("■ end of input")
        terminal.press(key)
        terminal.wait_for("search the output|Search for commands")
        # What ends a paste is taken out of it by every terminal.
        pasted = HOSTILE_TEXT.encode("utf-8", "ignore").decode().replace(ESCAPE, "")
        terminal.press(f"\x1b[200~begun {pasted}\x1b[201~")
        terminal.wait_for("mark3r")
        # Cut out and put back: the terminal's own clipboard is left alone.
        terminal.press("\x1b[1;2H\x18")
        terminal.wait_for(lambda: MARKER not in terminal.text())
        terminal.press("\x16")
        terminal.wait_for(MARKER)
        terminal.press(ESCAPE)
        terminal.wait_for(lambda: MARKER not in terminal.text())
        leave(terminal)
        assert_drawn(terminal, own)


FLOODS = {
    "combining": "e" + "\u0301" * (1 << 19),
    "leading": "\u0301" * (1 << 19),
    "elsewhere": "e" + "\u0e35" * (1 << 18),
    "enclosing": "x\u20dd" * (1 << 18),
    "joiners": "a\u200d" * (1 << 18),
    "family": "👨\u200d👩\u200d👧" * (1 << 16),
    "wide": "🚀" * (1 << 18),
    "skin": "🏽" * (1 << 18),
    "styles": "❤\ufe0f" * (1 << 18),
    "flags": "🇩🇪" * (1 << 17),
    "jamo": "\u1100" + "\u1161" * (1 << 18),
    "right to left": "\u202eabc" * (1 << 18),
    "one escape after the other": "\x1b[" * (1 << 19),
    "colours": "\x1b[31m" * (1 << 18),
    "new": "\U0001fae8" * (1 << 18),
}


def wait_for_bytes(terminal: Terminal, wanted: str, since: int = 0) -> None:
    """Wait for what the terminal's screen, which stumbles over some characters, is not asked."""
    until_s = time.monotonic() + PATIENCE_S
    while wanted.encode() not in terminal.raw[since:]:
        assert time.monotonic() < until_s, f"no {wanted!r} was sent"
        time.sleep(0.01)


def scrolled_through(log: Path) -> bytes:
    """Go up and down and sideways in the output; return what was drawn, at once each time."""
    with start(f"gctui {log}") as terminal:
        wait_for_bytes(terminal, "■ end of log")
        press(terminal, "o", "z")
        wait_for_bytes(terminal, LAST)
        for key in (UP, PAGE_UP, ">", "<", PAGE_DOWN, UP):
            sent, begin_s = len(terminal.raw), time.monotonic()
            terminal.press(key)
            wait_for_bytes(terminal, "\x1b[", sent)
            assert time.monotonic() - begin_s < QUICK_S * SLOWNESS
            settle(terminal)
        press(terminal, "q")
        terminal.exit_code()
        return terminal.raw


def test_floods_keep_the_screen_aligned_and_quick(own: set[str], tmp_path: Path) -> None:
    log, texts = tmp_path / "flood.log", [*FLOODS.values()] * 4
    trace = LOG.read_text()
    log.write_text(trace + "\n".join([*("x" * 9999 for _ in texts), LAST]) + "\n")
    tame = scrolled_through(log)
    log.write_text(trace + "\n".join([*texts, LAST]) + "\n")
    flooded = scrolled_through(log)
    assert foreign(flooded, own) == []
    assert set(spans(flooded)) <= set(spans(tame))


def test_a_terminal_without_pixels() -> None:
    with start(f"gctui {quoted(LOG)}") as terminal:
        terminal.wait_for("end of log")
        for size in (f"{HEIGHT};{WIDTH};0;0", f"{HEIGHT};{WIDTH};500;0"):
            terminal.press(f"\x1b[48;{size}t")
            terminal.press("\x1b[<35;5;5M\x1b[<64;5;5M")
            settle(terminal)
        row = terminal.text().splitlines()[-1]
        where = f"{row.index('help') + 1};{HEIGHT}"
        terminal.press(f"\x1b[<0;{where}M\x1b[<0;{where}m")
        terminal.wait_for("closes this")
        press(terminal, ESCAPE)
        leave(terminal)
