"""Pages of a running program's own: expvar's JSON and Prometheus metrics, as events.

Whatever stands there is taken for nothing but figures; what is no figure is left out.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any

from gctui.errors import GctuiError
from gctui.events import MemStats, Process

_BEYOND = 1 << 64
_MOST_GOGC = (1 << 31) - 1
MOST_STACKS = 1 << 17
"""What a file of a million stacks costs once, a server must not cost every few seconds."""
_LONGEST_RING = 1024

_BY_GO_NAME: Mapping[str, str] = {
    "Alloc": "alloc_bytes",
    "TotalAlloc": "total_alloc_bytes",
    "Sys": "sys_bytes",
    "Lookups": "lookups",
    "Mallocs": "mallocs",
    "Frees": "frees",
    "HeapAlloc": "heap_alloc_bytes",
    "HeapSys": "heap_sys_bytes",
    "HeapIdle": "heap_idle_bytes",
    "HeapInuse": "heap_inuse_bytes",
    "HeapReleased": "heap_released_bytes",
    "HeapObjects": "heap_objects",
    "StackInuse": "stack_inuse_bytes",
    "StackSys": "stack_sys_bytes",
    "MSpanInuse": "mspan_inuse_bytes",
    "MSpanSys": "mspan_sys_bytes",
    "MCacheInuse": "mcache_inuse_bytes",
    "MCacheSys": "mcache_sys_bytes",
    "BuckHashSys": "buck_hash_sys_bytes",
    "GCSys": "gc_sys_bytes",
    "OtherSys": "other_sys_bytes",
    "NextGC": "next_gc_bytes",
    "LastGC": "last_gc_ns",
    "PauseTotalNs": "pause_total_ns",
    "NumGC": "num_gc",
    "NumForcedGC": "num_forced_gc",
}

_BY_METRIC: Mapping[str, str] = {
    "go_memstats_alloc_bytes": "alloc_bytes",
    "go_memstats_alloc_bytes_total": "total_alloc_bytes",
    "go_memstats_sys_bytes": "sys_bytes",
    "go_memstats_lookups_total": "lookups",
    "go_memstats_mallocs_total": "mallocs",
    "go_memstats_frees_total": "frees",
    "go_memstats_heap_alloc_bytes": "heap_alloc_bytes",
    "go_memstats_heap_sys_bytes": "heap_sys_bytes",
    "go_memstats_heap_idle_bytes": "heap_idle_bytes",
    "go_memstats_heap_inuse_bytes": "heap_inuse_bytes",
    "go_memstats_heap_released_bytes": "heap_released_bytes",
    "go_memstats_heap_objects": "heap_objects",
    "go_memstats_stack_inuse_bytes": "stack_inuse_bytes",
    "go_memstats_stack_sys_bytes": "stack_sys_bytes",
    "go_memstats_mspan_inuse_bytes": "mspan_inuse_bytes",
    "go_memstats_mspan_sys_bytes": "mspan_sys_bytes",
    "go_memstats_mcache_inuse_bytes": "mcache_inuse_bytes",
    "go_memstats_mcache_sys_bytes": "mcache_sys_bytes",
    "go_memstats_buck_hash_sys_bytes": "buck_hash_sys_bytes",
    "go_memstats_gc_sys_bytes": "gc_sys_bytes",
    "go_memstats_other_sys_bytes": "other_sys_bytes",
    "go_memstats_next_gc_bytes": "next_gc_bytes",
    "go_gc_duration_seconds_count": "num_gc",
    "go_goroutines": "goroutines",
    "go_sched_gomaxprocs_threads": "procs",
    "go_gc_gomemlimit_bytes": "memory_limit_bytes",
}
_BY_METRIC_IN_S: Mapping[str, str] = {
    "go_memstats_last_gc_time_seconds": "last_gc_ns",
    "go_gc_duration_seconds_sum": "pause_total_ns",
}
_OF_PROCESS: Mapping[str, str] = {
    "process_resident_memory_bytes": "rss_bytes",
    "process_virtual_memory_bytes": "vms_bytes",
    "go_threads": "threads",
}
_LINE = re.compile(r"((?:go|process)_[a-z_]++)(?:\{([^}\n]*+)\})?+[ \t]++(\S++)")
_LONGEST_LINE_BYTES = 4096
_QUANTILE = re.compile(r'quantile="([0-9.e-]{1,20})"')
_VERSION = re.compile(r'version="([^"\\]{1,64})"')


@dataclass(frozen=True, slots=True)
class ServerPage:
    """What a page said."""

    memstats: MemStats
    process: Process | None = None
    go_version: str = ""
    command: tuple[str, ...] = ()


def read_expvar(body: bytes, source: str) -> ServerPage:
    """Read expvar's JSON. Raises GctuiError where it has no MemStats."""
    try:
        row = json.loads(body)
        stats = row["memstats"]
        figures = _figures(stats)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise GctuiError(f"{source}: not a page of expvar with memstats") from None
    command = row.get("cmdline")
    words = command if isinstance(command, list) else []
    return ServerPage(
        MemStats(**figures),
        command=tuple(word for word in words[:_LONGEST_RING] if isinstance(word, str)),
    )


def _figures(stats: Mapping[str, Any]) -> dict[str, Any]:
    found = {ours: _count(stats.get(name)) for name, ours in _BY_GO_NAME.items()}
    if all(value is None for value in found.values()):
        raise ValueError
    return {
        **found,
        "pause_ns": _ring(stats.get("PauseNs")),
        "pause_end_ns": _ring(stats.get("PauseEnd")),
        "gc_cpu_fraction": _share(stats.get("GCCPUFraction")),
        "enable_gc": stats.get("EnableGC") if type(stats.get("EnableGC")) is bool else None,
        "debug_gc": stats.get("DebugGC") if type(stats.get("DebugGC")) is bool else None,
    }


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < _BEYOND else None


def _share(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else None


def _ring(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > _LONGEST_RING:
        return ()
    counts = tuple(count for each in value if (count := _count(each)) is not None)
    return counts if len(counts) == len(value) else ()


def refuse_too_many_stacks(body: bytes, source: str) -> None:
    """Raise GctuiError for a text profile that is too large to be read again and again."""
    if body.count(b" @") > MOST_STACKS:
        raise GctuiError(f"{source}: more than {MOST_STACKS} stacks, too many to poll")


def read_metrics(body: bytes, source: str) -> ServerPage:
    """Read Prometheus's text format. Raises GctuiError where nothing of a Go program is in it."""
    reader = _Metrics()
    for raw in io.BytesIO(body):
        if not raw.startswith((b"go_", b"process_")):
            continue
        if found := _LINE.match(raw[:_LONGEST_LINE_BYTES].decode("utf-8", "replace")):
            reader.add(found[1], found[2] or "", _number(found[3]))
    if not reader.figures:
        raise GctuiError(f"{source}: no metrics of a Go program")
    quantiles = tuple(reader.quantiles_ns[key] for key in sorted(reader.quantiles_ns))
    return ServerPage(
        MemStats(**reader.figures, pause_quantiles_ns=quantiles),
        Process(**reader.process) if reader.process else None,
        reader.go_version,
    )


class _Metrics:
    """Sorts the samples."""

    def __init__(self) -> None:
        self.figures: dict[str, Any] = {}
        self.process: dict[str, Any] = {}
        self.quantiles_ns: dict[float, int] = {}
        self.go_version = ""

    def add(self, name: str, labels: str, value: float) -> None:
        """Take one sample; of what has labels, those alone that are known to."""
        if labels:
            self._labelled(name, labels, value)
        elif name == "go_gc_gogc_percent":
            _put(self.figures, "gc_percent", _gogc(value))
        elif name == "go_memstats_gc_cpu_fraction":
            _put(self.figures, "gc_cpu_fraction", _share(value))
        elif name in _BY_METRIC:
            _put(self.figures, _BY_METRIC[name], _whole(value))
        elif name in _BY_METRIC_IN_S:
            _put(self.figures, _BY_METRIC_IN_S[name], _whole(value * 1e9))
        elif name in _OF_PROCESS:
            _put(self.process, _OF_PROCESS[name], _whole(value))

    def _labelled(self, name: str, labels: str, value: float) -> None:
        if name == "go_info" and (found := _VERSION.search(labels)):
            self.go_version = found[1]
        elif name == "go_gc_duration_seconds" and (found := _QUANTILE.fullmatch(labels)):
            quantile, pause_ns = _number(found[1]), _whole(value * 1e9)
            has_room = len(self.quantiles_ns) < _LONGEST_RING
            if _share(quantile) is not None and pause_ns is not None and has_room:
                self.quantiles_ns[quantile] = pause_ns


def _put(figures: dict[str, Any], name: str, value: float | None) -> None:
    if value is not None:
        figures[name] = value


def _number(text: str) -> float:
    """Return a number; what is none becomes NaN, which is in no range."""
    try:
        return float(text)
    except ValueError:
        return nan


def _whole(value: float) -> int | None:
    """Return a count of 64 bits; the largest, which means "none", is one too many as a float."""
    return min(int(value), _BEYOND - 1) if 0 <= value <= _BEYOND else None


def _gogc(value: float) -> int | None:
    """Return GOGC; where it is off, the runtime tells its -1 as a number without a sign."""
    if value in (-1, float(_BEYOND)):
        return -1
    return int(value) if 0 <= value <= _MOST_GOGC else None
