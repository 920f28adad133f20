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
from itertools import accumulate, compress, islice, repeat
from operator import add, mul

WINDOWS_MS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0)
_FEW = 64
_NEAR = 16
_MOST_KEPT = 1 << 16
"""Collections within the longest window; of more, which no clock allows, the oldest are dropped."""
_NOISE_MS = 1e-6


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
    """Collections in the order of time, as columns."""

    begins_s: Sequence[float]
    first_stops_ms: Sequence[float]
    marks_ms: Sequence[float]
    last_stops_ms: Sequence[float]
    rates: Sequence[float]
    """What each mark uses, a share of all Ps."""
    lines: Sequence[int]

    def kept(self, which: Sequence[bool]) -> Phases:
        """Return some of them."""
        return Phases(
            list(compress(self.begins_s, which)),
            list(compress(self.first_stops_ms, which)),
            list(compress(self.marks_ms, which)),
            list(compress(self.last_stops_ms, which)),
            list(compress(self.rates, which)),
            list(compress(self.lines, which)),
        )


@dataclass(slots=True)
class _Worst:
    length_ms: float
    used_ms: float = -1.0
    begin_ms: float = 0.0
    line: int = 0


class Utilisation:
    """Takes collections in the order of time, in bounded memory; see `add`."""

    def __init__(self, windows_ms: tuple[float, ...] = WINDOWS_MS) -> None:
        self._worst = [_Worst(each) for each in windows_ms]
        # Of each collection: begin, end of the first stop, begin of the last, end.
        self._begin: list[float] = []
        self._mark: list[float] = []
        self._last: list[float] = []
        self._end: list[float] = []
        self._rate: list[float] = []
        self._used: list[float] = []
        """What was used until each of them; behind the last stands all that was."""
        self._lines: list[int] = []
        self._done = 0
        self._epoch_ms = 0.0
        self._unreached: list[_Worst] = []
        """Those of a length of which no window fits between the epoch's beginning and now."""
        self._closed_used_ms = self._closed_span_ms = 0.0
        """Of what is forgotten."""

    def begin(self, time_s: float) -> None:
        """Start an epoch: no window reaches back over its beginning."""
        self._close()
        time_ms = 1000 * time_s
        for each in (self._begin, self._mark, self._last, self._end):
            each[:] = [time_ms]
        self._rate[:], self._used[:], self._lines[:] = [0.0], [0.0, 0.0], [0]
        self._done = 1
        self._epoch_ms, self._unreached = time_ms, list(self._worst)

    def add(self, phases: Phases) -> None:
        """Take collections. They must not overlap."""
        if not phases.begins_s:
            return
        if not self._begin:
            self.begin(phases.begins_s[0])
        begins_ms = list(map(mul, phases.begins_s, repeat(1000.0)))
        marks_ms = list(map(add, begins_ms, phases.first_stops_ms))
        lasts_ms = list(map(add, marks_ms, phases.marks_ms))
        stops_ms = map(add, phases.first_stops_ms, phases.last_stops_ms)
        uses_ms = map(add, stops_ms, map(mul, phases.marks_ms, phases.rates))
        self._begin += begins_ms
        self._mark += marks_ms
        self._last += lasts_ms
        self._end += map(add, lasts_ms, phases.last_stops_ms)
        self._rate += phases.rates
        self._used += islice(accumulate(uses_ms, initial=self._used[-1]), 1, None)
        self._lines += phases.lines
        self._settle()

    def windows(self) -> list[Window]:
        """Return the worst window of each length that fits into the run."""
        return [
            Window(
                length_ms=worst.length_ms,
                utilisation=round(min(1.0, max(0.0, 1 - worst.used_ms / worst.length_ms)), 9),
                begin_s=worst.begin_ms / 1000,
                line=worst.line,
            )
            for worst in self._worst
            if worst.used_ms >= 0
        ]

    def totals_s(self) -> tuple[float, float]:
        """Return what the GC used, as time of all Ps, and how long all that was."""
        if not self._begin:
            return self._closed_used_ms / 1000, self._closed_span_ms / 1000
        used_ms = self._closed_used_ms + self._used[-1]
        return used_ms / 1000, (self._closed_span_ms + self._end[-1] - self._begin[0]) / 1000

    def _close(self) -> None:
        if self._begin:
            self._closed_used_ms += self._used[-1]
            self._closed_span_ms += self._end[-1] - self._begin[0]

    def _settle(self) -> None:
        """Look at the collections that came since, then forget what no window reaches."""
        count = len(self._begin)
        for worst in self._worst:
            self._look(self._done, worst)
        self._done = count
        self._at_the_beginning()
        keep = max(
            bisect_left(self._end, self._end[-1] - WINDOWS_MS[-1]) - 1, count - _MOST_KEPT, 0
        )
        # The beginning of the run stays as long as a window reaches it.
        if keep > _FEW:
            self._forget(keep)

    def _at_the_beginning(self) -> None:
        """Try the first window of each length: it cannot move to where use falls."""
        while self._unreached and self._epoch_ms + self._unreached[0].length_ms <= self._end[-1]:
            worst = self._unreached.pop(0)
            end_ms = self._epoch_ms + worst.length_ms
            i = bisect_right(self._begin, end_ms) - 1
            self._try(self._used_until(i, end_ms) - self._used[0], self._epoch_ms, worst, i)

    def _forget(self, keep: int) -> None:
        begin_ms = self._begin[0]
        for each in (self._begin, self._mark, self._last, self._end, self._rate, self._used):
            del each[:keep]
        del self._lines[:keep]
        self._done -= keep
        self._closed_span_ms += self._begin[0] - begin_ms

    def _look(self, first: int, worst: _Worst) -> None:
        """Look at the windows that end in collection `first` or later, where they may be worse."""
        begins, ends, used = self._begin, self._end, self._used
        length_ms, least_ms = worst.length_ms, worst.used_ms + _NOISE_MS
        if length_ms <= least_ms:
            return
        i, count = first, len(begins)
        touched = bisect_right(ends, begins[i] - length_ms)
        while True:
            # Later windows touch no earlier collections: as long as not enough is used, none is
            # worse. Mostly that is soon over, so it is looked for nearby first.
            most_ms, near = used[touched] + least_ms, i + _NEAR
            above = bisect_right(used, most_ms, i + 1, near) if near <= count else near
            if above == near:
                above = bisect_right(used, most_ms, i + 1)
            i = above - 1
            if i >= count:
                return
            touched = bisect_right(ends, begins[i] - length_ms, touched, i + 1)
            if used[i + 1] - used[touched] <= least_ms:
                continue
            if self._at_most(touched, i, length_ms) > least_ms:
                self._exactly(i, touched, worst)
                least_ms = worst.used_ms + _NOISE_MS
            i += 1

    def _at_most(self, first: int, i: int, length_ms: float) -> float:
        """Return a bound of the use in windows from collection `first` to `i`."""
        if first < i:
            # None of them begins earlier, none ends later.
            return self._used[i + 1] - self._used_until(first, self._begin[i] - length_ms)
        first_ms, mark_ms = self._mark[i] - self._begin[i], self._last[i] - self._mark[i]
        last_ms, rate = self._end[i] - self._last[i], self._rate[i]
        stop_ms = min(length_ms, max(first_ms, last_ms))
        most_ms = stop_ms + rate * min(mark_ms, length_ms - stop_ms)
        if length_ms <= mark_ms:
            return most_ms
        both_ms = min(first_ms + last_ms, length_ms - mark_ms)
        return max(most_ms, both_ms + rate * mark_ms)

    def _exactly(self, i: int, touched: int, worst: _Worst) -> None:
        """Try the windows that end in collection `i`; the earliest of them reaches `touched`."""
        begins, lasts, ends = self._begin, self._last, self._end
        length_ms, through_ms = worst.length_ms, self._used[i + 1]
        first_ms, last_ms = begins[i] - length_ms, ends[i] - length_ms
        k = touched
        while k <= i and begins[k] <= last_ms:
            for rise_ms in (begins[k], lasts[k]):
                if first_ms < rise_ms <= last_ms:
                    until_ms = self._used_until(i, rise_ms + length_ms)
                    self._try(until_ms - self._used_until(k, rise_ms), rise_ms, worst, i)
            k += 1
        stopped_ms = self._used[i] + self._mark[i] - begins[i]
        k = touched
        for used_ms, fall_ms in ((stopped_ms, self._mark[i]), (through_ms, ends[i])):
            begin_ms = fall_ms - length_ms
            while ends[k] <= begin_ms:
                k += 1
            self._try(used_ms - self._used_until(k, begin_ms), begin_ms, worst, i)

    def _try(self, used_ms: float, begin_ms: float, worst: _Worst, i: int) -> None:
        if used_ms > worst.used_ms + _NOISE_MS and begin_ms >= self._epoch_ms - _NOISE_MS:
            # A difference of two sums may be a last bit below nothing.
            worst.used_ms, worst.begin_ms, worst.line = max(0.0, used_ms), begin_ms, self._lines[i]

    def _used_until(self, i: int, time_ms: float) -> float:
        """Return the use until a time that is before the end of collection `i`, or in the gap."""
        since_ms = time_ms - self._begin[i]
        if since_ms <= 0:
            return self._used[i]
        first_ms = self._mark[i] - self._begin[i]
        if since_ms <= first_ms:
            return self._used[i] + since_ms
        if time_ms < self._last[i]:
            return self._used[i] + first_ms + (time_ms - self._mark[i]) * self._rate[i]
        return self._used[i + 1] - max(0.0, self._end[i] - time_ms)
