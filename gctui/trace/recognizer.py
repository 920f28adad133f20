"""One line in, its events out: trace lines, whole or inside other text, and the text around them.

A stream comes from one Go version and one logger, so the form that matched last is tried first,
behind the prefix that was there last. Most lines that are no trace line are told by a plain search
for a few words; only what contains one of them is looked at closely.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gctui.events import Event, Notice, Surroundings, Text, Unparsed
from gctui.events.event import ALONE
from gctui.trace import wrapped
from gctui.trace.escaped import Unescaped, find_quoted
from gctui.trace.known_forms import Known, KnownForms, Reading
from gctui.trace.line import Line
from gctui.trace.message_places import placed, unplaced
from gctui.trace.prefix import Shape, shape_of

_BLANK = b" \t\r"
_DIGITS = re.compile(rb"[0-9]+")
_COLOUR = re.compile(rb"\x1b\[[0-9;]{0,32}+[mK]")
_NOTHING = re.compile(rb"(?:\x1b\[[0-9;]{0,32}+[mK]|[ \t\r])*+")
"""What may stand behind a trace line and says nothing."""

_UNKNOWN_FIELDS = re.compile(rb"(?:,? [a-z_]{1,32}+=|, | \(| \[)[^\x00-\x1f]{1,256}")
_MAY_BE_LOGFMT = re.compile(rb"[\w.@/-]{1,128}+=")


@dataclass(frozen=True, slots=True)
class Logged:
    """What a logger was given to log."""

    text: bytes
    around: Surroundings
    """What the line says besides."""
    shape: Shape | None = None
    """Of the prefix; None for JSON and logfmt."""
    quoted: Unescaped | None = None
    """Where the line quotes it, if it does."""


class Recognizer:
    """Tells trace lines from text. Keeps what it learned of a stream: its forms, its prefix."""

    def __init__(self, forms: KnownForms) -> None:
        self._forms = forms
        self._shape: Shape | None = None
        self._head: bytes | None = None
        """What stood before the last trace line that had text before it, every number as 0."""
        self._is_wrapped = False
        """This stream's lines are messages of a logger."""

    def events(self, raw: bytes, line: int, start: int, end: int) -> list[Event]:
        """Return the events of a line that no preferred form reads whole.

        `raw` is the line without its terminator; `end - start` counts the terminator too.
        """
        may_be_wrapped = b"{" in raw and (b"\\u" in raw or b'"MESSAGE"' in raw)
        if self._forms.may_hold_trace(raw) is None and not may_be_wrapped:
            return [Text(line, start, end, (raw,))]
        body = raw.rstrip(_BLANK)
        read = self._behind_known_prefix(body)
        if read is not None:
            (cls, printed), around = read
            return [cls(line, start, end, printed, around)]
        return (
            self._wrapped(raw, body, line, start, end)
            or self._inside(raw, body, line, start, end)
            or self._marked_up(body, line, start, end)
            or [self._no_trace(raw, body, line, start, end)]
        )

    def prefix_end(self, raw: bytes) -> int:
        """Return how long the prefix is that this stream's lines have; 0 where there is none."""
        found = self._shape.match(raw) if self._shape else None
        return found.end() if found else 0

    def prefix(self, raw: bytes) -> tuple[int, Surroundings]:
        """Return how long the prefix is that this stream's lines have, and what it says."""
        found = self._shape.match(raw) if self._shape else None
        if self._shape is None or found is None:
            return 0, ALONE
        return found.end(), self._shape.around(found)

    def logged(
        self, raw: bytes, begin: int | None = None, shape: Shape | None = None
    ) -> Logged | None:
        """Return what a logger was given to log.

        Of JSON and logfmt it is the message, else what stands behind a prefix of `shape`, or behind
        one that ends at `begin`; at 0, it may be a later line of a text that got one prefix.
        """
        body = raw.rstrip(b"\r")
        wrap = self._fields(body.rstrip(_BLANK))
        if wrap is not None:
            at, outer, fields = wrap
            message = next(wrapped.messages(fields), None)
            quoted = find_quoted(body, at, message) if message else None
            head = body[: quoted.origins[0]] if quoted else body[:at]
            around = _around_wrapped(head, outer, fields)
            return Logged(message, around, quoted=quoted) if message else None
        if begin == 0:
            return Logged(body, ALONE, self._shape) if self._shape else None
        shape = shape if begin is None else shape_of(body[:begin])
        found = shape.match(body) if shape else None
        if shape is None or found is None or (begin is not None and found.end() != begin):
            return None
        return Logged(body[found.end() :], shape.around(found), shape)

    def part(self, line: Line, logged: Logged, begin: int, stop: int) -> list[Event]:
        """Return what a part of a quoted message tells; nothing where it is blank."""
        quoted = logged.quoted
        told = self._told(logged.text[begin:stop]) if quoted is not None else []
        if quoted is None or not told:
            return []
        if not self._is_believed_wrapped(told):
            told = [Text(0, 0, stop - begin, (logged.text[begin:stop],))]
        return placed(told, quoted, line, logged.around, begin, stop)

    def _behind_known_prefix(self, body: bytes) -> tuple[Reading, Surroundings] | None:
        read = self._forms.whole(body)
        if read is not None:
            return read, ALONE
        shape = self._shape
        prefix = shape.match(body) if shape else None
        if shape is None or prefix is None:
            return None
        read = self._forms.whole(body, prefix.end())
        return None if read is None else (read, shape.around(prefix))

    def _wrapped(self, raw: bytes, body: bytes, line: int, start: int, end: int) -> list[Event]:
        """Read a line that a logger wrote as JSON or logfmt, if its message holds a trace line."""
        wrap = self._fields(body)
        if wrap is None:
            return []
        begin, shape, fields = wrap
        for message in wrapped.messages(fields):
            told = self._told(message)
            if not self._is_believed_wrapped(told):
                continue
            is_trace = not any(isinstance(event, Text) for event in told)
            self._shape, self._is_wrapped = shape or self._shape, self._is_wrapped or is_trace
            quoted = None if is_trace else find_quoted(body, begin, message)
            opening = quoted.origins[0] if quoted else next(self._forms.openings(body), begin + 1)
            around = _around_wrapped(body[:opening], shape, fields)
            if quoted is None:
                return unplaced(told, line, start, end, around)
            return placed(told, quoted, Line(raw, line, start, end), around)
        return []

    def _fields(self, body: bytes) -> tuple[int, Shape | None, wrapped.Fields] | None:
        """Return the fields of a line that is JSON or logfmt, where they begin, behind what."""
        begin = max(body.find(b"{"), 0) if body[-1:] == b"}" else self.prefix_end(body)
        shape = shape_of(body[:begin])
        if begin and shape is None:
            return None
        if body[begin : begin + 1] != b"{" and not _MAY_BE_LOGFMT.match(body, begin):
            return None
        fields = wrapped.fields_of(body[begin:])
        return (begin, shape, fields) if fields else None

    def _is_believed_wrapped(self, told: list[Event]) -> bool:
        """Tell whether there are trace lines; a short one must come as this stream's do."""
        traces = [event for event in told if not isinstance(event, Text)]
        return any(self._is_wrapped or not isinstance(event, Notice) for event in traces)

    def _told(self, message: bytes) -> list[Event]:
        """Return what a message tells, placed in the message."""
        shape, head = self._shape, self._head
        events: list[Event] = []
        at = 0
        for text in message.splitlines(keepends=True):
            if text.strip():
                events += self._told_line(text, at)
            at += len(text)
        self._shape, self._head = shape, head
        return events

    def _told_line(self, text: bytes, at: int) -> list[Event]:
        stop = at + len(text)
        body = text.rstrip(b"\n" + _BLANK)
        plain = _plain(body)
        read = self._forms.whole(plain)
        if read is None and plain[:1].isspace():
            read = self._forms.whole(plain.lstrip(_BLANK))
        if read is not None:
            cls, printed = read
            return [cls(0, at, stop, printed)]
        return self._inside(text, body, 0, at, stop) or [Text(0, at, stop, (text,))]

    def _inside(self, raw: bytes, body: bytes, line: int, start: int, end: int) -> list[Event]:
        events: list[Event] = []
        at = 0
        for begin in self._forms.openings(body):
            if begin < at:
                continue
            found = self._forms.at(body, begin)
            if found is None or not self._is_believed(found, body, begin):
                continue
            known, match = found
            around = self._around(body[:begin]) if at == 0 else ALONE
            if around.prefix is None:
                # The time is the whole line's, the name is not: behind text without a newline some
                # supervisors let another program's line follow.
                around = Surroundings(wall=self.prefix(body)[1].wall)
            if begin > at and around.prefix is None:
                events.append(Text(line, start + at, start + begin, (raw[at:begin],)))
                at = begin
            stop, extra = self._behind(body, match.end())
            if extra:
                around = replace(around, extra=extra)
            last = end if stop == len(body) else start + stop
            events.append(known.event(line, start + at, last, match.groups(), around))
            at = stop
        if events and at < len(body):
            events.append(Text(line, start + at, end, (raw[at:],)))
        return events

    def _around(self, head: bytes) -> Surroundings:
        """Say what a trace line's head is; a head that is no prefix says nothing."""
        shape = shape_of(head)
        prefix = shape.match(head) if shape else None
        if shape and prefix:
            self._shape = shape
            return shape.around(prefix)
        if head:
            self._head = _DIGITS.sub(b"0", head)
        return ALONE

    def _behind(self, body: bytes, stop: int) -> tuple[int, str | None]:
        """Return where the line ends that was read up to `stop`, and its unknown fields."""
        nothing = _NOTHING.match(body, stop)
        if nothing and nothing.end() == len(body):
            return len(body), None
        unknown = _UNKNOWN_FIELDS.fullmatch(body, stop)
        if unknown and not any(True for _ in self._forms.openings(body[stop:])):
            return len(body), unknown[0].decode("utf-8", "surrogateescape")
        return stop, None

    def _is_believed(self, found: tuple[Known, re.Match[bytes]], body: bytes, begin: int) -> bool:
        """Tell whether a short line stands where this stream's trace lines stand.

        Before the first of them, it may stand behind any prefix that tells a time or a name.
        """
        known, match = found
        if known.stands_alone:
            return True
        if match.end() != len(body):
            return False
        head = body[:begin]
        shape = shape_of(head)
        if shape and self._shape is None:
            return bool(shape.walls or shape.sources) and not self._forms.was_told
        return shape == self._shape if shape else _DIGITS.sub(b"0", head) == self._head

    def _marked_up(self, body: bytes, line: int, start: int, end: int) -> list[Event]:
        """Read a line that something marked with colours, as grep does, or wrote as HTML."""
        plain = _plain(body)
        if plain is body:
            return []
        return [
            event
            for event in self._inside(plain, plain, line, start, end)
            if (event.start, event.end) == (start, end)
        ]

    def _no_trace(self, raw: bytes, body: bytes, line: int, start: int, end: int) -> Event:
        nearest = self._forms.furthest(raw)
        if nearest is None:
            return Text(line, start, end, (raw,))
        _, best = nearest
        return Unparsed(line, start, end, (raw,), best.end + 1, best.expected)


def _plain(text: bytes) -> bytes:
    """Return a text without colours, and without what HTML makes of it."""
    if b"\x1b" not in text and b"&gt;" not in text:
        return text
    return _COLOUR.sub(b"", text).replace(b"&gt;", b">").rstrip(_BLANK)


def _around_wrapped(head: bytes, shape: Shape | None, fields: wrapped.Fields) -> Surroundings:
    prefix = shape.match(head) if shape else None
    outer = shape.around(prefix) if shape and prefix else ALONE
    return Surroundings(
        prefix=head.decode("utf-8", "surrogateescape"),
        wall=wrapped.wall(fields) or outer.wall,
        source=outer.source or wrapped.source(fields),
    )
