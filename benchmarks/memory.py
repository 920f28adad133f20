"""Memory: a log of a million lines against one of a thousand, without a screen and with one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.children import GCTUI, Cost, cost_of, measuring, read_cost
from benchmarks.logs import alternating_lines, gc_lines, write_log
from benchmarks.rows import Row, compare
from benchmarks.terminal import Terminal

LONG, SHORT = 1_000_000, 1_000
_LONGEST_S = 300


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures. Memory hardly varies: two rounds do."""
    rounds = min(rounds, 2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, lines in (("gc", gc_lines), ("gc/scav", alternating_lines)):
            long = write_log(folder / "long.log", lines(), LONG)
            short = write_log(folder / "short.log", lines(), SHORT)
            yield from _rows(f"{kind}: replay --plain", rounds, long, short, _plain)
            yield from _rows(f"{kind}: replay on the screen", rounds, long, short, _on_screen)


def _rows(
    name: str, rounds: int, long: Path, short: Path, replay: Callable[[Path], Cost]
) -> Iterator[Row]:
    pairs = [(replay(long), replay(short)) for _ in range(rounds)]
    peaks = compare((ours.peak_mb, few.peak_mb) for ours, few in pairs)
    yield Row(
        f"{name}: peak RSS, 10^6 and 10^3 lines",
        f"{peaks.ours:.1f} MB",
        f"{peaks.reference:.1f} MB",
        peaks.ours - peaks.reference,
        "MB",
        at_most=40,
    )
    cpu = compare((ours.cpu_s, few.cpu_s) for ours, few in pairs)
    wall = compare((ours.wall_s, few.wall_s) for ours, few in pairs)
    yield Row(
        f"{name}: CPU per line of the load",
        f"{cpu.ours:.1f} s ({wall.ours:.1f} s wall)",
        f"{cpu.reference:.2f} s",
        (cpu.ours - cpu.reference) / (LONG - SHORT) * 1e6,
        "µs",
    )


def _plain(path: Path) -> Cost:
    return cost_of([GCTUI, "replay", "--plain", str(path)])


def _on_screen(path: Path) -> Cost:
    """Load on the screen, quit as soon as it says that the log ended."""
    result = path.with_suffix(".json")
    with Terminal(measuring([GCTUI, "replay", str(path)], result)) as terminal:
        if not terminal.watch(_LONGEST_S, lambda: terminal.shows(b"end of log")):
            raise RuntimeError("the screen never said that the log ended")
        terminal.type(b"q")
        terminal.watch(10, lambda: False)
    return read_cost(result)
