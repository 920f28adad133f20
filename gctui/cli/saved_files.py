"""The files that a command line names: each once, a rotated log's in the order of its writing."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence

from gctui.analysis.neutral import neutral
from gctui.sources.files import LogFile
from gctui.sources.rotation import in_order


def to_be_read(names: Sequence[str]) -> list[str]:
    """Return the names in reading order; a file that is named again is left out, which is said."""
    kept: list[str] = []
    seen: set[tuple[int, int] | str] = set()
    for name in in_order(names):
        found = _identity(name)
        if found is None or found not in seen:
            kept.append(name)
        else:
            said = neutral("standard input" if name == "-" else name, 400)
            print(f"gctui: {said} is named more than once, and read once", file=sys.stderr)
        if found is not None:
            seen.add(found)
    return kept


def label_of(files: Sequence[LogFile]) -> str:
    """Return what a run of several files is called."""
    label = ", ".join(file.label for file in files[:3])
    return label if len(files) <= 3 else f"{label} and {len(files) - 3} more"


def _identity(name: str) -> tuple[int, int] | str | None:
    """Return what tells a file by whatever name; None where reading it again tells more."""
    if name == "-":
        return name
    try:
        status = os.stat(name)  # noqa: PTH116 - a name may be no path at all
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None
