"""The report: a whole process with every figure, against the export of the same file.

As both are typed, by the clock: on as many processes as there are cores, so that other work on the
machine counts. Then in CPU time, each on one process; and the report against itself, on two
processes and on one.
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
            yield from _rows(name, rounds, path)
            yield from _jobs_rows(name, rounds, path)


def _rows(name: str, rounds: int, path: Path) -> Iterator[Row]:
    commands = ([GCTUI, "report", str(path)], [GCTUI, "export", "--to", "jsonl", str(path)])
    typed = [tuple(map(cost_of, commands)) for _ in range(rounds)]
    yield _row(
        f"{name}: report, export --to jsonl, by the clock",
        [(report.wall_s, export.wall_s) for report, export in typed],
        at_most=MOST_TIMES,
    )
    alone = [tuple(cost_of([*each, "--jobs", "1"]) for each in commands) for _ in range(rounds)]
    yield _row(
        f"{name}: report --jobs 1, export --jobs 1, CPU",
        [(report.cpu_s, export.cpu_s) for report, export in alone],
    )


def _jobs_rows(name: str, rounds: int, path: Path) -> Iterator[Row]:
    one, two = ([GCTUI, "report", "--jobs", jobs, str(path)] for jobs in ("1", "2"))
    pairs = [(cost_of(two), cost_of(one)) for _ in range(rounds)]
    yield _row(
        f"{name}: report, two processes, one, by the clock",
        [(both.wall_s, alone.wall_s) for both, alone in pairs],
    )
    yield _row(
        f"{name}: report, CPU of two processes, of one",
        [(both.cpu_s, alone.cpu_s) for both, alone in pairs],
    )


def _row(what: str, pairs: list[tuple[float, float]], at_most: float | None = None) -> Row:
    sides = compare(pairs)
    ours, reference = f"{sides.ours:.2f} s", f"{sides.reference:.2f} s"
    return Row(what, ours, reference, sides.ratio, at_most=at_most)
