"""A data frame of a log: its columns read at once, against every event's values put into one.

By the clock, and with all cores: whole columns are read by several threads, events one by one.
Needs the extra `gctui[frame]`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.logs import alternating_lines, gc_lines, mixed_lines, write_log
from benchmarks.rows import Row, compare
from gctui.trace.scanner import scan

LINES = 300_000
KINDS = ("gc", "scav")


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "app.log"
        for name, lines in (
            ("gc", gc_lines()),
            ("gc/scav", alternating_lines()),
            ("a third own output", mixed_lines()),
        ):
            write_log(path, lines, LINES)
            yield _row(name, rounds, path)


def _row(name: str, rounds: int, path: Path) -> Row:
    one, all_at_once = partial(_one_by_one, path), partial(_in_columns, path)
    assert one() == all_at_once()
    sides = compare((_wall_s(one), _wall_s(all_at_once)) for _ in range(rounds))
    return Row(
        f"{name}: gctui.frame, events into a frame",
        f"{sides.reference / LINES * 1e6:.2f} µs/line",
        f"{sides.ours / LINES * 1e6:.2f} µs/line",
        sides.ratio,
        "× as fast",
        at_least=3.0,
    )


def _one_by_one(path: Path) -> int:
    """Return the number of rows."""
    import polars as pl  # noqa: PLC0415 - an extra

    import gctui.frame as gf  # noqa: PLC0415

    rows = [
        {"kind": event.kind, "line": event.line, "format": event.format, **event.values()}
        for event in scan([path.read_bytes()])
        if event.kind in KINDS
    ]
    return pl.DataFrame(rows, schema=gf.schema(KINDS)).height


def _in_columns(path: Path) -> int:
    """Return the number of rows."""
    import gctui.frame as gf  # noqa: PLC0415 - an extra

    return gf.scan(path, kinds=KINDS).collect().height


def _wall_s(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin
