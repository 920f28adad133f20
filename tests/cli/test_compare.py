"""`gctui compare`: real logs and profiles on two sides, in every format, and as a gate."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from gctui.analysis.figure_words import HEADLINES
from gctui.report.ruler import cells
from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import PATIENCE_S, environment, shell
from tests.go_toolchain import compiled
from tests.golden import assert_golden

STEADY = Path(__file__).parents[1] / "analysis" / "programs" / "steady.go"
BASE, NEW = "steady/all-gogc-100.log", "steady/all-gogc-200.log"
OLD_HEAP, NEW_HEAP = "profiles/go1.21.13.heap.pb.gz", "profiles/go1.27.3.heap.pb.gz"


def compared(*arguments: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
    words = " ".join(map(shlex.quote, arguments))
    return shell(f"cd {shlex.quote(str(SAMPLES))} && gctui compare {words}", COLUMNS="80", **extra)


def said(*arguments: str) -> str:
    done = compared(*arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def headlines(output: bytes) -> bytes:
    """Return JSON with its most important figures alone: of the others more are to come."""
    told = json.loads(output)
    told["figures"] = [each for each in told["figures"] if each["name"] in HEADLINES]
    return f"{json.dumps(told, indent=2)}\n".encode()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("compare.txt", [BASE, NEW]),
        ("compare.ascii.txt", [BASE, NEW, "--ascii"]),
        ("compare.json", [BASE, NEW, "--format", "json"]),
        ("compare.md", [BASE, NEW, "--format", "markdown"]),
        ("compare.profile.txt", [OLD_HEAP, NEW_HEAP]),
        ("compare.profile.json", [OLD_HEAP, NEW_HEAP, "--format", "json"]),
        ("compare.profile.md", [OLD_HEAP, NEW_HEAP, "--format", "markdown"]),
    ],
)
def test_formats_stay_as_they_are(name: str, arguments: list[str]) -> None:
    done = compared(*arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    assert_golden(name, done.stdout if name != "compare.json" else headlines(done.stdout))


def test_a_comparison_fits_eighty_columns() -> None:
    assert max(map(cells, said(BASE, NEW).splitlines())) <= 80


def test_a_run_is_as_itself() -> None:
    text = said(BASE, BASE)
    assert "No difference beyond noise" in text
    assert not [line for line in text.splitlines() if line.endswith(("better", "worse", "?"))]
    figures = json.loads(said(BASE, BASE, "--format", "json"))["figures"]
    assert {figure["verdict"] for figure in figures} == {"noise"}
    assert {figure["p"] for figure in figures} == {None, 1}


def test_what_became_of_gogc_is_told() -> None:
    told = json.loads(said(BASE, NEW, "--format", "json"))
    figures = {figure["name"]: figure for figure in told["figures"]}
    assert len(figures) > 150
    goal = figures["heap.goal.p50_mb"]
    assert (goal["verdict"], goal["compared"], goal["base_count"]) == ("worse", "collections", 210)
    assert goal["change_low_percent"] < goal["change_percent"] < goal["change_high_percent"]
    assert figures["gc.per_s"]["verdict"] == figures["gc_cpu.percent"]["verdict"] == "better"
    assert figures["pause.max_ms"]["p"] is None
    assert figures["gogc.percent"]["change_percent"] == pytest.approx(98, abs=4)


def test_several_runs_a_side() -> None:
    names = ["100", "200", "400", "50"]
    all_of, one_of = (
        [f"steady/{which}-gogc-{name}.log" for name in names] for which in ("all", "one")
    )
    told = json.loads(said("--base", *all_of, "--new", *one_of, "--format", "json"))
    assert {figure["compared"] for figure in told["figures"]} <= {"runs", "none"}
    assert len(told["base"]) == len(told["new"]) == 4
    text = said("--base", *all_of[:2], "--new", *one_of[:2])
    assert "takes 4 runs a side to tell" in " ".join(text.split())
    assert text.count("\nnew ") == 2


def test_a_leak_is_the_first_thing_that_is_said() -> None:
    leak = "demo/steady.log", "demo/leak.log"
    assert said(*leak).splitlines()[3].startswith("Seen to be worse: the live heap grew by 346")
    told = json.loads(said(*leak, "--format", "json"))
    assert told["verdict"].startswith("Seen to be worse: the live heap grew by 346 MiB/min")
    assert told["seen"][0]["figure"] == "growth.mb_per_min"
    assert {each["verdict"] for each in told["seen"]} == {"worse"}
    assert "Seen" not in said("demo/leak.log", "demo/leak.log")


def test_an_interval_that_is_not_known_says_so() -> None:
    lines = said("demo/leak.log", "demo/steady.log").splitlines()
    note = next(place for place, line in enumerate(lines) if line.startswith("95 %: an open end"))
    assert lines[note].endswith("too few independent values tell.")
    assert lines[note + 1].startswith("growth.mb_per_min: the fit of each run is")
    (row,) = [line.split() for line in lines if line.startswith(" heap.live.p50_mb")]
    assert "–" in row


def test_a_rotated_log_is_one_run(tmp_path: Path) -> None:
    lines = (SAMPLES / BASE).read_bytes().splitlines(keepends=True)
    (tmp_path / "app.log.1").write_bytes(b"".join(lines[:100]))
    (tmp_path / "app.log").write_bytes(b"".join(lines[100:]))
    parts = [str(tmp_path / name) for name in ("app.log", "app.log.1")]
    text = said("--base", *parts, "--new", BASE)
    assert "app.log.1, " in text
    assert ", 2 files of one rotated log\n" in text
    assert text.count("\nbase ") + text.startswith("base ") == 1
    assert "No difference beyond noise" in text


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("heap.goal.p50_mb:+10%", 1),
        ("heap.goal.p50_mb:+500%", 0),
        ("heap.goal.p50_mb", 1),
        ("gc_cpu.percent:+1%", 0),
        ("gc.per_s:-5", 1),
        ("alloc.rate_mb_per_s:+1%", 0),  # noise
        ("pause.max_ms:+10%", 1),  # its noise is not known
    ],
)
def test_a_limit_decides_the_exit_code(limit: str, code: int) -> None:
    for form in ("text", "json", "markdown"):
        done = compared(BASE, NEW, "--fail", limit, "--format", form)
        assert (done.returncode, done.stderr) == (code, b"")
        if form == "text":
            assert (f"FAILED  {limit}: " in done.stdout.decode()) is bool(code)
    if limit.startswith("pause"):
        assert b"its noise is not known" in compared(BASE, NEW, "--fail", limit).stdout


def test_a_limit_for_a_growth_tells_what_its_fits_are_sure_of() -> None:
    done = compared("demo/leak.log", "demo/steady.log", "--fail", "growth.mb_per_min:+0", "--ascii")
    back = compared("demo/steady.log", "demo/leak.log", "--fail", "growth.mb_per_min")
    assert done.returncode == 0
    assert back.returncode == 1
    failed = back.stdout.decode().splitlines()[-1]
    assert failed.startswith("FAILED  growth.mb_per_min: ")
    assert "; the fit of each run is 95 % sure of " in failed
    assert "noise is not known" not in failed
    said = " ".join(back.stdout.decode().split())
    assert re.search(
        r"growth\.mb_per_min: the fit of each run is 95 % sure of "
        r"−\S+ MiB/min…\S+ MiB/min and 331 MiB/min…361 MiB/min; no test tells",
        said,
    )


STEADY_LOG, SAWTOOTH = "demo/steady.log", "demo/sawtooth.log"


def test_no_tilde_stands_beside_a_small_p() -> None:
    text = said(STEADY_LOG, SAWTOOTH, "--all")
    rows = [line.split() for line in text.splitlines() if line.startswith(" ")]
    tested = [(float(cell.lstrip("<")), row) for row in rows for cell in row[-2:]
              if re.fullmatch(r"<?[01]\.\d{3}", cell)]  # fmt: skip
    assert len(tested) > 60
    assert not [row for p, row in tested if p <= 0.05 and "~" in row]
    (p95,) = [row for row in rows if row[0] == "pause.p95_ms"]
    assert p95[-2:] == ["0.009", "worse"]
    assert compared(STEADY_LOG, SAWTOOTH, "--fail", "pause.p95_ms:+10%").returncode == 1


def test_a_heap_five_times_as_large_is_in_the_verdict() -> None:
    verdict = " ".join(said(STEADY_LOG, SAWTOOTH).split())
    assert "Seen to be worse: largest heap at GC end 586 MiB against 106 MiB (22 coll" in verdict
    assert "median live heap −47%" in verdict


def test_of_every_limit_it_is_said_whether_it_is_kept() -> None:
    limits = [
        "pause.p50_ms:+10%", "pause.p99_ms:+10%", "pause.p99_ms:+500%", "gc.per_s:+10%",
        "growth.mb_per_min:+20", "gogc.percent:+1%",
    ]  # fmt: skip
    asked = [word for limit in limits for word in ("--fail", limit)]
    lines = said(STEADY_LOG, SAWTOOTH, *asked).splitlines()
    assert lines[-6:] == [
        "kept    pause.p50_ms:+10%: 132 µs → 142 µs, +7.6%",
        "unknown pause.p99_ms:+10%: 400 µs → 1.2 ms, +201%, p 0.511: too few independent "
        "collections to tell",
        "kept    pause.p99_ms:+500%: 400 µs → 1.2 ms, +201%",
        "kept    gc.per_s:+10%: 2.5/s → 3.2/s, no more than noise, p 0.063",
        "kept    growth.mb_per_min:+20: 0 MiB/min → 0 MiB/min",
        "kept    gogc.percent:+1%: 100% → 100%",
    ]
    told = json.loads(said(STEADY_LOG, SAWTOOTH, *asked, "--format", "json"))["limits"]
    assert [each["limit"] for each in told] == limits
    assert [each["limit"] for each in told if each["unknown"]] == ["pause.p99_ms:+10%"]
    assert not any(each["broken"] for each in told)
    markdown = said(STEADY_LOG, SAWTOOTH, *asked, "--format", "markdown")
    assert "\nkept pause.p50\\_ms:+10%: 132 µs → 142 µs, +7.6%\n" in markdown


def test_a_tail_of_few_collections_is_not_called_noise() -> None:
    text = said(STEADY_LOG, SAWTOOTH)
    (p99,) = [line.split() for line in text.splitlines() if line.startswith(" pause.p99_ms")]
    assert p99[-4:] == ["+201%", "–", "0.511", "?"]
    assert "? beside a p: so few independent collections allow none below 0.05." in text


def test_stacks_that_a_trace_cuts_to_nothing_are_below_a_mebibyte() -> None:
    text = " ".join(said(STEADY_LOG, "demo/leak.log").split())
    assert "largest stacks 27 MiB against < 1 MiB" in text
    assert " stacks.max_mb < 1 MiB 27 MiB" in text


def test_a_slope_changes_by_an_amount_and_by_no_percentage() -> None:
    """Of −7.3 and 32 MiB a minute, 542 % says nothing."""
    lines = said("demo/leak.log", STEADY_LOG, "--all").splitlines()
    slopes = [line for line in lines if line.startswith(" growth.")]
    assert len(slopes) == 3
    assert "−346 MiB " in slopes[0]
    assert not [line for line in slopes if "%" in line or "×" in line]
    assert max(map(cells, lines)) <= 80


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        ([], 2, "nothing to compare: gctui compare BASE NEW"),
        ([BASE], 2, "two files are compared"),
        ([BASE, NEW, BASE], 2, "two files are compared"),
        ([BASE, "--new", NEW], 2, "either BASE NEW, or --base"),
        (["-", "-"], 2, "standard input can be read once"),
        ([BASE, "missing.log"], 2, "missing.log: cannot be opened"),
        ([BASE, "MANIFEST.tsv"], 3, "MANIFEST.tsv: not a single trace line"),
        ([BASE, OLD_HEAP], 2, "a profile is compared with one other profile"),
        ([OLD_HEAP, "profiles/go1.27.3.goroutine.pb.gz"], 2, "not to be compared"),
        ([OLD_HEAP, NEW_HEAP, "--fail", "pause.p50_ms"], 2, "--fail is of runs"),
        ([OLD_HEAP, NEW_HEAP, "--sample", "bogus"], 2, "has no 'bogus'"),
        ([BASE, NEW, "--fail", "pause.p9_ms"], 2, "'pause.p9_ms' is no figure; pause.p99_ms"),
        (
            [BASE, NEW, "--fail", "pause.p99:+10%"],
            2,
            "; pause.p99_ms, pause.p999_ms, pause.p95_ms?",
        ),
        ([BASE, NEW, "--fail", "pause.p99_ms:10%"], 2, "pause.p99_ms:+10% or"),
        ([BASE, NEW, "--fail", "gc.count"], 2, "neither way is worse"),
        ([BASE, NEW, "--fail", "rss.peak_mb:+10%"], 2, "these runs do not tell rss.peak_mb"),
        ([BASE, NEW, "--alpha", "5"], 2, "'5' is not between 0 and 1"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], code: int, named: str) -> None:
    done = compared(*arguments)
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (code, b"", 1)
    assert named in lines[0]


def test_hostile_names_act_on_nothing(tmp_path: Path) -> None:
    evil = os.fsencode(tmp_path) + b"/\x1b[31m|`*\xff\n.log"
    Path(os.fsdecode(evil)).write_bytes((SAMPLES / BASE).read_bytes())
    for form in ("text", "json", "markdown"):
        done = subprocess.run(
            ["gctui", "compare", evil, evil, "--format", form],
            capture_output=True,
            env=environment(),
            timeout=PATIENCE_S,
            check=True,
        )
        assert b"\x1b" not in done.stdout
        if form == "markdown":
            assert b"\\|\\`\\*" in done.stdout


def runs(binary: Path, folder: Path, gogc: int) -> list[str]:
    """Return the logs of four runs of the program."""
    names = []
    for turn in range(4):
        env = environment(GODEBUG="gctrace=1", GOGC=str(gogc))
        arguments = [str(binary), "-trees", "4", "-cycles", "40"]
        done = subprocess.run(
            arguments, capture_output=True, env=env, timeout=PATIENCE_S, check=True
        )
        path = folder / f"{gogc}.{turn}.log"
        path.write_bytes(done.stderr)
        names.append(str(path))
    return names


def test_runs_of_a_real_program_at_two_settings(tmp_path: Path) -> None:
    binary = compiled(STEADY)
    few, many = runs(binary, tmp_path, 400), runs(binary, tmp_path, 100)
    gates = ["--fail", "heap.goal.p50_mb:+50%"]
    worse = compared("--base", *many, "--new", *few, *gates)
    assert (worse.returncode, worse.stderr) == (1, b"")
    assert b"Medians of 4 and 4 runs" in worse.stdout
    better = compared("--base", *few, "--new", *many, *gates, "--format", "json")
    assert (better.returncode, better.stderr) == (0, b"")
    goal = {row["name"]: row for row in json.loads(better.stdout)["figures"]}["heap.goal.p50_mb"]
    assert (goal["verdict"], goal["compared"]) == ("better", "runs")
    assert goal["p"] == pytest.approx(2 / 70)
