"""The report: a whole process with every figure, against the export of the same file.

And against itself: two processes that read one log. By the clock they gain what a second core has
to spare; what they cost together is told in CPU time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.children import GCTUI, cost_of
from benchmarks.logs import alternating_lines, gc_lines, mixed_lines, talkative_lines, write_log
from benchmarks.rows import Row, compare

LINES = 1_000_000
MOST_TIMES = 1.5


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "app.log"
        for name, lines in (
            ("nine of ten lines its own", talkative_lines()),
            ("gc/scav/its own", mixed_lines()),
            ("gc/scav", alternating_lines()),
            ("gc", gc_lines()),
        ):
            write_log(path, lines, LINES)
            yield _row(name, rounds, path)
            yield from _jobs_rows(name, rounds, path)


def _row(name: str, rounds: int, path: Path) -> Row:
    """Compare CPU times, start-up included, of processes that read the same file alone."""
    ours = [GCTUI, "report", "--jobs", "1", str(path)]
    reference = [GCTUI, "export", "--to", "jsonl", "--jobs", "1", str(path)]
    sides = compare((cost_of(ours).cpu_s, cost_of(reference).cpu_s) for _ in range(rounds))
    return Row(
        f"{name}: report, export --to jsonl",
        f"{sides.ours:.2f} s",
        f"{sides.reference:.2f} s",
        sides.ratio,
        at_most=MOST_TIMES,
    )


def _jobs_rows(name: str, rounds: int, path: Path) -> Iterator[Row]:
    one, two = ([GCTUI, "report", "--jobs", jobs, str(path)] for jobs in ("1", "2"))
    pairs = [(cost_of(one), cost_of(two)) for _ in range(rounds)]
    wall = compare((alone.wall_s, both.wall_s) for alone, both in pairs)
    yield Row(
        f"{name}: report, two processes, one",
        f"{wall.reference:.2f} s",
        f"{wall.ours:.2f} s",
        wall.ratio,
        "× as fast",
    )
    cpu = compare((both.cpu_s, alone.cpu_s) for alone, both in pairs)
    yield Row(
        f"{name}: report, CPU of two processes, of one",
        f"{cpu.ours:.2f} s",
        f"{cpu.reference:.2f} s",
        cpu.ratio,
    )
