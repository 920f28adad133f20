"""The report: a whole process with every figure, against the export of the same file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.children import GCTUI, cost_of
from benchmarks.logs import alternating_lines, gc_lines, write_log
from benchmarks.rows import Row, compare

LINES = 1_000_000


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "app.log"
        yield _row("gc", rounds, write_log(path, gc_lines(), LINES))
        yield _row("gc/scav", rounds, write_log(path, alternating_lines(), LINES))


def _row(name: str, rounds: int, path: Path) -> Row:
    """Compare CPU times, start-up included, of processes that read the same file."""
    ours = [GCTUI, "report", str(path)]
    reference = [GCTUI, "export", "--to", "jsonl", str(path)]
    sides = compare((cost_of(ours).cpu_s, cost_of(reference).cpu_s) for _ in range(rounds))
    return Row(
        f"{name}: report, export --to jsonl",
        f"{sides.ours:.2f} s",
        f"{sides.reference:.2f} s",
        sides.ratio,
    )
