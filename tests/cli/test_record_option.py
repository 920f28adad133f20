"""`--record FILE`: what cannot be written is refused before anything is started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.end_to_end.commands import gctui, shell


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (".", ".: cannot be written: Is a directory"),
        ("missing/x.jsonl", "cannot be written: No such file or directory"),
        ("''", "'': cannot be written: No such file"),
        ("-", "name a file"),
        ("full.jsonl", "full.jsonl: exists and is not empty; name a new file"),
        ("full.log", "full.log: exists and is not empty; name a new file"),
        ("fifo", "fifo: cannot be written: No such device or address"),
        ("full.log/x", "cannot be written: Not a directory"),
    ],
)
@pytest.mark.parametrize(
    "command",
    ["gctui run --plain --record {} touch started", "(echo; touch ended) | gctui --record {}"],
)
def test_what_cannot_be_written_is_refused_in_one_line(
    command: str, file: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("full.jsonl", "full.log"):
        Path(name).write_text("precious")
    os.mkfifo("fifo")
    done = shell(command.format(file))
    assert done.returncode == 2
    (said,) = done.stderr.decode().splitlines()
    assert said.startswith("gctui: --record ")
    assert why in said
    assert not Path("started").exists()
    assert Path("full.log").read_text() == Path("full.jsonl").read_text() == "precious"


def test_no_permission_is_named(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    tmp_path.chmod(0o555)
    done = gctui("run", "--record", tmp_path / "x.log", "true")
    assert done.returncode == 2
    assert b"cannot be written: Permission denied" in done.stderr


def test_attach_has_no_stream() -> None:
    done = gctui("attach", "--record", "x.log", str(os.getpid()))
    assert done.returncode == 2
    assert b"--record: x.log: there is no output to keep" in done.stderr
    assert b".jsonl" in done.stderr


def test_an_empty_file_and_one_that_is_no_file_are_taken(tmp_path: Path) -> None:
    empty = tmp_path / "x.log"
    empty.touch()
    assert gctui("run", "--plain", "--record", empty, "echo", "hi").returncode == 0
    assert empty.read_bytes() == b"hi\n"
    done = shell("gctui run --plain --record /dev/null echo hi")
    assert done.returncode == 0
    assert done.stdout == b"hi\n"


def test_standard_input_that_is_closed_is_not_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell("gctui --record x.jsonl <&-")
    assert done.returncode == 2
    assert b"standard input is closed" in done.stderr


def test_the_option_is_no_file_to_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell("echo hello | gctui --plain --record x.log")
    assert done.returncode == 3
    assert Path("x.log").read_bytes() == b"hello\n"
