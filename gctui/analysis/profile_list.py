"""A function's source with the value of each line: `go tool pprof -list`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gctui.analysis.profile_nodes import pruned
from gctui.analysis.profile_pattern import NamePattern
from gctui.model.profile import Profile

_MARGIN = 5
"""Lines that are shown before the first and after the last one that has a value."""
_LONGEST_LISTING = 100_000


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One line of source; `text` is None where the source is not at hand."""

    number: int
    flat: int
    cum: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One function in one file: without its source, only the lines that have a value."""

    function: str
    file: str
    lines: list[ListedLine]
    flat: int
    cum: int
    """The sum over its lines: what a function holds through two of its own lines counts twice."""


@dataclass(slots=True)
class _Line:
    """A line's sums; `start` is where its function begins, 0 where that is not known."""

    start: int
    flat: int = 0
    cum: int = 0


_Key = tuple[str, str, int, int, str]
"""A line as pprof tells them apart: function, file, line, where the function begins, binary."""


def list_source(
    profile: Profile,
    type_index: int,
    pattern: str,
    read_source: Callable[[str], list[str] | None],
) -> list[Listing]:
    """Return the functions whose name `pattern` is found in, by name and file.

    `read_source` gives the lines of a file, or None. Raises GctuiError for a bad pattern.
    """
    by_place: dict[tuple[str, str], dict[int, list[_Line]]] = {}
    for (function, file, number, *_), line in _lines(pruned(profile), type_index, pattern).items():
        if line.flat or line.cum:
            by_place.setdefault((function, file), {}).setdefault(number, []).append(line)
    return [
        _listing(function, file, lines, read_source(file) if file else None)
        for (function, file), lines in sorted(by_place.items())
    ]


def _lines(profile: Profile, type_index: int, pattern: str) -> dict[_Key, _Line]:
    """Sum up by line, each once per stack."""
    wanted = NamePattern(pattern)
    names = {frame.function for location in profile.locations for frame in location.frames}
    matching = {name for name in names if wanted.found_in(name)}
    lines: dict[_Key, _Line] = {}
    keys = [_keys(profile, place, matching) for place in range(len(profile.locations))]
    for sample in profile.samples:
        value = sample.values[type_index]
        if not value or not sample.stack:
            continue
        for key in {key for place in sample.stack for key in keys[place] if key is not None}:
            lines.setdefault(key, _Line(key[3])).cum += value
        innermost = keys[sample.stack[0]]
        if innermost and innermost[0] is not None:
            lines[innermost[0]].flat += value
    return lines


def _keys(profile: Profile, place: int, matching: set[str]) -> list[_Key | None]:
    location = profile.locations[place]
    binary = location.mapping.file if location.mapping else ""
    return [
        (frame.function, frame.file, frame.line, frame.start_line, binary)
        if frame.function in matching
        else None
        for frame in location.frames
    ]


def _listing(
    function: str, file: str, lines: dict[int, list[_Line]], source: list[str] | None
) -> Listing:
    if source is None:
        numbers = sorted(lines) if file else []
    else:
        numbers = list(_shown(lines, len(source)))
    return Listing(
        function=function,
        file=file,
        lines=[
            ListedLine(
                number,
                sum(line.flat for line in lines.get(number, ())),
                sum(line.cum for line in lines.get(number, ())),
                None if source is None else source[number - 1],
            )
            for number in numbers
        ],
        flat=sum(line.flat for same in lines.values() for line in same),
        cum=sum(line.cum for same in lines.values() for line in same),
    )


def _shown(lines: dict[int, list[_Line]], length: int) -> range:
    """Return the lines to show: from where the function begins, as far as there is source."""
    starts = [line.start or number - _MARGIN for number, same in lines.items() for line in same]
    first = max(1, min(starts))
    last = min(length, max(lines) + _MARGIN)
    return range(first, min(last, first + _LONGEST_LISTING) + 1)
