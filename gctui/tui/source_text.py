"""The source that a profile names, where it is on this machine.

The name is the profile's word: it may lead to a pipe, a device or a file of any size.
"""

from __future__ import annotations

import os
import stat

_LARGEST_BYTES = 4 << 20


def source_lines(path: str) -> list[str] | None:
    """Return the lines of a source file; None where there is none that can be shown."""
    try:
        # A pipe without a writer must not hold anyone up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            # What the kernel makes up as it is read (/proc) says that it is empty.
            if not stat.S_ISREG(about.st_mode) or not 0 < about.st_size <= _LARGEST_BYTES:
                return None
            text = file.read(_LARGEST_BYTES)
    except (OSError, ValueError):
        return None
    return text.decode("utf-8", "replace").splitlines()
