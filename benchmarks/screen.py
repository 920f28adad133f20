"""The live screen: CPU time per second while lines arrive, against what one writes first.

Both screens have 160 × 48 cells, four charts, a history of 300 collections and a new one every
100 ms, and both are to redraw twice a second. The naive one lives in an environment of its own,
because textual-plotext needs an older plotext; it makes its data up, ours reads it from a pipe.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil
import pyte

from benchmarks.children import GCTUI
from benchmarks.rows import Row, compare
from benchmarks.terminal import COLUMNS, ROWS, Terminal

HISTORY = 300
SETTLE_S, MEASURED_S, IDLE_S = 4.0, 20.0, 10.0
NAIVE_NEEDS = ("textual==8.2.8", "textual-plotext==1.0.1", "plotext==5.3.2")
_NUMBER = re.compile(r"GC #(\d+)")


@dataclass(frozen=True, slots=True)
class Screen:
    """What one run of a screen gave: its share of a core, and how often it drew."""

    cpu_share: float
    redraws_per_s: float

    @property
    def per_redraw_s(self) -> float:
        """CPU time per redraw: a starved screen draws less often, and must not seem cheap."""
        return self.cpu_share / self.redraws_per_s

    @property
    def shown(self) -> str:
        """The figures as text."""
        return f"{self.per_redraw_s * 1000:.1f} ms ({self.cpu_share:.1%})"


@dataclass(frozen=True, slots=True)
class Live(Screen):
    """What one run of our screen gave."""

    idle_share: float
    slowest_s: float
    """The longest time from a line's leaving the feeder to its number's standing on the screen."""


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures; a round takes a minute, so there are fewer of them."""
    python = naive_python()
    runs = [(_ours(), _naive(python)) for _ in range((rounds + 1) // 2)]
    sides = compare((ours.per_redraw_s, naive.per_redraw_s) for ours, naive in runs)
    middle = len(runs) // 2
    ours, naive = (
        sorted(side, key=lambda one: one.per_redraw_s) for side in zip(*runs, strict=True)
    )
    yield Row(
        "CPU per redraw (share of a core), naive screen",
        ours[middle].shown,
        naive[middle].shown,
        sides.ratio,
        at_most=1 / 6,
    )
    lives = [live for live, _ in runs]
    idle = max(live.idle_share for live in lives)
    yield Row("CPU share after the stream ended", f"{idle:.2%}", "", idle * 100, "%", at_most=0.5)
    redraws = min(live.redraws_per_s for live in lives)
    yield Row("redraws that show a new GC", "", "", redraws, "/s", at_least=1.9)
    slowest = max(live.slowest_s for live in lives)
    yield Row("line printed to number on screen, worst", "", "", slowest, "s", at_most=1.0)


def naive_python() -> str:
    """Return the interpreter of the naive screen's environment, which is made when missing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "gctui-bench" / f"naive-{sys.version_info[0]}.{sys.version_info[1]}"
    python, done = folder / "bin" / "python", folder / "installed"
    needs = "\n".join(NAIVE_NEEDS)
    if not done.exists() or done.read_text() != needs:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *NAIVE_NEEDS], check=True)
        done.write_text(needs)
    return str(python)


def _naive(python: str) -> Screen:
    """Run the naive screen; it draws its charts at once, so a frame is a redraw."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = str(SETTLE_S + MEASURED_S + 5)
        argv = [python, "benchmarks/naive_screen.py", "--seconds", seconds]
        argv += ["--preload", str(HISTORY), "--result", f"{folder}/naive.json"]
        with Terminal(argv) as terminal:
            terminal.watch(SETTLE_S)
            began_s = time.monotonic()
            share = _share(terminal, psutil.Process(terminal.pid), MEASURED_S)
            frames = sum(when >= began_s for when, _ in terminal.frames())
            return Screen(share, frames / (time.monotonic() - began_s))


def _ours() -> Live:
    with tempfile.TemporaryDirectory() as folder:
        stamps = Path(folder) / "stamps"
        feeder = [sys.executable, "-m", "benchmarks.feeder", str(HISTORY)]
        # Starting the pipe takes part of the feeder's time.
        feeder += [str(SETTLE_S + MEASURED_S + 1), str(stamps)]
        with Terminal(["sh", "-c", f"{shlex.join(feeder)} | {shlex.quote(GCTUI)}"]) as terminal:
            terminal.watch(SETTLE_S)
            began_s, process = time.monotonic(), _gctui_below(terminal.pid)
            cpu_share = _share(terminal, process, MEASURED_S)
            ended_s = time.monotonic()
            if not terminal.watch(20, lambda: terminal.shows("■ end of input".encode())):
                raise RuntimeError("the screen never said that the stream ended")
            terminal.watch(1)
            idle_share = _share(terminal, process, IDLE_S)
        redraws_per_s, slowest_s = _seen(terminal, stamps, began_s, ended_s)
        return Live(cpu_share, redraws_per_s, idle_share, slowest_s)


def _share(terminal: Terminal, process: psutil.Process, seconds: float) -> float:
    """Return the CPU time per second of a process over a while, its output being taken."""
    cpu, wall_s = process.cpu_times(), time.monotonic()
    terminal.watch(seconds)
    now = process.cpu_times()
    spent_s = now.user + now.system - cpu.user - cpu.system
    return spent_s / (time.monotonic() - wall_s)


def _gctui_below(pid: int) -> psutil.Process:
    return next(
        child
        for child in psutil.Process(pid).children(recursive=True)
        if "benchmarks.feeder" not in child.cmdline()
    )


def _seen(terminal: Terminal, stamps: Path, begin_s: float, end_s: float) -> tuple[float, float]:
    """Read the screen as a user does: how often a new number stood there, and how late at worst."""
    shown = [(when, n) for when, n in _numbers(terminal) if begin_s <= when <= end_s]
    changes_s = [when for (_, before), (when, n) in pairwise(shown) if n != before]
    slowest_s = 0.0
    for line in stamps.read_text().splitlines():
        number, printed_s = int(line.split()[0]), float(line.split()[1])
        if begin_s <= printed_s <= end_s - 1:
            seen_s = next(when for when, n in shown if n >= number and when >= printed_s)
            slowest_s = max(slowest_s, seen_s - printed_s)
    return (len(changes_s) - 1) / (changes_s[-1] - changes_s[0]), slowest_s


def _numbers(terminal: Terminal) -> Iterator[tuple[float, int]]:
    """Yield (when, number of the newest GC on the screen) after every frame."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    for when_s, frame in terminal.frames():
        stream.feed(frame)
        found = _NUMBER.search("\n".join(screen.display))
        if found:
            yield when_s, int(found[1])
