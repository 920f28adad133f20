"""`gctui export --to`: every format tells the same events, each by the rules of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gctui.events.columns import KINDS, columns
from tests.corpus_files import SAMPLES, sample_logs
from tests.end_to_end.commands import PATIENCE_S, environment, gctui

HOSTILE = b"\n".join(
    [
        b"=cmd|' /C calc'!A0",
        b'-1, "quoted", a\\b',
        b"caf\xc3\xa9 \xff \x1b[31m\xe2\x80\xae \x00 \xf0\x9f\x98\x80",
        b"+",
        b"@SUM(A1)",
        b"gc 5 @0.017s 1%: 16+",
        (SAMPLES / "demo" / "leak.log").read_bytes().split(b"\n")[0],
        b"",
    ]
)
GC_LINE = (SAMPLES / "demo" / "leak.log").read_bytes().splitlines(keepends=True)[1]
GOLDEN = Path(__file__).parent / "golden"
GOLDEN_LOG = SAMPLES / "go1.27.3" / "goroutines.gctrace+schedtrace.log"


def exported(*arguments: str | Path, stdin: bytes = b"") -> bytes:
    done = gctui("export", *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def json_rows(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def csv_rows(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def unescaped(cell: str) -> str:
    quoted = '"' + cell.replace('"', '\\"') + '"'
    text: str = json.loads(quoted)
    return text


def test_csv_says_what_json_says() -> None:
    names = [column.name for column in columns()]
    texts = {column.name for column in columns() if column.type in {"text", "moment"}}
    logs = sample_logs()
    wanted = json_rows(exported(*logs))
    rows = csv_rows(exported(*logs, "--to", "csv"))
    assert list(rows[0]) == names
    assert len(rows) == len(wanted)
    for row, event in zip(rows, wanted, strict=True):
        present = {name: cell for name, cell in row.items() if cell}
        read = {
            name: unescaped(cell) if name in texts else json.loads(cell)
            for name, cell in present.items()
        }
        # An empty text and a number that is none have an empty cell as well.
        assert read == {name: value for name, value in event.items() if value not in ("", None)}


def test_a_cell_is_no_formula_and_acts_on_nothing() -> None:
    done = exported("--to", "csv", stdin=HOSTILE).decode()
    assert all(char.isprintable() for char in done.replace("\r\n", ""))
    rows = csv_rows(done.encode())
    assert not [row for row in rows if row["text"][:1] in set("=+-@")]
    lines = HOSTILE.split(b"\n")
    for row in rows:
        if row["kind"] != "gc":
            raw = (
                unescaped(row["text"]).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            )
            assert raw.replace("\ufffd", "") in lines[int(row["line"]) - 1].decode(
                "utf-8", "ignore"
            )


def test_a_kind_alone_has_its_columns_alone() -> None:
    rows = csv_rows(exported(GOLDEN_LOG, "--to", "csv", "--kind", "sched"))
    assert {row["kind"] for row in rows} == {"sched"}
    assert list(rows[0]) == [column.name for column in columns(["sched"])]
    events = json_rows(exported(GOLDEN_LOG, "--kind", "gc,sched"))
    assert {event["kind"] for event in events} == {"gc", "sched"}
    refused = gctui("export", GOLDEN_LOG, "--kind", "heap")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr.count(b"\n") == 1


@pytest.mark.parametrize("extension", ["jsonl", "csv", "openmetrics"])
def test_formats_stay_as_they_are(extension: str) -> None:
    """`tests/cli/golden` has what a real log becomes; a change there is one for its readers."""
    log = b"".join(GOLDEN_LOG.read_bytes().splitlines(keepends=True)[:12])
    golden = GOLDEN / f"export.{extension}"
    done = exported("--to", extension, "--kind", "gc,scav,sched,text", stdin=log)
    if os.environ.get("GCTUI_UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(done)
    assert done == golden.read_bytes()


def test_parquet_has_the_rows_with_their_types(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra gctui[parquet] is missing")
    out = tmp_path / "events.parquet"
    logs = sample_logs()
    assert exported(*logs, "--to", "parquet", "--out", out) == b""
    file = parquet.ParquetFile(out)
    assert file.schema_arrow.names == [column.name for column in columns()]
    rows = file.read().to_pylist(maps_as_pydicts="strict")
    wanted = json_rows(exported(*logs))
    assert len(rows) == len(wanted) == file.metadata.num_rows
    for row, event in zip(rows, wanted, strict=True):
        present = {name: value for name, value in row.items() if value is not None}
        assert present == {
            name: _stored(value) for name, value in event.items() if value is not None
        }


def _stored(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return min(value, (1 << 63) - 1)
    return value


def test_parquet_is_written_in_groups_and_to_a_pipe() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra gctui[parquet] is missing")
    data = exported("--to", "parquet", "--kind", "gc", stdin=GC_LINE * 200_000)
    file = parquet.ParquetFile(io.BytesIO(data))
    assert file.num_row_groups >= 3
    assert file.metadata.num_rows == 200_000


def test_openmetrics_is_valid_and_has_the_figures() -> None:
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    logs = sample_logs()
    done = gctui("export", *logs, "--to", "openmetrics")
    assert done.returncode == 0
    assert done.stdout.endswith(b"# EOF\n")
    assert done.stderr.count(b"\n") == 1
    families = {
        family.name: family
        for family in parser.text_string_to_metric_families(done.stdout.decode("utf-8"))
    }
    assert len(families) > 80
    assert not [name for name in families if not name.startswith(("go_", "process_"))]
    live = families["go_gc_heap_live_bytes"]
    assert (live.type, live.unit) == ("gauge", "bytes")
    wanted: dict[tuple[str, float], float] = {}
    leak = str(SAMPLES / "demo" / "leak.log")
    for event in json_rows(exported(leak, "--kind", "gc")):
        wanted[leak, round(event["start_s"], 3)] = event["heap_live_mb"] * 2.0**20
    found = {
        (sample.labels["source"], round(float(sample.timestamp), 3)): sample.value
        for sample in live.samples
        if sample.labels["source"] == leak
    }
    assert found == wanted
    assert families["go_gc_cycles"].type == "counter"


def test_openmetrics_time_is_the_logs_or_what_it_is_told(tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    recording = tmp_path / "run.jsonl"
    began_s = time.time()
    recorded = gctui("--plain", "--record", recording, stdin=GC_LINE)
    assert recorded.returncode == 0, recorded.stderr
    done = gctui("export", recording, "--to", "openmetrics")
    assert done.stderr == b""
    by_name = {f.name: f for f in parser.text_string_to_metric_families(done.stdout.decode())}
    (sample,) = by_name["go_gc_procs"].samples
    assert began_s - 1 < float(sample.timestamp) < time.time()
    walls = b"".join(b"2026-05-04T11:32:0%dZ app[7]: " % i + GC_LINE for i in range(3))
    logged = gctui("export", "--to", "openmetrics", stdin=walls)
    assert logged.stderr == b""
    by_name = {f.name: f for f in parser.text_string_to_metric_families(logged.stdout.decode())}
    samples = by_name["go_gc_procs"].samples
    assert [float(sample.timestamp) for sample in samples] == [1777894320 + i for i in range(3)]
    assert {sample.labels["source"] for sample in samples} == {"app[7]"}
    told = gctui(
        "export", "--to", "openmetrics", "--started", "2026-05-04T11:32:00Z", stdin=GC_LINE
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert b" 1777894320." in told.stdout
    wrong = gctui("export", "--to", "openmetrics", "--started", "yesterday", stdin=GC_LINE)
    assert (wrong.returncode, wrong.stderr.count(b"\n")) == (2, 1)


def test_a_program_that_starts_again_goes_on_in_time() -> None:
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    log = (SAMPLES / "demo" / "leak.log").read_bytes()
    text = exported("--to", "openmetrics", stdin=log + log).decode()
    cycles = next(
        f for f in parser.text_string_to_metric_families(text) if f.name == "go_gc_cycles"
    )
    count = len(json_rows(exported("--kind", "gc", stdin=log)))
    assert len(cycles.samples) >= 2 * count - 1


def test_a_missing_extra_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError('not here')\n")
    done = subprocess.run(
        ["gctui", "export", GOLDEN_LOG, "--to", "parquet"],
        capture_output=True,
        env=environment(PYTHONPATH=str(tmp_path)),
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"gctui: Parquet needs pyarrow: pip install 'gctui[parquet]'\n"


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    out.write_bytes(b"before")
    damaged = tmp_path / "damaged.log.gz"
    damaged.write_bytes(b"\x1f\x8b\x08\x00 not gzip at all")
    assert gctui("export", damaged, "--to", "csv", "--out", out).returncode == 2
    assert out.read_bytes() == b"before"
    assert exported(GOLDEN_LOG, "--to", "csv", "--out", out) == b""
    assert out.read_bytes() == exported(GOLDEN_LOG, "--to", "csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.log.gz", "rows.csv"]
    log = tmp_path / "app.log"
    log.write_bytes(GOLDEN_LOG.read_bytes())
    refused = gctui("export", log, "--out", log)
    assert (refused.returncode, refused.stderr.count(b"\n")) == (2, 1)
    assert log.read_bytes() == GOLDEN_LOG.read_bytes()
    nowhere = gctui("export", log, "--out", tmp_path / "no" / "folder")
    assert (nowhere.returncode, nowhere.stderr.count(b"\n")) == (2, 1)


def test_every_event_of_every_sample_is_as_the_schema_says() -> None:
    schema = json.loads(exported("--schema"))
    assert set(schema["$defs"]) == set(KINDS)
    for event in json_rows(exported(*sample_logs())):
        _check(event, schema["$defs"][event["kind"]])
    table = exported("--schema", "markdown").decode().splitlines()
    assert [line.split("`")[1] for line in table[2:]] == [column.name for column in columns()]


def _check(value: Any, schema: dict[str, Any]) -> None:
    """Hold a value against as much of JSON Schema as the export's own schema uses."""
    if "const" in schema:
        assert value == schema["const"]
        return
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(_is_of(value, name) for name in types), (value, schema)
    if isinstance(value, list):
        for item in value:
            _check(item, schema["items"])
    elif isinstance(value, dict):
        for name, member in value.items():
            inner = schema.get("properties", {}).get(name) or schema["additionalProperties"]
            assert inner is not False, f"no {name} in the schema"
            _check(member, inner)


def _is_of(value: Any, name: str) -> bool:
    match name:
        case "integer":
            return type(value) is int
        case "number":
            return type(value) in {int, float}
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
    return name == "object" and isinstance(value, dict)
