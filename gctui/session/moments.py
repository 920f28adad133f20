"""When an event was, for `--from` and `--to`: its wall time, or as much of it as is printed.

A stamp without a year or a day is never completed in the event itself: neither the file's age nor
today's date says which year it was. Who asks for a part of the log says it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from gctui.events import AnyEvent, Event
from gctui.trace.partial_stamp import PartialStamp, partial_stamp_of


def moment_of(event: AnyEvent, near: datetime) -> datetime | None:
    """Return the wall time of an event; a stamp without a year is of the one closest to `near`."""
    if not isinstance(event, Event):
        return None
    if event.around.wall:
        return _read(event.around.wall)
    stamp = partial_stamp_of(event.around.prefix or "")
    return _closest(stamp, near) if stamp and stamp.month_and_day else None


def clock_of(event: AnyEvent) -> time | None:
    """Return the time of day as it was printed before an event, in whose zone ever."""
    if not isinstance(event, Event):
        return None
    if event.around.wall:
        moment = _read(event.around.wall)
        return moment.time() if moment else None
    stamp = partial_stamp_of(event.around.prefix or "")
    return stamp.clock if stamp else None


def is_between(at: datetime, first: datetime | None, last: datetime | None) -> bool:
    """Compare moments; one without an offset has that of what it is compared with."""
    return (first is None or _seconds(first, at) >= 0) and (last is None or _seconds(last, at) <= 0)


def is_on_the_clock(at: time, first: time | None, last: time | None) -> bool:
    """Tell whether a time of day is between two others, past midnight if the last is earlier."""
    if first is not None and last is not None and last < first:
        return at >= first or at <= last
    return (first is None or at >= first) and (last is None or at <= last)


def _read(wall: str) -> datetime | None:
    try:
        return datetime.fromisoformat(wall)
    except ValueError:
        return None


def _closest(stamp: PartialStamp, near: datetime) -> datetime | None:
    possible = []
    for year in range(near.year - 1, near.year + 2):
        try:
            possible.append(datetime.combine(date(year, *stamp.month_and_day), stamp.clock))
        except ValueError:
            # 29 February, or beyond the first or the last year there is.
            continue
    return min(possible, key=lambda one: abs(_seconds(near, one)), default=None)


def _seconds(since: datetime, at: datetime) -> float:
    if since.tzinfo is None or at.tzinfo is None:
        since, at = since.replace(tzinfo=None), at.replace(tzinfo=None)
    return (at - since) / timedelta(seconds=1)
