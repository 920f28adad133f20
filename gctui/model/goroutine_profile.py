"""Goroutines by their stacks, as a profile tells them: how many there are of which kind.

Such a profile does not tell the go statement that created them, nor what they wait for: shown is
the function that they started in, and where in the program's own code they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gctui.events import GoroutineGroup
from gctui.model.profile import Frame, Profile

GOROUTINES = "goroutine"
"""The sample type, and the profile's name."""

UNTOLD_STATE = "state not told"
"""A profile tells no states."""
UNTOLD_START = "not told"
"""What has no function on its stack."""

_MAIN = "runtime.main"
_IN_RUNTIME = re.compile(r"runtime/(?:[a-z]+/)?[a-z0-9_]+\.(?:go|s)$")


def goroutine_groups(profile: Profile) -> tuple[GoroutineGroup, ...]:
    """Return the goroutines of a profile, those together that started and are at one place."""
    library = library_folder(profile)
    counted: dict[tuple[str, str, str], int] = {}
    for sample in profile.samples:
        stack = [frame for place in sample.stack for frame in profile.locations[place].frames]
        key = (_start(stack), *own_place(stack, library))
        counted[key] = counted.get(key, 0) + sample.values[0]
    return tuple(
        GoroutineGroup(start, "", UNTOLD_STATE, "", count, 0, None, function, line)
        for (start, function, line), count in counted.items()
        if count > 0
    )


def _start(stack: list[Frame]) -> str:
    if not stack:
        return UNTOLD_START
    bottom = stack[-1].function
    return "main" if bottom == _MAIN else f"{bottom} (entry)"


def own_place(stack: list[Frame], library: str) -> tuple[str, str]:
    """Return the first function that is the program's own, else the first outside the runtime."""
    outside = [frame for frame in stack if not frame.function.startswith("runtime.")]
    own = next((frame for frame in outside if not _is_library(frame, library)), None)
    frame = own or next(iter(outside), None)
    return ("", "") if frame is None else (frame.function, f"{frame.file}:{frame.line}")


def _is_library(frame: Frame, library: str) -> bool:
    if library:
        return frame.file.startswith(library)
    # Built with -trimpath: only modules have a dot in their first element.
    return not frame.function.startswith("main.") and "." not in frame.function.partition("/")[0]


def library_folder(profile: Profile) -> str:
    """Return the folder of the standard library's sources: where the runtime's are."""
    for frame in _frames(profile):
        if frame.function.startswith(("runtime.", "runtime/")):
            found = _IN_RUNTIME.search(frame.file)
            if found is not None and found.start():
                return frame.file[: found.start()]
    return ""


def _frames(profile: Profile) -> Iterable[Frame]:
    return (frame for location in profile.locations for frame in location.frames)
