"""Recordings that are damaged, cut, of another version, or made to hurt."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import Gc, Sched
from gctui.report.plain import summary, ticker_line
from gctui.session.recording_format import LINE_LIMIT_BYTES
from gctui.session.replay import ReplaySession
from gctui.session.saved import Batch, SavedReader
from gctui.sources.files import LogFile

HEADER = b'{"kind":"recording","version":1,"began":"2026-05-04T03:02:01.000000Z","label":"./app"}\n'
END = b'{"kind":"end","received":"2026-05-04T03:12:01.000000Z","how":"exited with 0"}\n'
GC_RAW = (
    "gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
    "51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)
RECEIVED = "2026-05-04T03:02:02.500000Z"
TEXT = {"kind": "text", "line": 1, "text": "hi", "range": [0, 3], "received": RECEIVED}
UNPARSED = TEXT | {"kind": "unparsed", "column": 3, "expected": "x"}
GC = {
    "kind": "gc",
    "line": 2,
    "format": "gctrace.go1.18",
    "raw": GC_RAW,
    "range": [3, 140],
    "received": RECEIVED,
}
PROCESS = {"kind": "process", "rss_bytes": 5, "cpu_percent": 1.5, "received": RECEIVED}
GROUP = {
    "created_by": "main.main",
    "place": "a.go:1",
    "status": "waiting",
    "wait_reason": "select",
    "count": 3,
    "stack_bytes": 6144,
    "longest_wait_s": None,
}
RUNTIME = {
    "kind": "runtime",
    "gc_percent": -1,
    "gc_count": 2,
    "gc_pauses": [{"n": 1, "ago_s": 0.5, "pause_ms": 1.5}],
    "goroutine_groups": [GROUP],
    "received": RECEIVED,
}
MAPPINGS = {
    "kind": "mappings",
    "rss_bytes": 9,
    "pss_bytes": 8,
    "uss_bytes": 7,
    "swap_bytes": 0,
    "lazyfree_bytes": 0,
    "hugepages_bytes": 0,
    "heap_rss_bytes": 4,
    "heap_mapped_bytes": 6,
    "binary_rss_bytes": 5,
    "files_rss_bytes": 0,
    "thread_stacks_rss_bytes": 0,
    "c_heap_rss_bytes": 0,
    "other_rss_bytes": 0,
    "vms_bytes": 99,
    "word_bits": 32,
    "received": RECEIVED,
}
SCHED_RAW = (
    "SCHED 1001ms: gomaxprocs=2 idleprocs=0 threads=5 spinningthreads=0 needspinning=1 "
    "idlethreads=2 runqueue=1 gcwaiting=true nmidlelocked=0 stopwait=1 sysmonwait=false"
)
SCHED = {
    "kind": "sched",
    "line": 3,
    "format": "sched.go1.20.detail",
    "goroutines": 41,
    "goroutines_by_status": {"waiting": 40, "running": 1, "dead": 7},
    "raw": SCHED_RAW,
    "range": [140, 900],
    "received": RECEIVED,
}
ROWS = [TEXT, UNPARSED, GC, PROCESS, RUNTIME, MAPPINGS, SCHED]
KINDS = ["text", "unparsed", "gc", "process", "runtime", "mappings", "sched"]


def line_of(row: object) -> bytes:
    return json.dumps(row).encode() + b"\n"


WHOLE = HEADER + b"".join(map(line_of, ROWS)) + END


def read(data: bytes, piece: int | None = None) -> tuple[list[Batch], SavedReader]:
    reader = SavedReader("x")
    batches: list[Batch] = []
    for begin in range(0, len(data), piece or len(data) or 1):
        batches += reader.feed(data[begin : begin + (piece or len(data))])
    return [*batches, *reader.finish()], reader


def kinds(data: bytes) -> list[str]:
    return [event.kind for batch in read(data)[0] for event in batch.events]


@pytest.mark.parametrize("piece", [1, 7, 100, 10**6])
def test_every_event_comes_back(piece: int) -> None:
    batches, reader = read(WHOLE, piece)
    assert reader.recording is not None
    assert reader.recording.damage == ""
    events = [event for batch in batches for event in batch.events]
    assert [event.kind for event in events] == KINDS
    assert isinstance(events[2], Gc)
    assert (events[2].n, events[2].line, events[2].start, events[2].end) == (5, 2, 3, 140)
    assert isinstance(events[6], Sched)
    assert (events[6].threads, events[6].goroutines) == (5, 41)
    assert events[6].goroutines_by_status == SCHED["goroutines_by_status"]
    assert batches[-1].end == len(WHOLE) - len(END)


BAD_VALUES: list[Any] = [
    None,
    True,
    -1,
    0.5,
    float("nan"),
    float("inf"),
    1 << 64,
    (1 << 64) - 1,
    1.8e19,
    10**400,
    "",
    "x",
    "\ud800",
    [],
    [1, 2, 3],
    ["a", "b"],
    [5, 3],
    {},
    [{}],
    [{"n": 1}],
    [{**GROUP, "count": "many"}],
    [{**GROUP, "longest_wait_s": 1e300}],
    [{"n": 1, "ago_s": 1, "pause_ms": -1}],
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-05-04T03:02:02",
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kind"])
def test_no_value_is_trusted(row: dict[str, Any], tmp_path: Path) -> None:
    """Whatever stands in a field, the line is an event or counted, and the rest is read."""
    path = tmp_path / "x.jsonl"
    for name in row:
        for value in [*BAD_VALUES, "missing"]:
            hurt = {key: inner for key, inner in row.items() if key != name}
            if value != "missing":
                hurt[name] = value
            path.write_bytes(HEADER + line_of(hurt) + line_of(TEXT) + END)
            session = ReplaySession([LogFile(path)])
            session.start()
            session.join(20)
            assert session.failure is None, (name, value)
            frame = session.frame()
            assert list(summary(frame))
            assert ticker_line(frame)
            counts = frame.snapshot.totals.counts
            assert sum(counts[kind] for kind in counts if kind not in {"forced", "epochs"}) == 2
            assert counts["text"] >= 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"12",
        b"{",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 10_000,
        b'{"kind":"text","line":NaN}',
        b'{"kind":["text"]}',
        b'{"kind":"sched","received":"2026-05-04T03:02:02Z"}',
        b'{"kind":"recording","version":"x"}',
        b'{"kind":"end"}',
        b"x" * (LINE_LIMIT_BYTES + 10),
        line_of(GC | {"raw": "gc 5 of something else"})[:-1],
        line_of(GC | {"format": "gctrace.go9.99"})[:-1],
        line_of(GC | {"kind": "scav"})[:-1],
    ],
    ids=range(19),
)
def test_a_line_that_is_no_event_is_counted(line: bytes) -> None:
    data = HEADER + line + b"\n" + line_of(TEXT) + END
    assert kinds(data) == (["unparsed"] if line else []) + ["text"]
    batches, reader = read(data, 1 << 18)
    assert reader.recording is not None
    assert reader.recording.damage == ""
    for event in batches[0].events if line else []:
        assert event.kind == "unparsed"
        assert (getattr(event, "line", 0), getattr(event, "start", 0)) == (2, len(HEADER))
        assert getattr(event, "end", 0) == len(HEADER) + len(line) + 1
        assert len(getattr(event, "raw", b"")) <= 4096


def test_what_a_newer_version_adds_is_left_out() -> None:
    newer = [row | {"unheard_of": [1, {"x": None}]} for row in ROWS]
    newer[4] = newer[4] | {"goroutine_groups": [GROUP | {"new": 1}]}
    data = HEADER + b"".join(map(line_of, newer)) + END
    assert kinds(data) == KINDS


def replay(path: Path) -> ReplaySession:
    session = ReplaySession([LogFile(path)])
    session.start()
    session.join(20)
    return session


def test_a_newer_form_of_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(WHOLE.replace(b'"version":1', b'"version":2'))
    assert str(replay(path).failure) == (
        f"{path}: a recording of version 2; this gctui reads version 1"
    )


@pytest.mark.parametrize(
    "head",
    [
        b'{"kind":"recording","version":1}\n',
        b'{"kind":"recording","version":1,"began":"yesterday"}\n',
        b'{"kind":"recording","version":true,"began":"2026-05-04T03:02:01Z"}\n',
        b'{"kind":"text","line":1,"text":"x"}\n',
        b'{"kind":"recording",',
        b"{",
        b"",
    ],
)
def test_json_that_is_no_recording_is_a_log(head: bytes) -> None:
    batches, reader = read(head + GC_RAW.encode())
    assert reader.recording is None
    assert "gc" in [event.kind for batch in batches for event in batch.events]


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (len(WHOLE), "end of recording: exited with 0"),
        (len(WHOLE) - 1, "end of recording: exited with 0"),
        (len(WHOLE) - 2, "recording cut short: line 9 is damaged"),
        (len(WHOLE) - len(END), "recording cut short after line 8"),
        (len(WHOLE) - len(END) - 9, "recording cut short: line 8 is damaged"),
        (len(HEADER), "recording cut short after line 1"),
    ],
)
def test_where_it_was_cut_is_said(cut: int, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(WHOLE[:cut])
    session = replay(path)
    assert session.failure is None
    frame = session.frame()
    assert frame.status.ended == said
    whole_lines = WHOLE[:cut].count(b"\n") - 1
    counts = frame.snapshot.totals.counts
    read_events = sum(counts[kind] for kind in counts if kind != "epochs")
    assert read_events == min(whole_lines, len(ROWS))


@pytest.mark.parametrize(
    ("how", "explained"),
    [
        ("exited with 3", False),
        ("killed by SIGKILL (OOM)", False),
        ("killed by SIGKILL: by the kernel's OOM killer (limit 64 MiB)", True),
        ("killed by SIGKILL: by gctui, because SIGTERM had not ended it", True),
        ("x" * 10_000 + " OOM killer", True),
    ],
)
def test_older_ones_tell_who_killed_it_in_words_alone(
    how: str, explained: bool, tmp_path: Path
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(WHOLE.replace(b"exited with 0", how.encode()))
    status = replay(path).frame().status
    assert status.ended == f"end of recording: {how}"
    assert status.end_explained == (how[:2000] if explained else "")
    path.write_bytes(WHOLE.replace(b'"exited with 0"', b'"%b","in_short":[]' % how.encode()))
    assert replay(path).frame().status.ended == f"end of recording: {how}"


def test_one_may_be_packed_or_follow_another(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(WHOLE + WHOLE))
    frame = replay(path).frame()
    assert frame.snapshot.count("process") == 2
    assert frame.status.ended == "end of recording: exited with 0"


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(WHOLE)), st.integers(0, 60))
def test_any_damage_is_survived(damage: bytes, at: int, over: int) -> None:
    at = max(at, len(HEADER))
    batches, reader = read(WHOLE[:at] + damage + WHOLE[at + over :])
    assert reader.recording is not None
    assert sum(len(batch.events) for batch in batches) <= len(ROWS) + damage.count(b"\n") + 2
