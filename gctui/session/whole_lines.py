"""Two streams in one file: no piece of one stands within a trace line of the other.

The runtime prints a trace line in some 40 writes. What the program prints to its other output
meanwhile would cut the line in two, and a replay could not read it.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator

_TRACE_BEGINS = (b"gc", b"sc", b"SCHED", b"pacer", b"init ")
_MOST_HELD_BYTES = 4 << 10
_HELD_AT_MOST_S = 1.0


class WholeLines:
    """Holds back the beginning of a trace line until its end comes, or a moment has passed."""

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[bytes, float]] = {}

    def feed(self, channel: Hashable, data: bytes) -> bytes:
        """Return what is to be written now."""
        overdue = b"".join(self.overdue())
        held, since_s = self._held.pop(channel, (b"", time.monotonic()))
        data = held + data
        begin = data.rfind(b"\n") + 1
        rest = data[begin:]
        if rest.startswith(_TRACE_BEGINS) and len(rest) <= _MOST_HELD_BYTES:
            self._held[channel] = rest, since_s if begin == 0 and held else time.monotonic()
            data = data[:begin]
        return overdue + data

    def overdue(self) -> Iterator[bytes]:
        """Yield what was held too long, and hold it no more."""
        now_s = time.monotonic()
        for channel, (data, since_s) in [*self._held.items()]:
            if now_s - since_s >= _HELD_AT_MOST_S:
                del self._held[channel]
                yield data

    def finish(self) -> bytes:
        """Return all that is held."""
        data = b"".join(data for data, _ in self._held.values())
        self._held.clear()
        return data
