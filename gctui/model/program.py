"""A running Go program, as it looks from outside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoProgram:
    """One process; None for what the system did not tell. Texts are the program's own bytes."""

    pid: int
    user: str
    go_version: str
    """As the toolchain prints it: `go1.27.3`."""
    package: str
    """The main package's path; empty where the binary does not tell it."""
    command: tuple[str, ...]
    rss_bytes: int | None
    threads: int | None
    up_s: float | None
    unreadable: str
    """Why its counters cannot be read, with `PID` for the number; empty when they can."""
