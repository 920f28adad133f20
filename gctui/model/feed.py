"""What a running session offers to whoever draws it: one frozen frame at a time, and the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gctui.model.program_list import ListedProgram
from gctui.model.snapshot import Snapshot


class Phase(StrEnum):
    """What the source is doing."""

    LOADING = "loading"
    """A saved log is read as fast as it goes."""
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Status:
    """The source at one moment."""

    label: str
    """The command, the file or `standard input`; the program's words, not to be trusted."""
    phase: Phase = Phase.LIVE
    pid: int | None = None
    ended: str = ""
    """Why there is no more: `end of input`, `exited with 3`, `killed by SIGKILL (OOM)`."""
    end_explained: str = ""
    """Who killed the program, and how that is known; empty where nothing needs explaining."""
    progress: float | None = None
    """Of a load or a replay, 0 to 1."""
    go_version: str = ""
    """The toolchain that built the program, where its binary tells: `go1.27.3`."""
    inside: str = ""
    """Why the runtime's counters are not read; empty where they are, or nobody asked."""
    unanswered: str = ""
    """Why a server that is polled does not answer at present; empty where it does."""
    shows_output: bool = True
    """False where the program's own output goes elsewhere: a program attached to."""
    godebug: str = ""
    """GODEBUG as the wrapped command got it."""
    default_godebug: str = ""
    """What the program's build sets where GODEBUG says nothing (`//go:debug`)."""
    godebug_added: str = ""
    """What gctui added to the user's own GODEBUG; empty where that had it all, or in a replay."""
    backlog_bytes: int = 0
    """Read from the program and not parsed yet."""
    writer_waits: bool = False
    """The program is held back: memory and the temporary file are full."""
    recording: str = ""
    """What a recording does, and where: `recording to FILE`, `recorded to FILE`, or how it failed.

    Begins with `recording failed` then; empty where nothing is recorded.
    """


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting that the user asks about."""

    gogc_percent: int | None = None
    """None: as it is; -1: off."""
    limit_mib: float | None = None
    """GOMEMLIMIT; None: as it is."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything a screen needs for one redraw."""

    version: int
    """Grows with every change of `snapshot` or `status`; equal means nothing to redraw."""
    snapshot: Snapshot
    now_s: float
    """The present on the stream's axis; after the end, the last moment of the stream."""
    status: Status
    text_lines: int
    """Lines of the program's own output so far, dropped ones included."""
    asked: tuple[Asked, ...] = ()
    """What the user asked about; the same in every frame."""
    programs: tuple[ListedProgram, ...] = ()
    """All that print into the stream, in the order in which they appeared."""
    shown: int = 1
    """The key of the one that `snapshot` is of."""
    receipt_s: float | None = None
    """The present on the clock by which lines are received; None in a saved log."""


class Feed(Protocol):
    """A session, as seen by a view."""

    def frame(self) -> Frame:
        """Return the newest frame; cheap when nothing changed."""

    def text(self, first: int, count: int) -> tuple[int, list[str]]:
        """Return up to `count` kept lines of output from number `first` on (from 0).

        The number of the first line returned is larger than `first` when older ones were dropped.
        """

    def show(self, key: int | None) -> None:
        """Have the next frames tell of one of several programs; None leaves the choice."""

    def snapshot_of(self, key: int) -> Snapshot:
        """Return one program's snapshot, whichever is shown."""
