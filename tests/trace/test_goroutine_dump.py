"""Goroutines with their stacks, as debug=2 and a crash print them: read as every profile is."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path
from urllib.request import urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.errors import GctuiError
from gctui.events import GoroutineGroup
from gctui.model.profile import Profile
from gctui.trace import goroutine_dump
from gctui.trace.goroutine_dump import GoroutineDump, GoroutineDumpReader, is_goroutine_dump
from gctui.trace.profile_text import read_text_profile
from tests.corpus_files import SAMPLES
from tests.go_toolchain import RELEASES, compiled, go_of_release
from tests.sources.serving import go_server

PROGRAM = Path(__file__).with_name("programs") / "goroutines.go"
FILES = sorted((SAMPLES / "profiles").glob("*.dump"))
MAIN = {
    "dump": ("running", ""),
    "panic": ("running", ""),
    "deadlock": ("waiting", "select (no cases)"),
}


def read(data: bytes, size: int | None = None) -> GoroutineDump:
    reader = GoroutineDumpReader("x")
    for at in range(0, len(data), size or len(data) or 1):
        reader.feed(data[at : at + (size or len(data))])
    return reader.finish()


def printed(release: str, mode: str, traceback: str = "all") -> bytes:
    binary = compiled(PROGRAM, go=go_of_release(release))
    settings = {"GOTRACEBACK": traceback, "GODEBUG": "tracebacklabels=1"}
    done = subprocess.run(
        [binary, mode], capture_output=True, check=False, env={**os.environ, **settings}, timeout=60
    )
    return done.stdout or done.stderr


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("mode", "traceback"), [("dump", "all"), ("panic", "all"), ("panic", "system")]
)
def test_a_programs_goroutines_are_counted_with_their_go_statements(
    release: str, mode: str, traceback: str
) -> None:
    found = read(printed(release, mode, traceback))
    by_line = {int(group.place.rpartition(":")[2] or 0): group for group in found.groups}
    waits, main = by_line[43], by_line[0]
    assert (waits.count, waits.wait_reason) == (3, "chan receive")
    assert waits.function == "main.(*queue[...]).wait"
    assert waits.line == f"{PROGRAM}:17"
    assert (waits.created_by, waits.place) == ("main.main", f"{PROGRAM}:43")
    assert by_line[44].count == 3
    assert by_line[46].function == "main.labelled"
    assert by_line[46].wait_reason == "chan receive (nil chan)"
    assert by_line[51].function == "main.recovering.func1"
    assert (main.created_by, main.count, main.function) == ("main", 1, "main.main")
    assert (main.status, main.wait_reason) == MAIN[mode]
    assert len(by_line) == 6
    assert found.profile.total(0) == 10


def functions(profile: Profile) -> Counter[tuple[str, ...]]:
    counted: Counter[tuple[str, ...]] = Counter()
    for sample in profile.samples:
        frames = [frame for place in sample.stack for frame in profile.locations[place].frames]
        if any(frame.function.startswith("main.") for frame in frames):
            names = [f"{frame.function} {frame.file}:{frame.line}" for frame in frames]
            counted[tuple(name for name in names if not name.startswith("runtime."))] += (
                sample.values[0]
            )
    return counted


def test_it_is_what_the_other_text_form_tells() -> None:
    with go_server() as (url, _):
        pages = [
            urlopen(f"{url}/debug/pprof/goroutine?debug={level}", timeout=20).read()
            for level in (1, 2)
        ]
    short, long = read_text_profile(pages[0], "x").profile, read(pages[1]).profile
    assert functions(long) == functions(short)
    assert sum(functions(long).values()) >= 11


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pieces_of_any_size_and_other_line_ends_mean_the_same(path: Path) -> None:
    data = path.read_bytes()
    whole = read(data)
    assert whole.profile.total(0) == sum(group.count for group in whole.groups) == 10
    assert read(data, 7) == whole
    assert read(data.replace(b"\n", b"\r\n")) == whole
    log = b"2026-11-21 up\n" + data + b"\nrax    0xca\nexit status 2\n"
    assert read(log) == whole


@pytest.mark.parametrize(
    ("state", "status", "reason", "waited_s"),
    [
        ("chan receive, 5 minutes", "waiting", "chan receive", 300.0),
        ("select, 70 minutes, locked to thread", "waiting", "select", 4200.0),
        ("IO wait, locked to thread", "waiting", "IO wait", None),
        ("runnable (scan)", "runnable", "", None),
        ('sleep labels:{"a": "b"}', "waiting", "sleep", None),
    ],
)
def test_states(state: str, status: str, reason: str, waited_s: float | None) -> None:
    data = f"goroutine 7 [{state}]:\nmain.f(0x1, {{0x2}})\n\t/a/b.go:3 +0x1f\n".encode()
    (group,) = read(data + b"created by main.g in goroutine 1\n\t/a/c.go:9 +0x2\n").groups
    assert group == GoroutineGroup(
        "main.g", "/a/c.go:9", status, reason, 1, 0, waited_s, "main.f", "/a/b.go:3"
    )


def test_the_longest_wait_is_that_of_all() -> None:
    one = "goroutine {} [select{}]:\nmain.f()\n\t/a/b.go:3\ncreated by main.g\n\t/a/c.go:9\n\n"
    waits = ["", ", 2 minutes", ", 9 minutes", ", 5 minutes"]
    data = "".join(one.format(n, wait) for n, wait in enumerate(waits, 1)).encode()
    (group,) = read(data).groups
    assert (group.count, group.longest_wait_s) == (4, 540.0)


def test_the_runtimes_own_do_not_count() -> None:
    data = (
        b"goroutine 0 gp=0x1 m=0 mp=0x2 [idle]:\nruntime.futex(0x1)\n\t/r/a.s:1 +0x1\n\n"
        b"goroutine 2 gp=0x1 m=nil [force gc (idle)]:\nruntime.gopark()\n\t/r/p.go:1\n"
        b"created by runtime.init.7 in goroutine 1\n\t/r/p.go:2 +0x1\n"
    )
    with pytest.raises(GctuiError, match="x: it holds no goroutines"):
        read(data)


def test_they_are_told_by_their_first_line() -> None:
    assert is_goroutine_dump(b"goroutine 4096 [running]:\n")
    assert is_goroutine_dump(b"goroutine 1 gp=0xc0 m=5 mp=0xc1 [running]:")
    for line in (b"goroutine profile: total 3", b"goroutine 1 ended", b"panic: x", b""):
        assert not is_goroutine_dump(line)


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"goroutine 1 [select]:\n" + b"".join(
        b"main.f()\n\t/a/b.go:%d\n" % line for line in range(1, 9)
    )
    monkeypatch.setattr(goroutine_dump, "MOST_FRAMES", 3)
    with pytest.raises(GctuiError, match="x: more frames than gctui reads"):
        read(data)
    monkeypatch.setattr(goroutine_dump, "SIZE_LIMIT_BYTES", 1 << 20)
    with pytest.raises(GctuiError, match="larger than 1 MiB"):
        read(b"x" * (2 << 20), 1 << 16)


@settings(max_examples=150, deadline=None, database=None)
@given(
    path=st.sampled_from(FILES),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 40)), max_size=4
    ),
)
def test_damage_is_read_or_refused(path: Path, edits: list[tuple[float, bytes, int]]) -> None:
    data = path.read_bytes()
    for place, text, cut in edits:
        at = int(place * len(data))
        data = data[:at] + text + data[at + cut :]
    try:
        found = read(data)
    except GctuiError as error:
        assert "\n" not in str(error)
        return
    assert found.profile.total(0) == sum(group.count for group in found.groups)
    for sample in found.profile.samples:
        assert all(0 <= place < len(found.profile.locations) for place in sample.stack)
