"""The runtime's counters in the summary: pages, settings, goroutines by where they began."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.goroutines import Site, sites, states
from gctui.analysis.neutral import neutral
from gctui.analysis.units import clock, size
from gctui.events import Runtime
from gctui.model.counters import MIB, Census
from gctui.model.snapshot import Snapshot

_SITES_SHOWN = 12
_SITES_IN_SHORT = 2
_STATES_SHOWN = 6
_LONGEST_NAME = 120


def counter_lines(snapshot: Snapshot, *, full: bool) -> Iterator[str]:
    """Yield what the counters tell, nothing where there are none; not `full`: in few lines."""
    counters = snapshot.counters
    if counters is None:
        return
    yield f"  pages    {_pages(counters.sample)}"
    if counters.sample.gc_percent is not None:
        yield f"  settings {_settings(counters.sample)}"
    if counters.census is not None:
        shown = _SITES_SHOWN if full else _SITES_IN_SHORT
        yield from _goroutine_lines(counters.census, counters.first_census, shown)


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


def _goroutine_lines(census: Census, first: Census | None, most_sites: int) -> Iterator[str]:
    since = first if first is not None and first.time_s < census.time_s else None
    all_states = states(census)
    shown = ", ".join(f"{neutral(name)} {count:,}" for name, count in all_states[:_STATES_SHOWN])
    more = len(all_states) - _STATES_SHOWN
    yield f"  goroutines  {census.goroutines:,}: {shown}" + (f", {more} more" if more > 0 else "")
    found = sites(census, since)
    over = "" if since is None else f"   (growth in {clock(census.time_s - since.time_s)})"
    yield f"     count   growth  in{over}"
    for site in found[:most_sites]:
        yield _site_line(site)
    if len(found) > most_sites:
        yield f"     {len(found) - most_sites} more places"


def _site_line(site: Site) -> str:
    growth = f"{site.growth:+,}" if site.growth else ""
    waits = ", ".join(f"{neutral(name)} {count:,}" for name, count in site.states[:3])
    name = neutral(site.function or site.created_by, _LONGEST_NAME)
    line = (
        f" at {neutral(site.line or site.place, _LONGEST_NAME)}" if site.line or site.place else ""
    )
    created = ""
    if site.function and site.place:
        created = f"; created by {neutral(site.created_by, _LONGEST_NAME)}"
        created += f" at {neutral(site.place, _LONGEST_NAME)}"
    return f"  {site.count:>8,} {growth:>8}  {name}{line}: {waits or 'all ended'}{created}"


def _size(size_bytes: int | None) -> str:
    return size(None if size_bytes is None else size_bytes / MIB)
