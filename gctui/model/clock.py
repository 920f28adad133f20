"""One time axis for a stream whose lines may carry a clock, arrive live, or neither."""

from __future__ import annotations

from enum import StrEnum


class ClockKind(StrEnum):
    """Where the times of a stream come from."""

    NONE = "none"
    TRACE = "trace"
    """The trace's own clock: seconds since the runtime was initialised (Go 1.5 and later, and
    SCHED lines of all versions)."""
    RECEIPT = "receipt"
    """When gctui received the line; used where lines carry no clock."""
    ORDER = "order"
    """The number of the collection: a saved log without any clock."""


class StreamClock:
    """Gives every event its place on the axis; seconds, or a count when the kind is ORDER.

    The axis never runs back: a new epoch continues where the last one ended.
    """

    def __init__(self) -> None:
        self.kind = ClockKind.NONE
        self.now_s = 0.0
        self._epoch_base_s = 0.0
        self._receipt_offset_s: float | None = None
        self._shift_s = 0.0

    def at_receipt(self, received_s: float) -> float:
        """Return where a moment of the receipt clock lies on the axis; changes nothing."""
        return max(self.now_s, received_s + (self._receipt_offset_s or 0.0))

    def cycle_ended(self, end_s: float, received_s: float | None) -> float:
        """Place a collection that carries a clock; `end_s` is when it ended by that clock."""
        self.kind = ClockKind.TRACE
        time_s = self._epoch_base_s + end_s
        if received_s is not None:
            self._anchor(time_s - received_s)
        return self._advance(time_s)

    def since_start(self, at_s: float, received_s: float | None) -> float:
        """Place a line that tells how long the program has run, as SCHED lines do.

        Where the axis counts collections it stands at the last of them.
        """
        if self.kind is ClockKind.ORDER:
            return self.now_s
        return self.cycle_ended(at_s, received_s)

    def take_shift_s(self) -> float:
        """Return by how much what was placed so far must move: once, by the first anchor."""
        shift_s, self._shift_s = self._shift_s, 0.0
        return shift_s

    def _anchor(self, offset_s: float) -> None:
        if self._receipt_offset_s is None:
            # Until now receipt alone told the time, of a program that may have started slowly.
            self._shift_s = offset_s
            self.now_s = max(0.0, self.now_s + offset_s)
            self._receipt_offset_s = offset_s
        elif offset_s > self._receipt_offset_s:
            # A line arrives after it was printed, never before: the least delay is the best guess.
            self._receipt_offset_s = offset_s

    def cycle_without_clock(self, received_s: float | None) -> float:
        """Place a collection that carries no clock."""
        if received_s is not None:
            return self.other(received_s)
        if self.kind in {ClockKind.NONE, ClockKind.ORDER}:
            self.kind = ClockKind.ORDER
            return self._advance(self.now_s + 1)
        return self.now_s

    def other(self, received_s: float | None) -> float:
        """Place an event that never has a clock: by receipt if known, else at the last event."""
        if received_s is None:
            return self.now_s
        if self.kind is ClockKind.NONE:
            self.kind = ClockKind.RECEIPT
        return self._advance(self.at_receipt(received_s))

    def new_epoch(self, end_s: float | None, received_s: float | None) -> float:
        """Begin an epoch and return its beginning on the axis.

        `end_s` is when its first collection ended by its own clock. Where receipt times are known
        the axis keeps to them; else one epoch begins where the other ended.
        """
        base_s = self.now_s
        if end_s is not None and received_s is not None and self._receipt_offset_s is not None:
            # When that program began by its own clock; before now, if it is not a restart but
            # another one whose lines come in between.
            base_s = received_s + self._receipt_offset_s - end_s
        self._epoch_base_s = base_s
        return max(base_s, self.now_s)

    def _advance(self, time_s: float) -> float:
        self.now_s = max(self.now_s, time_s)
        return self.now_s
