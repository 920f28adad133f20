"""Standard input, files, pipes and what else may be named, alone and together."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.corpus_files import SAMPLES
from tests.zstandard import zstd

from .commands import gctui, shell
from .terminal import Terminal

LEAK = (SAMPLES / "demo" / "leak.log").read_bytes()
LINES = [line for line in LEAK.splitlines(keepends=True) if line.startswith(b"gc ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the first and the second part of a log."""
    (tmp_path / "x.log").write_bytes(b"".join(LINES[:30]))
    (tmp_path / "y.log").write_bytes(b"".join(LINES[30:70]))
    return tmp_path


@pytest.mark.parametrize(
    ("command", "label", "collections", "again"),
    [
        ("cat x.log | gctui replay - y.log", "standard input, y.log", 70, 0),
        ("gctui x.log - <y.log", "x.log, standard input", 70, 0),
        ("gctui <x.log", "standard input", 30, 0),
        ("gctui /dev/stdin <x.log", "/dev/stdin", 30, 0),
        ("mkfifo pipe; cat x.log >pipe & gctui replay pipe y.log", "pipe, y.log", 70, 0),
        ("gctui --plain </dev/null", "standard input", 0, 0),
        ("gctui replay - </dev/null", "standard input", 0, 0),
        ("printf '' | gctui", "standard input", 0, 0),
        ("gctui x.log x.log", "x.log", 30, 1),
        ("ln x.log z.log; gctui x.log ./x.log z.log", "x.log", 30, 2),
        ("gctui - - <x.log", "standard input", 30, 1),
    ],
)
def test_what_is_named_is_read_once_and_in_order(
    folder: Path, command: str, label: str, collections: int, again: int
) -> None:
    done = shell(f"cd {folder}; {command}")
    assert done.returncode == (0 if collections else 3)
    said = done.stdout.decode()
    assert re.match(rf"gctui: {label}: {collections} collections?\b", said)
    assert "restarts" not in said
    assert done.stderr.count(b" is named more than once, and read once\n") == again


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("gctui <&-", "standard input is closed"),
        ("gctui replay - <&-", "standard input is closed"),
        ("gctui export <&-", "standard input is closed"),
        ("gctui replay .", ".: cannot be opened: Is a directory"),
        ("gctui export x.log .", ".: cannot be opened: Is a directory"),
        ("gctui x.log missing", "missing: cannot be opened: No such file or directory"),
    ],
)
def test_what_cannot_be_read_is_one_line(folder: Path, command: str, said: str) -> None:
    done = shell(f"cd {folder}; {command}")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode() == f"gctui: {said}\n"


def test_a_log_and_standard_input_on_the_screen(folder: Path) -> None:
    with Terminal("cat x.log | gctui replay - y.log", cwd=folder, width=160) as terminal:
        terminal.wait_for("■ end of log")
        terminal.wait_for("GC #70 ")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert terminal.restored


def test_a_rotated_log_is_exported_in_the_order_of_its_writing(tmp_path: Path) -> None:
    parts = [b"".join(LINES[begin : begin + 10]) for begin in range(0, 40, 10)]
    (tmp_path / "app.log.3.zst").write_bytes(zstd.compress(parts[0]))
    (tmp_path / "app.log.2.gz").write_bytes(gzip.compress(parts[1]))
    (tmp_path / "app.log.1").write_bytes(parts[2])
    (tmp_path / "app.log").write_bytes(parts[3])
    done = gctui("export", *sorted(tmp_path.iterdir()))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["n"] for row in rows] == list(range(1, 41))
    assert [Path(row["source"]).name for row in rows[::10]] == [
        "app.log.3.zst",
        "app.log.2.gz",
        "app.log.1",
        "app.log",
    ]
