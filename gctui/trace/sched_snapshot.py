"""A SCHED line and the P, M and G lines below it become one event.

The runtime prints a line per processor, thread and goroutine; a program may have a million
goroutines. So they are counted as they come, and of where they stood the merged ranges are kept:
memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gctui.events import Event, Sched, SchedPart, Surroundings, Text
from gctui.events.alike import types_of
from gctui.events.event import ALONE

MOST_OTHERS = 256
"""So many other lines in a row end a snapshot: of other writers there are less between two lines
that the runtime prints one after the other."""

MOST_RANGES = 4096
"""So many pieces of a snapshot, each with something else between it and the next, end it too."""

_PROCESSOR, _THREAD, _GOROUTINE = range(3)
_SCANNED = 0x1000
_STATUSES = {
    # runtime/runtime2.go
    0: "idle",
    1: "runnable",
    2: "running",
    3: "syscall",
    4: "waiting",
    6: "dead",
    8: "copystack",
    9: "preempted",
    10: "leaked",
    11: "deadextra",
}
_OTHER_STATUS = "other"


class SchedSnapshots:
    """Folds the events of one stream; all others pass through as they are, at once.

    The event of a snapshot comes when the snapshot is over, so behind events that stood between its
    lines: after the next SCHED line, after a line that cannot belong to it, after many others, when
    the stream ends, or when `flush` is called because nothing came for a moment.
    """

    def __init__(self) -> None:
        self._open: _Snapshot | None = None

    @property
    def is_open(self) -> bool:
        """Whether an event is held back."""
        return self._open is not None

    def fold_all(self, events: Sequence[Event]) -> Sequence[Event]:
        """Fold a batch; the same one where nothing in it is to be folded."""
        types = types_of(events)
        if self._open is None and not any(issubclass(each, _FOLDED) for each in types):
            return events
        return [folded for event in events for folded in self.fold(event)]

    def fold(self, event: Event) -> Iterable[Event]:
        """Return what `event` becomes or ends: none, one or two events."""
        if isinstance(event, SchedPart):
            return self._part(event)
        if isinstance(event, Sched):
            before = self.flush()
            if not is_head(event):
                return (*before, event)
            self._open = _Snapshot(event)
            return before
        if self._open is not None and self._open.passes_over():
            return (event, *self.flush())
        return (event,)

    def flush(self) -> tuple[Event, ...]:
        """Return the event that is held back, as far as its lines have come."""
        if self._open is None:
            return ()
        event = self._open.event()
        self._open = None
        return (event,)

    def finish(self) -> tuple[Event, ...]:
        """Return the event that is held back; nothing may follow."""
        return self.flush()

    def _part(self, part: SchedPart) -> Iterable[Event]:
        if self._open is None:
            return (text_of(part),)
        if self._open.add(part):
            return ()
        return (*self.flush(), text_of(part))


_FOLDED = Sched, SchedPart


def is_head(event: Sched) -> bool:
    """Tell whether P, M and G lines follow this line."""
    return event.gcwaiting is not None and event.counted is None


def text_of(part: SchedPart) -> Text:
    """Return a P, M or G line that belongs to no SCHED line as the text that it is then."""
    around = part.around
    prefix, extra = (
        (text or "").encode("utf-8", "surrogateescape") for text in (around.prefix, around.extra)
    )
    raw = prefix + part.raw + extra
    # A line feed, or that behind a carriage return.
    cut = part.end - part.start - len(raw) == len(b"\r\n")
    raw += b"\r" if cut else b""
    places = Surroundings(ranges=around.ranges) if around.ranges else ALONE
    return Text(part.line, part.start, part.end, (raw,), places)


class _Snapshot:
    """A head, and what came below it so far."""

    def __init__(self, head: Sched) -> None:
        self._head = head
        self._ranges = list(head.ranges)
        self._counted: dict[str, int] = {}
        self._stage = _PROCESSOR
        self._others = 0

    def passes_over(self) -> bool:
        """Count a line that is no part; tell whether that was one too many."""
        self._others += 1
        return self._others >= MOST_OTHERS

    def add(self, part: SchedPart) -> bool:
        """Count a line; False where it cannot belong to this snapshot."""
        stage = _stage_of(part)
        if stage < self._stage or len(self._ranges) >= MOST_RANGES:
            return False
        self._stage, self._others = stage, 0
        if stage == _GOROUTINE:
            status = (part.status or 0) & ~_SCANNED
            name = _STATUSES.get(status, _OTHER_STATUS)
            self._counted[name] = self._counted.get(name, 0) + 1
        for place in part.ranges:
            self._append(place)
        return True

    def _append(self, place: tuple[int, int]) -> None:
        start, end = place
        before_start, before_end = self._ranges[-1]
        if before_end == start:
            self._ranges[-1] = (before_start, end)
        elif start > before_end:
            self._ranges.append(place)
        else:
            # A line that was torn: its first piece stands before what was read since.
            self._ranges = _merged([*self._ranges, place])

    def event(self) -> Sched:
        """Return the head, with all that was counted and where it stood."""
        head, ranges = self._head, tuple(self._ranges)
        around = head.around
        if len(ranges) > 1 or around.ranges:
            around = Surroundings(
                prefix=around.prefix,
                wall=around.wall,
                source=around.source,
                repaired=around.repaired,
                extra=around.extra,
                ranges=ranges if len(ranges) > 1 else (),
            )
        # Without a single goroutine the snapshot was cut off: nothing was counted.
        counted = self._counted or None
        start, end = ranges[0][0], ranges[-1][1]
        return type(head)(head.line, start, end, head.printed, around, counted)


def _stage_of(part: SchedPart) -> int:
    if part.goid is not None:
        return _GOROUTINE
    return _PROCESSOR if part.schedtick is not None else _THREAD


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
