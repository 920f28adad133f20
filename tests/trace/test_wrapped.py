"""Lines that a logger wrapped whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        (
            '2026-11-21 22:31:31.123456789 +0100 app.web: {"log":"' + GC + '"}',
            "2026-11-21T22:31:31.123456789+01:00",
            "app.web",
        ),
        (
            json.dumps({"text": GC.replace(">", "&gt;"), "ts": "1795240317.385090"}),
            "2026-11-21T05:51:57.38509Z",
            None,
        ),
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


def wrapped_again(line: str) -> str:
    return json.dumps({"log": line + "\n", "stream": "stderr", "time": STAMP})


def go_quoted(text: str) -> str:
    return (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\x1b", "\\x1b")
    )


MIXED = f'starting "ä😀"\n\n{GC}\n2026/11/21 22:31:31 {GC} (forced)\r\nGC forced\nready'


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"level": "info", "msg": MIXED, "time": STAMP}),
        json.dumps({"level": "info", "msg": MIXED, "time": STAMP}, ensure_ascii=False),
        wrapped_again(json.dumps({"msg": MIXED})),
        wrapped_again(wrapped_again(json.dumps({"msg": MIXED}))),
        f'time={STAMP} level=info msg="{go_quoted(MIXED)}" by=me',
        f'time={STAMP} level=info msg="\\x1b[0m\\a{go_quoted(MIXED)}"',
        f"app-1  | {wrapped_again(MIXED)}",
    ],
)
def test_trace_lines_among_others_in_one_message(line: str, escaped: bool) -> None:
    """Each is an event where it stands, and what the other lines say stays text."""
    if escaped:
        line = line.replace("->", r"-\u003e")
    data = line.encode() + b"\r\n"
    events = list(scan([data]))
    assert_partition(events, data)
    assert [event.kind for event in events] == ["text", "gc", "gc", "notice", "text"]
    first, *_, last = events
    assert b"starting" in first.raw
    assert last.raw.startswith(b"ready")
    for event in events[1:3]:
        assert isinstance(event, Gc)
        assert event.around.wall == STAMP
        assert event.raw.decode().removesuffix(" (forced)") == GC
        assert data[event.start : event.end].count(b" MB goal") == 1


@pytest.mark.parametrize("said", [f"child said: {GC}", f"child said: {GC} and left"])
@pytest.mark.parametrize("escaped", [False, True])
def test_a_line_quoted_by_somebody_is_found_inside(said: str, escaped: bool) -> None:
    line = json.dumps({"msg": said, "time": STAMP})
    data = line.replace("->", r"-\u003e").encode() if escaped else line.encode()
    text, event, *rest = scan([data])
    assert_partition([text, event, *rest], data)
    assert text.raw.endswith(b"child said: ")
    assert isinstance(event, Gc)
    assert event.around.wall == STAMP
    assert b"".join(one.raw for one in rest) in {b"", b' and left", "time": "%b"}' % STAMP.encode()}


def test_bytes_that_have_no_place_are_of_the_first_line() -> None:
    """journald writes a message that is no text as numbers."""
    data = json.dumps({"MESSAGE": list(f"starting\n{GC}\n{GC}\nready".encode())}).encode()
    events = list(scan([data]))
    assert [event.ranges for event in events] == [((0, len(data)),), ((len(data), len(data)),)]


@given(st.text(max_size=30), st.sampled_from(["->", r"-\u003e"]), st.integers(0, 2))
def test_any_text_around_a_line_is_accounted_for(text: str, arrow: str, depth: int) -> None:
    line = json.dumps({"msg": f"{text}\n{GC}\n{text}"}).replace("->", arrow)
    for _ in range(depth):
        line = wrapped_again(line)
    data = line.encode()
    events = list(scan([data]))
    assert_partition(events, data)
    assert [event.kind for event in events if event.format] == ["gc"]
