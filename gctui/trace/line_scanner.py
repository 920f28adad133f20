"""Pieces of bytes into lines, lines into events."""

from __future__ import annotations

from collections.abc import Sequence

from gctui.events import Event, Text
from gctui.events.alike import Alike, alike, ends_of, types_of
from gctui.events.event import ALONE
from gctui.trace.line_reader import LineReader

LINE_LIMIT_BYTES = 1 << 20
_MANY_BYTES = 1 << 11
"""So much is worth being looked at whole, where all lines of what came before were alike."""


class LineScanner:
    """Turns the bytes of one source into events; the events' ranges partition the bytes.

    A line longer than `limit_bytes` becomes several texts. Memory is bounded by that limit and by
    the size of the pieces that are fed.
    """

    def __init__(self, limit_bytes: int = LINE_LIMIT_BYTES) -> None:
        self._reader = LineReader()
        self._limit_bytes = limit_bytes
        self._pending = bytearray()
        self._offset = 0
        self._line = 1
        self._alike_type: type[Event] | None = None
        """Of this type, it seems, were all lines that the last piece completed."""

    def feed(self, data: bytes) -> Sequence[Event]:
        """Return the events of the lines that `data` completes."""
        events = self._alike(data) or self._one_by_one(data)
        types = types_of(events)
        is_alone = bool(events) and ends_of(events)[1].around is ALONE
        self._alike_type = types.pop() if is_alone and len(types) == 1 else None
        self._reader.remember(events)
        return events

    def _alike(self, data: bytes) -> Alike | None:
        """Return the lines that `data` completes, if all are as those before."""
        form = self._reader.likeliest()
        if form is None or form.event is not self._alike_type or len(data) < _MANY_BYTES:
            return None
        end = data.rfind(b"\n") + 1
        text, rest = bytes(self._pending) + data[:end], data[end:]
        first_bytes = len(self._pending) + data.find(b"\n")
        if not end or max(first_bytes, len(rest)) > self._limit_bytes:
            return None
        lines = alike(form.event, self._line, self._offset, text, form.rows)
        if lines is not None:
            self._pending[:] = rest
            self._offset += len(text)
            self._line += len(lines)
        return lines

    def _one_by_one(self, data: bytes) -> list[Event]:
        events: list[Event] = []
        if self._pending:
            head, newline, data = data.partition(b"\n")
            self._pending += head
            self._pass_on_overlong(events)
            if not newline:
                return events
            raw = bytes(self._pending)
            self._pending.clear()
            self._lines([raw], events)
        lines = data.split(b"\n")
        self._pending += lines.pop()
        self._lines(lines, events)
        self._pass_on_overlong(events)
        return events

    def settle(self) -> list[Event]:
        """Return what was kept for more to come, now that nothing comes for a while."""
        return self._reader.finish()

    def finish(self) -> list[Event]:
        """Return the events of the last line, which has no newline; nothing may follow."""
        events: list[Event] = []
        if self._pending:
            raw, start = bytes(self._pending), self._offset
            self._pending.clear()
            self._offset += len(raw)
            events += self._line_events(raw, start, self._offset, events)
        return events + self._reader.finish()

    def _lines(self, lines: list[bytes], events: list[Event]) -> None:
        """Add the events of whole lines. This loop is the hot path of gctui."""
        line, start, append = self._line, self._offset, events.append
        (fullmatch, event), (second_fullmatch, second_event), glance = self._reader.quickly()
        longest = self._limit_bytes + 1
        for raw in lines:
            end = start + len(raw) + 1
            if (found := fullmatch(raw)) is not None:
                append(event(line, start, end, found.groups()))
            elif (found := second_fullmatch(raw)) is not None:
                append(second_event(line, start, end, found.groups()))
            elif glance(raw) is None and end - start <= longest:
                append(Text(line, start, end, (raw,)))
            else:
                self._line = line
                events += self._line_events(raw, start, end, events)
                quickly = self._reader.quickly()
                (fullmatch, event), (second_fullmatch, second_event), glance = quickly
            start = end
            line += 1
        self._line, self._offset = line, start

    def _line_events(self, raw: bytes, start: int, end: int, before: list[Event]) -> list[Event]:
        if len(raw) <= self._limit_bytes:
            return self._reader.events(raw, self._line, start, end, before)
        pieces: list[Event] = []
        while len(raw) > self._limit_bytes:
            piece, raw = raw[: self._limit_bytes], raw[self._limit_bytes :]
            pieces.append(Text(self._line, start, start + len(piece), (piece,)))
            start += len(piece)
        return pieces + self._reader.events(raw, self._line, start, end, before)

    def _pass_on_overlong(self, events: list[Event]) -> None:
        while len(self._pending) > self._limit_bytes:
            piece = bytes(self._pending[: self._limit_bytes])
            del self._pending[: self._limit_bytes]
            start = self._offset
            self._offset += len(piece)
            events.append(Text(self._line, start, self._offset, (piece,)))
