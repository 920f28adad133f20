"""`gctui report`: files in, one report each, and what is wrong in one line."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gctui.cli.asked_span import moment
from tests.analysis.made_runs import log_of, steady
from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import PATIENCE_S, environment, gctui

LEAK = SAMPLES / "demo" / "leak.log"


def runs_of(*arguments: str | Path, stdin: bytes = b"") -> list[dict[str, Any]]:
    done = gctui("report", "--format", "json", *map(str, arguments), stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    runs: list[dict[str, Any]] = json.loads(done.stdout)["runs"]
    return runs


def test_every_file_has_its_report() -> None:
    runs = runs_of(LEAK, SAMPLES / "demo" / "steady.log")
    assert [Path(run["label"]).name for run in runs] == ["leak.log", "steady.log"]
    assert [each["id"] for each in runs[0]["findings"]] == ["live-heap-growth"]


def test_a_rotated_log_is_one_run(tmp_path: Path) -> None:
    lines = LEAK.read_bytes().splitlines(keepends=True)
    (tmp_path / "app.log.2.gz").write_bytes(gzip.compress(b"".join(lines[:80])))
    (tmp_path / "app.log.1").write_bytes(b"".join(lines[80:160]))
    (tmp_path / "app.log").write_bytes(b"".join(lines[160:]))
    (run,) = runs_of(*sorted(tmp_path.iterdir()))
    (whole,) = runs_of(LEAK)
    assert run["values"] == whole["values"]


def test_a_log_that_is_numbered_upwards_is_one_run(tmp_path: Path) -> None:
    lines = LEAK.read_bytes().splitlines(keepends=True)
    (tmp_path / "app.log.00").write_bytes(b"".join(lines[:120]))
    (tmp_path / "app.log.01").write_bytes(b"".join(lines[120:]))
    (run,) = runs_of(*sorted(tmp_path.iterdir()))
    (whole,) = runs_of(LEAK)
    assert run["values"] == whole["values"]


def test_pieces_of_one_run_are_told_how_to_be_joined(tmp_path: Path) -> None:
    lines = [line.text() for line in steady(90)]
    for name, piece in (("s-1.log", lines[:30]), ("s-2.log", lines[30:60]), ("x.log", lines[:9])):
        (tmp_path / name).write_text("".join(piece))
    paths = [str(tmp_path / name) for name in ("s-2.log", "s-1.log", "x.log")]
    done = gctui("report", *paths)
    assert done.returncode == 0
    said = done.stderr.decode()
    told, _, command = said.partition("; if that is one run: ")
    assert told == f"gctui: {paths[0]} goes on where {paths[1]} ends"
    joined = gctui(*shlex.split(command)[1:])
    assert (joined.returncode, joined.stderr) == (0, b"")
    assert b"60 collections" in joined.stdout

    (tmp_path / "s 3.log").write_text("".join(lines[60:]))
    done = gctui("report", *paths, str(tmp_path / "s 3.log"))
    assert b"s-1.log ends, and 1 more behind it; if" in done.stderr
    assert done.stderr.endswith(b"s-2.log '%b'\n" % str(tmp_path / "s 3.log").encode())
    assert gctui("report", paths[0], paths[2]).stderr == b""


def test_other_files_are_joined_on_request(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).write_bytes(log_of(steady(20)))
    (run,) = runs_of("--join", tmp_path / "first", tmp_path / "second")
    assert run["values"]["run.count"] == 2
    assert run["values"]["gc.count"] == 40
    assert len(runs_of(tmp_path / "first", tmp_path / "second")) == 2


def test_standard_input_is_a_file() -> None:
    (run,) = runs_of("-", stdin=LEAK.read_bytes())
    assert run["label"] == "standard input"
    assert run["values"]["gc.count"] == 103


def test_a_part_of_a_run_by_its_clock() -> None:
    (run,) = runs_of("--from", "10", "--to", "20.5", LEAK)
    assert run["begin_s"] >= 10
    assert run["values"]["run.span_s"] <= 10.6
    assert 0 < run["values"]["gc.count"] < 103


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5s", 5), ("1m30s", 90), ("1h0m0.5s", 3600.5), ("500ms", 0.5), ("2m", 120), ("12.5", 12.5)],
)
def test_a_duration_of_go_is_so_many_seconds(text: str, seconds: float) -> None:
    assert moment(text) == pytest.approx(seconds)


def test_a_part_of_a_run_by_the_log_s_wall_clock(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    lines = [f"2026-05-04T10:00:{i:02}Z {line.text()}" for i, line in enumerate(steady(50), 1)]
    path.write_text("".join(lines))
    (run,) = runs_of("--from", "2026-05-04T10:00:11Z", "--to", "2026-05-04T10:00:20Z", path)
    assert run["values"]["gc.count"] == 10
    assert run["first_wall"].startswith("2026-05-04T10:00:11")


STAMPED = {
    "syslog": "Nov 21 22:{:02}:00 host app[7]: ",
    "klog": "I1121 22:{:02}:00.123456   123 file.go:12] ",
    "log15": "INFO [11-21|22:{:02}:00.123] ",
    "clock": "22:{:02}:00.123 ",
    "kitchen": "10:{:02}PM INF ",
    "whole": "2026-11-21T22:{:02}:00Z ",
}


def stamped(path: Path, stamp: str) -> Path:
    lines = [stamp.format(i) + line.text() for i, line in enumerate(steady(50), 1)]
    path.write_text("".join(lines))
    return path


@pytest.mark.parametrize("name", STAMPED)
def test_a_part_of_a_run_by_the_time_of_day(tmp_path: Path, name: str) -> None:
    path = stamped(tmp_path / "app.log", STAMPED[name])
    (run,) = runs_of("--from", "22:11:00", "--to", "22:20:59", path)
    assert run["values"]["gc.count"] == 10
    (run,) = runs_of("--from", "22:41", path)
    assert run["values"]["gc.count"] == 10
    (run,) = runs_of("--from", "22:41", "--to", "22:10:30", path)
    assert run["values"]["gc.count"] == 20, "past midnight"


def test_from_a_time_of_day_on_it_goes_past_midnight_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    # From 23:59:30 to 00:00:19.
    clocks = [
        f"{(86370 + i) // 3600 % 24:02}:{(86370 + i) // 60 % 60:02}:{(30 + i) % 60:02}"
        for i in range(50)
    ]
    lines = steady(50)
    path.write_text(
        "".join(f"{clock} {line.text()}" for clock, line in zip(clocks, lines, strict=True))
    )
    for begin, count in (("23:59:55", 25), ("23:00", 50), ("00:00:15", 50 - 45)):
        (run,) = runs_of("--from", begin, path)
        assert run["values"]["gc.count"] == count, begin
    (run,) = runs_of("--to", "00:00:09", path)
    assert run["values"]["gc.count"] == 10


def test_a_time_of_day_is_one_moment_for_all_programs_of_a_log(tmp_path: Path) -> None:
    """One begins at ten past midnight, the other at 14:10: for both, 01:00 is of the first day."""
    path = tmp_path / "pods.log"
    lines = [line.text() for line in steady(50)]
    stamped = [
        (60 * n + 10 + 5 * which, f"{name} {{:%Y-%m-%dT%H:%M:%SZ}} {line}")
        for which, name in enumerate(("api-1  |", "db-1   |"))
        for n, line in enumerate(lines[: 50 - 14 * which], 14 * which)
    ]
    midnight = datetime(2026, 5, 4, tzinfo=UTC)
    path.write_text(
        "".join(
            text.format(midnight + timedelta(minutes=minute)) for minute, text in sorted(stamped)
        )
    )

    def counts(begin: str) -> dict[str, int]:
        found = runs_of("--from", begin, path)
        return {run["program"]: run["values"].get("gc.count", 0) for run in found}

    assert counts("01:00") == {"api-1": 49, "db-1": 36}
    assert counts("14:14") == {"api-1": 35, "db-1": 36}
    assert counts("20:12") == {"api-1": 29, "db-1": 30}
    # Where the log begins long after it, it is of the next day: for who comes only then, too.
    later = [line for line in path.read_text().splitlines(True) if line[9:22] >= "2026-05-04T14"]
    path.write_text("".join(line for line in later if "db" not in line or line[18] >= "5"))
    assert counts("01:00") == {"api-1": 25, "db-1": 25}


@pytest.mark.parametrize("name", ["syslog", "klog", "log15", "whole"])
def test_who_asks_for_a_part_says_the_year(tmp_path: Path, name: str) -> None:
    path = stamped(tmp_path / "app.log", STAMPED[name])
    (run,) = runs_of("--from", "2026-11-21T22:11:00", "--to", "2026-11-21T22:20:59", path)
    assert run["values"]["gc.count"] == 10
    assert gctui("report", "--from", "2026-11-22T00:00:00", str(path)).returncode == 3


def test_the_day_of_a_time_of_day_is_not_guessed(tmp_path: Path) -> None:
    path = stamped(tmp_path / "app.log", STAMPED["clock"])
    done = gctui("report", "--from", "2026-11-21T22:11:00", str(path))
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"no line of it says when" in done.stderr
    (run,) = runs_of(path)
    assert "first_wall" not in run


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["/nowhere.log"], 2, "cannot be opened"),
        ([], 2, "required"),
        (["--format", "pdf", str(LEAK)], 2, "invalid choice"),
        (["--from", "noon", str(LEAK)], 2, "no time"),
        (["--from", "ms", str(LEAK)], 2, "no time"),
        (["--from", "", str(LEAK)], 2, "no time"),
        (["--from", "10", "--to", "5s", str(LEAK)], 2, "reversed"),
        (["--from", "2026-02-01", "--to", "2026-01-31T23:00:00Z", str(LEAK)], 2, "reversed"),
        (["--from", "900", str(LEAK)], 3, "between --from and --to"),
        (["--threshold", "leak=3", str(LEAK)], 2, "the findings are"),
        (["--threshold", "long-pauses.ms=3", str(LEAK)], 2, "long-pauses.p99_ms"),
        (["/dev/null"], 3, "not a single trace line"),
        ([str(LEAK), "/dev/null"], 3, "not a single trace line"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: list[str], code: int, said: str) -> None:
    done = gctui("report", *arguments)
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


def test_what_stands_before_a_damage_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "app.log.gz"
    path.write_bytes(gzip.compress(LEAK.read_bytes())[:-2000])
    done = gctui("report", str(path))
    assert done.returncode == 2
    assert b"damaged" in done.stderr
    assert b"throughput" in done.stdout


def test_a_threshold_changes_what_is_found() -> None:
    (run,) = runs_of("--threshold", "long-pauses.max_ms=3", LEAK)
    assert {each["id"] for each in run["findings"]} == {"live-heap-growth", "long-pauses"}


def test_neither_textual_nor_plotext_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gctui", "report", str(LEAK)],
        capture_output=True,
        env=environment(),
        timeout=PATIENCE_S,
        check=True,
    )
    loaded = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr.decode(), re.MULTILINE))
    assert "gctui.report.report_document" in loaded
    assert not loaded & {"textual", "plotext", "rich", "psutil", "elftools"}


def test_a_page_goes_to_standard_output() -> None:
    done = gctui("report", "--format", "html", str(LEAK))
    assert done.stdout.startswith(b"<!doctype html>")
    assert done.stdout.rstrip().endswith(b"</html>")
