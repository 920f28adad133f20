"""What collections cost and how fast the program allocates, summed over a run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import add, sub

from gctui.analysis.collections_read import Collections, Marks
from gctui.analysis.run_figures import CpuShares, Rate


class CpuSums:
    """CPU time of collections against all Ps' time."""

    def __init__(self) -> None:
        self._available_ms = 0.0
        self._parts_ms = [0.0, 0.0, 0.0, 0.0]
        self._marking_ms = self._room_ms = 0.0

    def add(
        self, found: Collections, rooms_s: Sequence[float], *, is_first_known: bool
    ) -> list[float] | None:
        """Take collections and all Ps' time since the end before each; return their CPU times.

        Where the time before the first is not known, what it cost is a share of nothing.
        """
        parts = [found.stopped_cpu_ms, found.assists_ms, found.backgrounds_ms, found.idles_ms]
        if parts[0] is None:
            return None
        for i, part in enumerate(parts):
            if part is not None:
                self._parts_ms[i] += sum(part) - (0.0 if is_first_known else part[0])
        self._available_ms += 1000 * sum(rooms_s)
        first_part, *others = [part for part in parts[:3] if part is not None]
        for part in others:
            first_part = list(map(add, first_part, part))
        return first_part

    def mark(self, marks: Marks) -> list[float]:
        """Take what marks used; return the share of the Ps that each did, in percent."""
        used_ms, rates = marks.used_ms, marks.rates
        if not all(marks.rooms_ms):
            used_ms = list(compress(used_ms, marks.rooms_ms))
            rates = list(compress(rates, marks.rooms_ms))
        self._marking_ms += sum(used_ms)
        self._room_ms += sum(marks.rooms_ms)
        return [int(1000 * rate + 0.5) / 10 for rate in rates] if marks.rooms_ms else []

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

    def add(self, befores_mb: Sequence[int], afters_mb: Sequence[int], span_s: float) -> list[int]:
        """Take stretches of together `span_s`; return what was allocated in each."""
        grown = list(map(sub, afters_mb, befores_mb))
        self._mb += sum(grown)
        self._stretches += len(grown)
        self._span_s += span_s
        return grown

    def rate(self) -> Rate | None:
        """Return the rate; each difference may be up to 1 MB more or less."""
        if self._span_s <= 0:
            return None
        least, most = self._mb - self._stretches, self._mb + self._stretches
        return Rate(
            max(0, self._mb) / self._span_s, max(0, least) / self._span_s, most / self._span_s
        )
