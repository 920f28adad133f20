"""One function of a profile: who calls it, what it calls, its lines. Meant to run in a thread."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gctui.analysis.profile_list import ListedLine, Listing, list_source
from gctui.analysis.profile_peek import PeekEntry, peek
from gctui.model.profile import Profile
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
    sought, profile = _pattern(name), _with(reading.profile, name)
    entries = peek(profile, reading.type_index, sought)
    listings = list_source(profile, reading.type_index, sought, source_lines)
    own = [_cut_down(each) for each in listings if each.function == name]
    own.sort(key=lambda listing: -abs(listing.cum))
    return Function(next((each for each in entries if each.function == name), None), own)


def _with(profile: Profile, name: str) -> Profile:
    """Return the samples that a function is on the stack of: few of many, which go fast."""
    own = {
        place
        for place, location in enumerate(profile.locations)
        if not location.frames or any(each.function in {name, ""} for each in location.frames)
    }
    samples = [each for each in profile.samples if not own.isdisjoint(each.stack)]
    kept = sorted({place for sample in samples for place in sample.stack})
    place_now = {place: number for number, place in enumerate(kept)}
    return replace(
        profile,
        locations=tuple(profile.locations[place] for place in kept),
        samples=tuple(
            replace(each, stack=tuple(place_now[place] for place in each.stack)) for each in samples
        ),
    )


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
