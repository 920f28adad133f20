"""`formats` and `explain`: the grammar as documentation."""

from __future__ import annotations

import io
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from gctui.cli.main import main
from gctui.grammar.describe import EVERY_FAMILY, sample_line
from gctui.grammar.field_notes import note_of
from gctui.grammar.forms import Form, all_forms, profile_forms
from gctui.report.ruler import cells
from tests.corpus_files import SAMPLES

FORMS = [form for form in all_forms() if (SAMPLES / "forms" / f"{form.name}.log").exists()]
LINE = (
    "gc 5 @0.018s 24%: 16+1.3+0.002 ms clock, 32+0.4/1.3/0+0.005 ms cpu, 51->53->28 MB, "
    "52 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)
RULER = re.compile(r"^(?=.*~|(?: +[a-zA-Z])+$) +[a-zA-Z~ ]+$", re.M)


@pytest.fixture(autouse=True)
def a_terminal_of_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def said(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(args) == 0
    return capsys.readouterr().out


def flat(text: str) -> str:
    """Return text as it reads, wherever it was wrapped."""
    return " ".join(text.split())


def test_formats_lists_every_form_with_its_versions(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "formats")
    for form in all_forms() + profile_forms():
        assert re.search(rf"^  {re.escape(form.name)} +Go {re.escape(form.versions)}$", text, re.M)
        assert flat(sample_line(form)) in flat(text)
    assert "GODEBUG=gctrace=1" in text
    assert max(map(cells, text.split("\n"))) <= 80


@pytest.mark.parametrize("family", EVERY_FAMILY)
def test_formats_shows_a_family_with_its_fields(
    family: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = flat(said(capsys, "formats", family))
    for form in all_forms() + profile_forms():
        if form.family == family:
            assert form.remark in text
            assert all(field.meaning in text for field in form.fields)


@pytest.mark.parametrize("form", all_forms() + profile_forms(), ids=lambda form: form.name)
def test_formats_shows_a_form_with_every_note(
    form: Form, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, "formats", form.name)
    assert max(map(cells, out.split("\n"))) <= 80
    text = flat(out)
    for field in form.fields:
        assert field.meaning in text
        assert any(each.text in text for each in note_of(form, field.name).normal)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_explain_takes_the_sample_of_every_form_apart(
    form: Form, capsys: pytest.CaptureFixture[str]
) -> None:
    line = sample_line(form)
    out = said(capsys, "explain", line)
    assert max(map(cells, out.split("\n"))) <= 80
    assert flat(line) in flat(RULER.sub("", out))
    text = flat(out)
    assert text.startswith(f"{form.name}: printed by Go ")
    for field in form.fields:
        if not field.is_flag:
            assert f" {field.name} " in text
            assert field.meaning in text


def test_each_letter_stands_under_its_field(capsys: pytest.CaptureFixture[str]) -> None:
    rows = said(capsys, "explain", "--brief", LINE).split("\n")
    marked: dict[str, str] = {}
    for above, below in pairwise(rows):
        for mark in re.finditer(r"[a-z]~*", below if "~" in below and "  " in below else ""):
            marked.setdefault(mark[0][0], above[mark.start() : mark.end()])
    assert " ".join(marked[letter] for letter in "abcdefghijklmnopqr") == (
        "5 0.018 24 16 1.3 0.002 32 0.4 1.3 0 0.005 51 53 28 52 0 0 2"
    )


def test_explain_says_what_follows_from_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    text = flat(said(capsys, "explain", "--brief", LINE))
    assert "pause 16 ms sweep termination + mark termination" in text
    assert "allocated during the mark 2 MiB heap_end − heap_start" in text
    assert "over the goal 1 MiB heap_end − heap_goal: 1.9%" in text
    assert "CPU of the mark 65% (assist + background)" in text
    assert "GOGC ~86" in text


def test_explain_tells_the_traps_of_the_versions_that_print_the_line_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    new = said(capsys, "explain", LINE)
    assert "Go 1.19 – 1.27  The smaller of that and the goal that GOMEMLIMIT leaves" in new
    assert "Go 1.5 – 1.8" not in new
    old = said(capsys, "explain", LINE.replace(" 0 MB stacks, 0 MB globals,", ""))
    assert "GOMEMLIMIT leaves" not in old
    assert "Go 1.6 – 1.8" in old


def test_explain_holds_a_line_against_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    log = SAMPLES / "demo" / "leak.log"
    line = [each for each in log.read_text().split("\n") if each.startswith("gc ")][-1]
    text = flat(said(capsys, "explain", "--log", str(log), line))
    assert "log 4.0× the median 76 of 103 lines, p95 266: beyond it" in text
    # Its scav lines tell the versions of the gc lines.
    assert "This one: Go 1.21 – 1.27." in text
    text = flat(said(capsys, "explain", "--log", str(log), "GC forced"))
    assert "has no notice.go1.4 to compare with" in text


def test_explain_points_at_a_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "gc 1 @0.1s 2%: 3"]) == 3
    out = capsys.readouterr().out.split("\n")
    assert out[0] == "gc 1 @0.1s 2%: 3"
    assert out[1].index("^") == 6
    assert "expected start_s (SECONDS)" in out[1]
    assert "Nearest: gctrace.go1.18, Go 1.18 – 1.27." in "\n".join(out)


def test_explain_points_into_a_long_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", LINE.removesuffix("2 P") + "x P"]) == 3
    rows = capsys.readouterr().out.split("\n")
    ((above, below),) = [(above, below) for above, below in pairwise(rows) if "^" in below]
    assert above[below.index("^") :] == "x P"


def test_explain_shows_what_stands_around_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "app: scvg7: 0x1b MB released"]) == 0
    out = capsys.readouterr().out
    assert "app:" in out
    assert "27 MB" in out


def test_explain_explains_each_form_once_in_full(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input:
        buffer = io.BytesIO(f"{LINE}\n{LINE}\n".encode())

        @staticmethod
        def isatty() -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Input)
    text = said(capsys, "explain")
    assert text.count("What follows from this line") == 2
    assert text.count("How to get this line") == 1


def test_what_is_no_trace_line_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "listening on :8080"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "not a trace line: none of gctrace, scvg, " in told.err


def test_formats_detects_one_go(capsys: pytest.CaptureFixture[str]) -> None:
    log = SAMPLES / "demo" / "leak.log"
    text = said(capsys, "formats", "--detect", str(log))
    assert text.startswith(f"{log}: Go 1.21 – 1.27\n")
    assert "line   1" in text or "line 1" in text
    assert "gctrace.go1.18: Go 1.18 – 1.27" in text


def test_formats_detects_two_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "two.log"
    old = sample_line(next(form for form in FORMS if form.name == "gctrace.go1.5"))
    log.write_text(f"{old}\nhello\n{old}\n{LINE}\n{LINE}\n")
    text = said(capsys, "formats", "--detect", str(log))
    assert "2 programs of 2 Go versions" in text
    assert "lines 1–3: Go 1.5\n" in text
    assert "lines 4–5: Go 1.18 – 1.27\n" in text


def test_formats_tells_programs_apart_that_one_go_could_have_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "two.log"
    leak = (SAMPLES / "demo" / "leak.log").read_text().splitlines(keepends=True)
    steady = (SAMPLES / "demo" / "steady.log").read_text().splitlines(keepends=True)
    log.write_text("".join(line for pair in zip(leak, steady, strict=False) for line in pair))
    text = said(capsys, "formats", "--detect", str(log))
    assert text.startswith(f"{log}: 2 programs")
    assert text.count("mixed with another's") == 2


def test_formats_detects_several_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leak, text = SAMPLES / "demo" / "leak.log", tmp_path / "text.log"
    text.write_text("hello\n")
    steady = SAMPLES / "demo" / "steady.log"
    assert main(["formats", "--detect", str(leak), str(text), str(steady)]) == 3
    told = capsys.readouterr()
    assert told.out.startswith(f"{leak}: Go 1.21 – 1.27\n")
    assert f"\n\n{steady}: Go " in told.out
    assert f"{text}: not a single trace line" in told.err


def test_formats_detects_nothing_in_a_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "text.log"
    log.write_text("hello\n")
    assert main(["formats", "--detect", str(log)]) == 3
    assert "not a single trace line" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["go1.27.3.heap.txt", "go1.21.13.heap.pb.gz"])
def test_formats_says_that_a_profile_is_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "--detect", str(SAMPLES / "profiles" / name)]) == 3
    assert "gctui profile FILE" in capsys.readouterr().err


def test_formats_takes_the_kinds_of_events(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "formats", "scav") == said(capsys, "formats", "scavtrace")
    notices = said(capsys, "formats", "notice")
    assert "notice" in notices
    assert "checkfinalizers: " not in notices
    for near, meant in (("gctace", "gctrace"), ("gctrace.go1.5.x", "gctrace.go1.5")):
        assert main(["formats", near]) == 2
        assert meant in capsys.readouterr().err


def test_formats_names_the_go_that_a_recording_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = {
        "kind": "recording",
        "version": 1,
        "began": "2026-01-02T03:04:05.000006Z",
        "label": "./app",
        "go_version": "go1.24.11",
    }
    saved = tmp_path / "app.jsonl"
    event = {"kind": "notice", "line": 1, "format": "notice.go1.4", "text": "GC forced"}
    event |= {"source": "stderr", "range": [0, 10], "raw": "GC forced"}
    event |= {"received": "2026-01-02T03:04:06.000006Z"}
    rows = [json.dumps(row, separators=(",", ":")) for row in (header, event)]
    saved.write_text("".join(f"{row}\n" for row in rows))
    text = said(capsys, "formats", "--detect", str(saved))
    assert text.startswith(f"{saved}: the program's binary says go1.24.11; its lines:\n")
    assert f"{saved}: Go 1.4 – 1.27\n" in text


def test_explain_goes_on_with_the_lines_below_a_sched_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = ("sched.go1.20.detail", "scheddetail.go1.14.p", "scheddetail.go1.2.g")
    lines = [sample_line(form) for name in names for form in FORMS if form.name == name]
    text = flat(said(capsys, "explain", "--brief", "\n".join([*lines, lines[-1]])))
    assert [text.count(f"{name}: printed by") for name in names] == [1, 1, 1]
    assert "goroutines 2 the G lines below" in text
