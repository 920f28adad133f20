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
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from operator import add, mul

WINDOWS_MS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0)
_LONGEST_S = WINDOWS_MS[-1] / 1000
_FEW = 64
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
    file: str | None = None
    """In which file that is, where the run is in several."""


@dataclass(frozen=True, slots=True)
class Phases:
    """Collections in the order of time, as columns; the durations are seconds."""

    begins_s: Sequence[float]
    first_stops_s: Sequence[float]
    marks_s: Sequence[float]
    last_stops_s: Sequence[float]
    rates: Sequence[float]
    """What each mark uses, a share of all Ps."""
    lines: Sequence[int]

    def kept(self, which: Sequence[bool]) -> Phases:
        """Return some of them."""
        return Phases(
            list(compress(self.begins_s, which)),
            list(compress(self.first_stops_s, which)),
            list(compress(self.marks_s, which)),
            list(compress(self.last_stops_s, which)),
            list(compress(self.rates, which)),
            list(compress(self.lines, which)),
        )


@dataclass(slots=True)
class _Worst:
    length_s: float
    used_s: float = -1.0
    begin_s: float = 0.0
    line: int = 0


class Utilisation:
    """Takes collections in the order of time, in bounded memory; see `add`."""

    def __init__(self, windows_ms: tuple[float, ...] = WINDOWS_MS) -> None:
        self._worst = [_Worst(each / 1000) for each in windows_ms]
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
        self._unreached: list[_Worst] = []
        """Those of a length of which no window fits between the epoch's beginning and now."""
        self.used_s = 0.0
        """What the GC used, as time of all Ps."""
        self.span_s = 0.0

    def begin(self, time_s: float) -> None:
        """Start an epoch: no window reaches back over its beginning."""
        self._close()
        for each in (self._begin, self._mark, self._last, self._end):
            each[:] = [time_s]
        for each in (self._rate, self._used, self._through, self._stops):
            each[:] = [0.0]
        self._lines[:] = [0]
        self._done, self._total_s = 1, 0.0
        self._epoch_s, self._unreached = time_s, list(self._worst)

    def add(self, phases: Phases) -> None:
        """Take collections. They must not overlap."""
        if not phases.begins_s:
            return
        if not self._begin:
            self.begin(phases.begins_s[0])
        marks_s = list(map(add, phases.begins_s, phases.first_stops_s))
        lasts_s = list(map(add, marks_s, phases.marks_s))
        stops_s = list(map(add, phases.first_stops_s, phases.last_stops_s))
        uses_s = map(add, stops_s, map(mul, phases.marks_s, phases.rates))
        until_s = list(accumulate(uses_s, initial=self._total_s))
        self._begin += phases.begins_s
        self._mark += marks_s
        self._last += lasts_s
        self._end += map(add, lasts_s, phases.last_stops_s)
        self._rate += phases.rates
        self._stops += stops_s
        self._used += until_s[:-1]
        self._through += until_s[1:]
        self._lines += phases.lines
        self._total_s = until_s[-1]
        self._settle()

    def windows(self) -> list[Window]:
        """Return the worst window of each length that fits into the run."""
        return [
            Window(
                length_ms=round(worst.length_s * 1000, 6),
                utilisation=round(min(1.0, max(0.0, 1 - worst.used_s / worst.length_s)), 9),
                begin_s=worst.begin_s,
                line=worst.line,
            )
            for worst in self._worst
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
        for worst in self._worst:
            self._look(self._done, worst)
        self._done = count
        self._at_the_beginning()
        keep = max(bisect_left(self._end, self._end[-1] - _LONGEST_S) - 1, count - _MOST_KEPT, 0)
        # The beginning of the run stays as long as a window reaches it.
        if keep > _FEW:
            self._forget(keep)

    def _at_the_beginning(self) -> None:
        """Try the first window of each length: it cannot move to where use falls."""
        while self._unreached and self._epoch_s + self._unreached[0].length_s <= self._end[-1]:
            worst = self._unreached.pop(0)
            end_s = self._epoch_s + worst.length_s
            i = bisect_right(self._begin, end_s) - 1
            self._try(self._used_until(i, end_s) - self._used[0], self._epoch_s, worst, i)

    def _forget(self, keep: int) -> None:
        begin_s = self._begin[0]
        for each in (self._begin, self._mark, self._last, self._end, self._stops):
            del each[:keep]
        for each in (self._rate, self._used, self._through):
            del each[:keep]
        del self._lines[:keep]
        self._done -= keep
        self.span_s += self._begin[0] - begin_s

    def _look(self, first: int, worst: _Worst) -> None:
        """Look at the windows that end in collection `first` or later, where they may be worse."""
        begins, ends, used, through = self._begin, self._end, self._used, self._through
        length_s, least_s = worst.length_s, worst.used_s + _NOISE_S
        if length_s <= least_s:
            return
        i, behind = first, len(begins)
        touched = bisect_right(ends, begins[i] - length_s)
        # Later windows touch no earlier collections: as long as not enough is used, none is worse.
        while (i := bisect_right(through, used[touched] + least_s, i)) < behind:
            touched = bisect_right(ends, begins[i] - length_s, touched)
            if through[i] - used[touched] <= least_s:
                continue
            if self._at_most(touched, i, length_s) > least_s:
                self._exactly(i, touched, worst)
                least_s = worst.used_s + _NOISE_S
            i += 1

    def _at_most(self, first: int, i: int, length_s: float) -> float:
        """Return a bound of the use in windows from collection `first` to `i`."""
        stops_s, rate = self._stops[i], self._rate[i]
        if first == i:
            return stops_s + rate * max(0.0, length_s - stops_s)
        if self._end[first] <= self._end[i] - length_s:
            # A window may begin behind the first of them, and reach further into the last.
            return self._through[i] - self._used[first]
        between_s = self._used[i] - self._used[first + 1]
        room_s = length_s - (self._begin[i] - self._end[first])
        stops_s += self._stops[first]
        return between_s + stops_s + max(rate, self._rate[first]) * max(0.0, room_s - stops_s)

    def _exactly(self, i: int, touched: int, worst: _Worst) -> None:
        """Try the windows that end in collection `i`; the earliest of them reaches `touched`."""
        begins, lasts, ends = self._begin, self._last, self._end
        length_s, through_s = worst.length_s, self._through[i]
        first_s, last_s = begins[i] - length_s, ends[i] - length_s
        k = touched
        while k <= i and begins[k] <= last_s:
            for rise_s in (begins[k], lasts[k]):
                if first_s < rise_s <= last_s:
                    until_s = self._used_until(i, rise_s + length_s)
                    self._try(until_s - self._used_until(k, rise_s), rise_s, worst, i)
            k += 1
        stopped_s = self._used[i] + self._mark[i] - begins[i]
        k = touched
        for used_s, fall_s in ((stopped_s, self._mark[i]), (through_s, ends[i])):
            begin_s = fall_s - length_s
            while ends[k] <= begin_s:
                k += 1
            self._try(used_s - self._used_until(k, begin_s), begin_s, worst, i)

    def _try(self, used_s: float, begin_s: float, worst: _Worst, i: int) -> None:
        if used_s > worst.used_s + _NOISE_S and begin_s >= self._epoch_s - _NOISE_S:
            # A difference of two sums may be a last bit below nothing.
            worst.used_s, worst.begin_s, worst.line = max(0.0, used_s), begin_s, self._lines[i]

    def _used_until(self, i: int, time_s: float) -> float:
        """Return the use until a time that is before the end of collection `i`, or in the gap."""
        since_s = time_s - self._begin[i]
        if since_s <= 0:
            return self._used[i]
        first_s = self._mark[i] - self._begin[i]
        if since_s <= first_s:
            return self._used[i] + since_s
        if time_s < self._last[i]:
            return self._used[i] + first_s + (time_s - self._mark[i]) * self._rate[i]
        return self._through[i] - max(0.0, self._end[i] - time_s)
