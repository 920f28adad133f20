"""How a user may leave the screen. No Textual here: the command line needs these names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Leave(Enum):
    """What leaving means while the source lives."""

    QUIT = auto()
    """Nothing depends on the screen: a saved log."""
    PIPE = auto()
    """A program writes to us, and SIGPIPE would kill it."""
    RUN = auto()
    """We started the program."""


class Way(Enum):
    """What the user chose."""

    QUIT = auto()
    DRAIN = auto()
    """Close the screen, keep reading."""
    STOP = auto()
    """Stop the program."""
    LEAVE = auto()
    """Leave the program running, with its output passed on."""


@dataclass(frozen=True, slots=True)
class Left:
    """How the screen was left."""

    way: Way
    signal_number: int | None = None
    """The signal that asked gctui to end; it decides before `way` does."""
    failed: bool = False
    """The screen itself failed."""
