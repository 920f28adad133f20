"""What of a stream was no plain trace line of a known program: it is counted and told of."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace

from gctui.events import Event, Text, Unparsed
from gctui.events.event import ALONE
from gctui.model.snapshot import Snapshot

KEPT = 100


class Oddities:
    """Keeps the newest of each sort, and how many there were, whichever program printed them."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._unparsed: deque[Unparsed] = deque(maxlen=KEPT)
        self._repaired: deque[Event] = deque(maxlen=KEPT)
        self._extended: deque[Event] = deque(maxlen=KEPT)

    def take(self, event: Event) -> None:
        """Look at one event."""
        if isinstance(event, Text):
            self._counts[Text.kind] += 1
            return
        if isinstance(event, Unparsed):
            self._counts[Unparsed.kind] += 1
            self._unparsed.append(event)
            return
        around = event.around
        if around is ALONE:
            return
        if around.repaired:
            self._counts["repaired"] += 1
            self._repaired.append(event)
        if around.extra is not None:
            self._counts["extended"] += 1
            self._extended.append(event)

    def count(self, sort: str) -> None:
        """Count what is not kept."""
        self._counts[sort] += 1

    def added_to(self, snapshot: Snapshot) -> Snapshot:
        """Return a program's snapshot with what the whole stream had."""
        if not self._counts:
            return snapshot
        counts = {**snapshot.totals.counts, **self._counts}
        return replace(
            snapshot,
            totals=replace(snapshot.totals, counts=counts),
            unparsed=tuple(self._unparsed),
            repaired=tuple(self._repaired),
            extended=tuple(self._extended),
        )
