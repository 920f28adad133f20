"""Profiles among what is replayed: told from logs by their content, whatever wraps them."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gctui.errors import GctuiError
from gctui.model.snapshot import Snapshot
from gctui.session.replay import ReplaySession
from gctui.session.saved import Batch, SavedReader
from gctui.session.saved_profile import read_saved_profile
from gctui.sources.files import LogFile
from gctui.sources.pprof_proto import ProfileMessage, read_proto_profile
from tests.corpus_files import SAMPLES
from tests.end_to_end.commands import PATIENCE_S, environment, gctui, limited

PROFILES = SAMPLES / "profiles"
HEAP = PROFILES / "go1.27.3.heap.pb.gz"
GOROUTINES = PROFILES / "go1.27.3.goroutine.pb.gz"
TEXT = PROFILES / "go1.27.3.heap.txt"
LOG = SAMPLES / "demo" / "sawtooth.log"
PLAIN = gzip.decompress(HEAP.read_bytes())


def replayed(*paths: Path) -> ReplaySession:
    session = ReplaySession([LogFile(path) for path in paths])
    session.start()
    session.join(60)
    assert session.has_ended
    return session


def snapshot_of(*paths: Path) -> Snapshot:
    session = replayed(*paths)
    assert session.failure is None
    return session.frame().snapshot


def read(data: bytes, piece: int) -> list[Batch]:
    reader = SavedReader("x")
    pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
    return [*(batch for each in pieces for batch in reader.feed(each)), *reader.finish()]


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_heap_profile(tmp_path: Path, *, is_packed: bool) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(HEAP.read_bytes() if is_packed else PLAIN)
    snapshot = snapshot_of(path)
    assert snapshot.profile == read_proto_profile(PLAIN, str(path))
    assert (snapshot.goroutine_profile, snapshot.count("text")) == (None, 0)


def test_profiles_of_both_kinds_and_forms_and_a_log() -> None:
    session = replayed(LOG, HEAP, GOROUTINES)
    snapshot = session.frame().snapshot
    assert (session.profiles, session.failure) == (2, None)
    assert snapshot.count("gc") == 152
    assert snapshot.profile is not None
    assert snapshot.profile.source == str(HEAP)
    assert snapshot.goroutine_profile is not None
    assert snapshot.goroutine_profile.total(0) == 31
    last = snapshot_of(HEAP, TEXT).profile
    assert last is not None
    assert last.source == str(TEXT)


@pytest.mark.parametrize("piece", [1, 7, 1000, 1 << 20])
def test_pieces_of_any_size_mean_the_same(piece: int) -> None:
    (batch,) = read(PLAIN, piece)
    assert batch.profile == read_proto_profile(PLAIN, "x")
    assert batch.events == []


def test_a_compressed_log_is_a_log(tmp_path: Path) -> None:
    path = tmp_path / "heap.pb.gz"
    path.write_bytes(gzip.compress(LOG.read_bytes()))
    snapshot = snapshot_of(path)
    assert snapshot.profile is None
    assert snapshot.count("gc") == 152


def said_of(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "bad.pb.gz"
    path.write_bytes(data)
    done = gctui("replay", path)
    assert done.returncode == 2
    assert done.stdout == b""
    error = done.stderr.decode()
    assert error.startswith(f"gctui: {path}: ")
    assert error.count("\n") == 1
    return error


def test_damage_is_one_line(tmp_path: Path) -> None:
    whole = HEAP.read_bytes()
    message = ProfileMessage.FromString(PLAIN)
    message.sample[0].location_id[0] = 1 << 40
    assert "cut short" in said_of(PLAIN[:3000], tmp_path)
    assert "damaged gzip data after" in said_of(whole[:3000], tmp_path)
    assert "unknown kind" in said_of(PLAIN + b"\x13", tmp_path)
    assert "records are damaged" in said_of(PLAIN + b"\x12\x02\x0a\x7f", tmp_path)
    assert "a location that is not there" in said_of(message.SerializeToString(), tmp_path)


def test_a_bomb_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    string = ProfileMessage(string_table=[b"x" * (1 << 20)]).SerializeToString()
    begins = ProfileMessage(string_table=[b""]).SerializeToString()
    path = tmp_path / "bomb.pb.gz"
    path.write_bytes(gzip.compress(begins + string * 600, compresslevel=1))
    assert path.stat().st_size < 4 << 20
    done = limited("replay", path, gib=2)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().strip().endswith("unpacks to more than 512 MiB")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_damaged_profiles_are_read_or_refused(data: st.DataObject) -> None:
    whole = gzip.decompress(GOROUTINES.read_bytes())
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for at in data.draw(st.lists(st.integers(0, max(0, len(damaged) - 1)), max_size=6)):
        damaged[at : at + 1] = data.draw(st.binary(max_size=3))
    try:
        read(bytes(damaged), data.draw(st.integers(1, 300)))
    except GctuiError as error:
        assert "\n" not in str(error)


def test_a_replay_that_is_stopped_does_not_complain_of_half_a_profile() -> None:
    session = ReplaySession([LogFile(HEAP)])
    session.stop()
    session.start()
    session.join(20)
    assert (session.has_ended, session.failure) == (True, None)


def test_the_plain_summary_has_the_largest_functions() -> None:
    for arguments, stdin in (
        (("replay", HEAP), b""),
        ((HEAP, "--plain"), b""),
        (("replay", "-"), HEAP.read_bytes()),
        (("replay", "-"), PLAIN),
    ):
        done = gctui(*arguments, stdin=stdin)
        assert (done.returncode, done.stderr) == (0, b"")
        head, _, *rows = done.stdout.decode().splitlines()
        assert "inuse_space 70 MiB in 259 stacks" in head
        assert re.search(r"63 MiB +90% .* main\.big ", rows[0])
        assert len(rows) == 9
        assert rows[-1].startswith("8 left out that hold less than 0.5%")


def test_with_a_log_or_figures_the_summary_comes_first(tmp_path: Path) -> None:
    lines = gctui("replay", TEXT).stdout.decode().splitlines()
    assert lines[0].endswith("7 collections (4 forced); end of profile")
    assert any(re.search(r"24 MiB .* main\.keep ", line) for line in lines)
    another = tmp_path / "another.pb.gz"
    another.write_bytes(HEAP.read_bytes())
    lines = gctui("replay", LOG, HEAP, another).stdout.decode().splitlines()
    assert "152 collections" in lines[0]
    assert any(re.search(r"63 MiB .* main\.big ", line) for line in lines)
    assert lines[-1].startswith("2 profiles; shown is the last of each kind")


def test_goroutines_are_shown_by_what_waits() -> None:
    rows = gctui("replay", GOROUTINES).stdout.decode().splitlines()
    assert "goroutine 31 in 2 stacks" in rows[0]
    assert rows[2].split()[-2:] == ["runtime.gopark", "runtime/proc.go"]
    assert rows[4].split()[-2:] == ["main.blocked", "./heap.go"]


def test_only_a_profile_loads_what_reads_it() -> None:
    for path, loads in ((LOG, False), (TEXT, False), (HEAP, True)):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "gctui", "replay", path],
            capture_output=True,
            env=environment(),
            timeout=PATIENCE_S,
            check=True,
        )
        loaded = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr.decode(), re.MULTILINE))
        assert ("google.protobuf" in loaded) == loads
        assert not loaded & {"textual", "plotext", "rich", "psutil", "elftools"}


def test_a_compressed_text_and_what_is_neither(tmp_path: Path) -> None:
    path = tmp_path / "heap.txt.gz"
    path.write_bytes(gzip.compress(TEXT.read_bytes()))
    saved = read_saved_profile(str(path))
    assert saved.profile.samples == read_saved_profile(str(TEXT)).profile.samples
    assert saved.memstats is not None
    for data, said in (
        (b"", "not a pprof profile, or a damaged one"),
        (b"\x00\x01hello\n", "not a pprof profile, or a damaged one"),
        (b"hello\n", "no profile: neither pprof's protobuf, nor its text"),
        (LOG.read_bytes(), "a log and no profile: gctui replay "),
    ):
        path.write_bytes(data)
        with pytest.raises(GctuiError, match=rf"heap\.txt\.gz: {said}"):
            read_saved_profile(str(path))
