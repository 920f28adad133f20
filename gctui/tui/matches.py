"""Where a text is found in the lines of the output: at most so many places are counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gctui.analysis.neutral import neutral

MOST_COUNTED = 1000

Place = tuple[int, int]
"""The number of a line, and where in it a match begins."""


@dataclass(frozen=True, slots=True)
class Match:
    """One match and its place among all of them."""

    place: Place
    before: int
    after: int
    """How many there are before and after it; from MOST_COUNTED on, at least so many."""

    @property
    def about(self) -> str:
        """Its place in words: `match 3 of 17`, `match 3 of ≥ 1,002`."""
        is_counted = self.after < MOST_COUNTED
        if self.before >= MOST_COUNTED:
            return f"≥ {self.before + self.after + 1:,} matches"
        total = self.before + 1 + self.after
        return f"match {self.before + 1:,} of {'' if is_counted else '≥ '}{total:,}"


@dataclass(frozen=True, slots=True)
class Searched:
    """What is searched in which lines: those from number `first` on, as the program wrote them."""

    wanted: re.Pattern[str]
    lines: Sequence[str]
    first: int

    def find(self, at: Place, step: int) -> Match | None:
        """Return the next (1) or the previous (-1) match from `at` on, round the end if need be."""
        ends = (self.first, -1), (self.first + len(self.lines), -1)
        towards = self._after if step > 0 else self._before
        begin, end = ends if step > 0 else ends[::-1]
        place = next(towards(at, end), None) or next(towards(begin, at), None)
        if place is None:
            return None
        return Match(
            place, _count(self._before(place, ends[0])), _count(self._after(place, ends[1]))
        )

    def _after(self, at: Place, last: Place) -> Iterator[Place]:
        """Yield the places behind `at`, as far as the line of `last`."""
        for number in range(max(self.first, at[0]), min(self._end, last[0] + 1)):
            yield from (place for place in self._in_line(number) if place > at)

    def _before(self, at: Place, last: Place) -> Iterator[Place]:
        """Yield the places ahead of `at`, the nearest first, as far as the line of `last`."""
        for number in range(min(self._end - 1, at[0]), max(self.first, last[0]) - 1, -1):
            yield from (place for place in self._in_line(number)[::-1] if place < at)

    @property
    def _end(self) -> int:
        return self.first + len(self.lines)

    def _in_line(self, number: int) -> list[Place]:
        text = neutral(self.lines[number - self.first])
        return [(number, match.start()) for match in self.wanted.finditer(text)]


def _count(places: Iterator[Place]) -> int:
    return sum(1 for _ in islice(places, MOST_COUNTED))
