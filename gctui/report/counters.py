"""The runtime's counters in the summary: pages, settings, goroutines by where they began."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.units import size
from gctui.events import Runtime
from gctui.model.counters import MIB
from gctui.model.snapshot import Snapshot
from gctui.report.goroutines import SITES_SHOWN, goroutine_lines

_SITES_IN_SHORT = 2


def counter_lines(snapshot: Snapshot, *, full: bool) -> Iterator[str]:
    """Yield what the counters tell, nothing where there are none; not `full`: in few lines."""
    counters = snapshot.counters
    if counters is None:
        return
    sample = snapshot.sample or counters.sample
    if full:
        yield f"  pages    {_pages(sample)}"
    if sample.gc_percent is not None:
        yield f"  settings {_settings(sample)}"
    if counters.census is not None:
        shown = SITES_SHOWN if full else _SITES_IN_SHORT
        yield from goroutine_lines(
            counters.census, counters.first_census, most_sites=shown, only_grown=not full
        )


def _pages(sample: Runtime) -> str:
    released = _size(sample.heap_released_bytes)
    return (
        f"in use {_size(sample.heap_inuse_bytes)}, idle {_size(sample.heap_idle_bytes)} "
        f"({released} of it released), stacks {_size(sample.stack_inuse_bytes)}, "
        f"metadata {_size(sample.metadata_bytes)}; mapped {_size(sample.sys_bytes)} in all"
    )


def _settings(sample: Runtime) -> str:
    gogc = "off" if (sample.gc_percent or 0) < 0 else str(sample.gc_percent)
    limit = sample.memory_limit_bytes
    return f"GOGC={gogc}, GOMEMLIMIT={'none' if limit is None else _size(limit)}" + (
        f", GOMAXPROCS={sample.procs}" if sample.procs else ""
    )


def _size(size_bytes: int | None) -> str:
    return size(None if size_bytes is None else size_bytes / MIB)
