"""What a log's first and last bytes tell of when it was written, beside the logs of its set."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gctui.errors import GctuiError
from gctui.sources.files import LogFile

_GLANCE_BYTES = 1 << 18
_COLLECTION = re.compile(rb"\bgc ?#?([0-9]{1,12})(?: @[0-9]+\.[0-9]+s |\([0-9]+\): )")
_STAMP = re.compile(rb"[0-9]{4}([-/])[0-9]{2}\1[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}")
_MOST_LOST = 3
"""So many collections a cut between two files may make unreadable."""
_APART_S = 60.0
"""Files that were changed in quicker succession than this may have been copied, in any order."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What one file tells; nothing where it cannot be looked at without being read up."""

    first: int | None = None
    """The number of its first collection."""
    last: int | None = None
    """That of its last; None where only its beginning is known."""
    stamp: bytes | None = None
    """The first time of day that is printed in it."""
    changed_s: float | None = None


def glance(name: str) -> Glance:
    """Look at a file's first and last bytes, of what is packed at its first alone."""
    try:
        status = os.stat(name)  # noqa: PTH116 - a name may be no path at all
        if name == "-" or not stat.S_ISREG(status.st_mode):
            return Glance()
        head, tail = _ends(name)
    except (GctuiError, OSError, ValueError):
        return Glance()
    numbers = [int(found[1]) for found in _COLLECTION.finditer(tail)]
    first, stamp = _COLLECTION.search(head), _STAMP.search(head)
    return Glance(
        int(first[1]) if first else None,
        numbers[-1] if numbers else None,
        stamp[0].replace(b"/", b"-").replace(b"T", b" ") if stamp else None,
        status.st_mtime,
    )


def are_one_run(seen: Sequence[Glance]) -> bool:
    """Tell whether each file begins where the one before it ends: by the collections' numbers."""
    return all(_goes_on(one, other) for one, other in pairwise(seen))


def chains(seen: Sequence[Glance]) -> list[list[int]]:
    """Return the places of files that go on where another one ends, each row in its order."""
    after: dict[int, int] = {}
    for place, one in enumerate(seen):
        following = [other for other in range(len(seen)) if _goes_on(one, seen[other])]
        if len(following) == 1 and following[0] not in after.values():
            after[place] = following[0]
    rows = []
    for place in sorted(after.keys() - after.values()):
        row = [place]
        while row[-1] in after:
            row.append(after[row[-1]])
        rows.append(row)
    return rows


def direction(seen: Sequence[Glance]) -> int:
    """Return 1 where the files are in the order of their writing, -1 where it is the reverse.

    0 where nothing tells. What a line says goes before when a file was changed last.
    """
    for tells in (_by_continuation, _by_stamp, _by_first, _by_change):
        votes = sum(tells(one, other) for one, other in pairwise(seen))
        if votes:
            return 1 if votes > 0 else -1
    return 0


def _ends(name: str) -> tuple[bytes, bytes]:
    file = LogFile(name)
    try:
        if file.plain is not None:
            descriptor, size_bytes = file.plain
            behind_bytes = max(0, size_bytes - _GLANCE_BYTES)
            head = os.pread(descriptor, _GLANCE_BYTES, 0)
            return head, os.pread(descriptor, _GLANCE_BYTES, behind_bytes) if behind_bytes else head
        head = b""
        for chunk in file.chunks(_GLANCE_BYTES):
            head += chunk
            if len(head) >= _GLANCE_BYTES:
                return head, b""
        return head, head
    finally:
        file.close()


def _goes_on(one: Glance, other: Glance) -> bool:
    if one.last is None or other.first is None:
        return False
    return 0 < other.first - one.last <= _MOST_LOST


def _by_continuation(one: Glance, other: Glance) -> int:
    return _goes_on(one, other) - _goes_on(other, one)


def _by_stamp(one: Glance, other: Glance) -> int:
    if one.stamp is None or other.stamp is None:
        return 0
    return (one.stamp < other.stamp) - (one.stamp > other.stamp)


def _by_first(one: Glance, other: Glance) -> int:
    if one.first is None or other.first is None:
        return 0
    return (one.first < other.first) - (one.first > other.first)


def _by_change(one: Glance, other: Glance) -> int:
    if one.changed_s is None or other.changed_s is None:
        return 0
    apart_s = other.changed_s - one.changed_s
    return (apart_s >= _APART_S) - (apart_s <= -_APART_S)
