"""Several programs in one saved log: reports, checks, comparisons and explanations name each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.analysis.made_runs import Line, log_of, steady
from tests.end_to_end.commands import gctui

HONCHO = Path(__file__).parents[1] / "model" / "streams" / "honcho.go1.27.3.log"


def said(*arguments: object, code: int = 0, stdin: bytes = b"") -> tuple[str, str]:
    done = gctui(*map(str, arguments), stdin=stdin)
    assert done.returncode == code, done.stderr
    return done.stdout.decode(), done.stderr.decode()


def pods(count: int) -> bytes:
    """Logs of pods; each one collects more often than the one before."""
    lines = [
        f"pod-{pod}  | ".encode() + line
        for pod in range(count)
        for line in log_of(steady(10 + pod)).splitlines(keepends=True)
    ]
    return b"".join(lines)


def test_a_report_of_each_program_the_largest_first() -> None:
    text, error = said("report", HONCHO)
    assert error == ""
    assert text.index(f"{HONCHO.name}: worker.1\n") < text.index(f"{HONCHO.name}: web.1\n")
    assert "115 collections, over" in text
    assert text.count("Programs in this log") == 1
    assert text.count("reported above") == 2


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_of_many_programs_the_largest_are_reported_and_the_others_listed(form: str) -> None:
    text, error = said("report", "-", "--format", form, stdin=pods(7))
    assert error == ""
    reported = [pod for pod in range(7) if f"standard input: pod-{pod}" in text]
    assert reported == [3, 4, 5, 6]
    assert "--program NAME reports one of them." in " ".join(text.split())
    assert "pod-0" in text


def test_a_service_started_again_is_asked_for_by_its_name_or_as_one_process() -> None:
    lines = log_of(steady(10)).splitlines(keepends=True)
    log = b"".join(b"Nov 21 22:42:00 host app[%d]: " % pid + x for pid in (42, 50) for x in lines)
    log += b"".join(b"Nov 21 22:42:09 host job[7]: " + each for each in lines[:4])
    for name, collections, starts in (("app", 20, 2), ("app[50]", 10, 1)):
        text, _ = said("report", "-", "--format", "json", "--program", name, stdin=log)
        (run,) = json.loads(text)["runs"]
        assert (run["program"], run["values"]["gc.count"]) == (name, collections)
        assert run["values"]["run.count"] == starts
    told, _ = said("export", "-", "--to", "jsonl", stdin=log)
    sources = [json.loads(each)["source"] for each in told.splitlines()]
    assert sources == ["app[42]"] * 10 + ["app[50]"] * 10 + ["job[7]"] * 4


def test_json_has_all_programs_with_their_names() -> None:
    text, _ = said("report", "-", "--format", "json", stdin=pods(40))
    whole = json.loads(text)
    assert len(whole["runs"]) == 32
    assert [run["program"] for run in whole["runs"][:2]] == ["pod-31", "pod-30"]
    assert [run["values"]["gc.count"] for run in whole["runs"][:2]] == [41, 40]
    (log,) = whole["logs"]
    assert log["programs"][0] == {"name": "pod-39", "collections": 49, "reported": False}
    assert len(log["programs"]) == 40


def test_names_are_told_so_that_they_can_be_asked_for() -> None:
    names = ["pod-9", "pod-10", "po\u200bd", "\u202eevil", "a, b"]
    data = b"".join(
        json.dumps({"container": name, "log": line.decode()}).encode() + b"\n"
        for place, name in enumerate(names)
        for line in log_of(steady(10 + place)).splitlines(keepends=True)
    )
    _, error = said("report", "-", "--program", "n\u200bone", stdin=data, code=2)
    assert error.endswith(
        'no program n\\u200bone; there is "a, b", \\u202eevil, po\\u200bd, pod-10, pod-9\n'
    )
    for place, name in ((1, "pod-10"), (2, "po\\u200bd"), (3, "\u202eevil"), (4, "a, b")):
        text, error = said("report", "-", "--program", name, stdin=data)
        assert f", {10 + place} collections," in text
        assert error == ""


def test_who_has_no_name_is_not_given_a_number_that_another_one_has() -> None:
    other = log_of(steady(20))
    named = b"".join(b"web  | " + line for line in log_of(steady(5)).splitlines(keepends=True))
    _, error = said("report", "-", "--program", "nix", stdin=named + other, code=2)
    assert "there is web, and 1 without a name: by number" in error


def test_a_file_is_read_again_for_programs_that_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "pods.log"
    path.write_bytes(pods(40))
    text, _ = said("report", path)
    reported = [pod for pod in range(40) if f"pods.log: pod-{pod}\n" in text]
    assert reported == [36, 37, 38, 39]
    text, error = said("check", path, "--min", "gc.count=11", code=1)
    assert "BROKEN  pod-0: gc.count 10, at least 11" in text
    assert "\nkept    pod-1: gc.count 11, at least 11; 38 programs more\n" in text
    assert "(40 programs): 1 of 40 limits not kept" in " ".join(text.split())
    assert error == ""
    text, error = said("check", "-", "--min", "gc.count=10", stdin=path.read_bytes())
    assert "32 programs" in text
    assert "too many programs to check all, left out: pod-39, pod-38" in error


def test_a_program_without_lines_in_a_part_is_there_all_the_same() -> None:
    _, error = said("report", HONCHO, "--program", "web.1", "--from", "99", code=3)
    assert "between --from and --to: the collections are from 0.0" in error


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["web.1"], ["web.1"]),
        (["2"], ["web.1"]),
        (["w*"], ["worker.1", "web.1"]),
        (["web.1", "worker.1"], ["worker.1", "web.1"]),
    ],
)
def test_programs_are_chosen(wanted: list[str], names: list[str]) -> None:
    options = [each for name in wanted for each in ("--program", name)]
    (text, _), listed = said("report", HONCHO, "--format", "json", *options), []
    for run in json.loads(text)["runs"]:
        listed.append(run["program"])
        assert run["label"] == f"{HONCHO}: {run['program']}"
    assert sorted(listed) == sorted(names)


@pytest.mark.parametrize(
    "command",
    [("report",), ("check", "--max-pause-ms", "5"), ("compare", HONCHO)],
    ids=lambda words: words[0],
)
def test_a_program_that_is_not_there_is_told_in_one_line(command: tuple[object, ...]) -> None:
    text, error = said(*command, HONCHO, "--program", "db", code=2)
    assert (text, error.count("\n")) == ("", 1)
    assert "no program db; there is worker.1, web.1" in error


def test_what_breaks_a_limit_names_its_program() -> None:
    text, _ = said("check", HONCHO, "--max-pause-ms", "10", code=1)
    assert "BROKEN  worker.1: pause.max_ms 74 ms, at most 10 ms" in text
    assert "\nkept    web.1: pause.max_ms 9.5 ms, at most 10 ms\n" in text
    assert "(2 programs): 1 of 2 limits not kept" in " ".join(text.split())
    text, _ = said("check", HONCHO, "--max-pause-ms", "10", "--program", "web.1")
    assert "web.1: pause.max_ms 9.5 ms" in text
    text, _ = said("check", HONCHO, "--max-pause-ms", "80")
    assert "2 programs, the worst of each limit; worker.1: pause.max_ms 74 ms" in text


def test_the_json_of_a_check_names_programs() -> None:
    text, _ = said("check", HONCHO, "--max-pause-ms", "10", "--format", "json", code=1)
    told = json.loads(text)
    assert told["schema"] == "gctui.check/1"
    assert {each["program"]: each["broken"] for each in told["limits"]} == {
        "worker.1": True,
        "web.1": False,
    }


def test_a_figure_that_one_program_tells_the_others_need_not(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    large = Line(heap_mb=(3000, 3010, 2000), goal_mb=4000, procs=16)
    one = b"job  | " + log_of(steady(1))
    web = b"".join(b"web  | " + line for line in log_of(steady(300, large)).splitlines(True))
    path.write_bytes(web + one)
    text, _ = said("check", path, "--max-growth-mb-per-min", "1")
    assert "web: growth.low_mb_per_min" in text
    path.write_bytes(one)
    said("check", path, "--max-growth-mb-per-min", "1", code=1)


def test_programs_of_the_same_name_are_compared(tmp_path: Path) -> None:
    web = [line for line in HONCHO.read_bytes().splitlines(True) if b"worker" not in line]
    alone = tmp_path / "web.log"
    alone.write_bytes(b"".join(web))
    text, error = said("compare", HONCHO, alone)
    assert "base  " in text
    assert "No difference beyond noise" in text
    assert error == (
        "gctui: several programs, web.1 is compared; there is worker.1, web.1; --program NAME\n"
    )
    text, error = said("compare", HONCHO, HONCHO, "--program", "worker.1", "--format", "json")
    assert error == ""
    (base,) = json.loads(text)["base"]
    assert (base["file"], base["program"]) == (str(HONCHO), "worker.1")


def test_a_line_is_held_against_those_of_its_own_program() -> None:
    lines = HONCHO.read_text().splitlines()
    web = next(line for line in lines if "web.1" in line and "gc 5 " in line)
    text, _ = said("explain", "--brief", "--log", HONCHO, web.partition("| ")[2])
    assert "web.1, one of 2 programs" in " ".join(text.split())
    assert "of 42 lines" in text
    assert "of 115 lines" not in text
    foreign = web.partition("| ")[2].replace("@0.041s", "@7.041s")
    text, _ = said("explain", "--brief", "--log", HONCHO, foreign)
    assert "held against worker.1, which collected most" in " ".join(text.split())


def test_a_part_beyond_the_end_tells_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(log_of(steady(20)))
    _, error = said("report", path, "--from", "99", code=3)
    assert "between --from and --to: the collections are from 1.000 to 20.000 s" in error
    path.write_bytes(
        b"".join(b"2026-05-04T10:00:00Z " + s for s in log_of(steady(9)).splitlines(True))
    )
    _, error = said("report", path, "--from", "2026-05-05", code=3)
    assert "it was printed from 2026-05-04T10:00:00Z to 2026-05-04T10:00:00Z" in error
