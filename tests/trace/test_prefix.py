"""What stands before a line: when it was printed, and by whom."""

from __future__ import annotations

import pytest

from gctui.events import Gc, Notice, Text
from gctui.trace.prefix import LONGEST_BYTES, shape_of
from gctui.trace.scanner import scan

GC = (
    b"gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
    b"51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)


@pytest.mark.parametrize(
    ("prefix", "wall", "source"),
    [
        # ts, ts -i, ts %.s, multilog, tai64nlocal
        ("Nov 21 05:59:16 ", None, None),
        ("[2026-11-21 05:50:37.318673] ", "2026-11-21T05:50:37.318673", None),
        ("1795240607.686895 ", "2026-11-21T05:56:47.686895Z", None),
        ("@400000006b012f1d386c7734 ", "2026-11-21T05:41:39.9466325Z", None),
        ("2026-11-21 05:41:43.497026500 ", "2026-11-21T05:41:43.497026500", None),
        # Go's log package, klog
        ("2026/11/21 05:19:57.582969 ", "2026-11-21T05:19:57.582969", None),
        ("I1121 05:57:18.123456   123 file.go:12] ", None, None),
        # kubectl, with --timestamps and --prefix, stern
        ("2026-11-21T05:58:50.611490796Z ", "2026-11-21T05:58:50.611490796Z", None),
        ("[pod/app-7d9/app] 2026-11-21T05:51:31Z ", "2026-11-21T05:51:31Z", "pod/app-7d9/app"),
        # CRI
        ("2026-11-21T05:51:33.38Z stderr F ", "2026-11-21T05:51:33.38Z", None),
        # syslog, journald, logger, Heroku, RFC 5424
        ("Nov 21 05:59:26 host app[123]: ", None, "app[123]"),
        ("2026-11-21T05:51:40+0000 host app[123]: ", "2026-11-21T05:51:40+00:00", "app[123]"),
        ("<13>Nov 21 05:57:53 app[123]: ", None, "app[123]"),
        ("2026-11-21T05:51:46.8+00:00 app[web.1]: ", "2026-11-21T05:51:46.8+00:00", "app[web.1]"),
        ("<14>1 2026-11-21T05:57:18Z host app 123 - - ", "2026-11-21T05:57:18Z", "app 123"),
        # docker compose, honcho, pm2, concurrently
        ("app-1  | ", None, "app-1"),
        ("app-1  | 2026-11-21T05:51:26Z ", "2026-11-21T05:51:26Z", "app-1"),
        ("05:57:21 web.1    | ", None, "web.1"),
        ("\x1b[0m\x1b[36m05:52:10 web.1    | \x1b[0m", None, "web.1"),
        ("0|app      | ", None, "0|app"),
        ("[web] ", None, "web"),
        # levels, numbered and commented lines, colours, marks of encodings
        ("[INFO] ", None, None),
        ("[error] ", None, None),
        ("INF ", None, None),
        ("info | ", None, None),
        ("INFO[0001] ", None, None),
        ("2024-02-30T21:59:59Z ", None, None),
        ("2024-01-02T03:04:05.123Z\tINFO\t", "2024-01-02T03:04:05.123Z", None),
        ("2024-01-02T03:04:05.1Z 01O ", "2024-01-02T03:04:05.1Z", None),
        ("2024-01-02 03:04:05 +0000 UTC ", "2024-01-02T03:04:05+00:00", None),
        ("logs/app.log:13:", None, None),
        ("      1 ", None, None),
        ("2026-11-21T05:51:46Z WARN: ", "2026-11-21T05:51:46Z", None),
        ("     1\t", None, None),
        ("# ", None, None),
        ("    // ", None, None),
        ("\x1b[2m2026-11-21T05:52:05.244Z\x1b[0m \x1b[33m", "2026-11-21T05:52:05.244Z", None),
        ("\ufeff", None, None),
    ],
)
def test_a_prefix_says_when_and_who(prefix: str, wall: str | None, source: str | None) -> None:
    """It belongs to the line, at first sight and when it comes again."""
    data = (prefix.encode() + GC + b"\r\n") * 2
    events = list(scan([data]))
    assert [event.ranges for event in events] == [
        ((0, len(data) // 2),),
        ((len(data) // 2, len(data)),),
    ]
    for event in events:
        assert isinstance(event, Gc)
        assert event.raw == GC
        assert (event.around.prefix, event.around.wall, event.around.source) == (
            prefix,
            wall,
            source,
        )


@pytest.mark.parametrize(
    "head",
    [
        b"progress ...",
        b"pod-1 ",
        b"app 2026/11/21 05:19:57 worker=0 ",
        b"took 2026-11-21T05:58:50Z: ",
        b"2026-13-45T99:99:99Z ",
        b"[12] ",
        b"[1.002s] ",
        b"[02/Jan/2024:03:04:05] ",
        b"[a1b2c3] ",
        b"[0x7f12ab] ",
        b"\x1b]0;title\x07",
        b"x" * LONGEST_BYTES + b" ",
        b" " * (LONGEST_BYTES + 1),
        b"\xff\xfe",
    ],
)
def test_somebodys_text_is_no_prefix(head: bytes) -> None:
    assert shape_of(head) is None
    text, event = scan([head + GC])
    assert isinstance(text, Text)
    assert text.raw == head
    assert event.around.prefix is None


def test_colours_behind_and_inside_a_line() -> None:
    for line in (GC + b"\x1b[0m", b"\x1b[01;31mgc 5\x1b[m\x1b[K" + GC.removeprefix(b"gc 5")):
        (event,) = scan([line + b"\n"])
        assert isinstance(event, Gc)
        assert event.ranges == ((0, len(line) + 1),)


def test_a_notice_stands_where_the_lines_stand() -> None:
    lines = b"[web] %b\n[worker] GC forced\n2026-11-21T05:51:46Z GC forced\n" % GC
    assert [event.kind for event in scan([lines])] == ["gc", "notice", "text"]
    notices = [event for event in scan([lines]) if isinstance(event, Notice)]
    assert notices[0].around.source == "worker"


def test_fields_of_a_newer_go_are_kept_apart() -> None:
    for extra in (" (checking)", ", 3 MB arenas", " [reset]", " arenas=4"):
        (event,) = scan([GC + extra.encode() + b"\n"])
        assert isinstance(event, Gc)
        assert (event.around.extra, event.procs) == (extra, 2)
    event, text = scan([GC + b"progress ...\n"])
    assert (event.around.extra, text.raw) == (None, b"progress ...")
    assert [event.kind for event in scan([GC + b", " + GC + b"\n"])] == ["gc", "text", "gc"]
