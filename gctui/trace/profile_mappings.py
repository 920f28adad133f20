"""The memory map at the end of a text profile: which file was loaded where.

The runtime prints none; what collects profiles may add it, for a program that was loaded at an
address of the kernel's choice cannot be made out without. The forms are those that pprof reads
(github.com/google/pprof/profile/legacy_profile.go, parseMappingEntry).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter

from gctui.model.profile import Location, Mapping

MOST_MAPPINGS = 1 << 16
_BEGINS = (b"--- Memory map: ---", b"MAPPED_LIBRARIES:")
_RANGE = rb"\s*(?:0x)?([0-9a-fA-F]{1,16})[\s-]\s*(?:0x)?([0-9a-fA-F]{1,16}):?"
_PROC_MAPS = re.compile(
    _RANGE + rb"(?:\s+([-rwxps]+))?(?:\s+([0-9a-fA-F]{1,16}))?"
    rb"\s+[0-9a-fA-F]+:[0-9a-fA-F]+\s+\d+(?:\s+(\S+))?"
)
_BRIEF = re.compile(
    _RANGE + rb"(?:\s+([-rwxps]+))?(?:\s+(\S+))?(?:\s+\(@([0-9a-fA-F]{1,16})\))?"
    rb"(?:\s+([0-9a-fA-F]+))?"
)


def begins_mappings(line: bytes) -> bool:
    """Tell whether this line ends the stacks and begins the memory map."""
    return any(each in line for each in _BEGINS)


def read_mapping(line: bytes) -> Mapping | None:
    """Return a line of the map, None for what holds no code and what is no such line."""
    build_id = b""
    if found := _PROC_MAPS.match(line):
        start, limit, rights, offset, file = found.groups()
    elif found := _BRIEF.match(line):
        start, limit, rights, file, offset, build_id = found.groups(b"")
    else:
        return None
    if rights and b"x" not in rights:
        return None
    return Mapping(
        (file or b"").decode(errors="backslashreplace"),
        build_id.decode(),
        int(start, 16),
        int(limit, 16),
        int(offset or b"0", 16),
    )


def with_mappings(
    locations: Iterable[Location], mappings: Iterable[Mapping]
) -> tuple[Location, ...]:
    """Give each location the mapping that it is in."""
    ordered = sorted(mappings, key=attrgetter("start"))
    starts = [each.start for each in ordered]
    return tuple(replace(each, mapping=_at(each.address, ordered, starts)) for each in locations)


def _at(address: int, mappings: Sequence[Mapping], starts: Sequence[int]) -> Mapping | None:
    at = bisect_right(starts, address) - 1
    return mappings[at] if at >= 0 and address < mappings[at].limit else None
