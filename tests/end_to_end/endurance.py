"""What a screen has to bear, at any length: a few seconds in every run of the tests, minutes in
`make soak`.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from gzip import GzipFile
from io import FileIO
from itertools import islice
from pathlib import Path

import psutil

from benchmarks.logs import mixed_lines
from gctui.data import data_folder

from .commands import PATIENCE_S, environment
from .terminal import ESCAPE, Terminal

STEADY = data_folder("samples") / "demo" / "steady.log"
COUNTED = "220 collections in .*2 programs or restarts"
"""What is said of two of them."""
LINES_A_COLLECTION = 3
"""Of `mixed_lines`."""
SIZES = ((1, 1), (10, 3), (80, 24), (300, 100), (39, 50), (250, 2))
_LINES_AT_ONCE = 10_000
ANSWERS_WITHIN_S = 5.0
"""What a key may take; half a second on a machine that others load, too."""


@contextlib.contextmanager
def fed(folder: Path, *, width: int = 120, height: int = 40) -> Iterator[tuple[Terminal, FileIO]]:
    """Start a screen behind a pipe that the caller fills; its end is the end of input."""
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    command = f"cat {fifo} | gctui --no-counters"
    with (
        Terminal(command, width=width, height=height) as terminal,
        # Unbuffered: nothing is left to be written to a screen that failed.
        fifo.open("wb", buffering=0) as into,
    ):
        yield terminal, into


def pour(into: FileIO | GzipFile, lines: Iterator[bytes], number: int) -> None:
    """Write so many lines."""
    for begin in range(0, number, _LINES_AT_ONCE):
        some = islice(lines, min(_LINES_AT_ONCE, number - begin))
        into.write(b"".join(line + b"\n" for line in some))


def leave(terminal: Terminal) -> str:
    """Quit after the end of input, and return the summary."""
    terminal.press("q")
    assert terminal.exit_code() == 0
    assert terminal.restored
    return terminal.text()


def rss_mib_after_blocks(folder: Path, block_lines: int, blocks: int) -> list[float]:
    """Feed blocks, each when the one before stands on the screen; return the RSS after each."""
    lines = mixed_lines()
    rss_mib: list[float] = []
    with fed(folder) as (terminal, into):
        process = terminal.find("gctui")
        for block in range(1, blocks + 1):
            pour(into, lines, block_lines)
            number = block_lines * block // LINES_A_COLLECTION
            # The slowest machine that this was seen on takes 100 µs for a line.
            terminal.wait_for(rf"GC #{number} ", PATIENCE_S + block_lines * 500e-6)
            rss_mib.append(process.memory_info().rss / (1 << 20))
        into.close()
        terminal.wait_for("■ end of input")
        terminal.wait_for(rf"handled GET /items/{number} ")
        assert f"gctui: standard input: {number} collections " in leave(terminal)
    return rss_mib


def bear_resizes(folder: Path, number: int, *, pause_s: float = 0.05) -> None:
    """Change the size so many times while the stream flows; what is drawn at last is all there."""
    lines, chance = mixed_lines(), random.Random(1)
    with fed(folder) as (terminal, into):
        for _ in range(number):
            pour(into, lines, 300)
            terminal.resize(*chance.choice(SIZES))
            time.sleep(chance.choice((0, 0, pause_s, 4 * pause_s)))
        terminal.resize(120, 40)
        terminal.wait_for(r"q quit +\? help .*zoom")
        into.close()
        terminal.wait_for("■ end of input")
        shown = settled(terminal.text)
        rows = shown.splitlines()
        assert len(rows) == 40
        assert re.search(rf"GC #{number * 100} ", shown)
        assert {len(row) for row in rows if row.startswith(("╭", "│", "╰"))} == {120}
        # What was drawn bit by bit is what is drawn at once.
        terminal.resize(60, 20)
        terminal.wait_for(lambda: terminal.text() != shown)
        terminal.resize(120, 40)
        terminal.wait_for(lambda: terminal.text() == shown)
        leave(terminal)


def answer_through_a_line_without_end(folder: Path, size_bytes: int) -> tuple[float, float]:
    """Feed a long line between two logs; return the longest answer to a key, and the peak in MiB.

    The second log stands behind the long line's newline.
    """
    piece = bytes(range(ord(" "), ord("~"))) * 100
    answers_s: list[float] = []
    peak_mib = 0.0
    with fed(folder) as (terminal, into):
        process = terminal.find("gctui")
        into.write(STEADY.read_bytes())
        terminal.wait_for(r"GC #\d")
        written = 0
        while written < size_bytes or len(answers_s) < 5:
            written += into.write(piece * (size_bytes // len(piece) // 10))
            answers_s.append(answered_s(terminal))
            peak_mib = max(peak_mib, process.memory_info().rss / (1 << 20))
        into.write(b"\n" + STEADY.read_bytes())
        into.close()
        terminal.wait_for("■ end of input")
        assert re.search(COUNTED, leave(terminal))
    return max(answers_s), peak_mib


def answered_s(terminal: Terminal) -> float:
    """Return how long it took to open the help and to close it, the longer of the two."""
    took_s = []
    for key, is_open in (("?", True), (ESCAPE, False)):
        began_s = time.monotonic()
        terminal.press(key)
        terminal.wait_for(lambda: ("zoom the time axis" in terminal.text()) is is_open)  # noqa: B023
        took_s.append(time.monotonic() - began_s)
    return max(took_s)


def settled(look: Callable[[], str]) -> str:
    """Return what is seen once it stays as it is for longer than a frame."""
    seen = look()
    while True:
        time.sleep(1.5)
        before, seen = seen, look()
        if seen == before:
            return seen


def peak_of_a_plain_run_mib(folder: Path, size_bytes: int) -> float:
    """Run a program that prints a long line between two logs; return gctui's peak in MiB."""
    line = f"head -c {size_bytes} /dev/zero | tr '\\0' x"
    script = f"(cat {STEADY}; {line}; echo; cat {STEADY}) >&2"
    said = folder / "said"
    with said.open("wb") as file:
        process = psutil.Popen(
            ["gctui", "run", "--plain", "--no-counters", "--", "sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            env=environment(),
        )
        peak = 0.0
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                peak = max(peak, process.memory_info().rss / (1 << 20))
            time.sleep(0.02)
    assert process.returncode == 0
    text = said.read_bytes()
    # The ticker's lines may stand in it.
    assert sum(map(len, re.findall(rb"x{9,}", text))) == size_bytes
    assert re.search(COUNTED, text[-5000:].decode(errors="replace"))
    return peak
