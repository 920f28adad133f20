"""Lines that a logger wrapped whole."""

from __future__ import annotations

import json

import pytest

from gctui.events import Event, Gc
from gctui.trace.scanner import scan

from .test_corpora import assert_partition

GC = (
    "gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
    "51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)
STAMP = "2026-11-21T05:56:53.593885958Z"


def only(line: str) -> Event:
    data = line.encode("utf-8", "surrogateescape") + b"\n"
    events = list(scan([data]))
    assert_partition(events, data)
    (event,) = events
    return event


@pytest.mark.parametrize(
    ("line", "wall", "source"),
    [
        (json.dumps({"log": GC + "\n", "stream": "stderr", "time": STAMP}), STAMP, None),
        (
            json.dumps({"log": GC + "\n", "time": STAMP}).replace("->", r"-\u003e"),
            STAMP,
            None,
        ),
        (
            json.dumps({"msg": GC}).replace("gc 5", r"\u0067\u0063\u00205"),
            None,
            None,
        ),
        (
            json.dumps({"level": "info", "ts": 1795240317.38509, "logger": "child", "msg": GC}),
            "2026-11-21T05:51:57.38509Z",
            None,
        ),
        (json.dumps({"ts": 1795240317385, "msg": GC}), "2026-11-21T05:51:57.385Z", None),
        (
            json.dumps(
                {
                    "__REALTIME_TIMESTAMP": "1795240302428256",
                    "SYSLOG_IDENTIFIER": "app",
                    "_PID": "123",
                    "MESSAGE": GC,
                }
            ),
            "2026-11-21T05:51:42.428256Z",
            "app[123]",
        ),
        (json.dumps({"_PID": "1", "MESSAGE": list(GC.encode())}), None, None),
        (
            json.dumps({"kubernetes": {"pod_name": "app-7d9"}, "message": "\x1b[33m" + GC}),
            None,
            "app-7d9",
        ),
        (
            json.dumps({"kubernetes": {"pod_name": "web-1", "container_name": "app"}, "msg": GC}),
            None,
            "web-1/app",
        ),
        (json.dumps({"source": "stderr", "container_name": "/a", "log": GC}), None, "a"),
        (f'source=/x/main.go:12 msg="{GC}"', None, None),
        (
            json.dumps({"Time": STAMP, "Package": "x/y", "Output": GC + "\n"}).replace(
                "->", r"-\u003e"
            ),
            STAMP,
            "x/y",
        ),
        (json.dumps({"log": json.dumps({"msg": GC}).replace("->", r"-\u003e")}), None, None),
        (
            json.dumps({"jsonPayload": {"message": GC}}).replace("->", r"-\u003e"),
            None,
            None,
        ),
        (json.dumps({"t": 5.2, "msg": GC}), None, None),
        (json.dumps({"time": "20240102", "msg": GC}), None, None),
        (json.dumps({"time": "2024-02-30T03:04:05Z", "msg": GC}), None, None),
        ('{"ts":1e400,"msg":"' + GC + '"}', None, None),
        ("app-1  | " + json.dumps({"msg": GC, "time": STAMP}), STAMP, "app-1"),
        (f'time={STAMP} level=INFO msg="{GC}" stream=stderr', STAMP, None),
        (f'level=info app=web msg="\\x1b[0m{GC}"', None, "web"),
    ],
)
def test_the_message_is_the_line(line: str, wall: str | None, source: str | None) -> None:
    event = only(line)
    assert isinstance(event, Gc)
    assert event.raw.decode() == GC
    assert (event.around.wall, event.around.source) == (wall, source)


def test_a_message_of_two_lines_is_two_events() -> None:
    data = json.dumps({"log": f"{GC}\n{GC}\n"}).encode() + b"\n"
    events = list(scan([data]))
    assert_partition(events, data)
    assert [event.kind for event in events] == ["gc", "gc"]


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"info","n":0,"msg":"gc 1 looks like a trace @0.5s"}',
        '{"msg": "gc 5 @0.017s 1%: 16+0.41',
        '{"msg": ["gc", 5]}',
        '{"MESSAGE": [1, 300, "gc 5"]}',
        '{"gc":' * 5000 + "1" + "}" * 5000,
        "[" + GC.replace("gc", "cg") + "]",
        'msg="gc nothing" level=info',
        '{"gc":1e999999999}',
        '{"level":"info","msg":"GC forced","took":"3ms"}',
        'msg="GC forced" by=admin',
    ],
)
def test_what_is_no_trace_line_stays_text(line: str) -> None:
    assert only(line).kind in {"text", "unparsed"}


def test_a_line_quoted_by_somebody_is_found_inside() -> None:
    data = json.dumps({"msg": f"child said: {GC}"}).encode()
    assert [event.kind for event in scan([data])] == ["text", "gc", "text"]
