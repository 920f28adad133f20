"""How much a program that prints at full speed is held up by who watches it, by its own clock."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.children import GCTUI
from benchmarks.logs import gc_lines, log
from benchmarks.rows import Row, compare
from benchmarks.terminal import Terminal
from tests.go_toolchain import compiled

LINES = 200_000
MOST_TIMES = 1.1
_FLOOD = Path(__file__).with_name("flood.go")
_PATIENCE_S = 120.0

Start = Callable[[list[str]], None]


def run(rounds: int) -> Iterator[Row]:
    """Yield a row for each way to watch, against a pipe into `cat > /dev/null`."""
    ways: dict[str, Start] = {"run --plain": _plain, "run, on the screen": _on_screen}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "flood.log"
        path.write_bytes(log(gc_lines(), LINES))
        flood = [str(compiled(_FLOOD)), str(path), str(LINES)]
        for watched, starts in ways.items():
            sides = compare(_pair(folder, flood, starts, number) for number in range(rounds))
            what = f"{LINES:,} lines, {watched}"
            ours, reference = f"{sides.ours:.2f} s", f"{sides.reference:.2f} s"
            yield Row(what, ours, reference, sides.ratio, at_most=MOST_TIMES)


def _pair(folder: Path, flood: list[str], starts: Start, number: int) -> tuple[float, float]:
    """Return how long it took watched, and piped.

    Whoever goes first finds the machine as the pair before left it, which costs up to a tenth: so
    they take turns.
    """
    if number % 2:
        piped_s = took_s(folder, flood, _piped)
        return took_s(folder, flood, starts), piped_s
    watched_s = took_s(folder, flood, starts)
    return watched_s, took_s(folder, flood, _piped)


def took_s(folder: Path, flood: list[str], starts: Start) -> float:
    """Return how long the printing took, by the program's own clock."""
    result = folder / "took"
    result.unlink(missing_ok=True)
    starts([*flood, str(result)])
    return float(result.read_text())


def _piped(command: list[str]) -> None:
    shell = f"{shlex.join(command)} 2>&1 | cat > /dev/null"
    subprocess.run(["/bin/sh", "-c", shell], check=True)


def _plain(command: list[str]) -> None:
    subprocess.run(
        [GCTUI, "run", "--plain", "--", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _on_screen(command: list[str]) -> None:
    with Terminal([GCTUI, "run", "--", *command]) as terminal:
        if not terminal.watch(_PATIENCE_S, lambda: terminal.shows(b"exited with 0")):
            raise RuntimeError("the program did not end on the screen")
        terminal.type(b"q")
        terminal.watch(5)
