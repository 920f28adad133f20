"""The programs of a stream, in few words each: what a list of them shows."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.events import Gc


@dataclass(frozen=True, slots=True)
class ListedProgram:
    """One of several programs that print into one stream."""

    key: int
    """By which it is asked for; never that of another program of the stream."""
    label: str
    """Its name by the lines' prefixes, or its number in the stream."""
    printed_by: tuple[str, ...]
    """The Go versions that print each form of its lines."""
    newest: tuple[Gc, ...]
    """Its newest collections, which narrow the versions down."""
    number: int | None
    """Of its newest collection."""
    collections: int
    """How many of its collections were seen."""
    lives: int
    """How often it was started, as far as was seen."""
    live_mib: int | None
    rate_per_s: float | None
    """Collections per second lately, by its own clock."""
    is_sampled: bool
    """What the process and its counters tell is this one's."""
    heard_s: float | None
    """When its newest line was received; None in a saved log."""
