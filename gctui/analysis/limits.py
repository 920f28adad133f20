"""What the memory is held against, how much of it is used, and when it is reached.

GOMEMLIMIT counts what Go maps and has not released (runtime/debug SetMemoryLimit); a container's
limit and the machine count what is resident. Only the latter two kill.
"""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.gogc import gogc
from gctui.analysis.growth import live_growth
from gctui.analysis.trend import Trend, since, thinned, trend
from gctui.model.clock import ClockKind
from gctui.model.metrics import Metric
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
GOMEMLIMIT, MACHINE = "GOMEMLIMIT", "machine"
_STRETCHES = 24
_SHORTEST_S = 20.0
_LEAST_RISE_MIB = 16
_LEAST_RISE_SHARE = 0.05
_FARTHEST_TIMES = 50.0
"""Of the time that was seen: further ahead, what a line says is no forecast."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit, in MiB."""

    name: str
    """As its setting is called: `GOMEMLIMIT`, `memory.max`, `memory.high`, `machine`."""
    limit_mib: float
    used_mib: float
    counted: str
    """What is counted against it, in words."""
    is_hard: bool = False
    """The container's own: a process that passes it is killed."""

    @property
    def left_mib(self) -> float:
        """How much may still come."""
        return max(0.0, self.limit_mib - self.used_mib)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a limit is reached at the present growth, with an interval."""

    limit: Limit
    mib_per_min: float
    in_s: float
    earliest_s: float
    latest_s: float | None
    """None where the growth may as well be too slow to matter."""
    grows: str
    """What was seen to grow, as a sentence begins."""


def limits(snapshot: Snapshot) -> list[Limit]:
    """Return the limits that are known, the nearest first."""
    process, sample = snapshot.process, snapshot.sample
    found = []
    if sample is not None and sample.memory_limit_bytes is not None:
        mapped = (sample.sys_bytes or 0) - (sample.heap_released_bytes or 0)
        limit_mib = (sample.memory_limit_bytes or 0) / MIB
        found.append(Limit(GOMEMLIMIT, limit_mib, mapped / MIB, "what Go maps, less released"))
    if process is not None and process.rss_bytes is not None:
        rss_mib = process.rss_bytes / MIB
        for name, size_bytes in (
            ("memory.max", process.cgroup_limit_bytes),
            ("memory.high", process.cgroup_high_bytes),
        ):
            if size_bytes is not None:
                is_hard = name == "memory.max"
                found.append(Limit(name, size_bytes / MIB, rss_mib, "RSS", is_hard))
        if process.machine_bytes is not None and process.machine_available_bytes is not None:
            used_mib = (process.machine_bytes - process.machine_available_bytes) / MIB
            whole_mib = process.machine_bytes / MIB
            found.append(Limit(MACHINE, whole_mib, used_mib, "all that runs on it"))
    return sorted(found, key=lambda limit: limit.left_mib)


def forecast(snapshot: Snapshot) -> Forecast | None:
    """Return which limit is reached first at the present growth; None without such growth."""
    found, growth = limits(snapshot), _footprint_growth(snapshot)
    if not found or growth is None:
        return None
    line, grows = growth
    limit = found[0]
    in_s = limit.left_mib / line.slope_per_s
    if in_s > _FARTHEST_TIMES * line.span_s:
        return None
    return Forecast(
        limit=limit,
        mib_per_min=60 * line.slope_per_s,
        in_s=in_s,
        earliest_s=limit.left_mib / line.high_per_s,
        latest_s=limit.left_mib / line.low_per_s if line.low_per_s > 0 else None,
        grows=grows,
    )


def _footprint_growth(snapshot: Snapshot) -> tuple[Trend, str] | None:
    """Return how RSS grows, else the live heap with the room that GOGC gives it, in MiB per s."""
    if snapshot.clock in {ClockKind.NONE, ClockKind.ORDER}:
        return None
    begin_s = snapshot.epochs[-1].begin_s if snapshot.epochs else 0.0
    points = thinned(since(snapshot.view(Metric.RSS_MIB), begin_s), _STRETCHES)
    # A start is no trend: the second half counts.
    line = trend(points[len(points) // 2 :])
    if line is not None and line.span_s >= _SHORTEST_S / 2:
        least_mib = max(_LEAST_RISE_MIB, _LEAST_RISE_SHARE * line.level)
        return (line, "RSS") if line.rises and line.rise >= least_mib else None
    growth = live_growth(snapshot)
    if not growth.grows or growth.now is None:
        return None
    found = gogc(snapshot)
    share = 1.0 if found is None or found.is_off else found.percent / 100
    return _times(growth.now, 1 + share), "The live heap, with its room to the goal,"


def _times(line: Trend, factor: float) -> Trend:
    return Trend(
        line.slope_per_s * factor,
        line.low_per_s * factor,
        line.high_per_s * factor,
        line.begin_s,
        line.end_s,
        line.level * factor,
    )
