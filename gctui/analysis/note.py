"""One thing to know about a program's memory, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a note is about, in the order in which notes are shown; what alarms comes first."""

    END = "end"
    """Why the program is gone, where that needs explaining."""
    TO_DO = "to do"
    """About the part that the headline names."""
    LIMIT = "limit"
    GOGC = "GOGC"
    SCAVENGER = "scavenger"
    CAPACITY = "capacity"
    """A slice or a map that grew, and keeps room that is not used."""
    GROWTH = "growth"
    VIRT = "VIRT"


@dataclass(frozen=True, slots=True)
class Note:
    """What is so, and how that is known."""

    topic: Topic
    said: str
    """One or two plain sentences."""
    basis: str
    """The evidence, the formula or the assumptions; may be empty."""
    is_alarming: bool = False
    """It needs someone's attention."""
