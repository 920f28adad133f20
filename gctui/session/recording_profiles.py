"""Which profiles a recording keeps, and as what.

The page that a server sent is kept as it came, so that it is read again by what read it before.
Of goroutines that is every one that differs from the one before, as their count and census follow
from it; of the heap the first, then one in 30 s. A page may be megabytes, so after one that takes N
bytes of the recording the next of its kind is not kept before N / 8 KiB seconds: of each kind,
profiles add at most 8 KiB a second (28 MiB an hour) to a recording, and the newest at the end. What
was left out for that is told by its figures alone: how many goroutines there were.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from math import inf

from gctui.model.goroutine_profile import GOROUTINES
from gctui.model.profile import Profile
from gctui.session.recording_format import LINE_LIMIT_BYTES, PROFILE_KIND

_HEAP_EVERY_S = 30.0
_BYTES_PER_S = 8 << 10
_MOST_PAGE_BYTES = LINE_LIMIT_BYTES - (64 << 10)
"""In base64; the rest of the line is shorter than what is left."""
_PACKING_LEVEL = 6


def profile_row(profile: Profile) -> dict[str, object]:
    """Return what a profile tells in short: totals in the units of their sample types."""
    totals = {kind.name: profile.total(place) for place, kind in enumerate(profile.sample_types)}
    row: dict[str, object] = {
        "kind": PROFILE_KIND,
        "default_type": profile.default_type,
        "units": {kind.name: kind.unit for kind in profile.sample_types},
        "totals": totals,
        "samples": len(profile.samples),
        "sampling_bytes": profile.sampling_bytes,
        "taken_ns": profile.time_ns,
        "server": profile.source,
    }
    return {name: value for name, value in row.items() if value is not None}


@dataclass(slots=True)
class _Kept:
    """What was kept of one kind of profile."""

    digest: str = ""
    """Of the newest page that was written."""
    not_before_s: float = -inf
    waiting: tuple[Profile, bytes] | None = None
    """The newest, where it was not written."""


class ProfileRows:
    """Tells which profiles to write; asked by one thread at a time."""

    def __init__(self) -> None:
        self._kept = {True: _Kept(), False: _Kept()}
        """Of goroutines, and of whatever else a server sends."""
        self._uncounted: int | None = None

    def take(self, profile: Profile, page: bytes, now_s: float) -> bytes | None:
        """Return a profile as an object that lacks its end; None where it is not to be written."""
        is_of_goroutines = profile.default_type == GOROUTINES
        kept = self._kept[is_of_goroutines]
        if is_of_goroutines:
            self._uncounted = None
        if _digest(page) == kept.digest:
            kept.waiting = None
            return _object(profile_row(profile) | {"digest": kept.digest})
        if now_s < kept.not_before_s:
            kept.waiting = profile, page
            if is_of_goroutines:
                self._uncounted = profile.total(0)
            return None
        row, took_bytes = _write(kept, profile, page)
        every_s = 0.0 if is_of_goroutines else _HEAP_EVERY_S
        kept.not_before_s = now_s + max(every_s, took_bytes / _BYTES_PER_S)
        return row

    def left_over(self) -> list[bytes]:
        """Return the newest of each kind that was not written, as `take` does."""
        return [_write(kept, *kept.waiting)[0] for kept in self._kept.values() if kept.waiting]

    def take_uncounted(self) -> int | None:
        """Return how many goroutines the newest profile had, once, where it was not written."""
        uncounted, self._uncounted = self._uncounted, None
        return uncounted


def _write(kept: _Kept, profile: Profile, page: bytes) -> tuple[bytes, int]:
    """Return the object, and what it takes, or would take: packing costs, too."""
    kept.digest, kept.waiting = _digest(page), None
    packed = base64.b64encode(gzip.compress(page, _PACKING_LEVEL, mtime=0)).decode()
    row = profile_row(profile)
    # One that is too long for a line goes without: who replays it is told.
    if len(packed) <= _MOST_PAGE_BYTES:
        row |= {"digest": kept.digest, "page": packed}
    written = _object(row)
    return written, max(len(written), len(packed))


def _digest(page: bytes) -> str:
    # Loading OpenSSL takes a hundredth of the time to the first frame.
    from hashlib import blake2b  # noqa: PLC0415

    return blake2b(page, digest_size=12).hexdigest()


def _object(row: dict[str, object]) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode()[:-1]
