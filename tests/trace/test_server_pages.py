"""expvar and Prometheus pages: what they say, and what they may not do."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.errors import GctuiError
from gctui.events import MemStats, Process
from gctui.trace.server_pages import (
    MOST_STACKS,
    read_expvar,
    read_metrics,
    refuse_too_many_stacks,
)

METRICS = (Path(__file__).parents[1] / "sources" / "metrics.txt").read_bytes()
MIB = 1 << 20


def test_metrics_of_client_golang() -> None:
    page = read_metrics(METRICS, "x")
    stats = page.memstats
    assert page.go_version == "go1.26.6"
    assert page.process == Process(rss_bytes=100 * MIB, vms_bytes=1200 * MIB, threads=14)
    assert (stats.heap_alloc_bytes, stats.next_gc_bytes) == (50 * MIB, 60 * MIB)
    assert (stats.heap_inuse_bytes, stats.heap_idle_bytes) == (55 * MIB, 30 * MIB)
    assert (stats.total_alloc_bytes, stats.sys_bytes) == (1000 * MIB, 90 * MIB)
    assert (stats.num_gc, stats.pause_total_ns, stats.last_gc_ns) == (
        312,
        25_000_000,
        1763800000 * 10**9,
    )
    assert stats.pause_quantiles_ns == (28434, 47721, 59000, 83211, 412019)
    assert (stats.goroutines, stats.procs, stats.gc_percent) == (27, 8, 50)
    assert stats.memory_limit_bytes == 1 << 63


def test_metrics_that_are_hostile() -> None:
    body = b"go_goroutines NaN\ngo_threads 1e999\ngo_memstats_sys_bytes -5\ngo_gc_gogc_percent -1\n"
    body += b'go_memstats_next_gc_bytes 1.8446744073709552e+19\ngo_info{version="a\\"b"} 1\n'
    body += b'go_goroutines{pod="other"} 7\ngo_gc_duration_seconds{quantile="x"} 1\n\xff\xfe go_\n'
    page = read_metrics(body, "x")
    assert page.memstats == MemStats(gc_percent=-1, next_gc_bytes=(1 << 64) - 1)
    assert (page.process, page.go_version) == (None, "")
    with pytest.raises(GctuiError, match=r"^x: no metrics of a Go program$"):
        read_metrics(b"# nothing\nhttp_requests 5\n" * 1000, "x")


@pytest.mark.parametrize(
    "line",
    [
        "go_memstats_last_gc_time_seconds 1e300",
        "go_memstats_last_gc_time_seconds 1.7e308",
        'go_gc_duration_seconds{quantile="0"} 1e305',
        'go_gc_duration_seconds{quantile="1e300"} 1',
        "go_memstats_heap_alloc_bytes 1e308",
        "go_memstats_heap_alloc_bytes 2e19",
        "go_memstats_gc_cpu_fraction 1e308",
        "go_memstats_gc_cpu_fraction -0.5",
        "go_memstats_gc_cpu_fraction NaN",
        "go_gc_gomemlimit_bytes -4",
        "go_gc_gogc_percent -5",
        "go_gc_gogc_percent 1e18",
        "go_goroutines 1e308",
        "go_goroutines " + "9" * 100_000,
        "process_resident_memory_bytes 1e308",
        "go_threads -1",
    ],
)
def test_figures_that_cannot_be_are_left_out(line: str) -> None:
    """The first of them once ended the asking for good."""
    page = read_metrics(f"{line}\ngo_memstats_sys_bytes 7\n".encode(), "x")
    assert (page.memstats, page.process) == (MemStats(sys_bytes=7), None)


def test_gogc_that_is_off_is_a_number_without_a_sign() -> None:
    """As client_golang serves it: the runtime gives it as a uint64."""
    page = read_metrics(b"go_gc_gogc_percent 1.8446744073709552e+19\n", "x")
    assert page.memstats.gc_percent == -1


def test_many_metrics_are_passed_over_in_little_memory() -> None:
    body = b"go_a 1\nx 2\n" * 200_000 + b"go_memstats_sys_bytes 7\n"
    tracemalloc.start()
    try:
        assert read_metrics(body, "x").memstats == MemStats(sys_bytes=7)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_profiles_that_are_too_large_to_poll_are_refused() -> None:
    record = b"1: 2 [1: 2] @ 0x1\n"
    refuse_too_many_stacks(record * MOST_STACKS, "x")
    with pytest.raises(GctuiError, match=r"^x: more than 131072 stacks, too many to poll$"):
        refuse_too_many_stacks(record * (MOST_STACKS + 1), "x")


@settings(max_examples=100, deadline=None, database=None)
@given(at=st.integers(0, len(METRICS)), text=st.binary(max_size=8), cut=st.integers(0, 30))
def test_damaged_metrics_are_read_or_refused(at: int, text: bytes, cut: int) -> None:
    assert read_metrics(METRICS[:at] + text + METRICS[at + cut :], "x").memstats is not None


def test_expvar() -> None:
    stats = {"Alloc": 5, "NextGC": (1 << 64) - 1, "PauseNs": [7, 8], "GCCPUFraction": 0.25}
    stats |= {"EnableGC": True, "BySize": [{"Size": 8}], "HeapIdle": "9", "Sys": -1}
    body = json.dumps({"cmdline": ["/app", "-x", 5], "memstats": stats}).encode()
    page = read_expvar(body, "x")
    assert page.command == ("/app", "-x")
    assert page.memstats == MemStats(
        alloc_bytes=5,
        next_gc_bytes=(1 << 64) - 1,
        pause_ns=(7, 8),
        gc_cpu_fraction=0.25,
        enable_gc=True,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b"null",
        b'{"memstats": 5}',
        b'{"memstats": {}}',
        b'{"memstats": {"Alloc": "5", "Sys": 1e3, "PauseNs": {}}}',
        b"[" * 100_000,
        b'{"memstats": {"Alloc": ' + b"9" * 10_000 + b"}}",
        b'{"memstats": {"Alloc": true}}',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_expvar_is_said(body: bytes) -> None:
    with pytest.raises(GctuiError, match=r"^x: not a page of expvar with memstats$"):
        read_expvar(body, "x")


def test_rings_of_odd_shapes_are_left_out() -> None:
    for ring in (["x"], [-1], list(range(5000)), [True], {"a": 1}):
        body = json.dumps({"memstats": {"Alloc": 1, "PauseNs": ring}}).encode()
        assert read_expvar(body, "x").memstats.pause_ns == ()
