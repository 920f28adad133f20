"""The profiles that a run or a replay ends with, as text: the largest functions of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from gctui.analysis.neutral import neutral
from gctui.model.snapshot import Snapshot
from gctui.report.profile import TopOptions, profile_lines

_FUNCTIONS = 10
_FUNCTIONS_BESIDE_A_RUN = 5


def tells_of_a_run(snapshot: Snapshot) -> bool:
    """Tell whether there is anything but profiles: a trace, a program's output, counters."""
    return bool(snapshot.formats or snapshot.count("text") or snapshot.counters is not None)


def print_profiles(snapshot: Snapshot, count: int, out: TextIO) -> None:
    """Print what a replay of `count` profiles has ended with."""
    kinds = (snapshot.profile, snapshot.goroutine_profile)
    shown = [profile for profile in kinds if profile is not None]
    for profile in shown:
        for line in profile_lines(profile, options=TopOptions(_FUNCTIONS, names_options=False)):
            print(line, file=out)
    if count > len(shown):
        print(
            f"{count} profiles; shown is the last of each kind"
            " (gctui profile NEW --base OLD compares two)",
            file=out,
        )
    out.flush()


def profile_beside_a_run(snapshot: Snapshot) -> Iterator[str]:
    """Yield who holds the heap, where a server told it, as shares of the heap and of RSS."""
    if snapshot.profile is None:
        return
    rss_bytes = None if snapshot.process is None else snapshot.process.rss_bytes
    options = TopOptions(_FUNCTIONS_BESIDE_A_RUN, rss_bytes=rss_bytes, names_options=False)
    head, *table = profile_lines(snapshot.profile, options=options)
    yield f"  profile  {neutral(head)}"
    yield from table
