"""What the lines of a recording look like, for the one who writes them and the one who reads them.

A recording is JSON, one object per line. The first line is its header, which may come again when
more is known of the program; then every event as it is exported, with `received`, and what was
printed with `source` (its stream, or `stream:who` where the line's prefix tells who printed it),
`range` (its bytes there) and, for a trace line, `raw`: its very bytes, to be read again, without
the `prefix` and what is `extra` behind them. A profile that a server gave stands before the figures
that came with it, its figures in short and `page`: the text that the server sent, packed with gzip,
in base64. Where it is the one before of its kind again, it has the `digest` alone of that page. The
last line says how it ended, and, where that was explained, `in_short` too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gctui import __version__

VERSION = 1
HEADER_KIND = "recording"
END_KIND = "end"
PROFILE_KIND = "profile"
HEADER_BEGINS = b'{"kind":"recording",'
"""By which a recording is told from a log."""

LINE_LIMIT_BYTES = 16 << 20
"""A text of 1 MiB is at most 6 MiB long here; a longer line is no line of a recording."""

_EXPLAINING = ("OOM killer", "killed by SIGKILL: by gctui")
_LONGEST_EXPLAINED = 2000
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is known of a stream; empty or None for what is not."""

    began: datetime
    """The zero of its receipt times."""
    label: str
    pid: int | None = None
    godebug: str = ""
    go_version: str = ""
    shows_output: bool = True


def header_line(header: Header) -> bytes:
    """Return the header as a line."""
    row: dict[str, object] = {
        "kind": HEADER_KIND,
        "version": VERSION,
        "gctui": __version__,
        "began": rfc3339(header.began),
        "label": header.label,
    }
    optional = {
        "pid": header.pid,
        "godebug": header.godebug or None,
        "go_version": header.go_version or None,
        "shows_output": None if header.shows_output else False,
    }
    row |= {name: value for name, value in optional.items() if value is not None}
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def read_header(row: Mapping[str, Any]) -> Header:
    """Read a header. Raises ValueError where it is none; what is wrong beside `began` is left out.

    The version is not looked at: `row` has it.
    """
    if row.get("kind") != HEADER_KIND or type(row.get("version")) is not int:
        raise ValueError("no header")
    pid = row.get("pid")
    return Header(
        began=read_moment(row.get("began")),
        label=_text(row.get("label")),
        pid=pid if type(pid) is int and 0 < pid < 1 << 31 else None,
        godebug=_text(row.get("godebug")),
        go_version=_text(row.get("go_version")),
        shows_output=row.get("shows_output") is not False,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class End:
    """How a session ended."""

    how: str
    """In few words."""
    explained: str = ""
    """In a sentence; empty where nothing needs explaining."""


def end_line(received: datetime, end: End) -> bytes:
    """Return the last line."""
    row = {"kind": END_KIND, "received": rfc3339(received), "how": end.explained or end.how}
    if end.explained:
        row["in_short"] = end.how
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def read_end(row: Mapping[str, Any]) -> End:
    """Read how it ended; what is wrong there is left out."""
    how, in_short = _text(row.get("how")), row.get("in_short")
    if isinstance(in_short, str):
        return End(in_short, how[:_LONGEST_EXPLAINED])
    # Before it stood there in short as well, only the words told an explanation.
    is_explained = any(words in how for words in _EXPLAINING)
    return End(how, how[:_LONGEST_EXPLAINED] if is_explained else "")


def rfc3339(moment: datetime) -> str:
    """Return a moment in UTC, with microseconds."""
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_moment(text: object) -> datetime:
    """Read a moment. Raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError("no moment")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no moment") from error


def microseconds(received_s: float) -> int:
    """Return a receipt time as it is recorded."""
    return round(received_s * 1e6)


def whole_microseconds_s(received_s: float) -> float:
    """Return a receipt time as its recording will give it back."""
    return microseconds(received_s) / 1e6


def moment_of(began: datetime, received_s: float) -> datetime:
    """Return when that was."""
    return began + timedelta(microseconds=microseconds(received_s))


def seconds_since(began: datetime, moment: datetime) -> float:
    """Undo `moment_of`."""
    return ((moment - began) // _MICROSECOND) / 1e6
