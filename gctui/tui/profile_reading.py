"""What is read out of a profile for the screen. Slow for a big one: meant to run in a thread."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import merge

from gctui.analysis.profile_diff import difference
from gctui.analysis.profile_nodes import magnitude, type_index
from gctui.analysis.profile_top import By, TopRow, top
from gctui.errors import GctuiError
from gctui.model.profile import Profile, SampleType

_READINGS_KEPT = 4
_BIG_SAMPLES = 5_000
_SORTED_AT_ONCE = 2_000
_NOTHING = SampleType("", "")
_IN_ORDER = (
    "inuse_space",
    "space",
    "inuse_objects",
    "objects",
    "alloc_space",
    "alloc_objects",
)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What the table is to show."""

    profile: Profile
    base: Profile | None
    """What the profile is to be compared with."""
    type_name: str | None
    """None for the one that the profile wants to be shown first."""
    by: By

    def is_same_as(self, other: Wanted | None) -> bool:
        """Tell whether both want the same of the same profiles, without looking into them."""
        return (
            other is not None
            and self.profile is other.profile
            and self.base is other.base
            and self.type_name == other.type_name
            and self.by == other.by
        )


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The functions of a profile, or of its difference to another one."""

    wanted: Wanted
    profile: Profile
    """The profile, or the difference."""
    type_index: int
    kind: SampleType
    next_type: str
    """The sample type that comes after this one."""
    total: int
    whole: int
    """What shares are of: the total, or the sum of all that changed."""
    stacks: int
    rows: list[TopRow]
    failure: str = ""
    """Why there is nothing to show."""
    places: dict[str, int] = field(default_factory=dict)
    """The row of each function."""

    @property
    def is_difference(self) -> bool:
        """The values are what came or went since the base."""
        return self.wanted.base is not None


class ProfileReader:
    """Remembers what it read of the last profile."""

    def __init__(self) -> None:
        self._wanted: Wanted | None = None
        self._compared: Profile | None = None
        self._readings: dict[tuple[str | None, By], Reading] = {}

    def read(self, wanted: Wanted) -> Reading:
        """Return what is wanted, or a reading that says why it cannot be had."""
        last = self._wanted
        if last is None or last.profile is not wanted.profile or last.base is not wanted.base:
            self._compared = None
            self._readings.clear()
        self._wanted = wanted
        key = wanted.type_name, wanted.by
        if key not in self._readings:
            if len(self._readings) == _READINGS_KEPT:
                del self._readings[next(iter(self._readings))]
            is_new = not self._readings and len(wanted.profile.samples) > _BIG_SAMPLES
            with _spared_by_the_collector(is_new=is_new):
                self._readings[key] = self._read(wanted)
        return self._readings[key]

    def _read(self, wanted: Wanted) -> Reading:
        try:
            if self._compared is None:
                self._compared = _compared(wanted)
            return _reading(wanted, self._compared)
        except GctuiError as error:
            return Reading(wanted, wanted.profile, 0, _NOTHING, "", 0, 0, 0, [], str(error))


def _compared(wanted: Wanted) -> Profile:
    if wanted.base is None:
        return wanted.profile
    return difference(wanted.base, wanted.profile)


def _reading(wanted: Wanted, profile: Profile) -> Reading:
    name = wanted.type_name
    if name not in {kind.name for kind in profile.sample_types}:
        name = None
    index = type_index(profile, name)
    rows = top(profile, index, wanted.by)
    if wanted.base is not None:
        # The most grown first: a leak is on top.
        rows = _sorted(rows, lambda row: -row.flat if wanted.by == "flat" else -row.cum)
    kind = profile.sample_types[index]
    return Reading(
        wanted,
        profile,
        index,
        kind,
        _next_type(profile, kind),
        profile.total(index),
        magnitude(profile, index),
        len({sample.stack for sample in profile.samples if sample.values[index]}),
        rows,
        # Of several functions without a name the first.
        places={rows[place].function: place for place in range(len(rows) - 1, -1, -1)},
    )


def _sorted(rows: list[TopRow], key: Callable[[TopRow], int]) -> list[TopRow]:
    """Sort piece by piece: sorting a long list at once would hold up every other thread."""
    pieces = range(0, len(rows), _SORTED_AT_ONCE)
    return list(
        merge(*(sorted(rows[at : at + _SORTED_AT_ONCE], key=key) for at in pieces), key=key)
    )


@contextmanager
def _spared_by_the_collector(*, is_new: bool) -> Iterator[None]:
    """Keep the garbage collector from a big profile: walking through it holds up the screen.

    There are no cycles in a profile: it goes when the last one lets go of it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        if is_new:
            gc.collect()
            gc.freeze()
    finally:
        if was_enabled:
            gc.enable()


def _next_type(profile: Profile, kind: SampleType) -> str:
    """Return the sample type to go on to: what is in use before what was ever allocated."""
    names = [each.name for each in profile.sample_types]
    names.sort(key=lambda name: _IN_ORDER.index(name) if name in _IN_ORDER else len(_IN_ORDER))
    return names[(names.index(kind.name) + 1) % len(names)]
