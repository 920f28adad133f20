"""Sets of Go versions: what the grammar and the notes say of who prints what, as intervals.

Written as people write them: `1.18 – 1.25`, `1.14, 1.19 – 1.20`, `1.5beta1 – 1.5beta2`, `1.19 –`
for that and everything later, `r60` for what was before Go 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_Point = tuple[int, int, int]
"""Minor version, stage (development, beta, release candidate, release), number within it."""

_LOWEST: _Point = (-2, 0, 0)
_HIGHEST: _Point = (1 << 30, 0, 0)
_BEFORE_ALL = -4
_STAGES = {"dev": -3, "beta": -2, "rc": -1, "": 0}
_ANY_NUMBER = 1 << 30
_VERSION = re.compile(
    r"(?:go)?1\.(?P<minor>\d{1,4})"
    r"(?:(?P<stage>dev|beta|rc)(?P<number>\d{0,9})|\.(?P<patch>\d{1,4}))?"
)
_DASH = re.compile(r"\s*[–-]\s*")
_ASIDE = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Versions:
    """A set of Go versions, as intervals in order."""

    spans: tuple[tuple[_Point, _Point], ...]

    def __and__(self, other: Versions) -> Versions:
        """Return the versions that are in both."""
        both = [
            (max(low, other_low), min(high, other_high))
            for low, high in self.spans
            for other_low, other_high in other.spans
        ]
        return Versions(tuple(sorted((low, high) for low, high in both if low <= high)))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __le__(self, other: Versions) -> bool:
        """Tell whether all of these are in `other`."""
        return self & other == self

    @property
    def bounds(self) -> tuple[_Point, _Point]:
        """The first and the last of them; there must be some."""
        return self.spans[0][0], self.spans[-1][1]

    def with_prereleases(self) -> Versions:
        """Return these and what came before each first one: 1.5 with its development and betas."""
        widened = [
            ((low[0], _BEFORE_ALL, 0) if low[1:] == (0, 0) else low, high)
            for low, high in self.spans
        ]
        return Versions(tuple(widened))

    def __str__(self) -> str:
        return ", ".join(_span_text(low, high) for low, high in self.spans)


EVERY = Versions(((_LOWEST, _HIGHEST),))
NONE = Versions(())


@cache
def versions(text: str) -> Versions:
    """Read a set of versions; what cannot be read excludes nothing."""
    spans: list[tuple[_Point, _Point]] = []
    for item in _ASIDE.sub("", text).split(","):
        begin, *ends = _DASH.split(item.strip(), maxsplit=1)
        first = _points(begin)
        last = first if not ends else _points(ends[0]) if ends[0] else (_HIGHEST, _HIGHEST)
        if first is None or last is None:
            return EVERY
        spans.append((first[0], last[1]))
    return Versions(tuple(sorted(spans)))


def _points(text: str) -> tuple[_Point, _Point] | None:
    """Return the first and the last of what one version's name stands for."""
    if text == "r60":
        return (-1, 0, 0), (-1, 0, _ANY_NUMBER)
    found = _VERSION.match(text)
    if found is None:
        return None
    minor, stage = int(found["minor"]), _STAGES[found["stage"] or ""]
    number = found["patch"] or found["number"]
    if number:
        return (minor, stage, int(number)), (minor, stage, int(number))
    return (minor, stage, 0), (minor, stage, _ANY_NUMBER)


def _span_text(low: _Point, high: _Point) -> str:
    begin, end = _name(low), _name(high)
    if high == _HIGHEST:
        return "every version" if low == _LOWEST else f"{begin} and later"
    if low == _LOWEST:
        return f"up to {end}"
    return begin if begin == end else f"{begin} – {end}"


def _name(point: _Point) -> str:
    minor, stage, number = point
    if minor < 0:
        return "r60"
    word = next((word for word, value in _STAGES.items() if value == stage), "")
    shown = "" if number in {0, _ANY_NUMBER} else str(number)
    if not word and shown:
        shown = f".{shown}"
    return f"1.{minor}{word}{shown}"
