"""The profiles of a replay as text: the largest functions of the last one of each kind."""

from __future__ import annotations

from typing import TextIO

from gctui.analysis.profile_top import By
from gctui.model.profile import Profile
from gctui.model.snapshot import Snapshot
from gctui.report.profile import profile_lines

_FUNCTIONS = 10


def tells_of_a_run(snapshot: Snapshot) -> bool:
    """Tell whether there is anything but profiles: a trace, a program's output, counters."""
    return bool(snapshot.formats or snapshot.count("text") or snapshot.counters is not None)


def print_profiles(snapshot: Snapshot, count: int, out: TextIO) -> None:
    """Print what a replay of `count` profiles has ended with."""
    # All goroutines wait in the same few functions of the runtime: what called these tells more.
    kinds: tuple[tuple[Profile | None, By], ...] = (
        (snapshot.profile, "flat"),
        (snapshot.goroutine_profile, "cum"),
    )
    shown = [(profile, by) for profile, by in kinds if profile is not None]
    for profile, by in shown:
        for line in profile_lines(profile, type_name=None, count=_FUNCTIONS, by=by, rss_bytes=None):
            print(line, file=out)
    if count > len(shown):
        print(
            f"{count} profiles; shown is the last of each kind"
            " (gctui profile NEW --base OLD compares two)",
            file=out,
        )
    out.flush()
