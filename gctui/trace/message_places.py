"""The lines of a message, as events of the line that a logger wrote it in."""

from __future__ import annotations

from dataclasses import replace

from gctui.events import Event, Surroundings, Text
from gctui.events.event import ALONE
from gctui.trace.escaped import Unescaped


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
    raw: bytes,
    line: int,
    start: int,
    end: int,
    around: Surroundings,
) -> list[Event]:
    """Return the events of a message where the line quotes them; text in a row is one text."""
    cuts = [quoted.place(event.start) for event in told[1:]]
    events: list[Event] = []
    for event, begin, stop in zip(told, [0, *cuts], [*cuts, len(raw)], strict=True):
        last = end if stop == len(raw) else start + stop
        if not isinstance(event, Text):
            own = _within(around, event)
            events.append(type(event)(line, start + begin, last, event.printed, own))
            continue
        joined = events.pop().start - start if events and isinstance(events[-1], Text) else begin
        events.append(Text(line, start + joined, last, (raw[joined:stop],)))
    return events


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
