"""One function of a profile: who calls it, what it calls, its lines. Meant to run in a thread."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.profile_list import ListedLine, Listing, list_source
from gctui.analysis.profile_peek import PeekEntry, peek
from gctui.tui.profile_reading import Reading
from gctui.tui.source_text import source_lines

_LONGEST_SOUGHT = 200
_SPECIAL = frozenset(r"\.+*?()|[]{}^$")
_LINES_AROUND = 2


@dataclass(frozen=True, slots=True)
class Function:
    """What the profile tells of one function."""

    calls: PeekEntry | None
    listings: list[Listing]
    """One per file, the largest first, cut down to the lines around those with a value."""


def function_of(reading: Reading, name: str) -> Function:
    """Look a function up in a profile."""
    sought = _pattern(name)
    entries = peek(reading.profile, reading.type_index, sought)
    listings = list_source(reading.profile, reading.type_index, sought, source_lines)
    own = [_cut_down(each) for each in listings if each.function == name]
    own.sort(key=lambda listing: -abs(listing.cum))
    return Function(next((each for each in entries if each.function == name), None), own)


def _pattern(name: str) -> str:
    """Return a pattern that few names but this one match: names may be longer than patterns."""
    sought = name[:_LONGEST_SOUGHT]
    return "^" + "".join(f"\\{char}" if char in _SPECIAL else char for char in sought)


def _cut_down(listing: Listing) -> Listing:
    numbers = {line.number for line in listing.lines if line.flat or line.cum}
    near = {
        number + step for number in numbers for step in range(-_LINES_AROUND, _LINES_AROUND + 1)
    }
    lines: list[ListedLine] = [line for line in listing.lines if line.number in near]
    return Listing(listing.function, listing.file, lines, listing.flat, listing.cum)
