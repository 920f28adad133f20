"""Ctrl-Z in a real terminal with a shell's job control."""

from __future__ import annotations

import re
import shlex
import signal
import time
from pathlib import Path

import psutil
import pytest

from gctui.data import data_folder
from tests.end_to_end.terminal import Terminal

LOG = shlex.quote(str(data_folder("samples") / "demo" / "sawtooth.log"))
CTRL_Z = "\x1a"
REPLAY = f"gctui replay --speed 1 {LOG}"
FEEDER = 'while read -r line; do echo "$line"; sleep 0.2; done'
DRAWN = r"GC #\d+ (.*\n)*.* q quit  \? help "


def shell() -> Terminal:
    terminal = Terminal("exec bash --norc --noprofile -i", width=100, height=30, env={"PS1": "$ "})
    terminal.wait_for(r"\$")
    return terminal


def is_drawn(terminal: Terminal) -> bool:
    return terminal.alternate and re.search(DRAWN, terminal.text()) is not None


def say(terminal: Terminal, word: str) -> None:
    """Let the shell write a word that is not among what was typed."""
    terminal.press(f"echo {word[:1]}''{word[1:]}\r")
    terminal.wait_for(rf"(?m)^{word}$")


@pytest.mark.parametrize(
    "command",
    [
        REPLAY,
        f"{FEEDER} <{LOG} 2>&1 | gctui",
        f"gctui run -- sh -c {shlex.quote(f'{FEEDER} <{LOG} >&2')}",
    ],
)
def test_the_shell_has_the_terminal_until_fg(command: str) -> None:
    with shell() as terminal:
        terminal.press(command + "\r")
        terminal.wait_for(DRAWN)
        for time_ in ("once", "twice"):
            terminal.press(CTRL_Z)
            terminal.wait_for("Stopped")
            assert not terminal.alternate
            say(terminal, time_)
            assert terminal.find("gctui").status() == psutil.STATUS_STOPPED
            terminal.press("fg\r")
            terminal.wait_for(lambda: is_drawn(terminal))
            assert "Where the memory is" in terminal.text().splitlines()[1]
        terminal.press("c")
        terminal.wait_for("GC end")


def test_a_program_that_gctui_started_stops_and_goes_on_with_it() -> None:
    with shell() as terminal:
        terminal.press(f"gctui run -- sh -c {shlex.quote(f'{FEEDER} <{LOG} >&2')}\r")
        terminal.wait_for(DRAWN)
        program = terminal.find("sh")
        for key in ("fg", "bg"):
            terminal.press(CTRL_Z)
            terminal.wait_for("Stopped")
            terminal.wait_for(lambda: program.status() == psutil.STATUS_STOPPED)
            terminal.press(f"{key}\r")
            terminal.wait_for(lambda: program.status() != psutil.STATUS_STOPPED)
            terminal.press("fg\r" if key == "bg" else "")
            terminal.wait_for(lambda: is_drawn(terminal))


def test_in_the_background_it_goes_on_without_a_screen() -> None:
    with shell() as terminal:
        terminal.press(f"{REPLAY}\r")
        terminal.wait_for(DRAWN)
        terminal.press(CTRL_Z)
        terminal.wait_for("Stopped")
        terminal.press("bg\r")
        terminal.wait_for(r"&\n")
        time.sleep(1)
        say(terminal, "mine")
        assert terminal.find("gctui").status() != psutil.STATUS_STOPPED
        assert not terminal.alternate
        terminal.press("fg\r")
        terminal.wait_for(lambda: is_drawn(terminal))


@pytest.mark.parametrize("background", [False, True])
def test_it_can_be_killed_while_the_terminal_is_the_shells(background: bool) -> None:
    with shell() as terminal:
        terminal.press(f"{REPLAY}\r")
        terminal.wait_for(DRAWN)
        terminal.press(CTRL_Z)
        terminal.wait_for("Stopped")
        if background:
            terminal.press("bg\r")
            terminal.wait_for(r"&\n")
        process = terminal.find("gctui")
        terminal.press("kill %1\r")
        terminal.wait_for(lambda: not process.is_running())
        assert "collections in" in terminal.text()
        say(terminal, "mine")
        assert "Exit 143" in terminal.text()


def test_a_stop_without_warning_is_drawn_over() -> None:
    with shell() as terminal:
        terminal.press(f"{REPLAY}\r")
        terminal.wait_for(DRAWN)
        terminal.find("gctui").send_signal(signal.SIGSTOP)
        terminal.wait_for("Stopped")
        terminal.press("fg\r")
        terminal.wait_for(lambda: "Stopped" not in terminal.text() and is_drawn(terminal))
        terminal.press("q")
        terminal.wait_for(lambda: not terminal.alternate)
        say(terminal, "mine")


def test_where_no_shell_waits_it_does_not_stop(tmp_path: Path) -> None:
    with Terminal(REPLAY, width=100, height=30, cwd=tmp_path) as terminal:
        terminal.wait_for(DRAWN)
        terminal.press(CTRL_Z)
        time.sleep(1)
        terminal.wait_for(DRAWN)
        assert terminal.alternate
        assert terminal.find("gctui").status() != psutil.STATUS_STOPPED
        terminal.press("c")
        terminal.wait_for("GC end")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert terminal.restored
