"""Lines that a logger wrapped whole: a JSON object, or logfmt, with what was printed as a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gctui.trace.escaped import unescaped
from gctui.trace.wall_clock import wall_of_value

_MESSAGES = (
    "log",
    "msg",
    "message",
    "MESSAGE",
    "Message",
    "Msg",
    "@message",
    # go test -json
    "Output",
    "text",
    "textPayload",
    "line",
    "body",
    "event",
)
"""Names under which loggers keep the line. Other values are text of whoever logs."""

_DEEPEST = 3
_TIMES = ("time", "Time", "ts", "timestamp", "@timestamp", "__REALTIME_TIMESTAMP", "date", "t")
_PODS = ("pod", "pod_name", "podName")
_CONTAINERS = ("container", "container_name", "containerName")
_SOURCES = ("source", "service", "app", "SYSLOG_IDENTIFIER", "Package")
_NO_SOURCES = frozenset({"stdout", "stderr"})
_PROCESSES = ("_PID", "SYSLOG_PID", "pid")

_PAIR = re.compile(rb'([\w.@/-]{1,128}+)=(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*+))(?:[ \t]++|$)')

Fields = Mapping[str, Any]


def fields_of(line: bytes) -> Fields | None:
    """Return the fields of a line that is a JSON object or logfmt and nothing else."""
    if line[:1] == b"{":
        return _json_fields(line)
    return _logfmt_fields(line)


def messages(fields: Fields, depth: int = 0) -> Iterator[bytes]:
    """Yield what a logger was given to log: whole lines, the likeliest first.

    What is logged may be a logger's line itself: a container runtime wraps what a program wrapped.
    """
    for name in _MESSAGES:
        value = fields.get(name)
        if isinstance(value, str) and value[:1] == "{" and depth < _DEEPEST:
            yield from messages(_json_fields(value.encode("utf-8", "replace")) or {}, depth + 1)
        if isinstance(value, str):
            yield value.encode("utf-8", "surrogatepass")
        elif isinstance(value, list):
            # How journald writes what is no text.
            try:
                yield bytes(value)
            except (TypeError, ValueError):
                continue
    payload = fields.get("jsonPayload")
    if isinstance(payload, dict) and depth < _DEEPEST:
        yield from messages(payload, depth + 1)


def wall(fields: Fields) -> str | None:
    """Return when the line was logged, RFC 3339."""
    return next(
        (moment for name in _TIMES if (moment := wall_of_value(fields.get(name)))),
        None,
    )


def source(fields: Fields) -> str | None:
    """Return who printed the line."""
    inner = (fields.get(name) for name in ("kubernetes", "labels", "resource"))
    for names in (fields, *(one for one in inner if isinstance(one, dict))):
        pod, container = _first(names, _PODS), _first(names, _CONTAINERS)
        found = "/".join(filter(None, (pod, container))) or _first(names, _SOURCES)
        if found:
            process = next((str(fields[name]) for name in _PROCESSES if name in fields), "")
            return f"{found}[{process}]" if process else found
    return None


def _first(fields: Fields, names: tuple[str, ...]) -> str | None:
    for name in names:
        value = fields.get(name)
        # A place in the source code tells nobody apart.
        if isinstance(value, str) and value and value not in _NO_SOURCES and ".go:" not in value:
            return value.lstrip("/")
    return None


def _json_fields(line: bytes) -> Fields | None:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _logfmt_fields(line: bytes) -> Fields | None:
    fields: dict[str, str] = {}
    at = 0
    while at < len(line):
        pair = _PAIR.match(line, at)
        if pair is None:
            return None
        quoted, plain = pair[2], pair[3]
        value = unescaped(quoted).text if quoted is not None else plain
        fields.setdefault(pair[1].decode("ascii", "replace"), value.decode("utf-8", "replace"))
        at = pair.end()
    return fields
