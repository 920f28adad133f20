"""Which logs several processes read. Nothing that only they need is loaded here."""

from __future__ import annotations

import os
import sys

from gctui.errors import GctuiError
from gctui.sources.files import LogFile

_LONG_BYTES = 16 << 20
"""A shorter log is read before other processes have begun."""

_ALONE_BYTES = 2 << 20
"""So much is read first: it shows what the lines are like."""


def alone_bytes(file: LogFile, jobs: int) -> int | None:
    """Return how much of a file is read before other processes join in; None for all."""
    is_long = file.plain is not None and file.plain[1] >= _LONG_BYTES
    return _ALONE_BYTES if is_long and jobs > 1 else None


def usable_jobs(asked: int | None) -> int:
    """Return how many processes may read a log, by default one per core. Raises GctuiError."""
    if asked is not None and asked < 1:
        raise GctuiError("--jobs: at least 1")
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0)) if asked is None else asked
