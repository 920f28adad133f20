"""Whatever a program prints: nothing of it acts on the terminal, and nothing of it is markup."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from .terminal import Terminal

STEADY = Path(__file__).parents[2] / "samples" / "demo" / "steady.log"

# What would act, none of it a part of what gctui draws with.
ACTING = (
    b"\x1b]52;c;ZXZpbA==\x07",
    b"\x1b]0;evil title\x07",
    b"\x1b]8;;http://evil.example\x1b\\",
    b"\x1b[6n",
    b"\x1b[5;5Hevil",
    b"\x1b[20t",
    b"\x1b[?1000hevil",
    b"\x1bc",
    b"\x1bP$q\x1b\\",
    b"\x1b_Gi=1\x1b\\",
    b"\xc2\x9b5n",
    b"\x9b5n",
    b"\x00",
    b"\x08\x08",
    b"\x0e",
    b"\xff\xfe",
    "\u202e".encode(),
    "\u2066".encode(),
)
MARKUP = b"[bold]x[/bold] [/] [@click=app.quit]y[/] [red"
LAST = b"harmless end"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A log with a trace, and every kind of text that might do harm."""
    path = tmp_path / "hostile.log"
    texts = [b"text " + sequence + b" more" for sequence in ACTING]
    texts += [b"\x1b[" * 2000, b"3 MB " * (3 * (1 << 20) // 5), b"a" + "\u0301".encode() * 5000]
    texts += [*ACTING, MARKUP, LAST]
    path.write_bytes(STEADY.read_bytes() + b"\n".join(texts) + b"\n")
    return path


def assert_harmless(terminal: Terminal) -> None:
    raw = terminal.raw
    assert [sequence for sequence in ACTING if sequence in raw] == []


def leave(terminal: Terminal) -> None:
    terminal.press("q")
    assert terminal.exit_code() == 0
    assert terminal.restored
    assert_harmless(terminal)


@pytest.mark.parametrize("command", ["cat {} | gctui", "gctui {}", "gctui run -- cat {}"])
def test_on_the_screen(hostile: Path, command: str) -> None:
    with Terminal(command.format(hostile), width=160, height=60) as terminal:
        terminal.wait_for("■ (end of|exited with 0)")
        terminal.wait_for(LAST.decode())
        assert MARKUP.decode() in terminal.text()
        # Every line of it passes through the view.
        terminal.press("\t" * 3)
        for key in ("\x1b[5~", "\x1b[5~", "\x1b[1;5H", "\x1b[6~"):
            terminal.press(key)
        leave(terminal)


@pytest.mark.parametrize(
    "command", ["cat {} | gctui --plain", "gctui run --plain -- sh -c 'cat {} >&2'"]
)
def test_passed_on_without_a_screen(hostile: Path, command: str) -> None:
    with Terminal(command.format(hostile)) as terminal:
        assert terminal.exit_code() == 0
        assert_harmless(terminal)
        assert b"\x1b" not in terminal.raw
        assert MARKUP in terminal.raw
        assert LAST in terminal.raw


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("(cat {0}; cat go; cat {0}) | gctui", "qd"),
        ("gctui run -- sh -c 'cat {0}; cat go; cat {0} >&2'", "ql"),
    ],
    ids=["draining", "left running"],
)
def test_passed_on_after_the_screen_was_closed(
    hostile: Path, tmp_path: Path, command: str, keys: str
) -> None:
    os.mkfifo(tmp_path / "go")
    with Terminal(command.format(hostile), cwd=tmp_path) as terminal:
        terminal.wait_for(LAST.decode())
        terminal.press(keys[0])
        terminal.wait_for("Escape stays")
        terminal.press(keys[1])
        terminal.wait_for(lambda: not terminal.alternate)
        (tmp_path / "go").write_bytes(b"")
        assert terminal.exit_code() == 0
        assert_harmless(terminal)
        assert MARKUP in terminal.raw


def test_names_that_the_user_did_not_choose(tmp_path: Path) -> None:
    name = "[bold]x[@click=app.quit] \x1b]0;evil title\x07\x1b[6n.log"
    log = tmp_path / name
    log.write_bytes(STEADY.read_bytes())
    with Terminal(f"gctui {shlex.quote(name)}", cwd=tmp_path) as terminal:
        text = terminal.wait_for("■ end of log")
        assert "[bold]x[@click=app.quit]" in text.partition("\n")[0]
        leave(terminal)
        assert "[bold]x[@click=app.quit]" in terminal.text()
    program = tmp_path / f"{name}.sh"
    program.write_text("#!/bin/sh\nsleep 0\n")
    program.chmod(0o755)
    with Terminal(f"gctui run -- ./{shlex.quote(program.name)} '[/]'", cwd=tmp_path) as terminal:
        text = terminal.wait_for("■ exited with 0")
        assert "[bold]x[@click=app.quit]" in text.partition("\n")[0]
        leave(terminal)
