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
    """Name the places of a profile that have no name; without a binary, by their addresses.

    Raises GctuiError where the binary tells more than it can hold.
    """
    places = profile.locations
    nameless = [at for at, each in enumerate(places) if each.address and not each.frames]
    known = {} if code is None else _known(profile, nameless, code)
    named = list(places)
    for at in nameless:
        frame = known.get(at) or Frame(f"0x{places[at].address:x}", "", 0)
        named[at] = replace(places[at], frames=(frame,))
    found = replace(profile, locations=tuple(named))
    return NamedProfile(found, len(nameless), len(nameless) - len(known))


def has_addresses_alone(profile: Profile) -> bool:
    """Tell whether no place of a profile has a name."""
    return bool(profile.locations) and not any(each.frames for each in profile.locations)


def _known(profile: Profile, nameless: list[int], code: NamedAddresses) -> dict[int, Frame]:
    """Return the frames of the places that the binary knows."""
    main = _main_mapping(profile, code.path)
    found = {}
    # A function's lines are read once if all that is asked of it is asked in a row.
    for at in sorted(nameless, key=lambda at: profile.locations[at].address):
        frame = _frame(profile.locations[at], code, main)
        if frame is not None:
            found[at] = frame
    return found


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
