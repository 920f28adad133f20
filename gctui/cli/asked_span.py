"""`--from` and `--to`: which part of a run is asked for."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, time

from gctui.errors import GctuiError
from gctui.session.moments import is_between
from gctui.session.span import Span

Moment = float | datetime | time
"""Seconds by the trace's clock, a wall time, or a time of day on any day."""

_CLOCK = re.compile(r"[0-9]{2}:[0-9:.]+").fullmatch
_DURATION = re.compile(
    "".join(rf"(?:([0-9]+(?:\.[0-9]+)?){unit})?" for unit in ("h", "m", "s", "ms"))
).fullmatch
_DURATION_UNITS_S = (3600.0, 60.0, 1.0, 0.001)


def moment(text: str) -> Moment:
    """Read seconds, a wall time or a time of day. Raises ArgumentTypeError."""
    seconds = _seconds(text)
    if seconds is not None:
        return seconds
    try:
        return time.fromisoformat(text) if _CLOCK(text) else datetime.fromisoformat(text)
    except ValueError:
        said = f"{text[:40]!r} is no time: seconds (12.5, 1m30s), 2026-01-31T23:59:59 or 23:59:59"
        raise argparse.ArgumentTypeError(said) from None


def _seconds(text: str) -> float | None:
    """Read seconds, or a duration as Go writes them; None where it is neither."""
    found = _DURATION(text) if text else None
    try:
        seconds = float(text) if found is None else _duration_s(found)
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _duration_s(found: re.Match[str]) -> float:
    parts = zip(_DURATION_UNITS_S, found.groups("0"), strict=True)
    return sum(unit_s * float(number) for unit_s, number in parts)


def span_asked(begin: Moment | None, end: Moment | None) -> Span:
    """Return what lies between. Raises GctuiError where they are sure to be reversed."""
    if _are_reversed(begin, end):
        raise GctuiError("--from is after --to: they are reversed")
    return Span(
        from_s=begin if isinstance(begin, float) else None,
        to_s=end if isinstance(end, float) else None,
        from_wall=begin if isinstance(begin, datetime) else None,
        to_wall=end if isinstance(end, datetime) else None,
        from_clock=begin if isinstance(begin, time) else None,
        to_clock=end if isinstance(end, time) else None,
    )


def _are_reversed(begin: Moment | None, end: Moment | None) -> bool:
    """Tell it where it is sure; by the time of day, from 23:00 to 01:00 is no mistake."""
    if isinstance(begin, datetime) and isinstance(end, datetime):
        return not is_between(end, begin, None)
    return isinstance(begin, float) and isinstance(end, float) and begin > end
