"""Columns of lines become what the parser makes of the lines one by one."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from math import isfinite
from pathlib import Path
from typing import Any

import pytest

from gctui.errors import GctuiError
from gctui.events import Event
from gctui.events.columns import TRACE_KINDS
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES, corpus_logs, read_log, sample_logs
from tests.end_to_end.commands import PATIENCE_S, environment

pl = pytest.importorskip("polars", reason="the extra gctui[frame] is not installed")

import gctui.frame as gf  # noqa: E402 - needs the extra

LEAK = SAMPLES / "demo" / "leak.log"
COUNTED = {"goroutines", "goroutines_by_status"}


def rows_of(frame: Any) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in frame.to_dicts()
    ]


def event_row(event: Event) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": event.kind, "line": event.line, "format": event.format}
    for name, value in event.values().items():
        if event.kind != "sched" or name not in COUNTED:
            row[name] = list(value) if isinstance(value, tuple) else value
    return {name: value for name, value in row.items() if not _is_no_number(value)}


def _is_no_number(value: Any) -> bool:
    return isinstance(value, float) and not isfinite(value)


def read_alike(data: bytes) -> int:
    """Hold a frame against the parser's events, and return how many rows it has."""
    lines = data.split(b"\n")
    events = [event for event in scan([data]) if event.format and event.kind in TRACE_KINDS]
    told = [event_row(event) for event in events]
    told_in, rows_in = defaultdict(list), defaultdict(list)
    for event_told in told:
        told_in[event_told["line"]].append(event_told)
    rows = rows_of(gf.frame_of(data).drop("prefix"))
    for row in rows:
        assert row in told_in[row["line"]]
        rows_in[row["line"]].append(row)
    for event, row in zip(events, told, strict=True):
        line = lines[event.line - 1].rstrip(b" \t\r")
        if event.around.repaired or event.raw not in line:
            continue
        if line == event.raw or event.kind != "notice":
            assert row in rows_in[event.line], line
    return len(rows)


def test_every_sample_is_read_alike() -> None:
    logs = (read_log(path) for path in [*sample_logs(), *corpus_logs()])
    read = [data[: 1 << 20] for data in logs if not data.startswith((b"\xff\xfe", b"\xfe\xff"))]
    assert sum(map(read_alike, read)) > 10_000


def test_lines_behind_text_have_it_as_prefix() -> None:
    line = LEAK.read_bytes().split(b"\n")[1]
    data = b"app-1  | " + line + b" \r\ngc you later\n\xff\xfe " + line + b"\n" + line
    frame = gf.frame_of(data, source="app", kinds=["gc"])
    assert frame["line"].to_list() == [1, 3, 4]
    assert frame["prefix"].to_list() == ["app-1  | ", "\ufffd\ufffd ", None]
    assert frame["source"].unique().to_list() == ["app"]
    assert frame.select("n", "heap_live_mb").unique().height == 1


def test_colours_and_text_behind_a_line_are_no_matter() -> None:
    line = LEAK.read_bytes().split(b"\n")[1]
    data = b"\n".join(
        (
            b"\x1b[36mapp  |\x1b[0m \x1b[2m" + line + b"\x1b[0m",
            line + b" pod=web-1",
            b'{"log":"' + line + b'\\n","stream":"stderr"}',
            line + b"gc 5 @0.1s" + line,
            line[:30] + line + b"\x1b[0m behind",
            line[:30],
        )
    )
    frame = gf.frame_of(data, kinds=["gc"])
    assert frame["line"].to_list() == [1, 2, 3, 4, 4, 5]
    assert frame.select("n", "heap_live_mb").unique().height == 1
    assert frame["prefix"].to_list()[:3] == ["\x1b[36mapp  |\x1b[0m \x1b[2m", None, '{"log":"']


def test_numbers_beyond_64_bits_are_the_highest() -> None:
    line = LEAK.read_bytes().split(b"\n")[1]
    data = line.replace(b" MB goal", b"0123456789012345678 MB goal")
    assert gf.frame_of(data)["heap_goal_mb"].to_list() == [(1 << 63) - 1]


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.log" for name in ("a", "b")]
    for path in paths:
        path.write_bytes(LEAK.read_bytes() * 20)
    return paths


@pytest.mark.parametrize("part_bytes", [100, 5000, 1 << 20])
def test_parts_make_no_difference(logs: list[Path], part_bytes: int) -> None:
    whole = pl.concat(
        gf.frame_of(path.read_bytes(), source=str(path), kinds=["gc", "scav"]) for path in logs
    )
    assert gf.scan(logs, kinds=["gc", "scav"], part_bytes=part_bytes).collect().equals(whole)


def test_a_query_gets_what_it_asks_for(logs: list[Path]) -> None:
    lazy = gf.scan(logs)
    assert lazy.collect_schema() == gf.schema()
    every = gf.scan(logs).collect()
    largest = pl.col("heap_live_mb").max()
    wanted = every.filter(pl.col("kind") == "gc").group_by("source").agg(largest).sort("source")
    found = lazy.filter(pl.col("kind") == "gc").group_by("source").agg(largest).sort("source")
    assert found.collect().equals(wanted)
    assert lazy.select("n").head(7).collect().equals(every.select("n").head(7))
    late = pl.col("start_s") > 1
    assert lazy.filter(late).select("line").collect().equals(every.filter(late).select("line"))
    assert lazy.filter(late).head(3).collect().equals(every.filter(late).head(3))
    assert gf.frame_of(b"nothing here\n").is_empty()


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no kind heap"):
        gf.scan(LEAK, kinds=["heap"])
    packed = tmp_path / "app.log.gz"
    packed.write_bytes(b"\x1f\x8b\x08")
    for path in (tmp_path / "none.log", packed):
        with pytest.raises((GctuiError, pl.exceptions.ComputeError), match=path.name):
            gf.scan(path).collect()


def test_dask_reads_parts_in_processes(logs: list[Path]) -> None:
    """The function that reads a part runs as it is in a distributed engine."""
    bag = pytest.importorskip("dask.bag", reason="dask is not installed")
    pieces = bag.from_sequence(list(gf.parts(logs, 10_000)), npartitions=4)
    with_processes = {"scheduler": "processes", "num_workers": 2, "chunksize": 1}
    frames = pieces.map(gf.read, kinds=["gc"]).compute(**with_processes)
    assert len(frames) > 4
    assert pl.concat(frames).equals(gf.scan(logs, kinds=["gc"]).collect())


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "polars.py").write_text("raise ImportError('not here')\n")
    done = subprocess.run(
        [sys.executable, "-c", "import gctui.frame"],
        capture_output=True,
        env=environment(PYTHONPATH=str(tmp_path)),
        timeout=PATIENCE_S,
        check=False,
    )
    last = done.stderr.decode().splitlines()[-1]
    assert last == "ImportError: gctui.frame needs polars: pip install 'gctui[frame]'"
