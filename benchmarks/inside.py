"""Reading a running program: how soon it is ready, what it costs gctui and the program."""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.children import GCTUI
from benchmarks.programs import busy_program, large_program, symbol_count
from benchmarks.rows import Row

SAMPLES_PER_S = 10
PAIRS = 40
SLICE_S = 1.0
_STUDENTS_T = 2.023
"""For 39 degrees of freedom, 95 %."""

_MEASURED_S = 10.0
_READY = """
import json, sys, time
begin = time.perf_counter()
from gctui.sources.inside.program import RunningProgram
program = RunningProgram(int(sys.argv[1]))
sample = program.sample()
print(json.dumps([time.perf_counter() - begin, sample.heap_inuse_bytes]))
"""
_SAMPLING = """
import sys, time
from gctui.sources.inside.program import RunningProgram
program = RunningProgram(int(sys.argv[1]))
every_s = float(sys.argv[2])
for line in sys.stdin:
    # Samples and counts goroutines for as long as it is told, then waits for the next line.
    end_s = time.monotonic() + float(line)
    while time.monotonic() < end_s:
        program.sample()
        program.count_goroutines()
        time.sleep(every_s)
    print("done", flush=True)
"""


def run(rounds: int) -> Iterator[Row]:
    """Yield the figures; the slowdown always takes PAIRS pairs, whatever `rounds` says."""
    yield from _readiness(rounds)
    yield from _cost()
    yield from _slowdowns()


def _readiness(rounds: int) -> Iterator[Row]:
    binary = large_program()
    symbols = symbol_count(binary)
    with _running([str(binary)]) as process, tempfile.TemporaryDirectory() as folder:
        cold, cached = [], []
        for _ in range(rounds):
            cache = tempfile.mkdtemp(dir=folder)
            cold.append(_ready_s(process.pid, cache))
            cached.append(_ready_s(process.pid, cache))
    for name, times, most in (("nothing cached", cold, 3.0), ("layout cached", cached, 0.3)):
        yield Row(
            f"{symbols:,} symbols: import to first sample, {name}",
            f"{statistics.median(times) * 1000:.0f} ms",
            "",
            max(times),
            "s at worst",
            at_most=most,
        )


def _ready_s(pid: int, cache: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _READY, str(pid)],
        capture_output=True,
        check=True,
        env={**os.environ, "XDG_CACHE_HOME": cache},
    )
    ready_s, inuse_bytes = json.loads(done.stdout)
    if not inuse_bytes:
        raise RuntimeError("no sample")
    return float(ready_s)


def _cost() -> Iterator[Row]:
    with _running([str(busy_program())]) as process:
        program = [sys.executable, "-c", _SAMPLING, str(process.pid), str(1 / SAMPLES_PER_S)]
        with _running(program) as sampler:
            _ask(sampler, "1")
            share = _share_percent(sampler, lambda: _ask(sampler, str(_MEASURED_S)))
        yield Row(
            f"{SAMPLES_PER_S} samples/s and the goroutines, share of a core",
            f"{share:.2f} %",
            "",
            share,
            "%",
            at_most=2.0,
        )
        watching = [GCTUI, "attach", "--plain", str(process.pid)]
        with _running(watching) as attached:
            time.sleep(3)
            share = _share_percent(attached, lambda: time.sleep(_MEASURED_S))
        yield Row("gctui attach --plain, share of a core", f"{share:.2f} %", "", share, "%")


def _share_percent(process: subprocess.Popen[str], action: object) -> float:
    times = psutil.Process(process.pid)
    before, begin_s = times.cpu_times(), time.monotonic()
    action()  # type: ignore[operator]
    after, end_s = times.cpu_times(), time.monotonic()
    spent_s = after.user + after.system - before.user - before.system
    return 100 * spent_s / (end_s - begin_s)


def _slowdowns() -> Iterator[Row]:
    """Compare a program's throughput with and without a reader, slice by slice, in random order.

    Both slices of a pair are of one process and follow each other; the interval is Student's. What
    others take of the machine shows in the work per second, not in the work per CPU second.
    """
    per_s, per_cpu_s = [], []
    order = random.Random(1)
    with _running([str(busy_program())]) as busy:
        program = [sys.executable, "-c", _SAMPLING, str(busy.pid), str(1 / SAMPLES_PER_S)]
        with _running(program) as sampler:
            _ask(sampler, "1")
            for _ in range(PAIRS):
                rates = {}
                for reads in order.sample([True, False], 2):
                    rates[reads] = _rates(busy, sampler, reads=reads)
                per_s.append(_slowdown_percent(rates[True][0], rates[False][0]))
                per_cpu_s.append(_slowdown_percent(rates[True][1], rates[False][1]))
    yield _interval("slowdown of a program on all CPUs", per_s)
    yield _interval("the same, per CPU second of its own", per_cpu_s)


def _slowdown_percent(with_reader: float, without: float) -> float:
    return 100 * (1 - with_reader / without)


def _interval(what: str, slowdowns: list[float]) -> Row:
    mean = statistics.mean(slowdowns)
    half = _STUDENTS_T * statistics.stdev(slowdowns) / math.sqrt(len(slowdowns))
    return Row(
        f"{what}, {len(slowdowns)} pairs: upper end of the 95 % interval",
        f"{mean:+.2f} ± {half:.2f} %",
        "",
        mean + half,
        "%",
        at_most=3.0,
    )


def _rates(
    busy: subprocess.Popen[str], sampler: subprocess.Popen[str], *, reads: bool
) -> tuple[float, float]:
    """Return the work done per second, and per CPU second."""
    times = psutil.Process(busy.pid)
    before, begin_s, cpu_before = int(_ask(busy, "")), time.monotonic(), times.cpu_times()
    if reads:
        _ask(sampler, str(SLICE_S))
    else:
        time.sleep(SLICE_S)
    done = int(_ask(busy, "")) - before
    end_s, cpu_after = time.monotonic(), times.cpu_times()
    cpu_s = cpu_after.user + cpu_after.system - cpu_before.user - cpu_before.system
    return done / (end_s - begin_s), done / cpu_s


def _ask(process: subprocess.Popen[str], line: str) -> str:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    return process.stdout.readline()


@contextmanager
def _running(argv: list[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parent.parent,
    ) as process:
        try:
            time.sleep(0.5)
            yield process
        finally:
            process.kill()
