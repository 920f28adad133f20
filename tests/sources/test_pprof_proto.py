"""Protobuf profiles: what is in them is read, and damaged or hostile ones are refused."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gctui.analysis.profile_peek import peek
from gctui.errors import GctuiError
from gctui.model.profile import Frame, Location, Mapping, Profile, SampleType
from gctui.report.profile import TopOptions, listing_lines, profile_lines
from gctui.sources import pprof_proto, pprof_records, pprof_strings
from gctui.sources.pprof_proto import ProfileMessage, read_proto_profile
from tests.analysis.made_profiles import Made, random_profile
from tests.corpus_files import SAMPLES

SHIPPED = sorted((SAMPLES / "profiles").glob("*.pb.gz"))


def made() -> Made:
    """A small heap profile with everything in it."""
    new = Made()
    new.types(("inuse_objects", "count"), ("inuse_space", "bytes"))
    message = new.message
    message.period_type.type, message.period_type.unit = new.text("space"), new.text("bytes")
    message.period, message.time_nanos = 524288, 1_700_000_000_000_000_000
    message.default_sample_type = new.text("inuse_objects")
    message.drop_frames, message.keep_frames = new.text("drop"), new.text("keep")
    message.mapping.add(
        id=7,
        memory_start=4096,
        memory_limit=8192,
        file_offset=1,
        filename=new.text("/bin/app"),
        build_id=new.text("abc"),
    )
    inner = new.function("main.inner", "/src/a.go", 10)
    outer = new.function("main.outer", "/src/b.go", 20)
    place = new.location(0x1234, (inner, 11), (outer, 22), mapping=7)
    new.sample([place, new.location(0x9999)], [3, 144], bytes=48, task="copy", empty=0)
    return new


def test_everything_is_read() -> None:
    profile = read_proto_profile(made().data(), "heap.pb.gz")
    mapping = Mapping("/bin/app", "abc", 4096, 8192, 1)
    assert profile.sample_types == (
        SampleType("inuse_objects", "count"),
        SampleType("inuse_space", "bytes"),
    )
    assert profile.default_type == "inuse_objects"
    assert profile.locations == (
        Location(
            0x1234,
            (
                Frame("main.inner", "/src/a.go", 11, is_inlined=True, start_line=10),
                Frame("main.outer", "/src/b.go", 22, is_inlined=False, start_line=20),
            ),
            mapping,
        ),
        Location(0x9999, ()),
    )
    (sample,) = profile.samples
    assert sample.stack == (0, 1)
    assert sample.values == (3, 144)
    assert sample.labels == (("bytes", "48"), ("task", "copy"))
    assert profile.sampling_bytes == 524288
    assert profile.time_ns == 1_700_000_000_000_000_000
    assert (profile.drop_frames, profile.keep_frames) == ("drop", "keep")
    assert profile.source == "heap.pb.gz"


def test_a_plain_file_reads_like_a_gzipped_one() -> None:
    data = made().data()
    assert read_proto_profile(gzip.decompress(data)) == read_proto_profile(data)


def test_without_a_default_the_last_type_is_shown() -> None:
    new = made()
    new.message.default_sample_type = 0
    assert read_proto_profile(new.data()).default_type == "inuse_space"
    new.message.default_sample_type = new.text("gone")
    assert read_proto_profile(new.data()).default_type == "inuse_space"


def test_a_large_profile_is_read_in_pieces() -> None:
    data = gzip.decompress(random_profile(3))
    padding = ProfileMessage(string_table=[b"x" * 1_000_003]).SerializeToString()
    assert read_proto_profile(data + padding * 4) == read_proto_profile(data)


def test_names_need_not_be_utf_8() -> None:
    new = made()
    new.message.string_table[new.text("main.inner")] = b"main.\xff\x1b"
    profile = read_proto_profile(new.data())
    assert profile.locations[0].frames[0].function == "main.\\xff\x1b"


def _set(path: str, value: int) -> Any:
    def change(message: Any) -> None:
        *parents, name = path.split(".")
        for parent in parents:
            message = getattr(message, parent)[0]
        setattr(message, name, value)

    return change


def _second(name: str) -> Any:
    def change(message: Any) -> None:
        getattr(message, name).append(getattr(message, name)[0])

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_set("sample_type.type", 99), "a string that is not there"),
        (_set("sample_type.unit", -1), "a string that is not there"),
        (_set("function.name", 1 << 60), "a string that is not there"),
        (_set("location.line.function_id", 99), "a function that is not there"),
        (_set("location.id", 99), "a location that is not there"),
        (_set("location.id", 0), "a location has no number of its own"),
        (_set("function.id", 2), "a function has no number of its own"),
        (_second("location"), "a location has no number of its own"),
        (_second("mapping"), "a mapping has no number of its own"),
        (lambda message: message.sample[0].value.append(1), "a sample has 3 values, not 2"),
        (lambda message: message.ClearField("sample_type"), "no sample types"),
        (lambda message: message.ClearField("string_table"), "table of strings"),
        (lambda message: message.sample_type.extend([message.sample_type[0]] * 99), "too many"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: Any, why: str) -> None:
    new = made()
    change(new.message)
    with pytest.raises(GctuiError, match=f"^a.gz: not a pprof profile.*{why}") as caught:
        read_proto_profile(new.data(), "a.gz")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "table of strings"),
        (b"heap profile: 1: 2 [3: 4] @ heap/1048576\n", "."),
        (gzip.compress(b"hello", mtime=0)[:-4], "cut short"),
        (b"\x1f\x8b\x08rubbish", "."),
        (made().data() + b"rubbish", "damaged gzip data"),
        (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "too long"),
        (b"\x12\xff\xff\xff\x7f", "too long"),
        (b"\x12" + b"\xff" * 12, "a number that is too long"),
        (b"\x02\x00", "a field without a number"),
        (b"\x13\x14", "a field of an unknown kind"),
        (b"\x12\x02\x0a\x7f", "records are damaged"),
        (b"\x12\x05\x00", "cut short"),
    ],
)
def test_other_files_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(GctuiError, match=f"^profile: not a pprof profile, .*{why}"):
        read_proto_profile(data)


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    string = ProfileMessage(string_table=[b"x" * (1 << 20)]).SerializeToString()
    bomb = gzip.compress(gzip.compress(string * 600, compresslevel=1, mtime=0))
    bomb = gzip.decompress(bomb)
    assert len(bomb) < 4 << 20
    start = time.monotonic()
    with pytest.raises(GctuiError, match="unpacks to more than 512 MiB"):
        read_proto_profile(bomb)
    assert time.monotonic() - start < 20


def test_many_empty_records_stay_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pprof_proto, "MAX_ITEMS", 200_000)
    tracemalloc.start()
    try:
        for record in (b"\x12\x02\x10\x01", b"\x22\x00", b"\x32\x00"):
            with pytest.raises(GctuiError, match="it is too large"):
                read_proto_profile(gzip.compress(record * 2_000_000, compresslevel=1, mtime=0))
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()


def test_samples_without_values_are_refused_at_once() -> None:
    """Of two bytes each, 195 KB of them once took a quarter of a minute."""
    new = made()
    data = gzip.decompress(new.data()) + b"\x12\x00" * 20_000_000
    start = time.process_time()
    with pytest.raises(GctuiError, match="a sample has no values"):
        read_proto_profile(gzip.compress(data, compresslevel=1, mtime=0))
    assert time.process_time() - start < 5


def test_a_unit_in_many_labels_is_not_written_out_in_each() -> None:
    """20 KB, of which 80 GB were made once."""
    new = Made()
    new.types(("space", "bytes"))
    place = new.location(1, (new.function("main.f", "f.go"), 1))
    key, unit = new.text("size"), new.text("U" * 1_000_000)
    for number in range(5000):
        new.sample([place], [1])
        new.message.sample[-1].label.add(key=key, num=number, num_unit=unit)
    profile, peak_bytes = traced(new.data())
    assert profile.samples[7].labels == (("size", "7" + "U" * 64),)
    assert peak_bytes < 16 << 20


def test_names_are_cut_and_what_is_not_utf_8_costs_little() -> None:
    """381 KB that took a minute and 2 GB: each of these bytes becomes four characters."""
    new = Made()
    new.types(("space", "bytes"))
    places = []
    for number in range(50):
        place = new.location(number, (new.function(f"{number}", "f.go"), 1))
        new.message.string_table[new.text(f"{number}")] = b"%d" % number + b"\xff" * 1_000_000
        places.append(place)
    new.sample(places, [1])
    start = time.process_time()
    profile, peak_bytes = traced(new.data())
    assert time.process_time() - start < 10
    assert peak_bytes < 32 << 20
    name = profile.locations[7].frames[0].function
    assert (name[:9], name[-1], len(name)) == ("7\\xff\\xff", "…", 1 + 4095 * 4 + 1)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("f" * 4096, "f" * 4096),
        ("f" * 4097, "f" * 4096 + "…"),
        ("ü" * 3000, "ü" * 2048 + "…"),
        ("x" + "ü" * 3000, "x" + "ü" * 2047 + "…"),
        ("xx" + "𝔾" * 3000, "xx" + "𝔾" * 1023 + "…"),
    ],
)
def test_names_are_cut_between_characters(name: str, read: str) -> None:
    new = made()
    new.message.string_table[new.text("main.inner")] = name.encode()
    assert read_proto_profile(new.data()).locations[0].frames[0].function == read


@pytest.mark.parametrize(
    ("limit", "why"),
    [("MOST_STORED_BYTES", "its strings are"), ("MOST_TEXT", "its names and labels are")],
)
def test_all_strings_together_have_a_limit(
    limit: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pprof_strings, limit, 50)
    with pytest.raises(GctuiError, match=f"{why} too large"):
        read_proto_profile(made().data())


def traced(data: bytes) -> tuple[Profile, int]:
    """Read a profile; return the most memory that it took meanwhile, too."""
    tracemalloc.start()
    try:
        return read_proto_profile(data), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_long_inlining_on_long_stacks_is_refused() -> None:
    new = Made()
    new.types(("space", "bytes"))
    place = new.location(1, *[(new.function("main.f", "f.go"), 1)] * 20_000)
    new.sample([place] * 20_000, [1])
    with pytest.raises(GctuiError, match="it is too large"):
        read_proto_profile(new.data())


def use(data: bytes) -> None:
    """Read a profile, and if it can be read, show it."""
    try:
        profile = read_proto_profile(data, "made\x1b")
    except GctuiError as error:
        assert "\n" not in str(error)
        return
    for kind in profile.sample_types:
        lines = [*profile_lines(profile, type_name=kind.name, options=TopOptions(9, rss_bytes=1))]
        lines += listing_lines(
            profile, type_name=kind.name, pattern=".", read_source=lambda _: None
        )
        assert not any("\x1b" in line for line in lines)
    peek(profile, 0, ".")


@pytest.mark.parametrize(
    "whole", [gzip.decompress(made().data()), gzip.decompress(random_profile(5))]
)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_files_are_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for at in data.draw(st.lists(st.integers(0, max(0, len(damaged) - 1)), max_size=6)):
        damaged[at : at + 1] = data.draw(st.binary(max_size=3))
    use(bytes(damaged))
    zipped = bytearray(gzip.compress(whole, mtime=0))
    zipped[data.draw(st.integers(0, len(zipped) - 1))] ^= data.draw(st.integers(1, 255))
    use(bytes(zipped))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    use(data)
    use(gzip.compress(data, mtime=0))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_samples_are_read(path: Any) -> None:
    profile = read_proto_profile(path.read_bytes(), path.name)
    assert profile.samples
    assert profile.time_ns
    assert (profile.sampling_bytes is not None) == ("heap" in path.name)


def test_limits_are_what_they_are() -> None:
    assert pprof_records.MAX_UNPACKED_BYTES == 512 << 20
