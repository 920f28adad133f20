"""`gctui replay --follow`: a log that a real program writes while it is read, and rotated."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .commands import PATIENCE_S, contents, environment, shell
from .terminal import Terminal

SAMPLES = Path(__file__).parents[2] / "samples"
LEAK = SAMPLES / "demo" / "leak.log"


def lines() -> list[bytes]:
    """Return gc lines alone, so that the nth is of collection n."""
    return [line for line in LEAK.read_bytes().splitlines(keepends=True) if line.startswith(b"gc ")]


def test_a_growing_log_is_live_on_the_screen(app: str, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.touch()
    with (
        log.open("ab") as out,
        subprocess.Popen(
            [shlex.split(app)[0], "-for", "5m"], stdout=out, stderr=out, env=traced()
        ) as program,
        Terminal(f"gctui replay --follow {log}", width=160) as terminal,
    ):
        terminal.wait_for("● live")
        terminal.wait_for(r"GC #\d")
        seen = number_of_collections(terminal)
        terminal.wait_for(lambda: number_of_collections(terminal) > seen)
        log.rename(log.with_suffix(".log.1"))
        log.write_bytes(b"".join(lines()[:40]))
        terminal.wait_for("GC #40")
        program.kill()
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert terminal.restored


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_a_screen_an_interrupt_ends_it_with_the_summary(
    tmp_path: Path, number: signal.Signals
) -> None:
    log, said = tmp_path / "app.log", tmp_path / "said"
    older = tmp_path / "app.log.1"
    older.write_bytes(b"".join(lines()[:30]))
    log.write_bytes(b"".join(lines()[30:50]))
    with (
        said.open("wb") as out,
        subprocess.Popen(
            ["/bin/sh", "-c", f"exec gctui replay --follow --plain --interval 0.1 {log} {older}"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            env=environment(),
        ) as gctui,
    ):
        wait_for(said, r"#50 ")
        with log.open("ab") as file:
            file.write(b"".join(lines()[50:80]))
        wait_for(said, r"#80 ")
        gctui.send_signal(number)
        assert gctui.wait(PATIENCE_S) == 0
    assert re.search(r"^gctui: .*: 80 collections in ", contents(said), re.M)


def test_a_log_that_is_not_there_yet_is_waited_for_and_comes_back(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    with Terminal("gctui replay --follow app.log", cwd=tmp_path, width=160) as terminal:
        terminal.wait_for(r"app\.log \(not there yet\) .*● live")
        log.write_bytes(b"".join(lines()[:10]))
        terminal.wait_for("GC #10 ")
        assert "not there yet" not in terminal.text()
        log.unlink()
        log.write_bytes(b"".join(lines()[10:20]))
        terminal.wait_for("GC #20 ")
        # The middle of a log that was copied and truncated, its writer at the old place.
        with log.open("r+b") as file:
            file.truncate(0)
            file.seek(5000)
            file.write(b"".join(lines()[20:30]))
        terminal.wait_for("GC #30 ")
        terminal.press("q")
        assert terminal.exit_code() == 0
        said = terminal.text().replace("\n", "")
        assert ": 30 collections in" in said
        assert "left by the user" in said


def test_what_makes_no_sense_together_is_said(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(LEAK.read_bytes())
    for options, words in (
        (f"--speed 2 {log}", b"--follow goes at the pace of the log: leave --speed out"),
        ("-", b"standard input is followed by itself: leave --follow out"),
        (f"{tmp_path}/missing/x", b"missing/x: cannot be opened: No such file or directory"),
    ):
        done = shell(f"gctui replay --follow {options}")
        assert done.returncode == 2
        assert words in done.stderr


def traced() -> dict[str, str]:
    return environment(GODEBUG="gctrace=1")


def number_of_collections(terminal: Terminal) -> int:
    found = re.search(r"GC #(\d+)", terminal.text())
    return int(found[1]) if found else 0


def wait_for(path: Path, pattern: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not re.search(pattern, contents(path)):
        assert time.monotonic() < until_s, contents(path)
        time.sleep(0.02)


def test_a_log_that_stays_empty_is_told_to_have_brought_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.log").touch()
    with Terminal("gctui replay --follow app.log", cwd=tmp_path) as terminal:
        terminal.wait_for("● live")
        terminal.press("q")
        terminal.exit_code()
        said = terminal.text()
    assert "0 collections; left by the user" in said
    assert "nothing has come yet: not a single line" in said
    assert "empty" not in said
