"""The export is as exact as the trace, and nothing of a program's text is lost in it."""

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from gctui.events import (
    Event,
    GcPause,
    GoroutineGroup,
    Process,
    Runtime,
    Surroundings,
    Text,
    Unparsed,
)
from gctui.report.jsonl import ascii_json, json_line, json_lines
from gctui.trace.scanner import scan
from gctui.trace.sched_snapshot import SchedSnapshots
from tests.corpus_files import SAMPLES, read_log, sample_logs


def test_every_sample_exports_what_its_events_say() -> None:
    for path in sample_logs():
        events = list(scan([read_log(path)]))
        for event, line in zip(events, json_lines(events), strict=True):
            assert line.endswith(b"}\n")
            assert line.isascii()
            exported = json.loads(line)
            assert exported.pop("kind") == event.kind
            assert exported.pop("line") == event.line
            assert exported.pop("format", None) == event.format
            # JSON has lists only.
            assert exported == json.loads(json.dumps(event.values()))


def test_printed_digits_are_copied() -> None:
    line = (
        b"gc 5 @0.010s 1%: 16+0.10+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
        b"51->52->27 MB, 2 MB goal, 2 P"
    )
    (event,) = scan([line])
    assert b'"start_s":0.010,' in json_line(event)
    assert b'"clock_mark_ms":0.10,' in json_line(event)
    assert b"forced" not in json_line(event)
    (forced,) = scan([line + b" (forced)"])
    assert json.loads(json_line(forced))["forced"] is True


@given(st.binary())
def test_text_round_trips(raw: bytes) -> None:
    """What is not UTF-8 becomes surrogate escapes and comes back; nothing acts on a terminal."""
    exported = json_line(Text(1, 0, len(raw), (raw,)))
    assert all(0x20 <= byte < 0x7F or byte == 0x0A for byte in exported)
    assert exported.count(b"\n") == 1
    assert json.loads(exported)["text"].encode("utf-8", "surrogateescape") == raw


def test_a_near_miss_carries_its_diagnosis() -> None:
    (event,) = scan([b"gc 5 @0.017s 1%: 16+"])
    assert isinstance(event, Unparsed)
    exported = json.loads(json_line(event))
    assert (exported["column"], exported["expected"]) == (event.column, event.expected)


def test_process_samples_leave_out_what_is_unknown() -> None:
    exported = json.loads(json_line(Process(rss_bytes=5, threads=2)))
    assert exported == {"kind": "process", "rss_bytes": 5, "threads": 2}


def test_an_event_class_is_not_confused_with_another() -> None:
    """Forms of one kind have encoders of their own."""
    events: list[Event] = []
    for path in sample_logs():
        events += list(scan([read_log(path)]))[:3]
    assert [json.loads(line) for line in json_lines(events)] == [
        json.loads(json_line(event)) for event in events
    ]


def test_a_census_of_nobody_is_not_the_lack_of_one() -> None:
    group = GoroutineGroup("main", "a.go:1", "waiting", "select", 3, 6144, None)
    sample = Runtime(goroutines=3, goroutine_groups=(group,), gc_pauses=(GcPause(1, 0.5, 1.5),))
    assert json.loads(json_line(sample)) == {
        "kind": "runtime",
        "goroutines": 3,
        "goroutine_groups": [asdict(group)],
        "gc_pauses": [{"n": 1, "ago_s": 0.5, "pause_ms": 1.5}],
        "goroutines_by_status": {"waiting": 3},
        "goroutines_by_wait_reason": {"select": 3},
    }
    assert json.loads(json_line(Runtime())) == {"kind": "runtime"}
    assert json.loads(json_line(Runtime(goroutine_groups=())))["goroutine_groups"] == []


def test_a_snapshot_of_the_scheduler_tells_its_goroutines() -> None:
    """What the lines below it add up to stands beside what its own line says."""
    name = "goroutines.gctrace+scavtrace+scheddetail+gcpacertrace+inittrace.log"
    snapshots = SchedSnapshots()
    events = list(scan([read_log(SAMPLES / "go1.19.8" / name)]))
    folded = [*snapshots.fold_all(events), *snapshots.finish()]
    rows = [json.loads(line) for line in json_lines(folded)]
    told = [row for row in rows if row["kind"] == "sched"]
    assert all(row["goroutines"] == sum(row["goroutines_by_status"].values()) for row in told)
    assert [row["gomaxprocs"] for row in told] == [2] * len(told)
    assert not any(row["kind"] == "sched_part" for row in rows)
    assert {row["phase"] for row in rows if row["kind"] == "pacer"} == {"start", "end"}


def test_what_is_no_number_is_null() -> None:
    """JSON has neither NaN nor infinity."""
    line = b"pacer: assist ratio=%b (scan 0 MB in 4->4 MB) workers=0+0.25\n"
    for text, value in ((b"NaN", None), (b"+Inf", None), (b"+2.500000e-001", 0.25)):
        (event,) = scan([line % text])
        exported = json_line(event)
        assert json.loads(exported)["assist_ratio"] == value
        assert (b"null" in exported) == (value is None)


@given(st.text(), st.binary())
def test_an_export_is_printable_ascii(name: str, raw: bytes) -> None:
    for line in (
        json_line(Text(1, 0, len(raw), (raw,))),
        json_line(Unparsed(1, 0, len(raw), (raw,), 1, name)),
        ascii_json({name: name}).encode() + b"\n",
    ):
        assert all(0x20 <= each < 0x7F for each in line.removesuffix(b"\n"))
    assert json.loads(ascii_json({name: name})) == {name: name}


def test_what_stood_around_a_line_is_exported_where_there_is_something() -> None:
    around = Surroundings(
        prefix="web |\udcff ",
        wall="2026-01-02T03:04:05Z",
        source="web",
        repaired=True,
        extra=", 5 MB arenas",
        ranges=((0, 3), (9, 12)),
    )
    event = Text(1, 0, 12, (b"hello",), around)
    exported = json.loads(json_line(event))
    assert exported == {
        "kind": "text",
        "line": 1,
        "text": "hello",
        "source": "web",
        "prefix": "web |\udcff ",
        "wall": "2026-01-02T03:04:05Z",
        "repaired": True,
        "extra": ", 5 MB arenas",
        "ranges": [[0, 3], [9, 12]],
    }
    assert json.loads(json_line(event, "a.log"))["source"] == "a.log:web"
    assert json.loads(json_line(Process(rss_bytes=5), "a.log"))["source"] == "a.log"
    plain = json.loads(json_line(Text(1, 0, 5, (b"hello",), Surroundings(extra="x"))))
    assert plain == {"kind": "text", "line": 1, "text": "hello", "extra": "x"}
