"""Mutator utilisation: which share of the CPU a program had for itself, at worst, in any window.

MU of a window is 1 − (what the GC used of the Ps) / (all Ps); MMU of a length is the least MU of
all windows of that length (Cheng & Blelloch, PLDI 2001; `go tool trace`). A stopped world uses all
Ps, a concurrent mark the share that its CPU figures show, a quarter where none are printed;
sweeping and idle mark time count as nothing.

Use is constant between the edges of phases, so a worst window begins where use rises, or ends where
it falls: only those are looked at (runtime's internal/trace/gc.go does the same), and of them only
those near collections that could beat the worst window so far. The result is exact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

WINDOWS_MS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0)
_LONGEST_S = WINDOWS_MS[-1] / 1000
_BLOCK = 32
_MOST_KEPT = 1 << 16
"""Collections within the longest window; of more, which no clock allows, the oldest are dropped."""
_NOISE_S = 1e-9


@dataclass(frozen=True, slots=True)
class Window:
    """The worst window of one length: the GC used most of it."""

    length_ms: float
    utilisation: float
    """What was left to the program, 0 to 1: the MMU of this length."""
    begin_s: float
    """When it begins, on the run's axis."""
    line: int
    """The line of the last collection in it."""


@dataclass(slots=True)
class _Worst:
    used_s: float = -1.0
    begin_s: float = 0.0
    line: int = 0


class Utilisation:
    """Takes collections in the order of time, in bounded memory; see `add`."""

    def __init__(self, windows_ms: tuple[float, ...] = WINDOWS_MS) -> None:
        self._worst = {each / 1000: _Worst() for each in windows_ms}
        # Of each collection: begin, end of the first stop, begin of the last, end; use until each.
        self._begin: list[float] = []
        self._mark: list[float] = []
        self._last: list[float] = []
        self._end: list[float] = []
        self._rate: list[float] = []
        self._stops: list[float] = []
        self._used: list[float] = []
        self._through: list[float] = []
        self._lines: list[int] = []
        self._done = 0
        self._total_s = 0.0
        self._epoch_s = 0.0
        self._unreached: list[float] = []
        """Lengths of which no window fits between the beginning of the epoch and now."""
        self.used_s = 0.0
        """What the GC used, as time of all Ps."""
        self.span_s = 0.0

    def begin(self, time_s: float) -> None:
        """Start an epoch: no window reaches back over its beginning."""
        self._settle()
        self._close()
        for each in (self._begin, self._mark, self._last, self._end):
            each[:] = [time_s]
        for each in (self._rate, self._used, self._through, self._stops):
            each[:] = [0.0]
        self._lines[:] = [0]
        self._done, self._total_s = 1, 0.0
        self._epoch_s, self._unreached = time_s, list(self._worst)

    def add(
        self,
        begins_s: list[float],
        stops: list[tuple[float, float, float, float]],
        lines: list[int],
    ) -> None:
        """Take collections: when each begins, and its first stop, mark, last stop, mark's use.

        The three durations are seconds, the use is a share of all Ps. Collections must not overlap.
        """
        if not self._begin:
            self.begin(begins_s[0] if begins_s else 0.0)
        total_s = self._total_s
        for begin_s, (first_s, mark_s, last_s, rate) in zip(begins_s, stops, strict=True):
            mark_at = begin_s + first_s
            last_at = mark_at + mark_s
            self._mark.append(mark_at)
            self._last.append(last_at)
            self._end.append(last_at + last_s)
            self._used.append(total_s)
            self._rate.append(rate)
            self._stops.append(first_s + last_s)
            total_s += first_s + mark_s * rate + last_s
            self._through.append(total_s)
        self._begin += begins_s
        self._lines += lines
        self._total_s = total_s
        self._settle()

    def windows(self) -> list[Window]:
        """Return the worst window of each length that fits into the run."""
        self._settle()
        return [
            Window(
                length_ms=round(length_s * 1000, 6),
                utilisation=round(min(1.0, max(0.0, 1 - worst.used_s / length_s)), 9),
                begin_s=worst.begin_s,
                line=worst.line,
            )
            for length_s, worst in self._worst.items()
            if worst.used_s >= 0
        ]

    def totals_s(self) -> tuple[float, float]:
        """Return what the GC used and how long all that was."""
        span_s = self._end[-1] - self._begin[0] if self._begin else 0.0
        return self.used_s + self._total_s, self.span_s + span_s

    def _close(self) -> None:
        self.used_s, self.span_s = self.totals_s()

    def _settle(self) -> None:
        """Look at the collections that came since, then forget what no window reaches."""
        count = len(self._begin)
        if self._done >= count:
            return
        for first in range(self._done, count, _BLOCK):
            self._block(first, min(count, first + _BLOCK))
        self._done = count
        self._at_the_beginning()
        keep = max(bisect_left(self._end, self._end[-1] - _LONGEST_S) - 1, count - _MOST_KEPT, 0)
        # The beginning of the run stays as long as a window reaches it.
        if keep > 2 * _BLOCK:
            self._forget(keep)

    def _at_the_beginning(self) -> None:
        """Try the first window of each length: it cannot move to where use falls."""
        while self._unreached and self._epoch_s + self._unreached[0] <= self._end[-1]:
            length_s = self._unreached.pop(0)
            end_s = self._epoch_s + length_s
            self._try(end_s, length_s, bisect_right(self._begin, end_s) - 1)

    def _forget(self, keep: int) -> None:
        begin_s = self._begin[0]
        for each in (self._begin, self._mark, self._last, self._end, self._stops):
            del each[:keep]
        for each in (self._rate, self._used, self._through):
            del each[:keep]
        del self._lines[:keep]
        self._done -= keep
        self.span_s += self._begin[0] - begin_s

    def _block(self, first: int, behind: int) -> None:
        begins, ends, used = self._begin, self._end, self._used
        until = self._through[behind - 1]
        longest = max(self._stops[first:behind])
        rate = max(self._rate[first:behind])
        gap_s = min(begins[i] - ends[i - 1] for i in range(first, behind))
        for length_s, worst in self._worst.items():
            touched = bisect_right(ends, begins[first] - length_s)
            if min(until - used[touched], length_s) <= worst.used_s + _NOISE_S:
                continue
            if gap_s >= length_s and longest + rate * length_s <= worst.used_s + _NOISE_S:
                continue
            self._each(first, behind, length_s, worst)

    def _each(self, first: int, behind: int, length_s: float, worst: _Worst) -> None:
        begins, ends, used, through = self._begin, self._end, self._used, self._through
        touched = bisect_right(ends, begins[first] - length_s)
        least_s = worst.used_s + _NOISE_S
        for i in range(first, behind):
            reach_s = begins[i] - length_s
            while ends[touched] <= reach_s:
                touched += 1
            if through[i] - used[touched] <= least_s:
                continue
            if self._at_most(touched, i, length_s) > least_s:
                self._exactly(i, length_s)
                least_s = worst.used_s + _NOISE_S

    def _at_most(self, first: int, i: int, length_s: float) -> float:
        """Return a bound of the use in windows from collection `first` to `i`."""
        used_s, room_s, stops_s = 0.0, length_s, self._stops[i]
        both_s = self._through[i] - self._used[i]
        rate = self._rate[i]
        if first != i and self._end[first] <= self._end[i] - length_s:
            # A window may begin behind the first of them, and reach further into the last.
            return self._through[i] - self._used[first]
        if first == i and length_s <= self._last[i] - self._mark[i]:
            # One of the two stops, never both.
            stops_s = max(self._mark[i] - self._begin[i], self._end[i] - self._last[i])
        if first != i:
            used_s = self._used[i] - self._used[first + 1]
            room_s -= self._begin[i] - self._end[first]
            both_s += self._used[first + 1] - self._used[first]
            stops_s += self._stops[first]
            rate = max(rate, self._rate[first])
        if room_s > stops_s:
            room_s = stops_s + rate * (room_s - stops_s)
        return used_s + min(both_s, room_s)

    def _exactly(self, i: int, length_s: float) -> None:
        """Try the windows that end in collection `i`."""
        ends = [self._mark[i], self._end[i]]
        for rises in (self._begin, self._last):
            low = bisect_right(rises, self._begin[i] - length_s)
            high = bisect_right(rises, self._end[i] - length_s)
            ends += [rises[k] + length_s for k in range(low, high)]
        for end_s in ends:
            self._try(end_s, length_s, i)

    def _try(self, end_s: float, length_s: float, i: int) -> None:
        begin_s, worst = end_s - length_s, self._worst[length_s]
        if begin_s < self._epoch_s - _NOISE_S:
            return
        used_s = self._used_until(end_s) - self._used_until(begin_s)
        if used_s > worst.used_s:
            worst.used_s, worst.begin_s, worst.line = used_s, begin_s, self._lines[i]

    def _used_until(self, time_s: float) -> float:
        i = bisect_right(self._begin, time_s) - 1
        if i < 0:
            return self._used[0]
        first_s = min(time_s, self._mark[i]) - self._begin[i]
        mark_s = max(0.0, min(time_s, self._last[i]) - self._mark[i])
        last_s = max(0.0, min(time_s, self._end[i]) - self._last[i])
        return self._used[i] + first_s + mark_s * self._rate[i] + last_s
