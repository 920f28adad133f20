"""Long logs made of the lines of a real one: collections numbered on, 100 ms apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from gctui.data import data_folder

SOURCE = "go1.27.3/explicit.gctrace+scavtrace.log"
INTERVAL_S = 0.1
_NUMBERED = re.compile(rb"gc \d+ @[\d.]+s ")
_OWN_OUTPUT = (
    b"2026/05/04 11:32:%02d.%06d handled GET /items/%d in 12.25ms, 200, 4711 bytes, trace 5f1c%08x"
)


def collections() -> Iterator[tuple[bytes, bytes]]:
    """Yield (gc line, scav line) without end, in the order of the real log."""
    lines = (data_folder("samples") / SOURCE).read_bytes().split(b"\n")
    gcs = [line for line in lines if line.startswith(b"gc ")]
    scavs = [line for line in lines if line.startswith(b"scav ")]
    for i in count():
        number = b"gc %d @%.3fs " % (i + 1, (i + 1) * INTERVAL_S)
        yield _NUMBERED.sub(number, gcs[i % len(gcs)], count=1), scavs[i % len(scavs)]


def gc_lines() -> Iterator[bytes]:
    """Yield the lines of a program under gctrace=1."""
    return (line for line, _ in collections())


def alternating_lines() -> Iterator[bytes]:
    """Yield the lines of a program under gctrace=1,scavtrace=1, which is what `gctui run` sets."""
    for both in collections():
        yield from both


def talkative_lines() -> Iterator[bytes]:
    """Yield nine lines of a program's own output for every line of trace."""
    for i, line in enumerate(gc_lines()):
        yield line
        for k in range(9):
            yield _OWN_OUTPUT % (i % 60, k * 100003, i * 9 + k, i * 2654435761 % (1 << 32))


def mixed_lines() -> Iterator[bytes]:
    """Yield a gc line, a scav line and a line of the program's own output in turn."""
    for i, (gc, scav) in enumerate(collections(), 1):
        yield gc
        yield scav
        yield _OWN_OUTPUT % (i % 60, i % 1_000_000, i, i * 2654435761 % (1 << 32))


def log(lines: Iterator[bytes], number: int) -> bytes:
    """Return a log of `number` lines."""
    return b"".join(line + b"\n" for line in islice(lines, number))


def write_log(path: Path, lines: Iterator[bytes], number: int) -> Path:
    """Write a log of `number` lines and return its path."""
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in islice(lines, number))
    return path
