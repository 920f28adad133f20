"""`gctui check`: limits and findings as an exit code, with the lines that show what is broken."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from gctui.cli.check_options import SHORTS
from gctui.report.ruler import cells
from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import PATIENCE_S, environment, gctui, shell
from tests.go_toolchain import compiled
from tests.golden import assert_golden

STEADY = Path(__file__).parents[1] / "analysis" / "programs" / "steady.go"
PARKED = Path(__file__).parents[1] / "end_to_end" / "parked.go"
OF_PROCESSES = "max-rss-mb", "max-goroutines", "max-goroutine-growth-per-min"
"""Options of what a gctrace log does not tell."""
LOG, LEAK = "steady/all-gogc-100.log", "demo/leak.log"
BROKEN = [
    *("--max-pause-ms", "5", "--max-gc-cpu-percent", "40", "--min-mmu-10ms", "20"),
    *("--max-rss-mb", "100"),
]


def checked(*arguments: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
    words = " ".join(map(shlex.quote, arguments))
    return shell(f"cd {shlex.quote(str(SAMPLES))} && gctui check {words}", COLUMNS="80", **extra)


@pytest.mark.parametrize(
    ("name", "code", "arguments", "surroundings"),
    [
        ("check.txt", 1, [LOG, *BROKEN], {}),
        ("check.json", 1, [LOG, *BROKEN, "--format", "json"], {}),
        ("check.github.txt", 1, [LOG, *BROKEN], {"GITHUB_ACTIONS": "true"}),
        ("check.good.txt", 0, [LOG, "--max-pause-ms", "50", "--fail-on", "death-spiral"], {}),
    ],
)
def test_formats_stay_as_they_are(
    name: str, code: int, arguments: list[str], surroundings: dict[str, str]
) -> None:
    done = checked(*arguments, **surroundings)
    assert (done.returncode, done.stderr) == (code, b"")
    assert_golden(name, done.stdout)
    if name == "check.txt":
        assert max(map(cells, done.stdout.decode().splitlines())) <= 80


def test_goroutines_that_leak_break_a_limit_of_a_real_recording(tmp_path: Path) -> None:
    name = str(tmp_path / "leak.jsonl")
    seconds = "16"
    done = gctui(
        *("run", "--plain", "--interval", "0.25", "--record", name),
        *("--", str(compiled(PARKED)), seconds),
    )
    assert done.returncode == 0
    limits = "--max-goroutine-growth-per-min", "60", "--fail-on", "goroutine-growth"
    broken = json.loads(checked(name, *limits, "--format", "json").stdout)
    assert broken["limits"][0]["figure"] == "goroutines.growth_low_per_min"
    assert broken["limits"][0]["value"] > 60
    assert [each["name"] for each in broken["findings"]] == ["goroutine-growth"]
    assert checked(name, "--max-goroutine-growth-per-min", "6000").returncode == 0
    report = gctui("report", name).stdout.decode()
    assert re.search(r"goroutines +[0-9]+ +[0-9]+ at most, \+[0-9]+ a minute", report)
    assert re.search(
        r"^  main\.wait +[0-9]+ +\+[0-9]+  \S+parked\.go:[0-9]+: ", report, re.MULTILINE
    )
    (run,) = json.loads(gctui("report", name, "--format", "json").stdout)["runs"]
    (grown, *_) = run["goroutines"]
    assert grown["growth"] > 10
    assert grown["states"]
    # They are looked at one by one less often than they are counted.
    looked_at = sum(each["count"] for each in run["goroutines"])
    assert run["values"]["goroutines.last"] / 2 < looked_at <= run["values"]["goroutines.max"]


def test_json_stays_json_where_github_reads_along() -> None:
    done = checked(LOG, *BROKEN, "--format", "json", GITHUB_ACTIONS="true")
    assert json.loads(done.stdout)["good"] is False
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"::error file={LOG},line=13,title=gctui check::pause.max_ms 6.3 ms")


def test_lines_of_a_rotated_log_are_told_with_their_file(tmp_path: Path) -> None:
    lines = (SAMPLES / LOG).read_bytes().splitlines(keepends=True)
    old, new = tmp_path / "app.log.1", tmp_path / "app.log"
    old.write_bytes(b"".join(lines[:120]))
    new.write_bytes(b"".join(lines[120:]))
    limits = "--min-mmu-10ms", "20", "--min-mmu-1s", "90", "--max-pause-ms", "5"
    told = json.loads(checked(str(new), str(old), *limits, "--format", "json").stdout)
    whole = json.loads(checked(LOG, *limits, "--format", "json").stdout)
    parts, alone = (
        [(place["file"], place["line"]) for limit in found["limits"] for place in limit["lines"]]
        for found in (told, whole)
    )
    assert {file for file, _ in parts} == {str(old), str(new)}
    assert [line + 120 * (file == str(new)) for file, line in parts] == [line for _, line in alone]
    report = json.loads(gctui("report", str(new), str(old), "--format", "json").stdout)["runs"][0]
    evidence = [each for found in report["findings"] for each in found["evidence"]]
    seen = [*report["windows"], *report["extremes"].values(), *evidence]
    places = [(each["file"], each["line"]) for each in seen if "line" in each]
    assert {file for file, _ in places} == {str(old), str(new)}
    for file, line in places:
        assert (old if file == str(old) else new).read_bytes().splitlines()[line - 1]
    worst = report["extremes"]["pause_ms"]
    assert (worst["file"], worst["line"]) == (str(old), 13)


def test_one_file_sets_when_findings_speak_in_checks_and_in_reports(tmp_path: Path) -> None:
    config = tmp_path / "gctui.toml"
    config.write_text("max-pause-ms = 5\n[threshold]\nlive-heap-growth.least_mb = 8000\n")
    path = str(SAMPLES / LEAK)
    assert b"live-heap-growth" in gctui("report", path).stdout
    assert b"live-heap-growth" not in gctui("report", path, "--config", str(config)).stdout
    own = "--threshold", "live-heap-growth.least_mb=8"
    assert b"live-heap-growth" in gctui("report", path, "--config", str(config), *own).stdout
    arguments = "--config", str(config), "--fail-on", "live-heap-growth"
    assert checked(LEAK, *arguments).returncode == 0
    assert checked(LEAK, *arguments, *own).returncode == 1
    config.write_text("max-pawse-ms = 5\n")
    done = gctui("report", path, "--config", str(config))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no such key: 'max-pawse-ms'; max-pause-ms?" in done.stderr


@pytest.mark.parametrize("short", SHORTS, ids=lambda short: short.name)
def test_every_option_sets_its_limit(short: object) -> None:
    name = getattr(short, "name", "")
    is_max = name.startswith("max")
    for value in (1e9, 0):
        done = checked(LOG, f"--{name}={value}", "--allow-unknown", "--format", "json")
        (limit,) = json.loads(done.stdout)["limits"]
        is_kept = limit["value"] is None or (limit["value"] <= value) == is_max
        assert done.returncode == (0 if is_kept or limit["value"] == value else 1)
        assert (limit["value"] is None) == (name in OF_PROCESSES)


def test_any_figure_by_its_name() -> None:
    assert checked(LOG, "--max", "heap.goal.p50_mb=158", "--min", "gc.count=210").returncode == 0
    done = checked(LOG, "--max", "heap.goal.p50_mb=157", "--min", "gc.count=211")
    assert done.returncode == 1
    text = done.stdout.decode()
    assert "BROKEN  heap.goal.p50_mb 158 MiB, at most 157 MiB" in text
    assert "BROKEN  gc.count 210, at least 211" in text
    assert "2 of 2 limits not kept" in " ".join(text.split())


def test_lines_that_keep_a_limit_are_not_listed() -> None:
    limits = "--max-pause-ms", "6", "--max", "pause.percent=0.1"
    told = json.loads(checked(LOG, *limits, "--format", "json").stdout)["limits"]
    # A share of all time has no lines that keep it: the longest pauses show where it comes from.
    assert [[each["line"] for each in limit["lines"]] for limit in told] == [[13], [13, 30, 184]]


def test_what_cannot_be_told_is_not_kept_unless_that_is_allowed() -> None:
    limit = ["--max-rss-mb", "5"]
    done = checked(LOG, *limit)
    assert done.returncode == 1
    assert b"UNKNOWN rss.peak_mb, at most 5 MiB: the log does not tell it" in done.stdout
    assert checked(LOG, *limit, "--allow-unknown").returncode == 0


def test_a_finding_by_name_and_by_severity() -> None:
    for wanted, code in (("live-heap-growth", 1), ("warn", 1), ("alarm", 0), ("death-spiral", 0)):
        assert checked(LEAK, "--fail-on", wanted).returncode == code
    done = checked(
        LEAK, "--fail-on", "warn", "--max-growth-mb-per-min", "10", GITHUB_ACTIONS="true"
    )
    text = done.stdout.decode()
    assert "BROKEN  growth.low_mb_per_min 331 MiB/min, at most 10 MiB/min" in text
    assert "FOUND   live-heap-growth (warn): The live heap grew" in text
    assert f"\n::error file={LEAK},line=211,title=gctui%3A live-heap-growth::The live heap" in text
    threshold = ["--threshold", "live-heap-growth.least_mb=1000"]
    assert checked(LEAK, "--fail-on", "live-heap-growth", *threshold).returncode == 0


def test_a_file_of_limits(tmp_path: Path) -> None:
    config = tmp_path / "gctui.toml"
    config.write_text(
        'max-pause-ms = 5\nfail-on = ["death-spiral"]\nallow-unknown = true\n'
        "[max]\npause.p99_ms = 1000\n'rss.peak_mb' = 5\n[min]\n'mmu.10ms_percent' = 20\n"
        "[threshold]\nlong-pauses.p99_ms = 3\n"
    )
    done = checked(LOG, "--config", str(config), "--format", "json")
    assert (done.returncode, done.stderr) == (1, b"")
    told = json.loads(done.stdout)
    assert {each["figure"]: each["broken"] for each in told["limits"]} == {
        "pause.max_ms": True,
        "pause.p99_ms": False,
        "rss.peak_mb": False,
        "mmu.10ms_percent": True,
    }
    assert told["limits"][0]["limit"] == f"{config}: max-pause-ms"
    # An option wins.
    options = ["--max-pause-ms", "50", "--min-mmu-10ms", "5"]
    assert checked(LOG, "--config", str(config), *options).returncode == 0
    done = checked(LOG, "--config", str(config), *options, "--fail-on", "long-pauses")
    assert b"FOUND   long-pauses" in done.stdout


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("max-pause-ms = ", "Invalid value (at end of document)"),
        ("max-pause = 5", "no such key: 'max-pause'; max-pause-ms?"),
        ("max-pause-ms = '5'", "max-pause-ms is no number"),
        ("max-pause-ms = true", "max-pause-ms is no number"),
        ("max-pause-ms = nan", "max-pause-ms is no number"),
        ("[max]\npause.p9_ms = 5", "'pause.p9_ms' is no figure"),
        ("fail-on = 5", "fail-on is a list of names"),
        ("fail-on = ['leak']", "no finding 'leak'"),
        ("threshold = 5", "threshold is a table"),
        ("max-pause-ms = -5", "max-pause-ms = -5: pause.max_ms is never negative"),
        ("[min]\nheap.live.max_mb = -1", "min.heap.live.max_mb = -1: heap.live.max_mb is never"),
        ("[threshold]\nlong-pauses.p99_ms = -5", "no threshold is negative"),
        ("[threshold]\nlong-pauses.x = 5", "long-pauses.x"),
        ("", "no limit is set"),
        ("\x00", "Invalid"),
    ],
)
def test_a_bad_file_of_limits_is_one_line(tmp_path: Path, text: str, named: str) -> None:
    config = tmp_path / "gctui.toml"
    config.write_text(text)
    done = checked(LOG, "--config", str(config))
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (2, b"", 1)
    assert named in lines[0]


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        ([LOG], 2, "no limit is set: --max-pause-ms 5"),
        (["--max-pause-ms", "5"], 2, "FILE"),
        ([LOG, "--max-pause-ms", "x"], 2, "'x' is not a number"),
        ([LOG, "--max", "pause.max_ms"], 2, "NAME=VALUE is meant"),
        ([LOG, "--max", "pause.max_ms=-5"], 2, "-5: pause.max_ms is never negative"),
        ([LOG, "--max-pause-ms", "-5"], 2, "-5: pause.max_ms is never negative"),
        (
            [LOG, "--max", "gc.count=9", "--threshold", "long-pauses.p99_ms=-1"],
            2,
            "no threshold is",
        ),
        ([LOG, "--max", "pause.p9_ms=5"], 2, "'pause.p9_ms' is no figure; pause.p99_ms"),
        ([LOG, "--max", "pause.p50=0.1"], 2, "; pause.p50_ms, pause.p95_ms, pause.p90_ms?"),
        ([LOG, "--max", "heap=5"], 2, "'heap' is no figure; heap.live.p50_mb, heap.live.max_mb"),
        ([LOG, "--max", "foo=5"], 2, "gctui report FILE --format json names all"),
        ([LOG, "--fail-on", "leak"], 2, "no finding 'leak'"),
        ([LOG, "--fail-on", "long-pause"], 2, "no finding 'long-pause'; long-pauses?"),
        ([LOG, "--config", "missing.toml"], 2, "missing.toml: No such file"),
        (["missing.log", "--max-pause-ms", "5"], 2, "missing.log: cannot be opened"),
        (["MANIFEST.tsv", "--max-pause-ms", "5"], 3, "not a single trace line"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], code: int, named: str) -> None:
    done = checked(*arguments)
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (code, b"", 1)
    assert named in lines[0]


def test_what_may_be_negative_may_have_a_negative_limit() -> None:
    done = checked(LEAK, "--max-growth-mb-per-min", "-100")
    assert (done.returncode, done.stderr) == (1, b"")


def test_several_files_are_one_stream_and_each_line_names_its_own(tmp_path: Path) -> None:
    packed = tmp_path / "app.log.gz"
    packed.write_bytes(gzip.compress((SAMPLES / LOG).read_bytes()))
    done = checked(LEAK, str(packed), "--max-pause-ms", "5", "--min-mmu-10ms", "20")
    assert done.returncode == 1
    text = " ".join(done.stdout.decode().split())
    assert f"{packed}:13: gc 13, 6.3 ms" in text
    assert f"{packed}:30: 6.29% left in the 10 ms" in text


def test_standard_input() -> None:
    done = gctui("check", "-", "--max-pause-ms", "5", stdin=(SAMPLES / LOG).read_bytes())
    assert done.returncode == 1
    assert b"standard input" in done.stdout


def test_what_the_program_says_between_changes_nothing() -> None:
    lines = (SAMPLES / LOG).read_bytes().splitlines(keepends=True)
    said = [b"listening\n" + line for line in lines]
    told = []
    for log in (lines, said):
        done = gctui("check", "-", *BROKEN, "--format", "json", stdin=b"".join(log))
        assert (done.returncode, done.stderr) == (1, b"")
        told.append(json.loads(done.stdout)["limits"])
    assert [each["value"] for each in told[0]] == [each["value"] for each in told[1]]
    assert [2 * each["line"] for each in told[0][0]["lines"]] == [
        each["line"] for each in told[1][0]["lines"]
    ]


def test_hostile_names_act_on_nothing(tmp_path: Path) -> None:
    evil = os.fsdecode(b"::error::\x1b[31m\x07,:%\xff\n::error::x ::set-env x=y::##[add-mask]y.log")
    (tmp_path / evil).write_bytes((SAMPLES / LOG).read_bytes())
    for form in ("text", "json"):
        done = subprocess.run(
            ["gctui", "check", evil, *BROKEN, "--format", form],
            capture_output=True,
            cwd=tmp_path,
            env=environment(GITHUB_ACTIONS="true", COLUMNS="80"),
            timeout=PATIENCE_S,
            check=False,
        )
        out = done.stdout + done.stderr
        assert done.returncode == 1
        assert not set(out) & {0x1B, 0x07, 0x0D}
        assert b"##[" not in out
        commands = [line for line in out.split(b"\n") if line.lstrip().startswith(b"::")]
        assert len(commands) == 3
        assert all(b" file=%3A%3Aerror%3A%3A" in line.split(b"::")[1] for line in commands)


def test_a_real_program_is_held_against_limits(tmp_path: Path) -> None:
    log = tmp_path / "app.jsonl"
    done = gctui("run", "--plain", "--record", log, "--", compiled(STEADY), "-cycles", "30")
    assert done.returncode == 0
    kept = ["--max-live-mb", "200", "--max-rss-mb", "4000", "--min", "gc.count=10"]
    done = gctui("check", log, *kept)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"good: ")
    done = gctui("check", log, *kept, "--max-live-mb", "1")
    assert done.returncode == 1
    assert b"heap.live.max_mb" in done.stdout
