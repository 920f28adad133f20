"""What is said, by every command alike, where there was no trace line."""

from __future__ import annotations

PROFILE_ALONE = "a profile, no run: gctui profile FILE prints its figures"
REMEDY = "set GODEBUG=gctrace=1 for the program"


def no_trace(lines: int | None = None, remedy: str = REMEDY) -> str:
    """Say so, and what to do; `lines` is how many there were."""
    if lines == 0:
        return f"empty, not a single line; {remedy}"
    among = "" if lines is None else f" among {lines} line{'' if lines == 1 else 's'}"
    return f"not a single trace line{among}; {remedy}"


def no_trace_yet(lines: int) -> str:
    """Say so where the user left before all was read: nothing follows from that."""
    if not lines:
        return "nothing has come yet: not a single line"
    return f"no trace line among the first {lines} line{'' if lines == 1 else 's'}"
