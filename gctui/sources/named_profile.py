"""A profile whose stacks are addresses, given names by the binary that it was taken of.

So are the text profiles of Go up to 1.7 and the protobuf ones of Go 1.8. An address of a program
that was loaded where the kernel chose is found by the profile's memory map, if it has one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from gctui.model.profile import Frame, Location, Mapping, Profile
from gctui.sources.named_addresses import NamedAddresses


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """A profile in which every place has a name, be it its address."""

    profile: Profile
    asked: int
    """Places that had no name."""
    unknown: int
    """Those of them that the binary does not know either."""


def named_by(profile: Profile, code: NamedAddresses | None) -> NamedProfile:
    """Name the places of a profile that have no name; without a binary, by their addresses."""
    main = None if code is None else _main_mapping(profile, code.path)
    asked = unknown = 0
    locations = []
    for location in profile.locations:
        if location.frames or not location.address:
            locations.append(location)
            continue
        frame = None if code is None else _frame(location, code, main)
        asked += 1
        unknown += frame is None
        locations.append(
            replace(location, frames=(frame or Frame(f"0x{location.address:x}", "", 0),))
        )
    return NamedProfile(replace(profile, locations=tuple(locations)), asked, unknown)


def has_addresses_alone(profile: Profile) -> bool:
    """Tell whether no place of a profile has a name."""
    return bool(profile.locations) and not any(each.frames for each in profile.locations)


def _frame(location: Location, code: NamedAddresses, main: Mapping | None) -> Frame | None:
    mapping = location.mapping
    if mapping is None or main is None:
        return code.frame_at(location.address)
    if mapping != main:
        # Of another file: a library.
        return None
    offset = location.address - mapping.start + mapping.offset
    address = code.address_of_offset(offset)
    return None if address is None else code.frame_at(address)


def _main_mapping(profile: Profile, path: Path) -> Mapping | None:
    """Return the binary's own mapping: by its name, else the first, as pprof takes it."""
    found = [each.mapping for each in profile.locations if each.mapping is not None]
    # One that begins at zero is a stand-in for none.
    mappings = sorted({each for each in found if each.start}, key=lambda each: each.start)
    same = [each for each in mappings if PurePath(each.file).name == path.name]
    return next(iter(same or mappings), None)
