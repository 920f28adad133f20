"""Heap pages and counters alone: what the runtime counted is told, and can be checked."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import gctui

PAGE = SAMPLES / "profiles" / "go1.27.3.heap.txt"


def values() -> dict[str, float]:
    told = json.loads(gctui("report", str(PAGE), "--format", "json").stdout)
    found: dict[str, float] = told["runs"][0]["values"]
    return found


def checked(*limits: str) -> subprocess.CompletedProcess[bytes]:
    return gctui("check", str(PAGE), *limits)


def test_a_heap_page_alone_tells_what_the_runtime_counted() -> None:
    found = values()
    assert (found["gc.count"], found["gc.forced"]) == (7, 4)
    assert found["gc_cpu.percent"] == pytest.approx(2.0025637, abs=1e-6)
    assert found["pause.max_ms"] == pytest.approx(0.164655)
    assert found["heap.allocated.last_mb"] == pytest.approx(25411296 / (1 << 20), abs=1e-5)
    assert found["heap.goal.last_mb"] == pytest.approx(50806586 / (1 << 20), abs=1e-5)
    assert found["rss.peak_mb"] == pytest.approx(10022912 / (1 << 20), abs=1e-5)
    text = gctui("report", str(PAGE)).stdout.decode()
    assert "7 collections (4 forced) by the runtime's count" in text
    assert "worst 165 µs of the last 7 collections" in text
    assert "resident, at most" in text
    assert "gctui profile FILE" in " ".join(text.split())


def test_its_figures_keep_limits_and_break_them() -> None:
    assert checked("--max-pause-ms", "1", "--max-gc-cpu-percent", "5").returncode == 0
    broken = checked("--max-pause-ms", "0.1", "--max-gc-cpu-percent", "1", "--max-rss-mb", "5")
    assert broken.returncode == 1
    text = broken.stdout.decode()
    for said in ("pause.max_ms 165 µs", "gc_cpu.percent 2.0%", "rss.peak_mb 9.6 MiB"):
        assert f"BROKEN  {said}" in text
    untold = checked("--max-live-mb", "5")
    assert untold.returncode == 1
    assert b"UNKNOWN heap.live.max_mb" in untold.stdout


def test_a_page_of_an_old_go_tells_less_and_nothing_wrong() -> None:
    old = str(SAMPLES / "profiles" / "go1.5.4.heap.txt")
    text = gctui("report", old).stdout.decode()
    assert "6 collections by the runtime's count" in text
    assert "GC CPU" not in text.partition("Findings")[0]
