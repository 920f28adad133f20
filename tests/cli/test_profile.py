"""`gctui profile`: saved profiles of every kind as tables, and bad ones in one line."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.end_to_end.commands import gctui

PROFILES = Path(__file__).parents[2] / "samples" / "profiles"
HEAP = PROFILES / "go1.27.3.heap.pb.gz"
TEXT = PROFILES / "go1.27.3.heap.txt"


def said(*arguments: str | Path) -> list[str]:
    done = gctui("profile", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()


def test_the_largest_functions_come_first() -> None:
    head, columns, *rows = said(HEAP, "--top", "5")
    assert "inuse_space 70 MiB" in head
    assert columns.split()[:2] == ["flat", "flat"]
    assert re.search(r"63 MiB +90% .* main\.big ", rows[0])
    assert len(rows) == 6
    assert rows[5].endswith("more functions")
    by_cum = said(HEAP, "--cum", "--top", "1")[2]
    assert "100%" in by_cum


def test_other_samples_and_what_a_function_calls() -> None:
    assert "alloc_objects" in said(HEAP, "--sample", "alloc_objects")[0]
    assert any("main.tree" in line for line in said(HEAP, "--peek", r"main\.tree"))
    assert any("heap.go" in line for line in said(HEAP, "--list", r"main\.big"))


def test_a_profile_less_itself_is_nothing() -> None:
    assert "inuse_space 0" in said(HEAP, "--base", HEAP)[0]


@pytest.mark.parametrize("name", sorted(path.name for path in PROFILES.iterdir()))
def test_every_kind_is_read(name: str) -> None:
    assert len(said(PROFILES / name)) > 1


def test_a_text_may_be_compressed(tmp_path: Path) -> None:
    path = tmp_path / "heap.txt.gz"
    path.write_bytes(gzip.compress(TEXT.read_bytes()))
    assert said(path)[1:] == said(TEXT)[1:]


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-file"],
        ["/"],
        [Path(__file__)],
        [HEAP, "--sample", "nothing"],
        [HEAP, "--peek", "("],
        [HEAP, "--top", "0"],
        [HEAP, "--base", PROFILES / "go1.27.3.goroutine.pb.gz"],
    ],
    ids=str,
)
def test_a_mistake_is_one_line(arguments: list[str | Path]) -> None:
    done = gctui("profile", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(b"gctui: ")
    assert done.stderr.count(b"\n") == 1
