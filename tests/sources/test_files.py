from __future__ import annotations

import gzip
import os
import random
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from gctui.errors import ExitCode, GctuiError
from gctui.sources.files import LogFile
from tests.zstandard import zstd

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")

LOG = b"".join(b"gc %d @%d.001s 2%%: %x\n" % (n, n, n * n * 7919) for n in range(40_000))


def content(path: Path | str, size_bytes: int = 1 << 18) -> bytes:
    log = LogFile(path)
    chunks = list(log.chunks(size_bytes))
    assert max(map(len, chunks), default=0) <= size_bytes
    log.close()
    log.close()
    return b"".join(chunks)


@pytest.mark.parametrize("size_bytes", [7, 1 << 12, 1 << 18])
@pytest.mark.parametrize("text", [b"", b"g", LOG[:50_000]], ids=["empty", "one byte", "log"])
def test_plain_and_gzipped_files_read_alike(tmp_path: Path, text: bytes, size_bytes: int) -> None:
    plain, zipped, members = tmp_path / "plain.gz", tmp_path / "zipped.log", tmp_path / "members"
    plain.write_bytes(text)
    zipped.write_bytes(gzip.compress(text))
    half = len(text) // 2
    members.write_bytes(
        gzip.compress(text[:half]) + gzip.compress(b"") + gzip.compress(text[half:]) + bytes(600)
    )
    for path in (plain, zipped, members):
        assert content(path, size_bytes) == text


def test_progress_is_of_the_files_own_bytes(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(LOG, compresslevel=1))
    log = LogFile(path)
    seen = [log.progress]
    seen.extend(log.progress for _ in log.chunks(4096))
    log.close()
    assert seen[0] == 0.0
    assert seen == sorted(seen)
    assert seen[len(seen) // 2] == pytest.approx(0.5, abs=0.1)
    assert seen[-1] == 1.0


def readable(zipped: bytes) -> bytes:
    """What zlib gets out of one member when it is fed byte by byte."""
    member = zlib.decompressobj(31)
    parts = []
    for byte in zipped:
        try:
            parts.append(member.decompress(bytes([byte])))
        except zlib.error:
            break
    return b"".join(parts) + member.flush()


@pytest.mark.parametrize("size_bytes", [7, 1 << 12, 1 << 18])
def test_zstandard_frames_read_as_what_was_packed(tmp_path: Path, size_bytes: int) -> None:
    text = LOG[:50_000]
    half = len(text) // 2
    skipped = b"\x50\x2a\x4d\x18\x04\x00\x00\x00note"
    frames = zstd.compress(text[:half]) + skipped + zstd.compress(b"") + zstd.compress(text[half:])
    path = tmp_path / "log.zst"
    for packed, wanted in ((zstd.compress(b""), b""), (zstd.compress(text), text), (frames, text)):
        path.write_bytes(packed)
        assert content(path, size_bytes) == wanted


@pytest.mark.parametrize("seed", range(5))
def test_of_a_damaged_zstandard_file_the_good_blocks_are_read(tmp_path: Path, seed: int) -> None:
    whole = zstd.compress(LOG, options={zstd.CompressionParameter.checksum_flag: 1})
    at = random.Random(seed).randrange(len(whole) // 2, len(whole) - 500)
    path = tmp_path / "log.zst"
    for damaged in (whole[:at], whole[:at] + b"\xff" * 400 + whole[at + 400 :], whole + b"rubbish"):
        path.write_bytes(damaged)
        log = LogFile(path)
        read = b""
        with pytest.raises(GctuiError) as caught:
            for chunk in log.chunks():
                read += chunk
        log.close()
        assert str(caught.value) == f"{path}: damaged zstd data after {len(read)} bytes"
        # What a wrong byte does to a block, only the checksum of the whole shows.
        quarter = len(LOG) // 4
        assert read[:quarter] == LOG[:quarter]


@pytest.mark.parametrize("seed", range(5))
def test_of_a_damaged_file_all_that_is_good_is_read(tmp_path: Path, seed: int) -> None:
    whole = gzip.compress(LOG)
    at = random.Random(seed).randrange(100, len(whole) - 500)
    path = tmp_path / "log.gz"
    for damaged in (whole[:at], whole[:at] + b"\xff" * 400 + whole[at + 400 :], whole + b"rubbish"):
        path.write_bytes(damaged)
        log = LogFile(path)
        read = b""
        with pytest.raises(GctuiError) as caught:
            for chunk in log.chunks():
                read += chunk
        log.close()
        assert str(caught.value) == f"{path}: damaged gzip data after {len(read)} bytes"
        assert read == readable(damaged)


@pytest.mark.parametrize("packed", [gzip.compress, zstd.compress])
def test_a_bomb_is_read_in_small_pieces(tmp_path: Path, packed: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(packed(bytes(200 << 20)))
    log = LogFile(path)
    tracemalloc.start()
    total_bytes = sum(map(len, log.chunks()))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    log.close()
    assert total_bytes == 200 << 20
    assert peak_bytes < 4 << 20


def test_a_fifo_is_read_as_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(gzip.compress(LOG),))
    writer.start()
    log = LogFile(path)
    assert log.progress == 0.0
    assert b"".join(log.chunks()) == LOG
    assert log.progress == 0.0
    log.close()
    writer.join()


def test_a_dash_is_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    kept = os.dup(0)
    os.dup2(read_end, 0)
    os.close(read_end)
    try:
        log = LogFile("-")
        with os.fdopen(write_end, "wb", buffering=0) as writer:
            timer = threading.Timer(0.05, writer.write, (b"gc 1",))
            timer.start()
            chunks = log.chunks()
            read = next(chunks)
            timer.join()
        read += b"".join(chunks)
        log.close()
        os.fstat(0)
    finally:
        os.dup2(kept, 0)
        os.close(kept)
    assert (log.label, read) == ("standard input", b"gc 1")


def test_what_cannot_be_read_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    for path, reason in (
        (tmp_path / "missing", "cannot be opened: No such file or directory"),
        (tmp_path, "cannot be opened: Is a directory"),
        ("nul\0byte", "cannot be opened: embedded null byte"),
    ):
        with pytest.raises(GctuiError) as caught:
            LogFile(path)
        assert str(caught.value) == f"{path}: {reason}"
        assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that fails")
def test_a_file_that_fails_while_it_is_read_is_one_line_too() -> None:
    with pytest.raises(GctuiError, match=r"^/proc/self/mem: cannot be read: Input/output error$"):
        LogFile("/proc/self/mem")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(mode=0)
    with pytest.raises(GctuiError, match="Permission denied"):
        LogFile(path)
