"""The time stamps that loggers print, as RFC 3339 where they say enough for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

_DAY = rb"[0-9]{4}-[01][0-9]-[0-3][0-9]"
_CLOCK = rb"[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
_PART = rb"(?:[.,][0-9]{1,9}+)?+"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = b"(?:%b)" % "|".join(MONTHS).encode()

STAMPS: Mapping[str, bytes] = {
    # The last of them is svlogd's.
    "iso": _DAY
    + rb"[T _]"
    + _CLOCK
    + _PART
    + rb"(?: ?+(?:Z|UTC|[+-][0-2][0-9]:?+[0-5][0-9](?: UTC)?+))?+",
    # date, time.UnixDate, time.ANSIC
    "unix_date": _MONTH
    + rb" [ 0-3][0-9] "
    + _CLOCK
    + _PART
    + rb"(?: [A-Z]{2,4}| [+-][0-9]{4})?+ [0-9]{4}",
    # Go's log package
    "go_log": rb"[0-9]{4}/[01][0-9]/[0-3][0-9] " + _CLOCK + rb"(?:\.[0-9]{1,9}+)?+",
    # ts %.s
    "epoch": rb"[12][0-9]{9}(?:\.[0-9]{1,9}+)?+",
    # multilog, s6-log
    "tai64n": rb"@4[0-9a-f]{23}",
    # Those that follow lack the year or the day: nobody completes them.
    "syslog": _MONTH + rb" [ 0-3][0-9] " + _CLOCK + _PART + rb"(?: [AP]M)?+",
    "klog": rb"[IWEF][01][0-9][0-3][0-9] "
    + _CLOCK
    + rb"\.[0-9]{6} ++[0-9]++ [\w./-]++:[0-9]++(?=\])",
    # go-ethereum, log15
    "log15": rb"[01][0-9]-[0-3][0-9]\|" + _CLOCK + _PART,
    "clock": _CLOCK + _PART,
    # time.Kitchen: zerolog's console
    "kitchen": rb"[01]?[0-9]:[0-5][0-9](?::[0-5][0-9])?+ ?+[AP]M",
}
"""Patterns of bytes, by the kind of the stamp. In the order in which they are to be tried."""

_OFFSET = re.compile(r" ?(?:(Z|UTC)|([+-]\d\d):?(\d\d)(?: UTC)?)$")
_NAMED_ZONE = re.compile(r"(?!UTC|GMT)[A-Z]+").fullmatch
_TAI_ZERO = 1 << 62
_TAI_AHEAD_S = 10
"""As the writers of these stamps count: TAI was 10 s ahead of UTC in 1970, leap seconds aside."""

_UNITS_PER_S = (10**18, 10**9), (10**15, 10**6), (10**12, 10**3)
"""From which count since 1970 on a number must be of a smaller unit than seconds."""

_FROM_S = 10**9
_UNTIL = 10**19
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wall_of(kind: str, printed: bytes) -> str | None:
    """Return a stamp as RFC 3339; None where it lacks the day or the year, or is none.

    A time without an offset stays without one: nobody knows whose clock it was.
    """
    read = _READERS.get(kind)
    return read(printed.decode("ascii", "replace")) if read else None


def wall_of_value(value: object) -> str | None:
    """Return what a JSON object says of its time: a stamp, or a count since 1970 in any unit."""
    if isinstance(value, str):
        for kind in ("iso", "go_log"):
            if re.fullmatch(STAMPS[kind], value.encode("utf-8", "surrogatepass")):
                return wall_of(kind, value.encode())
        try:
            value = float(value) if "." in value else int(value[:24])
        except ValueError:
            return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if not _FROM_S <= value < _UNTIL:
        # A time since the program began, a date written as a number, or nonsense.
        return None
    for from_count, per_s in _UNITS_PER_S:
        if value >= from_count:
            return _since_1970(value // per_s, round(value % per_s * (10**9 // per_s)))
    return _since_1970(int(value), round(value % 1 * 10**6) * 1000)


def _iso(text: str) -> str | None:
    if not _is_a_moment(text[:19]):
        return None
    moment = text[:10] + "T" + text[11:].replace(",", ".")
    offset = _OFFSET.search(moment)
    if offset is None:
        return moment
    return moment[: offset.start()] + ("Z" if offset[1] else f"{offset[2]}:{offset[3]}")


def _go_log(text: str) -> str | None:
    moment = text.replace("/", "-").replace(" ", "T")
    return moment if _is_a_moment(moment[:19]) else None


def _unix_date(text: str) -> str | None:
    day = f"{text[-4:]}-{MONTHS.index(text[:3]) + 1:02}-{int(text[4:6]):02}"
    clock, *zone = text[7:-5].split(" ")
    # Abbreviations but these stand for several zones each.
    offset = "".join("Z" if one in {"UTC", "GMT"} else one for one in zone if not _NAMED_ZONE(one))
    return _iso(f"{day}T{clock}{offset}")


def _is_a_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _epoch(text: str) -> str | None:
    seconds, _, fraction = text.partition(".")
    return _since_1970(int(seconds), int(fraction.ljust(9, "0")) if fraction else None)


def _tai64n(text: str) -> str | None:
    return _since_1970(int(text[1:17], 16) - _TAI_ZERO - _TAI_AHEAD_S, int(text[17:25], 16))


def _since_1970(seconds: float, nanoseconds: int | None) -> str | None:
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    fraction = "" if nanoseconds is None else f".{nanoseconds:09d}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


_READERS: Mapping[str, Callable[[str], str | None]] = {
    "iso": _iso,
    "unix_date": _unix_date,
    "go_log": _go_log,
    "epoch": _epoch,
    "tai64n": _tai64n,
}
