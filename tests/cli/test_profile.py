"""`gctui profile`: saved profiles of every kind as tables, and bad ones in one line."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import gctui
from tests.end_to_end.terminal import Terminal
from tests.go_toolchain import compiled

PROFILES = SAMPLES / "profiles"
LOG = SAMPLES / "demo" / "leak.log"
HEAP = PROFILES / "go1.27.3.heap.pb.gz"
GOROUTINES = PROFILES / "go1.27.3.goroutine.pb.gz"
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
    assert len(rows) == 7
    assert rows[5] == "3 more functions: --top N shows N"
    assert rows[6] == "8 left out that hold less than 0.5% (cum below 359 KiB): --all shows them"
    assert said(HEAP, "--top", "5", "--all")[-1] == "11 more functions: --top N shows N"
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
    assert said(path)[1:-1] == said(TEXT)[1:-1]


def test_standard_input() -> None:
    for path in (HEAP, TEXT):
        done = gctui("profile", "-", stdin=path.read_bytes())
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().splitlines()[1:-1] == said(path)[1:-1]


def test_the_rest_of_the_memory_is_told_where_the_file_has_it() -> None:
    *_, memory, sentence, remedy = said(TEXT)
    assert memory.startswith("  memory   live ~")
    assert "free in spans" in memory
    assert sentence.strip().endswith(".")
    assert remedy == f"           gctui replay {TEXT} shows the whole memory"
    for arguments in (("--peek", "main"), ("--list", "main"), ("--base", TEXT)):
        assert not [line for line in said(TEXT, *arguments) if "gctui replay" in line]


def test_a_terminal_gets_the_ends_of_paths() -> None:
    with Terminal(f"gctui profile {GOROUTINES}", width=74) as terminal:
        assert terminal.exit_code() == 0
        assert re.search(r"runtime\.gopark {2}…/proc\.go$", terminal.text(), re.MULTILINE)


def test_goroutines_with_their_stacks() -> None:
    head, _, *rows = said(PROFILES / "go1.27.3.goroutines.dump", "--top", "2")
    assert head.endswith("goroutine 10 in 6 stacks")
    assert re.search(r" 3 +30% +60% +3 +30% {2}main\.\(\*queue", rows[1])
    assert "  goroutines  10: chan receive 3, sync.Mutex.Lock 3" in rows[3]
    assert rows[5] == (
        "         3  main.(*queue[...]).wait at ./goroutines.go:17: chan receive 3; "
        "created by main.main at ./goroutines.go:43"
    )


def test_what_a_panic_left_is_found_in_a_log(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    dump = (PROFILES / "go1.24.11.deadlock.dump").read_bytes()
    path.write_bytes(b"starting\n" + dump + b"exit status 2\n")
    assert said(path)[1:] == said(PROFILES / "go1.24.11.deadlock.dump")[1:]
    path.write_bytes(LOG.read_bytes() + dump)
    assert "goroutine 10 in 6 stacks" in said(path)[0]
    assert said(path)[-1] == f"           gctui replay {path} shows its trace lines"


def test_what_is_no_profile_says_what_it_is() -> None:
    done = gctui("profile", LOG)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"gctui: {LOG}: a log and no profile: gctui replay {LOG}\n"
    done = gctui("profile", Path(__file__))
    assert b"no profile: neither pprof's protobuf, nor its text (debug=1)" in done.stderr


def test_a_replay_sorts_as_a_profile_does() -> None:
    for path in (GOROUTINES, PROFILES / "go1.27.3.goroutine.txt"):
        rows = gctui("replay", "--plain", path).stdout.decode().splitlines()
        assert rows == [re.sub(": --.*", "", line) for line in said(path, "--top", "10")]


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
        assert re.search(r" 9(\.0)? MiB .* main\.big  .*old_profile\.go\n", done.stdout.decode())
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
