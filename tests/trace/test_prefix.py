"""What stands before a line: when it was printed, and by whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        (
            '<165>1 2026-10-11T22:14:15.003Z host app - ID47 [a@1 b="c\\]"][d@1 e="f"] \ufeff',
            "2026-10-11T22:14:15.003Z",
            "app -",
        ),
        ("Sat 2026-11-21 22:31:31 CET host app[123]: ", "2026-11-21T22:31:31", "app[123]"),
        ("[  123.456789] host app[123]: ", None, "app[123]"),
        # The same with its length; Heroku's drains, which leave the last field out
        ("142 <14>1 2026-11-21T05:57:18Z host app 7 - - ", "2026-11-21T05:57:18Z", "app 7"),
        (
            "83 <40>1 2026-11-21T06:45:29+00:00 d.3 app web.3 - ",
            "2026-11-21T06:45:29+00:00",
            "app web.3",
        ),
        # svlogd, fluentd, journalctl -o export, the Docker API, Buildkite, time.Now().String()
        ("2026-11-21_22:31:31.12345 ", "2026-11-21T22:31:31.12345", None),
        ("    MESSAGE=", None, None),
        ("\x02\0\0\0\0\0\0\udc8a", None, None),
        ("\x1b_bk;t=1795240607686\x07", None, None),
        (
            "2026-11-21 22:31:31.123456789 +0000 UTC m=+0.000012345 ",
            "2026-11-21T22:31:31.123456789+00:00",
            None,
        ),
        # syslog's tag alone, as rsyslog and journalctl -o short-iso print it too
        ("Nov 21 22:31:31 host app: ", None, "app"),
        ("Nov 21 22:31:31.123456 host app: ", None, "app"),
        (
            "2026-11-21T22:31:31.123456+01:00 host app: ",
            "2026-11-21T22:31:31.123456+01:00",
            "app",
        ),
        ("2026-11-21T22:31:31+0100 host app: ", "2026-11-21T22:31:31+01:00", "app"),
        # docker compose, honcho, pm2, concurrently, tilt, docker build
        ("app-1  | ", None, "app-1"),
        ("app-1  | 2026-11-21T05:51:26Z ", "2026-11-21T05:51:26Z", "app-1"),
        ("05:57:21 web.1    | ", None, "web.1"),
        ("\x1b[0m\x1b[36m05:52:10 web.1    | \x1b[0m", None, "web.1"),
        ("サーバ | ", None, "サーバ"),
        ("wéb-2  │ ", None, "wéb-2"),
        ("web│ ", None, "web"),
        ("\x1b[36mapp_1  |\x1b[0m ", None, "app_1"),
        ("0|app      | ", None, "0|app"),
        ("[web] ", None, "web"),
        ("      web │ ", None, "web"),
        ("#12 0.345 ", None, "#12"),
        # stern, kubetail
        ("app-7d9c5b7f4d-x2x8q app ", None, "app-7d9c5b7f4d-x2x8q app"),
        (
            "prod app-7d9c5b7f4d-x2x8q app 2026-11-21T22:31:31.1Z ",
            "2026-11-21T22:31:31.1Z",
            "prod app-7d9c5b7f4d-x2x8q app",
        ),
        ("node-exporter-x2x8q exporter ", None, "node-exporter-x2x8q exporter"),
        ("web-0 app ", None, "web-0 app"),
        ("prod kafka-0 kafka ", None, "prod kafka-0 kafka"),
        (
            "monitoring prometheus-k8s-0 prometheus 2026-11-21T22:31:31.1Z ",
            "2026-11-21T22:31:31.1Z",
            "monitoring prometheus-k8s-0 prometheus",
        ),
        (
            "etcd-main-12 etcd 2026-11-21T22:31:31.1Z ",
            "2026-11-21T22:31:31.1Z",
            "etcd-main-12 etcd",
        ),
        (
            "\x1b[38;5;2mweb-7d9c5b7f4d-x2x8q\x1b[0m \x1b[38;5;3mapp\x1b[0m ",
            None,
            "web-7d9c5b7f4d-x2x8q app",
        ),
        (
            "\x1b[36mprod\x1b[0m \x1b[36mweb-0\x1b[0m \x1b[96mapp\x1b[0m 2026-11-21T22:31:31Z ",
            "2026-11-21T22:31:31Z",
            "prod web-0 app",
        ),
        ("[app-7d9c5b7f4d-x2x8q app] ", None, "app-7d9c5b7f4d-x2x8q app"),
        # aws logs tail, --format short; fly logs; logcli; gh run view --log
        (
            "2026-11-21T22:31:31.123000+00:00 ecs/app/0123456789abcdef0123456789abcdef ",
            "2026-11-21T22:31:31.123000+00:00",
            "ecs/app/0123456789abcdef0123456789abcdef",
        ),
        (
            "2026-11-21T22:31:31.123000+00:00 2026/11/21/[$LATEST]0123456789abcdef ",
            "2026-11-21T22:31:31.123000+00:00",
            "2026/11/21/[$LATEST]0123456789abcdef",
        ),
        ("2026-11-21T22:31:31 ", "2026-11-21T22:31:31", None),
        (
            "2026-11-21T22:31:31Z app[e286de4f711e86] ams [info]",
            "2026-11-21T22:31:31Z",
            "app[e286de4f711e86]",
        ),
        (
            "2026-11-21T22:31:31Z app[e286de4f711e86] \x1b[32mams\x1b[0m [\x1b[34minfo\x1b[0m] ",
            "2026-11-21T22:31:31Z",
            "app[e286de4f711e86]",
        ),
        (
            '2026-11-21T22:31:31Z {app="web", pod="web-0"} ',
            "2026-11-21T22:31:31Z",
            'app="web", pod="web-0"',
        ),
        (
            "test (1.27, linux)\tRun go test ./...\t2026-11-21T22:31:31.1234567Z ",
            "2026-11-21T22:31:31.1234567Z",
            "test (1.27, linux) Run go test ./...",
        ),
        (
            "test\tUNKNOWN STEP\t\ufeff2026-11-21T22:31:31.1Z ",
            "2026-11-21T22:31:31.1Z",
            "test UNKNOWN STEP",
        ),
        # loguru, Python's logging
        (
            "2026-11-21 22:31:31.123 | INFO     | __main__:<module>:12 - ",
            "2026-11-21T22:31:31.123",
            None,
        ),
        (
            "\x1b[32m2026-11-21 22:31:31.123\x1b[0m | \x1b[1mINFO    \x1b[0m | "
            "\x1b[36mapp.child\x1b[0m:\x1b[36mpump\x1b[0m:\x1b[36m12\x1b[0m - \x1b[1m",
            "2026-11-21T22:31:31.123",
            None,
        ),
        ("2026-11-21 22:31:31,123 - child - INFO - ", "2026-11-21T22:31:31.123", "child"),
        # zerolog's console, zap's, go-ethereum, hclog, Go's log with a prefix and a place
        ("3:04PM INF ", None, None),
        ("\x1b[90m3:04PM\x1b[0m \x1b[32mINF\x1b[0m main.go:12 > ", None, None),
        (
            "2024-01-02T03:04:05.123+0100\t\x1b[34mINFO\x1b[0m\tchild\tapp/main.go:12\t",
            "2024-01-02T03:04:05.123+01:00",
            "child",
        ),
        ("INFO [11-21|22:31:31.123] ", None, None),
        ("INFO[11-21|22:31:31] ", None, None),
        ("2026-11-21T22:31:31.123Z [INFO]  child: ", "2026-11-21T22:31:31.123Z", "child"),
        (
            "2026-11-21T22:31:31.123+0100 [DEBUG] provider.aws_v5: stderr: ",
            "2026-11-21T22:31:31.123+01:00",
            "provider.aws_v5",
        ),
        ("child: 2026/11/21 22:31:31 main.go:12: ", "2026-11-21T22:31:31", "child"),
        # date, time.ANSIC, time.RubyDate
        ("Sat Nov 21 22:31:31 UTC 2026 ", "2026-11-21T22:31:31Z", None),
        ("[Sat Nov 21 22:31:31.123456 2026] ", "2026-11-21T22:31:31.123456", None),
        ("Sat Nov 21 22:31:31 +0100 2026: ", "2026-11-21T22:31:31+01:00", None),
        ("Mon Feb 30 22:31:31 CET 2026 ", None, None),
        # What lacks the year or the day
        ("22:31:31.123 ", None, None),
        ("Nov 21 10:31:31 PM  ", None, None),
        ("00:00:12 ", None, None),
        # Differences, quotes, lists
        ("+", None, None),
        ("-", None, None),
        (">> ", None, None),
        ("> > ", None, None),
        ("- ", None, None),
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
    data = (prefix.encode("utf-8", "surrogateescape") + GC + b"\r\n") * 2
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
        b"pod-01 ready ",
        b"pod-1 is up now ",
        b"- pod-1 ready ",
        b"see pod-1 ready ",
        b"prod pod-1 pods ",
        b"prod pod-01 pod ",
        b"see prod pod-1 pod ",
        b"\x1b[32mpod-1\x1b[0m ready ",
        "── | ".encode(),
        "→ | ".encode(),
        b"w\xe9b | ",
        b"app 2026/11/21 05:19:57 worker=0 ",
        b"took 2026-11-21T05:58:50Z: ",
        b"2026-11-21T05:58:50Z server said: ",
        b"2026/11/21 05:58:50 server said: ",
        b"22:31:31 server said: ",
        b"2026-11-21T05:58:50Z starting ",
        b"2026-11-21T22:31:31.123000+00:00 starting ",
        b"2026-11-21T22:31:31Z {not=labels} ",
        b"web-https listens ",
        b"pod app-7d9c5b7f4d-x2x8q says ",
        b"see app-7d9c5b7f4d-x2x8q app says ",
        b"column\tcolumn\t",
        b"elapsed\t2026-11-21T05:58:50Z ",
        b"see main.go:12 ",
        b"at 3:04PM ",
        b"13:04PM sharp ",
        b"#12 done ",
        b"# 12 0.345 ",
        b"+5 -3 ",
        b"+ ",
        b"a > b ",
        b"Sat down ",
        b"| INFO ",
        b"[123.456] ",
        b"2026-13-45T99:99:99Z ",
        b"[12] ",
        b"[1.002s] ",
        b"[02/Jan/2024:03:04:05] ",
        b"[a1b2c3] ",
        b"[0x7f12ab] ",
        b"\x1b]0;title\x07",
        b"x" * LONGEST_BYTES + b" ",
        b" " * (LONGEST_BYTES + 1),
        b"INFO # " * 100,
        b"\xff\xfe",
    ],
)
def test_somebodys_text_is_no_prefix(head: bytes) -> None:
    assert shape_of(head) is None
    text, event = scan([head + GC])
    assert isinstance(text, Text)
    assert text.raw == head
    assert event.around.prefix is None


WORDS = (
    *("see", "the", "started", "worker", "job", "is", "done", "now", "again", "in", "ready"),
    *("re-started", "for", "after", "3", "retries", "cache", "of", "failed", "app", "prod"),
    *("attempt-2", "web-0", "kafka-1", "step-12", "pod-3", "node-1", "shard-0"),
)


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=8).map(" ".join))
def test_no_three_words_of_a_sentence_are_a_name(sentence: str) -> None:
    head = f"{sentence} ".encode()
    assert shape_of(head) is None
    *_, event = scan([head + GC])
    assert event.around.source is None


def test_pods_of_a_set_in_one_stream_are_told_apart() -> None:
    heads = [b"prod kafka-%d kafka " % pod for pod in range(3)]
    data = b"".join(head + line + b"\n" for head in heads for line in (b"ready", GC, b"going on"))
    events = [event for event in scan([data]) if isinstance(event, Gc)]
    assert [event.around.source for event in events] == [
        f"prod kafka-{pod} kafka" for pod in range(3)
    ]


def test_a_colour_ends_a_level_or_a_stamp() -> None:
    """Loggers colour each by itself, and the text goes on where the colour ends."""
    lines = b"\x1b[33mWARN\x1b[0m %b\n\x1b[90m22:31:31\x1b[0m %b\n" % (GC, GC)
    assert [event.kind for event in scan([lines])] == ["gc", "gc"]


def test_the_time_of_a_prefix_is_the_whole_line_s() -> None:
    """A text may come between it and the trace line: then nobody knows whose the trace line is."""
    prefix = b"2026-11-21T05:51:46Z web-1  | "
    line = GC + b"\n"
    data = prefix + line + prefix + b"progress ..." + line + prefix + GC + line
    events = list(scan([data]))
    assert [event.kind for event in events] == ["gc", "text", "gc", "gc", "gc"]
    gcs = [event for event in events if isinstance(event, Gc)]
    assert {event.around.wall for event in gcs} == {"2026-11-21T05:51:46Z"}
    assert [event.around.source for event in gcs] == ["web-1", None, "web-1", None]
    assert events[1].raw == prefix + b"progress ..."


def test_colours_and_html_inside_a_line() -> None:
    for line in (
        GC + b"\x1b[0m",
        b"\x1b[01;31mgc 5\x1b[m\x1b[K" + GC.removeprefix(b"gc 5"),
        GC.replace(b">", b"&gt;"),
    ):
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
