"""Slices and maps that grew by copying: what they hold may be half empty.

append takes a quarter more than it had once a slice is large (runtime/slice.go nextslicecap), a map
of Go up to 1.23 twice as much. A heap profile counts by stack and size, so growth leaves a track:
one place that allocated ever larger objects, each larger by such a factor, of which only the
largest are still in use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from gctui.analysis.neutral import neutral
from gctui.analysis.note import Note, Topic
from gctui.analysis.units import size
from gctui.model.profile import Profile, Sample
from gctui.model.snapshot import Snapshot

MIB = 1 << 20
_LONGEST_NUMBER = 19
_LEAST_OBJECT_BYTES = 1 << 20
"""Above the profiler's sampling distance, so that every step is in the profile."""
_LEAST_STEP, _MOST_STEP = 1.15, 2.1
_FEWEST_STEPS = 3
_WORTH_SAYING_SHARE = 0.05
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Grown:
    """An object that grew to its size by being copied; in MiB."""

    function: str
    held_mib: float
    """In use in objects of the largest size."""
    unused_mib: float
    """At most: the room that the last step added."""
    sizes_mib: tuple[float, ...]
    """The steps, ascending."""


_last_asked: tuple[Profile, list[Grown]] | None = None


def grown_objects(profile: Profile) -> list[Grown]:
    """Return what grew so, the largest first.

    It is asked for with every frame, and a profile never changes: the last answer is kept.
    """
    global _last_asked  # noqa: PLW0603
    if _last_asked is None or _last_asked[0] is not profile:
        _last_asked = profile, _search(profile)
    return _last_asked[1]


def _search(profile: Profile) -> list[Grown]:
    names = [kind.name for kind in profile.sample_types]
    if "inuse_space" not in names or "alloc_objects" not in names:
        return []
    inuse, allocated = names.index("inuse_space"), names.index("alloc_objects")
    by_stack: dict[tuple[int, ...], dict[int, tuple[int, int]]] = defaultdict(dict)
    for sample in profile.samples:
        object_bytes = _object_bytes(sample)
        if object_bytes >= _LEAST_OBJECT_BYTES and sample.values[allocated] > 0:
            counted = sample.values[inuse], sample.values[allocated]
            by_stack[sample.stack][object_bytes] = counted
    found = [_grown(profile, stack, sizes) for stack, sizes in by_stack.items()]
    return sorted((each for each in found if each), key=lambda each: -each.held_mib)


def capacity_note(snapshot: Snapshot) -> Iterator[Note]:
    """Say which object grew by copying, if it is a good part of the heap profile."""
    profile = snapshot.profile
    found = [] if profile is None else grown_objects(profile)
    if profile is None or not found:
        return
    place = [kind.name for kind in profile.sample_types].index("inuse_space")
    whole_mib = profile.total(place) / MIB
    largest = found[0]
    if largest.held_mib < _WORTH_SAYING_SHARE * whole_mib:
        return
    steps = " → ".join(f"{mib:.0f}" for mib in largest.sizes_mib[-4:])
    said = (
        f"{neutral(largest.function, _LONGEST_NAME)} holds {size(round(largest.held_mib))} in a "
        f"slice or map that grew by copying: up to {size(round(largest.unused_mib))} of it is "
        "spare capacity, and each step held the old and the new one together."
    )
    basis = f"Heap profile: objects of {steps} MiB from one stack; make(…, n) takes what is needed."
    yield Note(Topic.CAPACITY, said, basis)


def _object_bytes(sample: Sample) -> int:
    text = dict(sample.labels).get("bytes", "")
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else 0


def _grown(
    profile: Profile, stack: tuple[int, ...], sizes: dict[int, tuple[int, int]]
) -> Grown | None:
    """Return the object of one stack if its sizes are the steps of one that grew."""
    track = _last_steps(sorted(sizes))
    if len(track) < _FEWEST_STEPS:
        return None
    largest = track[-1]
    held_bytes = sizes[largest][0]
    older_bytes = sum(sizes[step][0] for step in track[:-1])
    if held_bytes < largest or older_bytes > held_bytes:
        return None
    step = largest / track[-2]
    return Grown(
        function=_function(profile, stack),
        held_mib=held_bytes / MIB,
        unused_mib=held_bytes * (1 - 1 / step) / MIB,
        sizes_mib=tuple(each / MIB for each in track),
    )


def _last_steps(sizes: list[int]) -> list[int]:
    """Return the longest run of steps of such a factor that ends at the largest size."""
    track = sizes[-1:]
    for smaller in reversed(sizes[:-1]):
        if not _LEAST_STEP <= track[0] / smaller <= _MOST_STEP:
            break
        track.insert(0, smaller)
    return track


def _function(profile: Profile, stack: tuple[int, ...]) -> str:
    for place in stack:
        for frame in profile.locations[place].frames:
            return frame.function
    return "an unknown function"
