"""The start: from exec to the first frame, against the smallest Textual app in the same place."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil

from benchmarks.children import GCTUI, cost_of
from benchmarks.rows import Row, compare
from benchmarks.terminal import Terminal

BARE_APP = [sys.executable, "-m", "benchmarks.bare_app"]
PIPE = ["sh", "-c", f"(echo 'gc 1 @0.022s 0%: hello'; sleep 5) | exec '{GCTUI}'"]
HEAVY = ("textual", "plotext", "lark", "psutil", "rich")
_LONGEST_S = 30


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures; the time to a frame is what a user waits, so it is wall time."""
    rounds = 2 * rounds + 1
    for name, argv, word in (
        ("gctui demo", [GCTUI, "demo"], b"demo sawtooth"),
        ("… | gctui", PIPE, b"standard input"),
    ):
        pairs = [
            (_first_frame(argv, word), _first_frame(BARE_APP, b"started")) for _ in range(rounds)
        ]
        wall = compare((ours[0], bare[0]) for ours, bare in pairs)
        cpu = compare((ours[1], bare[1]) for ours, bare in pairs)
        yield Row(
            f"{name}: exec to first frame, bare Textual app",
            f"{wall.ours * 1000:.0f} ms",
            f"{wall.reference * 1000:.0f} ms",
            wall.ratio,
            at_most=2.0,
        )
        yield Row(
            f"{name}: the same in CPU time",
            f"{cpu.ours * 1000:.0f} ms",
            f"{cpu.reference * 1000:.0f} ms",
            cpu.ratio,
        )
    yield from _version(rounds)


def _first_frame(argv: list[str], word: bytes) -> tuple[float, float]:
    """Return wall and CPU seconds until `word` stood on the alternate screen."""
    with Terminal(argv) as terminal:
        if not terminal.watch(_LONGEST_S, lambda: terminal.shows(word)):
            raise RuntimeError(f"{argv}: no frame with {word!r}")
        wall_s = time.monotonic() - terminal.began_s
        family = [psutil.Process(terminal.pid)]
        family += family[0].children(recursive=True)
        spent = [process.cpu_times() for process in family]
        return wall_s, sum(times.user + times.system for times in spent)


def _version(rounds: int) -> Iterator[Row]:
    ours, reference = [GCTUI, "--version"], [sys.executable, "-c", "pass"]
    pairs = [(cost_of(ours), cost_of(reference)) for _ in range(rounds)]
    sides = compare((ours.wall_s, bare.wall_s) for ours, bare in pairs)
    yield Row(
        "gctui --version: wall, python -c pass",
        f"{sides.ours * 1000:.0f} ms",
        f"{sides.reference * 1000:.0f} ms",
        sides.ratio,
    )
    loaded = _heavy_modules(["--version"])
    yield Row(
        "gctui --version: libraries loaded", ", ".join(loaded) or "none", "", len(loaded), "", 0
    )


def _heavy_modules(args: list[str]) -> list[str]:
    program = (
        "import sys, json; from gctui.cli.main import main; "
        f"main({args!r}); print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    argv = [sys.executable, "-c", program]
    printed = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    found: list[str] = json.loads(printed.splitlines()[-1])
    return found
