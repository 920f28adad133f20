"""Trace lines that other writers tore, put together again.

The runtime prints a line in some forty writes, and whoever else writes to the same pipe may come in
between: `gc 40 @user line`, then `0.716user line`, then `s 7%: 2.1+…`, each on a line of its own,
because the other's text ends in a newline. A terminal or a mail client that folds long lines tears
them too, anywhere. (`gwrite` in the runtime's print.go; two traces of one program never tear each
other since Go 1.5: the print lock.)

A line is put together when one way of joining its pieces gives a whole line, and one only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from gctui.events import Event, Printed, Surroundings, Unparsed
from gctui.grammar.forms import Form, all_forms
from gctui.grammar.steps import telling_words
from gctui.trace.event_classes import event_class
from gctui.trace.joining import Way, continued, whole
from gctui.trace.line import Line

_BLANK = b" \t\r"
_MOST_LINES = 64
_MOST_BYTES = 64 << 10
_MOST_WAYS = 512
_REMEMBERED_LENGTHS = 8
_FOLDED_FROM = 3
"""So many torn lines of one length are no chance."""

Scan = Callable[[bytes, int, int, int], list[Event]]
"""How to read what is no piece: bytes of a line, its number, where they begin and end."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A line since the torn one began; what follows it waits too, so that the order stays."""

    line: Line
    events: list[Event] | None
    """What it is, where it holds no piece for certain; None where that is not known yet."""


@dataclass(slots=True)
class _Tear:
    """A line that began and has not ended yet."""

    ways: list[Way]
    kept: list[_Kept]
    around: Surroundings
    """What the prefix of its first line tells."""
    kept_bytes: int = 0

    def keep(self, line: Line, events: list[Event] | None) -> None:
        self.kept.append(_Kept(line, events))
        self.kept_bytes += len(line.raw)


class Mender:
    """Joins the pieces of one torn line at a time."""

    def __init__(self, scan: Scan, is_believed: Callable[[Event], bool]) -> None:
        self._scan = scan
        self._is_believed = is_believed
        self._tear: _Tear | None = None
        self._lengths: deque[int] = deque(maxlen=_REMEMBERED_LENGTHS)

    @property
    def waits(self) -> bool:
        """A line has begun whose end may still come."""
        return self._tear is not None

    def begin(
        self, otherwise: Event, line: Line, begin: int, starts: list[Way], around: Surroundings
    ) -> list[Event]:
        """Keep a line that began at `begin` and did not end; return what is certain now.

        `starts` say of which forms it may be, `otherwise` what the line is if its end never comes.
        """
        ways = [way for start in starts for way in continued(start, line.raw, begin, 0)]
        if not ways or len(ways) > _MOST_WAYS:
            return [otherwise]
        self._lengths.append(len(line.raw))
        self._tear = _Tear(ways, [_Kept(line, [otherwise])], around)
        return self._joined(self._tear, whole(ways, line.raw))

    def offer(self, line: Line, source: str | None) -> list[Event] | None:
        """Take a line that may go on where the torn one stopped, behind its prefix.

        Returns None when it does not, else the events that are certain now: none while it waits.
        """
        tear = self._tear
        if tear is None or tear.around.source != source:
            return None
        index = len(tear.kept)
        steps = [way for old in tear.ways for way in continued(old, line.raw, line.head, index)]
        if not steps:
            return None
        tear.keep(line, None)
        tear.ways += steps
        return self._joined(tear, whole(steps, line.raw)) or self._unless_too_much(tear)

    def pass_by(self, line: Line, events: list[Event]) -> list[Event]:
        """Take a line that is nobody's rest, and what it is; return what is certain now."""
        tear = self._tear
        if tear is None:
            return events
        kind = tear.ways[0].form.kind
        if any(event.kind == kind or isinstance(event, Unparsed) for event in events):
            # Its end would have come before.
            return self.give_up() + events
        tear.keep(line, events)
        return self._unless_too_much(tear)

    def give_up(self) -> list[Event]:
        """Return what is kept as if it had never been a trace line."""
        tear, self._tear = self._tear, None
        return [event for kept in tear.kept for event in self._events(kept)] if tear else []

    def _unless_too_much(self, tear: _Tear) -> list[Event]:
        is_much = len(tear.kept) >= _MOST_LINES or tear.kept_bytes >= _MOST_BYTES
        return self.give_up() if is_much or len(tear.ways) > _MOST_WAYS else []

    def _events(self, kept: _Kept) -> list[Event]:
        if kept.events is not None:
            return kept.events
        line = kept.line
        return self._scan(line.raw, line.number, line.start, line.end)

    def _joined(self, tear: _Tear, complete: list[tuple[Way, Printed]]) -> list[Event]:
        """Return everything in its order if the ways give a whole line: one and no other."""
        if not complete:
            return []
        if self._is_folded(tear):
            longest = max(len(way.text) for way, _ in complete)
            complete = [one for one in complete if len(one[0].text) == longest]
        elif any(way.doubtful for way, _ in complete):
            return self.give_up()
        if len({printed for _, printed in complete}) > 1:
            return self.give_up()
        way, printed = complete[0]
        event, others = self._put_together(tear, way, printed)
        if not self._is_believed(event) or any(_may_be_of_a_trace(one, way) for one in others):
            return self.give_up()
        self._tear = None
        return sorted([event, *others], key=lambda one: one.start)

    def _put_together(self, tear: _Tear, way: Way, printed: Printed) -> tuple[Event, list[Event]]:
        """Return the line that the pieces are, and what else the kept lines hold."""
        others: list[Event] = []
        ranges: list[tuple[int, int]] = []
        for index, kept in enumerate(tear.kept):
            line, at = kept.line, 0
            pieces = [piece for piece in way.pieces if piece[0] == index]
            if not pieces:
                others += self._events(kept)
                continue
            for _, begin, end in pieces:
                # A prefix is the line's, right behind it.
                own = 0 if (at, begin) == (0, line.head) else begin
                others += self._foreign(line, at, own)
                # A newline behind foreign text is foreign too.
                at = end if line.raw[end:].strip(_BLANK) else len(line.raw)
                ranges.append((line.start + own, line.place(at)))
            others += self._foreign(line, at, len(line.raw))
        first, begin, _ = way.pieces[0]
        is_behind_prefix = begin == tear.kept[first].line.head
        around = tear.around if is_behind_prefix else Surroundings(wall=tear.around.wall)
        around = replace(around, repaired=True, ranges=_merged(ranges))
        make = event_class(way.form)
        number = tear.kept[first].line.number
        return make(number, ranges[0][0], ranges[-1][1], printed, around), others

    def _is_folded(self, tear: _Tear) -> bool:
        """Tell whether lines are torn where they reach a width, so that nothing is foreign."""
        return self._lengths.count(len(tear.kept[0].line.raw)) >= _FOLDED_FROM

    def _foreign(self, line: Line, begin: int, end: int) -> list[Event]:
        """Read the part of a line that is no piece."""
        if begin == end:
            return []
        return self._scan(line.raw[begin:end], line.number, line.start + begin, line.place(end))


def _may_be_of_a_trace(event: Event, way: Way) -> bool:
    """Tell whether what is left may be of another torn line: nobody knows whose piece is whose."""
    if event.format:
        return event.kind == way.form.kind
    text = event.raw
    return isinstance(event, Unparsed) or any(word in text for word in _telling_words(way.form))


@cache
def _telling_words(form: Form) -> frozenset[bytes]:
    """Return what tells of a line that begins as this form does, and may go on as another one."""
    alike = (
        other
        for other in all_forms()
        if other.kind == form.kind and other.body.parts[0] == form.body.parts[0]
    )
    return frozenset(word for other in alike for word in telling_words(other))


def _merged(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)
