"""Recordings, read back: lines in, events out, in the order and at the times of their session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from gctui.events import AnyEvent, Unparsed
from gctui.model.profile import Profile
from gctui.session.recorded_event import NotAnEvent, read_event, stream_and_who
from gctui.session.recorded_profile import RecordedProfiles
from gctui.session.recording_format import (
    END_KIND,
    HEADER_KIND,
    LINE_LIMIT_BYTES,
    PROFILE_KIND,
    End,
    Header,
    read_end,
    read_header,
    read_moment,
)

_KEPT_OF_DAMAGE_BYTES = 1 << 12


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of a recording, read; `received` and `source` where they are known."""

    event: AnyEvent | Profile
    end: int
    """Offset behind the line."""
    received: datetime | None = None
    source: str = ""


class RecordedReader:
    """Turns the bytes of one recording into its events; a line that is none becomes unparsed."""

    def __init__(self, header: Header) -> None:
        self.header = header
        """The newest."""
        self.ended: tuple[datetime, End] | None = None
        """When and how the session ended, once its last line was read."""
        self.damage = ""
        """Where the recording broke off, when it was read to its end; empty where it did not."""
        self._pending = bytearray()
        self._skips = False
        self._skipped_bytes = 0
        self._line = 0
        self._offset = 0
        self._last_is_damaged = False
        self._profiles = RecordedProfiles()
        self._last_moment: tuple[str, datetime] | None = None

    def feed(self, data: bytes) -> Iterator[Recorded]:
        """Yield the events of the lines that `data` completes."""
        lines = data.split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield from self._read(self._completed(line), terminated=True)
        self._hold(rest)

    def finish(self) -> Iterator[Recorded]:
        """Yield the event of a last line that lacks its newline; nothing may follow."""
        if self._pending:
            yield from self._read(bytes(self._pending), terminated=False)
        if self._last_is_damaged:
            self.damage = f"recording cut short: line {self._line} is damaged"
        elif self.ended is None:
            self.damage = f"recording cut short after line {self._line}"

    def _completed(self, part: bytes) -> bytes:
        if not self._pending:
            return part
        self._hold(part)
        line, self._pending = bytes(self._pending), bytearray()
        return line

    def _hold(self, part: bytes) -> None:
        """Keep the beginning of a line; of one that is too long just so much as is shown."""
        self._pending += part
        if len(self._pending) > LINE_LIMIT_BYTES:
            self._skips = True
        if self._skips:
            self._skipped_bytes += max(0, len(self._pending) - _KEPT_OF_DAMAGE_BYTES)
            del self._pending[_KEPT_OF_DAMAGE_BYTES:]

    def _read(self, line: bytes, *, terminated: bool) -> Iterator[Recorded]:
        self._line += 1
        start = self._offset
        self._offset += len(line) + self._skipped_bytes + terminated
        skipped, self._skips, self._skipped_bytes = self._skips, False, 0
        try:
            if skipped:
                raise _Damaged("the end of the line")
            recorded = self._recorded(_object(line)) if line.strip() else None
            self._last_is_damaged = False
        except _Damaged as damage:
            self._last_is_damaged = True
            # What was being written when the session was cut off is no near miss.
            recorded = self._unparsed(line, start, damage) if terminated else None
        if recorded is not None:
            yield recorded

    def _recorded(self, row: dict[str, Any]) -> Recorded | None:
        try:
            if row.get("kind") == HEADER_KIND:
                self.header, self.ended = read_header(row), None
                return None
            received = self._moment(row.get("received"))
            if row.get("kind") == END_KIND:
                self.ended = received, read_end(row)
                return None
        except ValueError as error:
            raise _Damaged(f"a moment: {error}") from error
        try:
            is_profile = row.get("kind") == PROFILE_KIND
            event = self._profiles.read(row) if is_profile else read_event(row)
        except NotAnEvent as error:
            raise _Damaged(str(error)) from error
        return Recorded(event, self._offset, received, stream_and_who(row)[0])

    def _moment(self, text: object) -> datetime:
        """Read a receipt time. Many lines have that of the line before."""
        if self._last_moment is None or self._last_moment[0] != text:
            moment = read_moment(text)
            self._last_moment = str(text), moment
        return self._last_moment[1]

    def _unparsed(self, line: bytes, start: int, damage: _Damaged) -> Recorded:
        shown = line[:_KEPT_OF_DAMAGE_BYTES]
        expected = f"an event of a recording: {damage}"
        event = Unparsed(self._line, start, self._offset, (shown,), damage.column, expected)
        return Recorded(event, self._offset)


class _Damaged(Exception):
    """A line that cannot be read; the message says what was expected."""

    def __init__(self, expected: str, column: int = 1) -> None:
        super().__init__(expected)
        self.column = column


def recording_header(line: bytes) -> tuple[Header, int] | None:
    """Return the header that is `line` and its version; None where it is none."""
    try:
        row = _object(line)
        return read_header(row), row["version"]
    except (_Damaged, ValueError):
        return None


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = _DECODER.decode(line.decode())
    except json.JSONDecodeError as error:
        raise _Damaged(error.msg, error.pos + 1) from error
    except UnicodeDecodeError as error:
        raise _Damaged("UTF-8", error.start + 1) from error
    except (ValueError, RecursionError) as error:
        raise _Damaged("plain JSON") from error
    if not isinstance(row, dict):
        raise _Damaged("an object")
    return row


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
