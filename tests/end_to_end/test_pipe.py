"""`app 2>&1 | gctui`, in a real terminal, with a real Go program."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from .commands import contents
from .terminal import CTRL_C, ESCAPE, Terminal


def watched(app: str, options: str = "-for 5m") -> Terminal:
    """Start the app, whose process is then named `app`, behind gctui's screen."""
    return Terminal(f"GODEBUG=gctrace=1 {app} {options} 2>&1 | gctui")


def end_app(terminal: Terminal, app: str) -> None:
    terminal.find(Path(app).name).terminate()


def panels(terminal: Terminal) -> str:
    """Return the screen without its first row, which ages by itself."""
    return terminal.text().partition("\n")[2]


def test_figures_charts_and_the_programs_text_are_live(app: str) -> None:
    with watched(app) as terminal:
        terminal.wait_for(r"GC #\d+ .*live \d+ MiB")
        terminal.wait_for(r"order \d+ accepted")
        text = terminal.wait_for(r"queue \d+ is long")
        assert "standard input" in text
        assert "● live" in text
        assert re.search(r"Heap.* live .* goal", text)
        # Trace lines are figures, not text.
        assert "ms clock" not in text
        number = int(re.findall(r"GC #(\d+)", text)[0])
        terminal.wait_for(lambda: int(re.findall(r"GC #(\d+)", terminal.text())[0]) > number)


def test_keys_pause_zoom_and_help(app: str) -> None:
    with watched(app) as terminal:
        terminal.wait_for(r"GC #\d\d+")
        terminal.press(" ")
        terminal.wait_for(r"paused, [1-9]\d* cycles behind")
        held = panels(terminal)
        terminal.press("+")
        terminal.wait_for(lambda: panels(terminal) != held)
        terminal.press("?")
        terminal.wait_for("zoom the time axis")
        terminal.press(ESCAPE)
        terminal.wait_for(lambda: "zoom the time axis" not in terminal.text())
        terminal.press(" ")
        terminal.wait_for("● live")


def test_q_asks_escape_stays_and_quitting_ends_the_program(app: str) -> None:
    with watched(app) as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.press("q")
        terminal.wait_for("SIGPIPE")
        terminal.press(ESCAPE)
        terminal.wait_for(lambda: "SIGPIPE" not in terminal.text())
        terminal.press(CTRL_C)
        terminal.wait_for("SIGPIPE")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert terminal.restored
        assert re.search(r"gctui: standard input: \d+ collections", terminal.raw.decode())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_gctui_leaves_the_terminal_as_it_was(
    app: str, number: signal.Signals
) -> None:
    with watched(app) as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.find("gctui").send_signal(number)
        assert terminal.exit_code() == 128 + number
        assert terminal.restored


def test_a_program_that_ends_while_its_fate_is_asked_leaves_nothing_to_wait_for(app: str) -> None:
    with watched(app) as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.press("q")
        terminal.wait_for("keep draining")
        end_app(terminal, app)
        terminal.wait_for("■ end of input")
        terminal.press("d")
        assert terminal.exit_code() == 0
        assert re.search(r"gctui: standard input: \d+ collections.*; end of input", terminal.text())


def test_a_second_ctrl_c_quits(app: str) -> None:
    with watched(app) as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.press(CTRL_C)
        terminal.wait_for("SIGPIPE")
        terminal.press(CTRL_C)
        assert terminal.exit_code() == 0
        assert terminal.restored


def test_draining_passes_the_text_on_until_the_program_ends(app: str) -> None:
    with watched(app, "-for 5m -code 4") as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.press("q")
        terminal.wait_for("keep draining")
        terminal.press("d")
        terminal.wait_for(lambda: not terminal.alternate)
        terminal.wait_for(lambda: b"still draining" in terminal.raw)
        shown = terminal.wait_for(r"order \d+ accepted")
        assert "ms clock" not in shown
        end_app(terminal, app)
        assert terminal.exit_code() == 0
        assert terminal.restored
        text = terminal.text()
        assert "caught terminated" in text
        assert re.search(r"gctui: standard input: \d+ collections.*; end of input", text)


def test_ctrl_c_ends_the_draining(app: str) -> None:
    # The app ignores the Ctrl-C that it gets, too, and the shell outlives it.
    command = f"trap : INT; GODEBUG=gctrace=1 {app} -deaf 2>&1 | gctui; exit $?"
    with Terminal(command) as terminal:
        terminal.wait_for(r"GC #\d")
        terminal.press("q")
        terminal.wait_for("keep draining")
        terminal.press("d")
        terminal.wait_for(lambda: b"still draining" in terminal.raw)
        terminal.press(CTRL_C)
        assert terminal.exit_code() == 0
        assert re.search(r"gctui: standard input: \d+ collections", terminal.raw.decode())


def test_after_the_end_the_screen_stays_idle_and_q_just_quits(app: str) -> None:
    with watched(app) as terminal:
        terminal.wait_for(r"GC #\d")
        gctui = terminal.find("gctui")
        end_app(terminal, app)
        terminal.wait_for("■ end of input")
        terminal.wait_for("caught terminated")
        assert terminal.alternate
        drawn_bytes = 0
        while drawn_bytes != len(terminal.raw):
            # The last redraws.
            drawn_bytes = len(terminal.raw)
            time.sleep(1)
        before = gctui.cpu_times()
        time.sleep(3)
        after = gctui.cpu_times()
        assert (after.user + after.system) - (before.user + before.system) < 0.1
        assert len(terminal.raw) == drawn_bytes
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert terminal.restored
        assert re.search(r"gctui: standard input: \d+ collections.*; end of input", terminal.text())


def test_a_program_without_a_trace_is_told_what_to_set(app: str) -> None:
    with Terminal(f"{app} -for 1ms 2>&1 | gctui") as terminal:
        terminal.wait_for("■ end of input")
        terminal.press("q")
        assert terminal.exit_code() == 3
        assert "set GODEBUG=gctrace=1" in terminal.text()


def test_plain_prints_a_line_per_interval_and_the_summary(app: str, tmp_path: Path) -> None:
    command = f"GODEBUG=gctrace=1 {app} 2>&1 | gctui --plain --interval 0.2 >out 2>err"
    with Terminal(command, cwd=tmp_path) as terminal:
        terminal.wait_for(lambda: len(contents(tmp_path / "out").splitlines()) > 3)
        end_app(terminal, app)
        assert terminal.exit_code() == 0
        assert terminal.raw == b""
    out, err = (tmp_path / "out").read_text(), (tmp_path / "err").read_text()
    head, *lines = out.splitlines()
    assert head.split()[:4] == ["time", "GC", "rate", "live"]
    assert re.search(r"#\d+ +[\d.]+/s +[\d.]+ MiB", lines[2])
    assert any(line.startswith("gctui: standard input: ") for line in lines)
    assert "order 1 accepted\n" in err
    assert "queue 1 is long\n" in err
    assert "ms clock" not in err


@pytest.mark.parametrize("command", ["gctui --plain", "TERM=dumb gctui"])
def test_a_terminal_that_cannot_draw_gets_plain_lines(app: str, command: str) -> None:
    with Terminal(f"GODEBUG=gctrace=1 {app} -for 2s 2>&1 | {command}") as terminal:
        assert terminal.exit_code() == 0
        assert ESCAPE.encode() not in terminal.raw
        assert re.search(r"gctui: standard input: \d+ collections", terminal.raw.decode())


@pytest.mark.parametrize(
    ("writes", "seen", "said"),
    [
        ("", "q quit", "nothing has come yet: not a single line"),
        ("echo starting; ", "starting", "no trace line among the first 1 line"),
    ],
)
def test_who_leaves_before_any_trace_line_is_told_no_more(
    writes: str, seen: str, said: str
) -> None:
    with Terminal(f"({writes}sleep 60) | gctui") as terminal:
        terminal.wait_for(seen)
        terminal.press("q")
        terminal.wait_for("SIGPIPE")
        terminal.press("q")
        terminal.wait_for(said)
        assert "GODEBUG" not in terminal.text()
