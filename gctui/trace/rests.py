"""The rest of a torn line whose beginning nobody found: no program's own text.

It is told as what looks like a trace line and is none, so that the line that is lost is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gctui.events import Event, Text, Unparsed

ENDS_OF_A_LINE = rb"MB goal, "
_REST = re.compile(
    rb"[0-9] ms cpu, [0-9]{1,19}+->[0-9]{1,19}+->[0-9]{1,19}+ MB, [0-9]{1,19}+ MB goal, "
    rb"(?:[0-9]{1,19}+ MB stacks, [0-9]{1,19}+ MB globals, )?+[0-9]{1,10}+ P(?: \(forced\))?+"
    rb"[ \t\r]*\Z"
).search
_EXPECTED = "the beginning of the line before this"


def with_rests(events: list[Event]) -> list[Event]:
    """Return the same events, but of texts that surely are the rest of a trace line, say so."""
    if not any(_may_be_rest(event) for event in events):
        return events
    return [_told(event) if _may_be_rest(event) else event for event in events]


def _may_be_rest(event: Event) -> bool:
    return type(event) is Text and ENDS_OF_A_LINE in _raw(event.printed)


def _raw(printed: Sequence[bytes | None]) -> bytes:
    return printed[0] or b""


def _told(text: Event) -> Event:
    raw = _raw(text.printed)
    found = _REST(raw)
    if found is None:
        return text
    column = found.start() + 1
    return Unparsed(text.line, text.start, text.end, text.printed, column, _EXPECTED)
