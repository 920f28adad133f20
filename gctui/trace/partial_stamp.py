"""Time stamps that lack the year, or the day too: what they do say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time

from gctui.trace.prefix import shape_of
from gctui.trace.wall_clock import MONTHS

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?: ?([AP])M)?")
_HALF_DAY_H = 12


@dataclass(frozen=True, slots=True)
class PartialStamp:
    """A time of day, and the day where it is told."""

    clock: time
    month_and_day: tuple[int, int] | tuple[()]


def partial_stamp_of(prefix: str) -> PartialStamp | None:
    """Return what a prefix's first stamp without a year says; None where there is none."""
    head = prefix.encode("utf-8", "surrogateescape")
    shape = shape_of(head)
    found = shape.match(head) if shape else None
    if shape is None or found is None:
        return None
    groups = found.groups()
    for index, kind in shape.walls:
        read = _DAYS.get(kind)
        text = groups[index].decode("ascii", "replace")
        clock = _clock(text) if read else None
        if read and clock:
            return PartialStamp(clock, read(text))
    return None


def _clock(text: str) -> time | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, minute, second, part, half = found.groups()
    hours = int(hour) % _HALF_DAY_H + _HALF_DAY_H * (half == "P") if half else int(hour)
    try:
        return time(hours, int(minute), int(second or 0), int((part or "0").ljust(6, "0")[:6]))
    except ValueError:
        return None


def _named_day(text: str) -> tuple[int, int]:
    return MONTHS.index(text[:3]) + 1, int(text[4:6])


def _klog_day(text: str) -> tuple[int, int]:
    return int(text[1:3]), int(text[3:5])


def _log15_day(text: str) -> tuple[int, int]:
    return int(text[:2]), int(text[3:5])


def _no_day(_text: str) -> tuple[()]:
    return ()


_DAYS: Mapping[str, Callable[[str], tuple[int, int] | tuple[()]]] = {
    "syslog": _named_day,
    "klog": _klog_day,
    "log15": _log15_day,
    "clock": _no_day,
    "kitchen": _no_day,
}
