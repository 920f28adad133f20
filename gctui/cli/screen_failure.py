"""What is said where the screen failed: a line, and a file with the traceback to pass on."""

from __future__ import annotations

import os
import sys
import tempfile

from gctui.analysis.neutral import neutral

_LONGEST = 200


def say_screen_failed(told: str) -> None:
    """Say so; `told` is the traceback, whose last line is the fault itself."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    fault = f": {neutral(lines[-1], _LONGEST)}" if lines else ""
    # A screen that failed must not take the program with it.
    print(f"gctui: the screen failed{fault}; watching goes on without it", file=sys.stderr)
    if not told:
        return
    try:
        descriptor, path = tempfile.mkstemp(prefix="gctui-failure-", suffix=".txt")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(told)
    except OSError:
        print(*map(neutral, lines), sep="\n", file=sys.stderr)
    else:
        said = f"  a fault of gctui's own: {path} tells whoever maintains it where; please keep it"
        print(said, file=sys.stderr)
