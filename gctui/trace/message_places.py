"""The lines of a message, as events of the line that a logger wrote it in."""

from __future__ import annotations

from dataclasses import replace

from gctui.events import Event, Surroundings, Text
from gctui.events.event import ALONE
from gctui.trace.escaped import Unescaped
from gctui.trace.line import Line


def unplaced(
    told: list[Event], line: int, start: int, end: int, around: Surroundings
) -> list[Event]:
    """Return the trace lines of a message. The first has all bytes: the others have no place."""
    traces = [event for event in told if not isinstance(event, Text)]
    return [
        type(event)(line, end if number else start, end, event.printed, _within(around, event))
        for number, event in enumerate(traces)
    ]


def placed(
    told: list[Event],
    quoted: Unescaped,
    line: Line,
    around: Surroundings,
    begin: int = 0,
    stop: int | None = None,
) -> list[Event]:
    """Return the events of a message, or of a part of it, where the line quotes them.

    Text in a row is one text.
    """
    first = place_of(quoted, line, begin)
    last = place_of(quoted, line, len(quoted.text) if stop is None else stop)
    cuts = [quoted.place(begin + event.start) for event in told[1:]]
    events: list[Event] = []
    for event, at, to in zip(told, [first, *cuts], [*cuts, last], strict=True):
        if not isinstance(event, Text):
            own = _within(around, event)
            places = line.start + at, line.place(to)
            events.append(type(event)(line.number, *places, event.printed, own))
            continue
        joined = events.pop().start - line.start if events and isinstance(events[-1], Text) else at
        text = line.raw[joined:to]
        events.append(Text(line.number, line.start + joined, line.place(to), (text,)))
    return events


def place_of(quoted: Unescaped, line: Line, offset: int) -> int:
    """Return where the line has an offset of the message; what stands around is its ends'."""
    if offset == 0:
        return 0
    return len(line.raw) if offset == len(quoted.text) else quoted.place(offset)


def _within(around: Surroundings, event: Event) -> Surroundings:
    """Say what stands around a line of a message, where the message says something too."""
    own = event.around
    if own is ALONE:
        return around
    return replace(
        around,
        prefix=(around.prefix or "") + (own.prefix or ""),
        wall=around.wall or own.wall,
        source=around.source or own.source,
        extra=own.extra,
    )
