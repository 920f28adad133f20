"""The head of a report on a run without gc lines: what the runtime itself counted."""

from __future__ import annotations

from collections.abc import Iterator

from gctui.analysis.run_counted import Counted
from gctui.analysis.run_figures import RunFigures
from gctui.analysis.units import duration_ms, percent, size

_UNTOLD = "No gc line is in it: how its collections went, a trace tells (GODEBUG=gctrace=1)."
_PAGE = "gctui profile FILE says who allocated what a heap profile holds."


def untold(run: RunFigures) -> str:
    """Say where more is to be had; nothing where there are gc lines."""
    if run.collections:
        return ""
    return f"{_UNTOLD} {_PAGE}" if run.counts.get("memstats") else _UNTOLD


def counted_headline(found: Counted) -> Iterator[tuple[str, str, str]]:
    """Yield name, figure, and what it means or its range."""
    pauses = found.pauses
    if pauses.p99 is not None:
        worst = f"worst {duration_ms(pauses.highest)} of the last {pauses.count} collections"
        yield "pause p99", duration_ms(pauses.p99), worst
    if found.pause_total_ms is not None:
        yield "paused", duration_ms(found.pause_total_ms), "in all, since it began"
    if found.gc_cpu_percent is not None:
        about = "since it began, of all Ps' time: the runtime's own figure"
        yield "GC CPU", percent(found.gc_cpu_percent), about
    if found.live_mib is not None:
        yield "live heap", size(round(found.live_mib)), "as the last mark found it"
    if found.allocated_mib is not None:
        about = "live, and garbage since the last GC"
        yield "allocated", size(round(found.allocated_mib)), about
    if found.goal_mib is not None:
        yield "heap goal", size(round(found.goal_mib)), "the next GC is due there"


def counted_words(found: Counted) -> str:
    """Say how many collections there were: `7 collections (4 forced) by the runtime's count`."""
    if found.collections is None:
        return "no gc line"
    count = found.collections
    said = f"{count} collection{'' if count == 1 else 's'}"
    forced = f" ({found.forced} forced)" if found.forced else ""
    return f"{said}{forced} by the runtime's count"
