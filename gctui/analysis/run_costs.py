"""What collections cost and how fast the program allocates, summed over a run."""

from __future__ import annotations

from dataclasses import astuple
from operator import add, sub

from gctui.analysis.collections_read import Collections
from gctui.analysis.run_figures import CpuShares, Rate


class CpuSums:
    """CPU time of collections against all Ps' time."""

    def __init__(self) -> None:
        self._available_ms = 0.0
        self._parts_ms = [0.0, 0.0, 0.0, 0.0]
        self._marking_ms = self._room_ms = 0.0

    def add(self, found: Collections, available_s: float, *, is_first_known: bool) -> None:
        """Take collections and all Ps' time since the end before them.

        Where the time before the first is not known, what it cost is a share of nothing.
        """
        if found.cpu is None or found.first_cpu is None:
            return
        self._parts_ms = list(map(add, self._parts_ms, astuple(found.cpu)))
        if not is_first_known:
            self._parts_ms = list(map(sub, self._parts_ms, astuple(found.first_cpu)))
        self._available_ms += 1000 * available_s
        self._marking_ms += found.mark_used_ms
        self._room_ms += found.mark_room_ms

    def shares(self) -> CpuShares | None:
        """Return the shares of all Ps' time."""
        if self._available_ms <= 0:
            return None
        percents = [100 * part_ms / self._available_ms for part_ms in self._parts_ms]
        stopped, assist, background, idle = percents
        return CpuShares(stopped + assist + background, stopped, assist, background, idle)

    def mark_percent(self) -> float | None:
        """Return the share of the Ps that marks used, all together."""
        return 100 * self._marking_ms / self._room_ms if self._room_ms else None


class AllocationSum:
    """What was allocated in some stretches of time, each the difference of two cut figures."""

    def __init__(self) -> None:
        self._mb = 0
        self._stretches = 0
        self._span_s = 0.0

    def add(self, grown_mb: int, stretches: int, span_s: float) -> None:
        """Take what so many stretches of together `span_s` allocated."""
        self._mb += grown_mb
        self._stretches += stretches
        self._span_s += span_s

    def rate(self) -> Rate | None:
        """Return the rate; each difference may be up to 1 MB more or less."""
        if self._span_s <= 0:
            return None
        least, most = self._mb - self._stretches, self._mb + self._stretches
        return Rate(
            max(0, self._mb) / self._span_s, max(0, least) / self._span_s, most / self._span_s
        )
