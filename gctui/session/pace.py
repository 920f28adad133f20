"""The pace of a replay: that at which things came, or were printed, and a factor."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gctui.events import AnyEvent, Gc
from gctui.model.cycle import start_of, wall_clock_ms

if TYPE_CHECKING:
    from gctui.session.saved import Batch

WITHOUT_CLOCK_S = 0.1
"""Between two collections of a log that has no clock, at speed 1."""
_REST_PIECE_S = 0.05
_LONGEST_WAIT_S = 30 * 86400.0


def paced(batch: Batch) -> Iterator[tuple[Sequence[AnyEvent], int]]:
    """Yield what is shown at once, and the offset behind it.

    A batch of a recording came at once. One of a log is cut after every collection, which alone
    moves the clock.
    """
    if batch.received is not None:
        yield batch.events, batch.end
        return
    shown: list[AnyEvent] = []
    for event in batch.events:
        shown.append(event)
        if isinstance(event, Gc):
            yield shown, event.end
            shown = []
    if shown:
        yield shown, batch.end


class Rest:
    """Lets a reader rest while the screen is busy: there is one interpreter for both."""

    def __init__(self, asked_to_stop: threading.Event) -> None:
        self._asked_to_stop = asked_to_stop
        self._until_s = 0.0

    def __call__(self, for_s: float) -> None:
        """Ask for a rest from now on; 0 ends one."""
        self._until_s = time.monotonic() + for_s

    def take(self) -> None:
        """Rest as long as is asked for; to be called by the reader now and then."""
        while (left_s := self._until_s - time.monotonic()) > 0:
            if self._asked_to_stop.wait(min(left_s, _REST_PIECE_S)):
                return


class Pace:
    """Says how long to wait before an event is shown."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._last_end_s: float | None = None
        self._last_received_s: float | None = None
        self._due_s = time.monotonic()
        self._shown_s = self._due_s

    def wait_s(self, event: AnyEvent, received_s: float | None) -> float:
        """Return the seconds until `event` is due; 0 for what carries no time."""
        if received_s is not None:
            self._due_s += self._since_receipt_s(received_s) / self._speed
        elif isinstance(event, Gc):
            self._due_s += self._since_last_s(event) / self._speed
        self._shown_s = max(self._due_s, time.monotonic())
        return min(_LONGEST_WAIT_S, max(0.0, self._due_s - time.monotonic()))

    def behind_s(self) -> float:
        """Return how much of the trace's time passed since the last event was shown."""
        return max(0.0, (time.monotonic() - self._shown_s) * self._speed)

    def _since_receipt_s(self, received_s: float) -> float:
        """Return the time since the receipt before; some come late, as their thread was."""
        last_s = received_s if self._last_received_s is None else self._last_received_s
        self._last_received_s = max(last_s, received_s)
        return self._last_received_s - last_s

    def _since_last_s(self, gc: Gc) -> float:
        start_s = start_of(gc)
        if start_s is None:
            return WITHOUT_CLOCK_S
        end_s = start_s + wall_clock_ms(gc) / 1000
        last_s, self._last_end_s = self._last_end_s, end_s
        if last_s is None:
            return min(end_s, WITHOUT_CLOCK_S)
        return end_s - last_s if end_s >= last_s else WITHOUT_CLOCK_S
