"""Events that wait until it is known whose they are, or until there are enough of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gctui.events import AnyEvent, Gc


@dataclass(frozen=True, slots=True)
class Origin:
    """Where events come from: a file, and when they came, where a recording tells."""

    file: str
    place: int = 0
    """Of the file among those of the run."""
    received_s: float | None = None
    received: datetime | None = None


class Waiting:
    """Events in their order, those of one origin together."""

    def __init__(self) -> None:
        self._pieces: list[tuple[Origin, list[AnyEvent]]] = []
        self.count = 0

    def extend(self, other: Waiting) -> None:
        """Add all that waits elsewhere; there nothing is left."""
        for origin, events in other.take():
            for event in events:
                self.add(event, origin)

    def add(self, event: AnyEvent, origin: Origin) -> None:
        """Add the next one."""
        self.count += 1
        if self._pieces and self._pieces[-1][0] is origin:
            self._pieces[-1][1].append(event)
        else:
            self._pieces.append((origin, [event]))

    def put_before_later(self, late: Gc, origin: Origin) -> None:
        """Put a collection that others overtook to its place, if they are still here."""
        events = self._pieces[-1][1] if self._pieces and self._pieces[-1][0] is origin else []
        place, number = len(events), late.n or 0
        for i in range(len(events) - 1, -1, -1):
            other = events[i]
            if isinstance(other, Gc):
                if (other.n or 0) < number:
                    break
                place = i
        self.add(late, origin)
        if events:
            events.insert(place, events.pop())

    def take(self) -> list[tuple[Origin, list[AnyEvent]]]:
        """Return all, and keep none."""
        taken, self._pieces, self.count = self._pieces, [], 0
        return taken
