"""A log that is followed by its name: appended to, truncated, copied and truncated, rotated."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gctui.errors import GctuiError
from gctui.sources.follow import FollowedFile

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.write_bytes(b"first\n")
    return path


class Follower:
    """Reads until nothing comes any more."""

    def __init__(self, path: Path) -> None:
        self.file = FollowedFile(path)
        self._chunks = self.file.chunks(512)

    def more(self) -> bytes:
        """Return what came since the last time."""
        read = b""
        while chunk := next(self._chunks):
            read += chunk
        return read


@pytest.fixture
def follower(path: Path) -> Iterator[Follower]:
    made = Follower(path)
    yield made
    made.file.close()


def appended(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


def test_what_is_appended_comes(path: Path, follower: Follower) -> None:
    assert (follower.file.has_caught_up, follower.more()) == (False, b"first\n")
    assert follower.file.has_caught_up
    appended(path, b"second\nthi")
    assert follower.more() == b"second\nthi"
    appended(path, b"rd\n" + b"x" * 1000)
    assert follower.more() == b"rd\n" + b"x" * 1000
    assert follower.more() == b""


def test_after_a_truncation_it_begins_anew(path: Path, follower: Follower) -> None:
    appended(path, b"and some more text")
    follower.more()
    path.write_bytes(b"new\n")
    # The line that was never finished must not be glued to it.
    assert follower.more() == b"\nnew\n"


def test_a_log_that_has_grown_past_the_old_place_is_not_taken_for_the_old(
    path: Path, follower: Follower
) -> None:
    follower.more()
    path.write_bytes(b"other\nand longer than before\n")
    assert follower.more() == b"other\nand longer than before\n"


@pytest.mark.parametrize("looks_between", [True, False])
@pytest.mark.parametrize("size_bytes", [100, 1 << 30])
def test_the_hole_that_copytruncate_leaves_is_no_text(
    path: Path, size_bytes: int, looks_between: bool
) -> None:
    """The writer does not append, and so goes on at its old place."""
    with path.open("r+b") as writer:
        writer.truncate(0)
        writer.seek(size_bytes)
        writer.write(b"old\n")
        writer.flush()
        follower = Follower(path)
        began_s = time.monotonic()
        assert follower.more() == b"old\n"
        os.truncate(path, 0)
        if looks_between:
            assert follower.more() == b""
        writer.write(b"new\n")
        writer.flush()
        assert follower.more() == b"new\n"
        assert time.monotonic() - began_s < 5
        follower.file.close()


def test_a_rotated_log_is_read_to_its_end_and_then_the_new_one(
    path: Path, follower: Follower
) -> None:
    follower.more()
    old = path.with_suffix(".log.1")
    path.rename(old)
    appended(old, b"late\nunfinished")
    assert follower.more() == b"late\nunfinished"
    appended(old, b" word")
    path.write_bytes(b"new\n")
    assert follower.more() == b" word\nnew\n"


def test_nothing_is_lost_whatever_the_rotation_meets(path: Path, follower: Follower) -> None:
    chance = random.Random(3)
    written, read = b"first\n", b""
    for number in range(40):
        line = b"line %d\n" % number
        appended(path, line)
        written += line
        if chance.random() < 0.3:
            path.rename(path.with_suffix(f".{number}"))
            path.touch()
        if chance.random() < 0.4:
            read += follower.more()
        # Two rotations between two looks would hide a file: at 0.2 s nobody rotates so often.
        if not path.stat().st_size:
            read += follower.more()
    assert read + follower.more() == written


def test_a_file_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "later.log"
    follower = Follower(path)
    assert follower.file.label == f"{path} (not there yet)"
    assert follower.more() == b""
    path.write_bytes(b"first\n")
    assert follower.more() == b"first\n"
    assert follower.file.label == str(path)
    path.unlink()
    assert follower.more() == b""
    path.write_bytes(b"made anew\n")
    assert follower.more() == b"made anew\n"
    follower.file.close()


@pytest.mark.parametrize("stand_in", [Path.mkdir, os.mkfifo], ids=["directory", "fifo"])
def test_what_is_no_file_in_its_place_is_waited_out(
    path: Path, follower: Follower, stand_in: Callable[[Path], None]
) -> None:
    follower.more()
    old = path.with_suffix(".log.1")
    path.rename(old)
    stand_in(path)
    for text in (b"late\n", b"later\n"):
        appended(old, text)
        assert follower.more() == text
    if path.is_fifo():
        # Nobody reads what was written there: it is not the log.
        with pytest.raises(OSError, match="No such device"):
            os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    path.rename(path.with_suffix(".not"))
    path.write_bytes(b"new\n")
    assert follower.more() == b"new\n"


def directory(path: Path) -> Path:
    return path.parent


def missing(path: Path) -> Path:
    return path.with_name("missing") / "app.log"


def fifo(path: Path) -> Path:
    os.mkfifo(path.with_name("fifo"))
    return path.with_name("fifo")


def packed(path: Path) -> Path:
    path.write_bytes(b"\x1f\x8b\x08 packed")
    return path


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (missing, "cannot be opened: No such file or directory"),
        (directory, "cannot be opened: Is a directory"),
        (fifo, "cannot be followed: only a file can be followed"),
        (packed, r"cannot be followed: is packed \(gzip\), and nobody adds to it"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    path: Path, of: Callable[[Path], Path], reason: str
) -> None:
    with pytest.raises(GctuiError, match=reason):
        FollowedFile(of(path))
