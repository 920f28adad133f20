"""Predictions from a run at GOGC=100, against the medians of real runs at other settings.

The heap at the end of a collection should be within 10 %, GC CPU within 25 %. The predictions are
of one run; what they are held against are the medians of as many runs as there are rounds. Programs
that are limited by the CPU, by one thread, and by the work that comes in.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.rows import Row
from gctui.analysis.pace import pace
from gctui.analysis.what_if import Setting, predict
from gctui.model.snapshot import Snapshot
from gctui.model.state import ProgramState
from gctui.trace.scanner import scan
from tests.go_toolchain import compiled

STEADY = Path("tests/analysis/programs/steady.go")
KNOWN, ASKED = 100, (50, 200)
KINDS = {
    "every CPU busy": ("-workers", str(os.cpu_count() or 2)),
    "one thread busy": ("-workers", "1"),
    "400 MiB/s": ("-workers", "2", "-rate", "400"),
}


def run(rounds: int) -> Iterator[Row]:
    binary = compiled(STEADY)
    for kind, arguments in KINDS.items():
        made = _traced(binary, arguments, KNOWN)
        for asked in ASKED:
            predicted = predict(made, Setting(float(asked)))
            real = [_traced(binary, arguments, asked) for _ in range(rounds)]
            paces = [found for each in real if (found := pace(each.cycles))]
            if predicted is None or predicted.gc_cpu_percent is None or not paces:
                raise SystemExit(f"{kind}: no prediction, or no collections")
            name = f"what if GOGC={asked}, {kind}"
            heap_mib = median(_heap_mib(each) for each in real)
            yield _row(f"{name}: heap", predicted.heap_mib or 0.0, heap_mib, "MiB", 10)
            share = median(found.gc_cpu_percent for found in paces)
            yield _row(f"{name}: GC CPU", predicted.gc_cpu_percent, share, "%", 25)


def _traced(binary: Path, arguments: tuple[str, ...], percent: int) -> Snapshot:
    environment = {**os.environ, "GOGC": str(percent), "GODEBUG": "gctrace=1"}
    command = [str(binary), "-trees", "64", "-cycles", "220", *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, check=True)
    state = ProgramState()
    for event in scan([ran.stderr]):
        state.apply(event)
    return state.snapshot()


def _heap_mib(snapshot: Snapshot) -> float:
    return median((cycle.event.heap_end_mb or 0) + 0.5 for cycle in snapshot.cycles[10:])


def _row(what: str, predicted: float, real: float, unit: str, target_percent: int) -> Row:
    off_percent = abs(100 * (predicted / real - 1))
    texts = f"{predicted:.1f} {unit}", f"{real:.1f} {unit}"
    return Row(what, *texts, off_percent, unit="% off", at_most=target_percent)
