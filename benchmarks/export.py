"""The export: a process that writes JSON lines, against one that only looks for numbers.

And against itself: two processes that read one log, by the clock, for that is what they are for.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import find_numbers
from benchmarks.children import GCTUI, cost_of
from benchmarks.logs import alternating_lines, gc_lines, write_log
from benchmarks.rows import Row, compare

LINES = 1_000_000


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "app.log"
        yield _row("gc", rounds, write_log(path, gc_lines(), LINES), at_most=4.0)
        yield _row("gc/scav", rounds, write_log(path, alternating_lines(), LINES))
        for form in ("jsonl", "csv"):
            yield _jobs_row(rounds, path, form)


def _jobs_row(rounds: int, path: Path, form: str) -> Row:
    """Compare wall times; on a busy machine a second process gains less."""
    one, two = ([GCTUI, "export", "--to", form, "--jobs", jobs, str(path)] for jobs in ("1", "2"))
    sides = compare((cost_of(one).wall_s, cost_of(two).wall_s) for _ in range(rounds))
    return Row(
        f"gc/scav: export --to {form}, two processes, one",
        f"{sides.reference:.2f} s",
        f"{sides.ours:.2f} s",
        sides.ratio,
        "× as fast",
    )


def _row(name: str, rounds: int, path: Path, at_most: float | None = None) -> Row:
    """Compare CPU times, start-up included, of processes that read the same file."""
    ours = [GCTUI, "export", "--to", "jsonl", str(path)]
    reference = [sys.executable, str(find_numbers.__file__), str(path)]
    sides = compare((cost_of(ours).cpu_s, cost_of(reference).cpu_s) for _ in range(rounds))
    return Row(
        f"{name}: export --to jsonl, re.findall of numbers",
        f"{sides.ours:.2f} s",
        f"{sides.reference:.2f} s",
        sides.ratio,
        at_most=at_most,
    )
