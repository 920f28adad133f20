"""The functions of a profile as pprof tells them apart, and the sample types by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gctui.analysis.neutral import neutral
from gctui.analysis.profile_pattern import NamePattern
from gctui.errors import GctuiError
from gctui.model.profile import Frame, Location, Profile, Sample

_NAMES_WITH_PARENTHESES = ("(anonymous namespace)", "operator()")


def type_index(profile: Profile, name: str | None = None) -> int:
    """Return the place of a sample type; without a name, of the profile's default one.

    As in pprof, `inuse_space` also finds `space`, as old profiles have it. Raises GctuiError.
    """
    names = [kind.name for kind in profile.sample_types]
    wanted = profile.default_type if name is None else name
    for each in (wanted, wanted.removeprefix("inuse_")):
        if each in names:
            return names.index(each)
    if name is None and names:
        return len(names) - 1
    raise GctuiError(
        neutral(f"{profile.source or 'the profile'} has no {wanted!r}, only: {', '.join(names)}")
    )


def magnitude(profile: Profile, type_index: int) -> int:
    """Return what shares are of: the sum of all values without their signs.

    A difference of profiles has negative values too; pprof counts its shares in the same way.
    """
    return sum(abs(sample.values[type_index]) for sample in profile.samples)


@dataclass(slots=True)
class Nodes:
    """The functions, numbered."""

    names: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    by_location: list[tuple[int, ...]] = field(default_factory=list)
    """For each location the functions at it, the innermost first; never empty."""

    def of_stack(self, sample: Sample) -> Iterator[int]:
        """Yield the functions on the stack, the outermost first."""
        for place in reversed(sample.stack):
            yield from reversed(self.by_location[place])


def function_nodes(profile: Profile) -> Nodes:
    """Give each function a number: those of one name are one, in whatever file they are.

    What has no name is told apart by its binary, and by where it begins.
    """
    nodes = Nodes()
    numbers: dict[tuple[str, str, int], int] = {}
    for location in profile.locations:
        binary = location.mapping.file if location.mapping else ""
        found = []
        for frame in location.frames or (_NOTHING_KNOWN,):
            name = frame.function
            key = (name, "", 0) if name else ("", binary, frame.start_line)
            if key not in numbers:
                numbers[key] = len(nodes.names)
                nodes.names.append(name or _name_of_binary(binary))
                nodes.files.append(frame.file)
            found.append(numbers[key])
        nodes.by_location.append(tuple(found))
    return nodes


_NOTHING_KNOWN = Frame("", "", 0)


def _name_of_binary(file: str) -> str:
    return f"[{file.rstrip('/').rpartition('/')[2]}]" if file else "<unknown>"


def pruned(profile: Profile) -> Profile:
    """Return the profile without what `drop_frames` names and what that called, as pprof does it.

    Frames are left alone as long as nothing but them would be on the stack, and all are where the
    profile's patterns cannot be used.
    """
    if not profile.drop_frames:
        return profile
    try:
        dropped = _dropped_by(profile)
    except GctuiError:
        # The file's own mistake, not the operator's: `prune_failure` says it.
        return profile
    cut = [dropped.frames_of(location) for location in profile.locations]
    locations = [
        replace(location, frames=location.frames[count:])
        if count < len(location.frames)
        else location
        for location, count in zip(profile.locations, cut, strict=True)
    ]
    # A location that is dropped as a whole keeps its frames: a stack of nothing else keeps it.
    gone = [
        0 < count == len(each.frames) for each, count in zip(profile.locations, cut, strict=True)
    ]
    samples = [replace(each, stack=_cut_stack(each.stack, cut, gone)) for each in profile.samples]
    return replace(
        profile,
        locations=tuple(locations),
        samples=tuple(samples),
        drop_frames="",
        keep_frames="",
    )


def prune_failure(profile: Profile) -> str:
    """Return why what the profile wants left out stays; empty where nothing stands against it."""
    try:
        if profile.drop_frames:
            _dropped_by(profile)
    except GctuiError as error:
        return str(error)
    return ""


def _dropped_by(profile: Profile) -> _Dropped:
    drop = NamePattern(f"^({profile.drop_frames})$")
    return _Dropped(
        drop, NamePattern(f"^({profile.keep_frames})$") if profile.keep_frames else None
    )


@dataclass(frozen=True, slots=True)
class _Dropped:
    drop: NamePattern
    keep: NamePattern | None
    known: dict[str, bool] = field(default_factory=dict)

    def frames_of(self, location: Location) -> int:
        """Return how many of its innermost frames are to go."""
        for at in range(len(location.frames) - 1, -1, -1):
            if self._is_dropped(location.frames[at].function):
                return at + 1
        return 0

    def _is_dropped(self, name: str) -> bool:
        if name not in self.known:
            simple = _simplified(name)
            self.known[name] = bool(
                name
                and self.drop.found_in(simple)
                and not (self.keep and self.keep.found_in(simple))
            )
        return self.known[name]


def _simplified(name: str) -> str:
    """Cut the list of arguments off, at the first parenthesis that is not part of a name."""
    name = name.removeprefix(".")
    at = 0
    while (at := name.find("(", at)) >= 0:
        reserved = [
            (start, len(each))
            for each in _NAMES_WITH_PARENTHESES
            if name.startswith(each, start := at - each.index("("))
        ]
        if not reserved:
            return name[:at]
        at = reserved[0][0] + reserved[0][1]
    return name


def _cut_stack(stack: tuple[int, ...], cut: list[int], gone: list[bool]) -> tuple[int, ...]:
    found_other = False
    for at in range(len(stack) - 1, -1, -1):
        if not cut[stack[at]]:
            found_other = True
        elif found_other:
            return stack[at + 1 :] if gone[stack[at]] else stack[at:]
    return stack
