"""Text profiles of every Go version: read as the Go tool reads them, and never a traceback."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.errors import GctuiError
from gctui.model.profile import Mapping as LoadedFile
from gctui.model.profile import Profile
from gctui.trace import profile_stacks, profile_text
from gctui.trace.profile_text import is_text_profile, read_text_profile
from tests.corpus_files import SAMPLES, corpus_logs
from tests.go_toolchain import go_command

FOLDER = SAMPLES / "profiles"
FILES = sorted(FOLDER.glob("*.txt"))
HEAPS = [path for path in FILES if ".heap" in path.name]
HEADER = b"heap profile: 1: 2 [3: 4] @ heap/1048576\n"


def external() -> list[Path]:
    """Text profiles beside the logs of the external corpus."""
    folders = {path.parent for path in corpus_logs()}
    return sorted(path for folder in folders for path in folder.glob("*.debug1.txt"))


def read(path: Path) -> profile_text.TextProfile:
    return read_text_profile(path.read_bytes(), path.name)


def functions(profile: Profile, index: int) -> list[str]:
    """The functions of one sample's stack."""
    stack = profile.samples[index].stack
    return [frame.function for place in stack for frame in profile.locations[place].frames]


@pytest.mark.parametrize("path", HEAPS, ids=lambda path: path.name)
def test_values_and_addresses_are_those_of_go_tool_pprof(path: Path) -> None:
    raw = _pprof("-raw", path)
    samples, addresses = _raw_samples(raw), _raw_addresses(raw)
    profile = read(path).profile
    assert len(profile.samples) == len(samples)
    for ours, (values, stack) in zip(profile.samples, samples, strict=True):
        assert ours.values == values
        whole = [addresses[number] for number in stack]
        kept = [profile.locations[place].address for place in ours.stack]
        # Without what the text hides at both ends of a stack.
        assert any(whole[at : at + len(kept)] == kept for at in range(len(whole) + 1))


@pytest.mark.skipif(not external(), reason="GCTUI_CORPUS names no folder of logs")
def test_external_corpus() -> None:
    for path in external():
        profile = read(path).profile
        assert profile.samples
        if path.name.startswith("heap"):
            assert [one.values for one in profile.samples] == [
                values for values, _ in _raw_samples(_pprof("-raw", path))
            ]


def _pprof(option: str, path: Path) -> str:
    command = [go_command(), "tool", "pprof", option, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _raw_samples(raw: str) -> list[tuple[tuple[int, ...], list[int]]]:
    found = []
    for line in raw.partition("Samples:")[2].partition("Locations")[0].split("\n"):
        if match := re.fullmatch(r" *((?:\d+ +)*\d+): ([\d ]*)", line):
            values = tuple(map(int, match[1].split()))
            found.append((values, list(map(int, match[2].split()))))
    return found


def _raw_addresses(raw: str) -> dict[int, int]:
    lines = raw.partition("Locations")[2].partition("Mappings")[0].split("\n")
    pairs = [re.match(r" *(\d+): 0x([0-9a-f]+)", line) for line in lines]
    return {int(pair[1]): int(pair[2], 16) for pair in pairs if pair}


def test_a_new_heap_profile() -> None:
    text = read(FOLDER / "go1.27.3.heap.txt")
    profile, stats = text.profile, text.memstats
    assert [kind.name for kind in profile.sample_types] == [
        *("alloc_objects", "alloc_space", "inuse_objects", "inuse_space")
    ]
    assert (profile.default_type, profile.sampling_bytes) == ("inuse_space", 64 << 10)
    biggest = max(range(len(profile.samples)), key=lambda at: profile.samples[at].values[3])
    assert functions(profile, biggest) == ["main.keep", "main.main", "runtime.main"]
    assert profile.samples[biggest].labels == (("bytes", str(1 << 20)),)
    frame = profile.locations[profile.samples[biggest].stack[0]].frames[0]
    assert (frame.file, frame.line, frame.is_inlined) == ("./server.go", 26, False)
    assert stats is not None
    assert (stats.heap_inuse_bytes, stats.num_gc, stats.num_forced_gc) == (26009600, 7, 4)
    assert (stats.stack_inuse_bytes, stats.mspan_inuse_bytes) == (327680, 34080)
    assert (stats.mspan_sys_bytes, stats.max_rss_bytes) == (48960, 10022912)
    assert (len(stats.pause_ns), len(stats.pause_end_ns)) == (256, 256)
    assert stats.pause_ns[:2] == (64796, 159066)
    assert stats.gc_cpu_fraction == pytest.approx(0.020025637)
    assert (stats.debug_gc, stats.enable_gc) == (False, None)
    assert stats.taken_ns is None


def test_frames_of_old_versions_show_where_calls_return_to() -> None:
    text = read(FOLDER / "go1.5.4.heap.txt")
    assert functions(text.profile, 0)[0] == "main.handle"
    place = text.profile.locations[text.profile.samples[0].stack[0]]
    assert place.address == 0x4010F2 - 1
    assert text.memstats is not None
    assert (text.memstats.enable_gc, text.memstats.last_gc_ns) == (True, None)


def test_addresses_alone_stay() -> None:
    text = read(FOLDER / "go1.1.2.heap.addresses.txt")
    assert text.memstats is None
    assert not any(location.frames for location in text.profile.locations)
    assert text.profile.locations[text.profile.samples[0].stack[0]].address == 0x41E57A - 1


MAPS = b"""
MAPPED_LIBRARIES:
55d0c0000000-55d0c0001000 r--p 00000000 fe:01 1234   /srv/app
55d0c0001000-55d0c0100000 r-xp 00001000 fe:01 1234   /srv/app
7f0000000000-7f0000100000 r-xp 00000000 00:00 0
0x7f0000200000-0x7f0000300000 /lib/libc.so.6 (@2000) abc123
c000000000-c004000000 rw-p 00000000 00:00 0
not a mapping = at all
"""


@pytest.mark.parametrize("mark", [b"MAPPED_LIBRARIES:", b"--- Memory map: ---"])
def test_a_memory_map_tells_each_addresss_file(tmp_path: Path, mark: bytes) -> None:
    data = HEADER + b"1: 2 [3: 4] @ 0x55d0c0001235 0x7f0000000001 0x7f0000200007 0xc000000001\n"
    data += MAPS.replace(b"MAPPED_LIBRARIES:", mark)
    profile = read_text_profile(data, "x").profile
    assert [location.mapping for location in profile.locations] == [
        LoadedFile("/srv/app", "", 0x55D0C0001000, 0x55D0C0100000, 0x1000),
        LoadedFile("", "", 0x7F0000000000, 0x7F0000100000, 0),
        LoadedFile("/lib/libc.so.6", "abc123", 0x7F0000200000, 0x7F0000300000, 0x2000),
        None,
    ]
    path = tmp_path / "heap.txt"
    path.write_bytes(data)
    theirs = _pprof("-raw", path).partition("Mappings\n")[2]
    for location in profile.locations[:3]:
        mapping = location.mapping
        assert mapping is not None
        line = f"{mapping.start:#x}/{mapping.limit:#x}/{mapping.offset:#x} {mapping.file}"
        assert line.strip() in theirs


def test_a_count_profile_may_have_one_too() -> None:
    data = b"goroutine profile: total 1\n1 @ 0x7f0000000001\n--- Memory map: ---\n" + MAPS
    (location,) = read_text_profile(data, "x").profile.locations
    assert location.mapping is not None
    assert location.mapping.limit == 0x7F0000100000


def test_what_allocates_is_dropped_of_addresses_alone() -> None:
    assert read(FOLDER / "go1.1.2.heap.addresses.txt").profile.drop_frames
    for name in ("go1.5.4.heap.txt", "go1.5.4.goroutine.txt", "gccgo-16.goroutine.txt"):
        assert not read(FOLDER / name).profile.drop_frames


def test_goroutines_and_their_labels() -> None:
    profile = read(FOLDER / "go1.27.3.goroutine.txt").profile
    assert (profile.default_type, profile.sampling_bytes) == ("goroutine", None)
    assert profile.total(0) == 13
    labels = Counter[tuple[tuple[str, str], ...]]()
    for sample in profile.samples:
        labels[sample.labels] += sample.values[0]
    assert labels[(("job", 'a "b" c'), ("n", "0"))] == 2
    assert labels[(("job", 'a "b" c'), ("n", "1"))] == 1


def test_what_was_inlined_is_marked() -> None:
    """Functions in one piece of machine code: several addresses, or (Go 1.9 – 1.20) one."""
    several = read_text_profile(
        b"goroutine profile: total 1\n1 @ 0x1000 0x2011 0x2010 0x3001\n"
        b"#\t0x2010\tmain.inner+0x10\t/m.go:1\n#\t0x200f\tmain.outer+0xf\t/m.go:2\n\n",
        "x",
    ).profile
    one = read_text_profile(
        b"goroutine profile: total 1\n1 @ 0x2011 0x3001\n"
        b"#\t0x2010\tmain.inner+0x10\t/m.go:1\n#\t0x2010\tmain.outer+0x10\t/m.go:2\n"
        b"#\t0x3000\tmain.main+0x20\t/m.go:3\n",
        "x",
    ).profile
    for profile, shape in ((several, [1, 1]), (one, [2, 1])):
        stack = [profile.locations[place] for place in profile.samples[0].stack]
        assert [len(location.frames) for location in stack] == shape
        frames = [frame for location in stack for frame in location.frames]
        assert [frame.is_inlined for frame in frames][:2] == [True, False]


def test_a_function_that_calls_itself_is_not_inlined() -> None:
    profile = read_text_profile(
        b"goroutine profile: total 1\n1 @ 0x2011 0x2011 0x2011\n"
        + b"#\t0x2010\tmain.again+0x10\t/m.go:1\n" * 3,
        "x",
    ).profile
    assert functions(profile, 0) == ["main.again"] * 3
    assert not profile.locations[0].frames[0].is_inlined
    assert len(profile.locations) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pieces_of_any_size_and_other_line_ends_mean_the_same(path: Path) -> None:
    data, whole = path.read_bytes(), read(path)
    assert read_text_profile([data[at : at + 7] for at in range(0, len(data), 7)], path.name) == (
        whole
    )
    assert read_text_profile(data.replace(b"\n", b"\r\n"), path.name) == whole


def test_what_is_sampled_whole_is_not_scaled() -> None:
    for rate in (0, 2):
        data = b"heap profile: 1: 2 [3: 4] @ heap/%d\n3: 30 [5: 50] @ 0x1\n" % rate
        assert read_text_profile(data, "x").profile.samples[0].values == (5, 50, 3, 30)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "x: not a text profile of Go: empty"),
        (b"<html>", "x: line 1: not a text profile of Go"),
        (b"heap profile: 1: x", "x: line 1: column 18: expected inuse_bytes (SIGNED_BYTES)"),
        (HEADER + b"1: 2 [3: 4", 'x: line 2: column 11: expected "] "'),
        (HEADER + b"0: 8 [0: 8] @ 0x1", "x: line 2: 0 objects of 8 bytes cannot be"),
        (HEADER + b"-1: 8 [1: 8] @ 0x1", "x: line 2: -1 objects of 8 bytes cannot be"),
        (HEADER + b"1: 9999999999999999999 [1: 8] @", "cannot be"),
        (HEADER + b"9000000000000000000: 1 [1: 8] @", "cannot be"),
        (b"goroutine profile: total 1\n1 @ 0xg", "x: line 2: column 4: expected"),
        (b"goroutine profile: total 1\n" + b"9" * 20 + b" @", "cannot be"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(GctuiError) as caught:
        read_text_profile(data, "x")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(data: Iterator[bytes] | bytes, said: str) -> None:
        with pytest.raises(GctuiError, match=said):
            read_text_profile(data, "x")

    refused(iter(lambda: b"#" * 65536, b""), "line 1: a line without an end")
    monkeypatch.setattr(profile_text, "SIZE_LIMIT_BYTES", 1 << 20)
    refused(iter(lambda: HEADER, b""), "larger than 1 MiB|column")
    monkeypatch.setattr(profile_text, "MOST_SAMPLES", 10)
    refused(HEADER + b"1: 2 [3: 4] @\n" * 11, "more stacks")
    monkeypatch.setattr(profile_stacks, "MOST_FRAMES", 3)
    monkeypatch.setattr(profile_text, "MOST_MAPPINGS", 1)
    refused(HEADER + MAPS, "a longer memory map")
    frames = b"".join(b"1: 2 [3: 4] @ 0x%x\n#\t0x%x\tf+0x0\tg:1\n" % (n, n) for n in range(1, 9))
    refused(HEADER + frames, "more than 3 frames")


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
        profile = read_text_profile(data, "x").profile
    except GctuiError as error:
        assert "\n" not in str(error)
        return
    for sample in profile.samples:
        assert len(sample.values) == len(profile.sample_types)
        assert all(0 <= place < len(profile.locations) for place in sample.stack)


def test_they_are_told_by_their_first_line() -> None:
    assert all(is_text_profile(path.read_bytes()[:60]) for path in FILES)
    assert is_text_profile(b"goroutineleak profile: total 0\n")
    for line in (b"gc 1 @0.1s 0%: ", b"profile: total 3", b"heap profile of mine", b""):
        assert not is_text_profile(line)
