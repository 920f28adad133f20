"""`gctui profile`: saved profiles of every kind as tables, and bad ones in one line."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.commands import gctui
from tests.go_toolchain import compiled

PROFILES = Path(__file__).parents[2] / "samples" / "profiles"
HEAP = PROFILES / "go1.27.3.heap.pb.gz"
TEXT = PROFILES / "go1.27.3.heap.txt"
ADDRESSES = PROFILES / "go1.1.2.heap.addresses.txt"
OLD_PROFILE = Path(__file__).parents[1] / "sources" / "programs" / "old_profile.go"


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


def test_standard_input() -> None:
    for path in (HEAP, TEXT):
        done = gctui("profile", "-", stdin=path.read_bytes())
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().splitlines()[1:] == said(path)[1:]


def test_addresses_alone_are_shown_and_a_remedy() -> None:
    for command in ("profile", "replay"):
        done = gctui(command, ADDRESSES)
        assert done.returncode == 0
        assert re.search(r"22 MiB +100% .* 0x41e579\n", done.stdout.decode())
        assert b"has addresses alone: --binary PATH" in done.stderr
        assert done.stderr.count(b"\n") == 1


def test_a_binary_names_addresses(tmp_path: Path) -> None:
    binary, text = compiled(OLD_PROFILE, "-gcflags=all=-l"), tmp_path / "heap.txt"
    subprocess.run([binary, text, tmp_path / "table"], check=True, timeout=60)
    for command in (["profile"], ["replay"], []):
        done = gctui(*command, "--binary", binary, text)
        assert (done.returncode, done.stderr) == (0, b"")
        assert re.search(r" 9 MiB .* main\.big  .*old_profile\.go\n", done.stdout.decode())
    listing = said(text, "--binary", binary, "--list", r"^main\.big$")
    assert any("kept = append(kept, make([]byte, 3<<20))" in line for line in listing)
    assert "inuse_space 0" in said(text, "--binary", binary, "--base", text)[0]


def test_another_binary_leaves_addresses_and_says_so(tmp_path: Path) -> None:
    text = tmp_path / "heap.txt"
    text.write_text("heap profile: 1: 2 [3: 4] @ heap/2\n1: 9 [1: 9] @ 0x41 0x42\n")
    for command in ("profile", "replay"):
        done = gctui(command, "--binary", compiled(OLD_PROFILE), text)
        assert done.returncode == 0
        assert " 0x40\n" in done.stdout.decode()
        assert b"2 of 2 addresses of" in done.stderr
        assert b"another program, or another build of it?" in done.stderr
        assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "binary", ["no-such-file", "/", "/dev/null", Path(__file__), HEAP], ids=str
)
@pytest.mark.parametrize("command", ["profile", "replay"])
def test_a_wrong_binary_is_one_line(command: str, binary: str | Path) -> None:
    done = gctui(command, ADDRESSES, "--binary", binary)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"gctui: {binary}: ".encode())
    assert done.stderr.count(b"\n") == 1


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
