"""`gctui ps`, on made lists of programs and on what runs here."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gctui.cli import ps
from gctui.errors import GctuiError
from gctui.model.program import GoProgram
from gctui.sources.inside.permission import NOT_LINUX, Refusal
from gctui.sources.inside.programs import Listing
from tests.go_toolchain import compiled

SERVER = GoProgram(
    pid=4242,
    user="app",
    go_version="go1.27.3",
    package="example.com/server",
    command=("/srv/server", "-port", "8080"),
    rss_bytes=1180 << 20,
    threads=12,
    up_s=3723.5,
    unreadable="",
)
YAMA = "kernel.yama.ptrace_scope = 1 allows it for what gctui itself started only"

Said = Callable[..., tuple[str, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """What is printed on stdout and stderr about these programs."""

    def said(
        *programs: GoProgram, unknown: Sequence[int] = (), as_json: bool = False
    ) -> tuple[str, str]:
        listing = Listing(programs, len(unknown), tuple(unknown))
        monkeypatch.setattr(ps, "go_programs", lambda: listing)
        assert ps.COMMAND.run(argparse.Namespace(json=as_json)) == 0
        return capsys.readouterr()

    return said


def test_a_row_per_program_and_a_line_per_reason(said: Said) -> None:
    refused = replace(SERVER, pid=7, rss_bytes=None, up_s=None, unreadable=YAMA)
    old = replace(SERVER, pid=9, go_version="go1.17", command=(), unreadable="built with go1.17")
    out, err = said(SERVER, refused, old, replace(refused, pid=8))
    assert out.splitlines() == [
        " PID  USER  GO           RSS       UP  READ  COMMAND",
        "4242  app   1.27.3  1.15 GiB  1:02:03  yes   /srv/server -port 8080",
        "   7  app   1.27.3         –        –  no    /srv/server -port 8080",
        "   9  app   1.17    1.15 GiB  1:02:03  no    example.com/server",
        "   8  app   1.27.3         –        –  no    /srv/server -port 8080",
        "",
        f"cannot read 7, 8: {YAMA}",
        "cannot read 9: built with go1.17",
    ]
    assert err == ""


def test_nothing_found_is_said_and_so_is_what_could_not_be_looked_at(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said() == ("No Go program runs here that gctui can see.\n", "")
    monkeypatch.setattr(ps, "what_gives_privilege", lambda command: f"use sudo {command}")
    gone = range(1 << 23, (1 << 23) + 5)
    last = said(SERVER, unknown=gone)[0].splitlines()[-1]
    assert last == (
        "5 processes could not be looked at (8388608, 8388609, 8388610…): of other users, or "
        "protected; use sudo gctui ps"
    )


def test_what_is_protected_from_root_too_is_named_with_what_helps(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ps, "what_gives_privilege", lambda _: "")
    why = Refusal("a policy forbids {PID}", "allow it for {PID}\x1b[2J")
    monkeypatch.setattr(ps, "refusal", lambda _: why)
    pid = os.getpid()
    last = said(unknown=[pid])[0].splitlines()[-1]
    assert re.fullmatch(
        rf"1 process could not be looked at \({pid} \S+\): "
        rf"a policy forbids {pid}; allow it for {pid}␛\[2J",
        last,
    )


def test_rows_are_cut_to_a_terminal_only(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = replace(SERVER, command=("漢字" * 40,))
    long = replace(SERVER, command=("x" * 200,))
    assert "x" * 200 in said(long)[0]
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setattr(ps, "_to_terminal", lambda: True)
    head, row, wide_row = said(long, wide)[0].splitlines()
    assert head.endswith("COMMAND")
    assert len(row) == 70
    assert row.endswith("x…")
    in_wide = sum(each in "漢字" for each in wide_row)
    assert len(wide_row) + in_wide in {69, 70}
    assert wide_row.endswith("…")


def test_hostile_names_reach_neither_terminal_nor_columns(said: Said) -> None:
    hostile = replace(
        SERVER,
        user="\x1b[2J" + "u" * 99,
        go_version="go\n\x07",
        command=("\x1b]0;owned\x07", "two\nlines", os.fsdecode(b"\xff\xfe"), "\u202ereversed"),
        unreadable="it runs as \x1b[31mroot\nno",
    )
    out, _ = said(hostile, SERVER)
    lines = out.splitlines()
    assert len(lines) == 5
    assert not set(out) & {"\x1b", "\x07", "\u202e"}
    assert not any("\ud800" <= each <= "\udfff" for each in out)
    assert all(len(line.partition("/srv")[0]) < 100 for line in lines)


def test_json_is_one_object_per_line_and_nothing_else(said: Said) -> None:
    raw = replace(SERVER, command=("a\nb", os.fsdecode(b"\xff")), unreadable=YAMA)
    out, err = said(raw, SERVER, unknown=[1 << 23, 1 << 24], as_json=True)
    first, second = (json.loads(line) for line in out.splitlines())
    assert first == {
        "pid": 4242,
        "user": "app",
        "go_version": "go1.27.3",
        "package": "example.com/server",
        "command": ["a\nb", "\udcff"],
        "rss_bytes": 1180 << 20,
        "threads": 12,
        "up_s": 3723.5,
        "unreadable": YAMA,
    }
    assert second["unreadable"] == ""
    assert err.startswith("2 processes could not be looked at")
    assert said(as_json=True)[0] == ""


def test_a_real_program_is_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    inside = Path(__file__).parents[1] / "sources" / "inside"
    app = compiled(inside / "programs" / "idle.go")
    with subprocess.Popen([app], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        ps.COMMAND.run(argparse.Namespace(json=False))
        process.communicate()
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    (row,) = (row for row in rows if row[:1] == [str(process.pid)])
    assert row[-1] == str(app)


def test_other_systems_are_told_what_works_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(GctuiError, match=NOT_LINUX.split(";")[0]) as refused:
        ps.COMMAND.run(argparse.Namespace(json=False))
    assert refused.value.exit_code == 2
