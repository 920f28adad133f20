"""The files that a command line names: each once, a rotated log's in the order of its writing."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Sequence

from gctui.analysis.neutral import neutral
from gctui.sources.files import LogFile
from gctui.sources.glance import chains, glance
from gctui.sources.rotation import in_order

_MOST_LOOKED_AT = 64


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


def say_what_goes_on(groups: Sequence[Sequence[str]]) -> None:
    """Say which runs look like pieces of one, which --join makes of them; the user decides."""
    alone = [group[0] for group in groups if len(group) == 1][:_MOST_LOOKED_AT]
    if len(alone) < 2:
        return
    for chain in chains([glance(name) for name in alone]):
        names = [neutral(alone[place], 400) for place in chain]
        more = "" if len(names) == 2 else f", and {len(names) - 2} more behind it"
        said = f"{names[1]} goes on where {names[0]} ends{more}; if that is one run: gctui report"
        print(f"gctui: {said} --join {shlex.join(names)}", file=sys.stderr)


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
