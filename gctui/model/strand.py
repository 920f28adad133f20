"""One run of one program as its own lines tell it: a counter and a clock that go on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log2

from gctui.events import Gc, Scav, Scvg
from gctui.events.versions import versions
from gctui.model.cycle import start_of, work_of

_CLOCK_ROUNDING_S = 0.002
_SURE_GAP = 16
"""So many lines may be lost between two of one program, whatever its pace."""
_PACE_FACTOR = 4.0
"""And so many times as many as its pace lets expect."""
_MOST_MISSING = 16
_HEAP_ROUNDING_MB = 1
_HEAP_ROUNDING_SHARE = 0.02
_OTHER_PROCS_COST = 8.0
_LATE_COST = 3.0
_GAP_COST, _GAP_WEIGHT = 4.0, 2.5
_HURRY_WEIGHT = 2.0
_LOST_HEAP_COST = 6.0
_AHEAD_WEIGHT, _BEHIND_WEIGHT = 0.5, 1.5
_OFFSET_KNOWN_AFTER = 3
_AXIS_UNIT_S = 0.02
_BLOCK_COST, _BLOCK_WEIGHT = 4.0, 0.1
"""Beyond this cost, it matters little how far a line is from its time if its number is due."""
_MOST_LOST_BETWEEN_BLOCKS = 1
"""The line in which one block ended and another began."""
_BASE_MB = 4
_HELD_BACK_S = 10.0
LOOKED_AT = 16
"""Where many lines come at once, one of so many tells how large the heap was."""
_SCAV_WITHIN = 4
"""Since Go 1.19 each collection has a line of the scavenger right behind it, but for others'."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a gc line tells whose it is; each figure is read once."""

    gc: Gc
    n: int
    start_s: float | None
    end_s: float | None
    heap_start_mb: int | None
    live_before_mb: int | None
    """Go 1.3 and 1.4 print what the collection before left."""
    live_mb: int | None
    goal_mb: int | None
    mallocs: int | None
    frees: int | None

    @classmethod
    def of(cls, gc: Gc) -> Reading:
        """Read a line that has a number."""
        start_s = start_of(gc)
        return cls(
            gc,
            gc.n or 0,
            start_s,
            None if start_s is None else start_s + work_of(gc).wall_ms / 1000,
            gc.heap_start_mb,
            gc.heap_live_previous_mb,
            gc.heap_live_mb,
            gc.heap_goal_mb,
            gc.mallocs,
            gc.frees,
        )


class Strand:
    """What the lines so far said, as much as is needed to tell which line comes next."""

    __slots__ = (
        "_last",
        "at_s",
        "began_s",
        "count",
        "first_n",
        "heard",
        "is_past",
        "missing",
        "n",
        "offset_s",
        "pages",
        "peak_mb",
        "procs",
        "released_kib",
        "scav_due_until",
        "scvg_n",
        "source",
        "told_s",
    )

    def __init__(self, source: str | None, offset_s: float = 0.0) -> None:
        self.source = source
        self.offset_s = offset_s
        """The zero of its clock on the axis that is common to all of a stream."""
        self.first_n: int | None = None
        self.n = 0
        self.count = 0
        self._last: Reading | Gc | None = None
        self.began_s: float | None = None
        self.at_s: float | None = None
        """The newest moment by its own clock, of whatever line."""
        self.procs: int | None = None
        self.missing: dict[int, tuple[float, float]] = {}
        """Numbers that were skipped lately, and between which times: their lines may be late."""
        self.is_past = False
        """Another strand seems to be the same program's next life: only a counter tells better."""
        self.heard = 0
        """The place of its newest line in the stream."""
        self.scav_due_until = 0
        """Where in the stream its newest collection's line of the scavenger may still come."""
        self.released_kib: int | None = None
        """As its newest line of the scavenger tells."""
        self.peak_mb = 0
        """The largest heap that it told of."""
        self.pages: tuple[int, ...] | None = None
        """In use, idle and from the system, in MB, as the scavenger told before Go 1.14."""
        self.scvg_n: int | None = None
        self.told_s: dict[str, float] = {}
        """When the newest lines of each kind were that tell how long it has run."""

    @property
    def last(self) -> Reading | None:
        """Its newest collection."""
        if isinstance(self._last, Gc):
            self._last = Reading.of(self._last)
            self.tell_time(self._last.end_s)
        return self._last

    def takes_next(self, gc: Gc, n: int, heard: int) -> bool:
        """Go on with this line if it plainly is the next one; reads as little as that takes.

        So it is with nearly every line of a stream that one program alone prints to.
        """
        last = self._last
        if n != self.n + 1 or last is None:
            return False
        before = last if isinstance(last, Gc) else last.gc
        start_s = start_of(gc)
        if type(before) is not type(gc) or start_s is None or start_s < (self.at_s or 0.0):
            return False
        self.heard = heard
        self.count += 1
        self.scav_due_until = heard + _SCAV_WITHIN
        self.n, self._last, self.at_s = n, gc, start_s
        self.peak_mb = max(self.peak_mb, gc.heap_start_mb or 0)
        return True

    def take_all(self, last: Gc, count: int, peak_mb: int, heard: int) -> None:
        """Go on with `count` lines that plainly are the next ones, up to `last`."""
        self.heard = heard
        self.count += count
        self.scav_due_until = heard + _SCAV_WITHIN
        self._last = last
        self.n = last.n or 0
        self.peak_mb = max(self.peak_mb, peak_mb)
        self.tell_time(start_of(last))

    def become(self, other: Strand) -> None:
        """Take over all that another one, which was a copy, knows by now."""
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))

    def take_figures(self, event: Scav | Scvg) -> None:
        """Go on with a line of the scavenger."""
        if isinstance(event, Scav):
            self.released_kib, self.scav_due_until = event.released_kib, 0
            return
        self.scvg_n = event.n
        if event.inuse_mb is not None:
            self.pages = pages_of(event)

    def take(self, reading: Reading, heard: int) -> None:
        """Go on with this line."""
        self.heard = heard
        self.count += 1
        self.scav_due_until = heard + _SCAV_WITHIN
        if self.first_n is None:
            self.first_n = reading.n
        if reading.n in self.missing:
            del self.missing[reading.n]
            return
        if reading.n > self.n + 1 and self.last is not None:
            self._skip(self.last, reading)
        self.n = reading.n
        self._last = reading
        self.procs = reading.gc.procs
        self.peak_mb = max(self.peak_mb, reading.heap_start_mb or 0)
        self.tell_time(reading.end_s)

    def _skip(self, last: Reading, reading: Reading) -> None:
        between_s = last.start_s or 0.0, reading.start_s or 0.0
        first = max(self.n + 1, reading.n - _MOST_MISSING)
        self.missing |= dict.fromkeys(range(first, reading.n), between_s)
        for number in sorted(self.missing)[:-_MOST_MISSING]:
            del self.missing[number]

    def tell_time(self, at_s: float | None) -> None:
        """Take note of a moment by its own clock."""
        if at_s is not None:
            self.at_s = max(at_s, self.at_s or 0.0)
            if self.began_s is None:
                self.began_s = at_s

    def may_be_at(self, at_s: float, kind: str) -> bool:
        """Tell whether a line that tells how long a program has run may be of this one.

        A snapshot of the scheduler comes behind the gc lines that were printed between its lines.
        """
        if kind in self.told_s:
            return at_s >= self.told_s[kind]
        return self.at_s is None or at_s >= self.at_s - _HELD_BACK_S

    @property
    def lasted_s(self) -> float:
        """How long it was heard, by its own clock."""
        return 0.0 if self.at_s is None or self.began_s is None else self.at_s - self.began_s

    def cost(self, reading: Reading, axis_s: float) -> float | None:
        """Return how unlikely this line is its next one; None where it cannot be."""
        last = self.last
        if last is not None and not share_a_go(last.gc.versions, reading.gc.versions):
            return None
        if reading.n in self.missing:
            return self._late_cost(reading)
        if reading.n <= self.n or not self._may_follow(reading):
            return None
        cost = self._distance(reading, axis_s)
        if self.procs is not None and self.procs != reading.gc.procs:
            cost += _OTHER_PROCS_COST
        return cost

    def is_next(self, reading: Reading) -> bool:
        """Tell whether the counter goes on without a gap."""
        return reading.n == self.n + 1 or reading.n in self.missing

    def _late_cost(self, reading: Reading) -> float | None:
        """Tell of a line that others overtook: it began before them."""
        if reading.start_s is None:
            return _LATE_COST
        after_s, before_s = self.missing[reading.n]
        return _LATE_COST if after_s <= reading.start_s <= before_s else None

    def _may_follow(self, reading: Reading) -> bool:
        """Tell whether clock, heap and counters could go on like this, as far as they are known."""
        last = self.last
        if last is None:
            return reading.end_s is None or self.at_s is None or reading.end_s >= self.at_s - 0.5
        if last.start_s is not None and reading.start_s is not None:
            earliest_s = last.end_s if last.gc.clock_sync_ms is None else last.start_s
            if reading.start_s < (earliest_s or 0.0) * 0.999 - _CLOCK_ROUNDING_S:
                return False
        if _went_back(last.mallocs, reading.mallocs) or _went_back(last.frees, reading.frees):
            return False
        return self._is_plausible_gap(reading)

    def _is_plausible_gap(self, reading: Reading) -> bool:
        gap, last = reading.n - self.n - 1, self.last
        if gap <= _SURE_GAP or last is None:
            return True
        if reading.start_s is None or last.start_s is None or not self.lasted_s:
            return False
        pace = self.count / self.lasted_s
        return gap <= _PACE_FACTOR * pace * (reading.start_s - last.start_s)

    def _distance(self, reading: Reading, axis_s: float) -> float:
        gap = reading.n - self.n - 1
        cost = self._gap_cost(self.last, reading, gap) if gap and self.last is not None else 0.0
        if reading.end_s is not None:
            cost += self._out_of_order(self.offset_s + reading.end_s - axis_s, gap)
        last = self.last
        if last is None:
            return cost
        cost += 2.0 * _apart(last.mallocs, reading.mallocs, base=1000)
        cost += _apart(last.live_before_mb, reading.live_before_mb)
        heap_cost = self._heap_distance(last, reading, is_next=not gap)
        return cost + (heap_cost / 2 if gap else heap_cost)

    def _gap_cost(self, last: Reading, reading: Reading, gap: int) -> float:
        """Lost lines are unlikely, and the more so the more there are than its pace explains."""
        cost = _GAP_COST + _GAP_WEIGHT * log2(1 + gap)
        if last.start_s is None or reading.start_s is None:
            return cost
        pace = self.count / (self.lasted_s or last.end_s or 1.0)
        expected = pace * (reading.start_s - last.start_s)
        return cost + _HURRY_WEIGHT * max(0.0, log2((1 + gap) / (1 + 2 * max(0.0, expected))))

    def _heap_distance(self, last: Reading, reading: Reading, *, is_next: bool) -> float:
        """Compare the goal and the heap with those of the collection before.

        They may leap when the heap grew at once: then the goal follows from what was live, and the
        collection began near its goal.
        """
        double_mb = None if last.live_mb is None else 2 * last.live_mb
        cost = min(_apart(last.goal_mb, reading.goal_mb), _apart(double_mb, reading.goal_mb))
        start_cost = _apart(last.heap_start_mb, reading.heap_start_mb)
        if reading.goal_mb is not None:
            start_cost = min(start_cost, cost + _apart(reading.goal_mb, reading.heap_start_mb))
        if is_next:
            # What the mark found alive is still there when the next one begins.
            lost_mb = (last.live_mb or 0) - (reading.heap_start_mb or 0)
            if lost_mb > _HEAP_ROUNDING_MB + _HEAP_ROUNDING_SHARE * (last.live_mb or 0):
                cost += _LOST_HEAP_COST
        return cost + start_cost

    def _out_of_order(self, ahead_s: float, gap: int) -> float:
        """Lines come in the order of time: one may be ahead after silence, none is behind.

        But whole blocks of lines may be, of programs whose output is buffered.
        """
        is_known = self.count > _OFFSET_KNOWN_AFTER
        weight = _BEHIND_WEIGHT if ahead_s < 0 and is_known else _AHEAD_WEIGHT
        cost = weight * log2(1 + abs(ahead_s) / _AXIS_UNIT_S)
        if gap > _MOST_LOST_BETWEEN_BLOCKS or cost <= _BLOCK_COST:
            return cost
        return _BLOCK_COST + _BLOCK_WEIGHT * (cost - _BLOCK_COST)


def pages_of(scvg: Scvg) -> tuple[int, ...]:
    """Return what is in use, idle and from the system, in MB."""
    return scvg.inuse_mb or 0, scvg.idle_mb or 0, scvg.sys_mb or 0


@cache
def share_a_go(one: str, other: str) -> bool:
    """Tell whether there is a Go among those that print one form and those that print another."""
    return one == other or bool(versions(one) & versions(other))


def _went_back(before: int | None, now: int | None) -> bool:
    return before is not None and now is not None and now < before


def _apart(before: int | None, now: int | None, base: int = _BASE_MB) -> float:
    """Return how far two sizes are apart, in doublings."""
    if before is None or now is None:
        return 0.0
    return abs(log2((now + base) / (before + base)))
