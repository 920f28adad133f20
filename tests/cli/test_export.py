"""`gctui export`: a stream in, a stream out, and nothing lost on the way."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.corpus_files import sample_logs
from tests.end_to_end.commands import PATIENCE_S, environment, gctui

GC_LINE = (
    b"gc 1 @0.012s 2%: 0.026+0.46+0.003 ms clock, 0.10+0.30/0.36/0.10+0.013 ms cpu, "
    b"4->4->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 4 P"
)
MIXED = b"\n".join(
    [
        b"listening on :8080",
        GC_LINE,
        b"2024-05-01T10:00:00Z app | " + GC_LINE,
        b"progress 10%" + GC_LINE,
        GC_LINE + b"done",
        b"",
        b"caf\xc3\xa9 \xff\xfe not UTF-8 \x00 NUL \x1b[31mred\x1b[0m \r",
        b'[bold]x[/bold] [/] \\ " \t',
        "\u2028 \u202e \U0001f600".encode(),
        b"long " * 500_000,
        b"gc 2 @x",
        b"no newline at the end",
    ]
)


def events_of(data: bytes) -> list[dict[str, Any]]:
    done = gctui("export", stdin=data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_first_event_comes_while_the_input_is_open() -> None:
    with subprocess.Popen(
        ["gctui", "export"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(GC_LINE + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["n"] == 1
        process.stdin.write(b"and on\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {
            "kind": "text",
            "line": 2,
            "text": "and on",
        }
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def test_what_waits_is_written_when_the_input_pauses() -> None:
    """Behind a restart nobody knows yet whose the lines are, and a torn line may still end."""
    counted = [GC_LINE.replace(b"gc 1 @0.012", b"gc %d @%d.012" % (n, n)) for n in range(1, 10)]
    torn = b"gc 4 @4.012s 1%: 16+user line\n"
    with subprocess.Popen(
        ["gctui", "export", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"".join(line + b"\n" for line in [*counted, *counted[:3]]) + torn)
        process.stdin.flush()
        rows = [json.loads(process.stdout.readline()) for _ in range(13)]
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
    assert [row.get("n") for row in rows] == [*range(1, 10), 1, 2, 3, None]


def test_every_byte_of_mixed_text_is_kept() -> None:
    lines = MIXED.split(b"\n")
    events = events_of(MIXED)
    assert sum(event["kind"] == "gc" for event in events) == 4
    rebuilt = {
        number: list(group) for number, group in groupby(events, key=lambda event: event["line"])
    }
    assert list(rebuilt) == list(range(1, len(lines) + 1))
    for number, group in rebuilt.items():
        assert _put_together(group) == lines[number - 1]


def _put_together(events: list[dict[str, Any]]) -> bytes:
    """Return the line that these events were cut out of."""
    return b"".join(
        event.get("prefix", "").encode("utf-8", "surrogateescape")
        + (GC_LINE if event["kind"] == "gc" else event["text"].encode("utf-8", "surrogateescape"))
        for event in events
    )


def test_every_sample_is_json_with_a_kind_and_a_place() -> None:
    logs = sample_logs()
    assert len(logs) > 100
    done = gctui("export", *logs)
    assert done.returncode == 0, done.stderr
    last_lines: dict[str, int] = defaultdict(int)
    kinds: dict[str, set[str]] = defaultdict(set)
    has_snapshots: set[str] = set()
    for row in done.stdout.splitlines():
        event = json.loads(row)
        event["source"] = event["source"].partition(":program ")[0]
        if event["kind"] == "sched":
            # With the lines of its snapshot it comes when the last of them has come.
            has_snapshots.add(event["source"])
        else:
            assert event["line"] >= last_lines[event["source"]]
        last_lines[event["source"]] = max(last_lines[event["source"]], event["line"])
        kinds[event["source"]].add(event["kind"])
    lines = {str(log): log.read_bytes() for log in logs}
    for name, data in lines.items():
        count = data.count(b"\n") + (not data.endswith(b"\n"))
        assert last_lines[name] == count or (name in has_snapshots and last_lines[name] < count)
    # A line on one thread is no event without the SCHED line that it stands below.
    parts = re.compile(r"scheddetail\.go[0-9.]+\.[gmp]\.log$")
    without_trace = [
        name
        for name, found in kinds.items()
        if found <= {"text", "unparsed"} and not parts.search(name)
    ]
    assert not without_trace


def test_a_line_s_prefix_is_exported_and_its_source_goes_behind_the_file_s(tmp_path: Path) -> None:
    named = tmp_path / "named.log"
    named.write_bytes(b"2026-01-02T03:04:05Z web-1  | " + GC_LINE + b"\n")
    other = tmp_path / "other.log"
    other.write_bytes(GC_LINE + b"\n")
    (alone,) = (json.loads(row) for row in gctui("export", named).stdout.splitlines())
    assert alone["source"] == "web-1"
    assert alone["prefix"] == "2026-01-02T03:04:05Z web-1  | "
    assert alone["wall"] == "2026-01-02T03:04:05Z"
    rows = [json.loads(row) for row in gctui("export", named, other).stdout.splitlines()]
    assert [row["source"] for row in rows] == [f"{named}:web-1", str(other)]
    assert not {"prefix", "wall", "repaired", "extra", "ranges"} & rows[1].keys()
