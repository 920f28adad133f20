"""One line in, its events out: trace lines, whole or inside other text, and the text around them.

A stream comes from one Go version, so the form that matched last is tried first. Most lines that
are no trace line are told by a plain search for a few words; only what contains one of them is
looked at closely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gctui.events import Event, Notice, Printed, Text, Unparsed
from gctui.grammar.forms import Form, all_forms
from gctui.grammar.pattern import Reach, form_pattern, needles, opening_source, reach
from gctui.trace.event_classes import event_class

_BLANK = b" \t\r"
_TRIED_OPENINGS = 8
"""Near misses in one line that are walked for a diagnosis; the rest is the same line's noise."""

_DIGITS = re.compile(rb"[0-9]+")


FullMatch = Callable[[bytes], re.Match[bytes] | None]
MakeEvent = Callable[[int, int, int, Printed], Event]


class _Known:
    """One form, ready for the hot path."""

    __slots__ = ("event", "form", "fullmatch", "match", "stands_alone")

    def __init__(self, form: Form) -> None:
        pattern = form_pattern(form)
        self.form = form
        self.event = event_class(form)
        self.match = pattern.match
        self.fullmatch = pattern.fullmatch
        self.stands_alone = not issubclass(self.event, Notice)
        """Specific enough to be believed in the middle of a line."""


class Recognizer:
    """Tells trace lines from text. Keeps what it learned of a stream: its forms, its prefix."""

    def __init__(self) -> None:
        self._known = [_Known(form) for form in all_forms()]
        self._may_hold_trace = re.compile(b"|".join(map(re.escape, needles(all_forms())))).search
        openings = sorted({opening_source(form) for form in all_forms()})
        self._opening = re.compile("|".join(openings).encode())
        self._prefix_shape: bytes | None = None

    def preferred(self) -> tuple[tuple[FullMatch, MakeEvent], tuple[FullMatch, MakeEvent]]:
        """Return how to read the two forms that matched last: gc and scav lines take turns."""
        first, second = self._known[:2]
        return (first.fullmatch, first.event), (second.fullmatch, second.event)

    def _prefer(self, index: int) -> None:
        """Put a form in front."""
        self._known.insert(0, self._known.pop(index))

    def events(self, raw: bytes, line: int, start: int, end: int) -> Iterator[Event]:
        """Yield the events of a line that no preferred form reads whole.

        `raw` is the line without its terminator; `end - start` counts the terminator too.
        """
        if self._may_hold_trace(raw) is None:
            yield Text(line, start, end, (raw,))
            return
        body = raw.rstrip(_BLANK)
        whole = self._whole(body)
        if whole is not None:
            yield self._known[0].event(line, start, end, whole)
            return
        yield from self._inside(raw, body, line, start, end)

    def _whole(self, body: bytes) -> Printed | None:
        for index, known in enumerate(self._known):
            found = known.fullmatch(body)
            if found is not None:
                self._prefer(index)
                return found.groups()
        return None

    def _inside(self, raw: bytes, body: bytes, line: int, start: int, end: int) -> Iterator[Event]:
        at, cut = 0, False
        for opening in self._opening.finditer(body):
            begin = opening.start()
            if begin < at:
                continue
            found = self._at(body, begin)
            if found is None:
                continue
            if begin > at:
                yield Text(line, start + at, start + begin, (raw[at:begin],))
            at, cut = found.end(), True
            is_last = at == len(body)
            if is_last:
                self._learn_prefix(raw[:begin])
            stop = end if is_last else start + at
            yield self._known[0].event(line, start + begin, stop, found.groups())
        if not cut:
            yield self._no_trace(raw, body, line, start, end)
        elif at < len(body):
            yield Text(line, start + at, end, (raw[at:],))

    def _at(self, body: bytes, begin: int) -> re.Match[bytes] | None:
        for index, known in enumerate(self._known):
            found = known.match(body, begin)
            if found is None:
                continue
            if known.stands_alone or self._behind_prefix(body, found):
                self._prefer(index)
                return found
        return None

    def _behind_prefix(self, body: bytes, found: re.Match[bytes]) -> bool:
        """Tell whether a short line stands where this stream's trace lines stand."""
        head = body[: found.start()]
        return found.end() == len(body) and _DIGITS.sub(b"0", head) == self._prefix_shape

    def _learn_prefix(self, head: bytes) -> None:
        self._prefix_shape = _DIGITS.sub(b"0", head)

    def _no_trace(self, raw: bytes, body: bytes, line: int, start: int, end: int) -> Event:
        best = self._furthest(body)
        if best is None:
            return Text(line, start, end, (raw,))
        return Unparsed(line, start, end, (raw,), best.end + 1, best.expected)

    def _furthest(self, body: bytes) -> Reach | None:
        best: Reach | None = None
        for tried, opening in enumerate(self._opening.finditer(body)):
            if tried == _TRIED_OPENINGS:
                break
            for known in self._known:
                if not known.stands_alone:
                    continue
                one = reach(known.form, body, opening.start())
                if one.end >= opening.end() and (best is None or one.end > best.end):
                    best = one
        return best
