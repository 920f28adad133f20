"""Profiles as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gctui.analysis.profile_diff import difference
from gctui.analysis.profile_nodes import type_index
from gctui.errors import GctuiError
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType
from gctui.report.profile import TopOptions, listing_lines, peek_lines, profile_lines

MIB = 1 << 20
LOCATIONS = (
    Location(
        1,
        (
            Frame("main.alloc", "/src/alloc.go", 3, is_inlined=True),
            Frame("main.load", "/src/load.go", 7),
        ),
    ),
    Location(2, (Frame("main.main", "/src/main.go", 12),)),
    Location(3, (Frame("main.idle", "/src/main.go", 40),)),
)
HEAP = Profile(
    sample_types=(SampleType("inuse_objects", "count"), SampleType("inuse_space", "bytes")),
    default_type="inuse_space",
    locations=LOCATIONS,
    samples=(
        Sample((0, 1), (1024, 12 * MIB), (("bytes", "12288"),)),
        Sample((2, 1), (1, 4 * MIB), (("bytes", str(4 * MIB)),)),
    ),
    sampling_bytes=512 << 10,
    source="heap.pb.gz",
)
GOROUTINES = Profile(
    (SampleType("goroutine", "count"),), "goroutine", LOCATIONS, (Sample((2, 1), (30,)),), None
)


def top_lines(profile: Profile, **changed: object) -> list[str]:
    type_name = changed.pop("type_name", None)
    options = replace(TopOptions(count=10), **changed)  # type: ignore[arg-type]
    return list(profile_lines(profile, type_name=type_name, options=options))  # type: ignore[arg-type]


def test_the_top_table() -> None:
    assert top_lines(HEAP, rss_bytes=32 * MIB) == [
        "heap.pb.gz: inuse_space 16 MiB in 2 stacks; one sample in 512 KiB on average,"
        " ± is one standard deviation",
        "      flat  flat %   sum %        cum   cum %          ±  of RSS  function",
        "    12 MiB     75%     75%     12 MiB     75%    2.4 MiB     38%"
        "  main.alloc  /src/alloc.go",
        "     4 MiB     25%    100%      4 MiB     25%     75 KiB     12%  main.idle  /src/main.go",
        "       0 B      0%    100%     12 MiB     75%        0 B      0%  main.load  /src/load.go",
        "       0 B      0%    100%     16 MiB    100%        0 B      0%  main.main  /src/main.go",
    ]


def test_sorted_by_cum_the_error_and_the_share_of_rss_are_of_cum() -> None:
    lines = top_lines(HEAP, by="cum", count=1, rss_bytes=32 * MIB)
    assert lines[2].split()[7:] == ["2.4", "MiB", "50%", "main.main", "/src/main.go"]
    assert lines[3] == "3 more functions: --top N shows N"


def test_counts_are_plain_and_no_part_of_rss() -> None:
    lines = top_lines(HEAP, type_name="inuse_objects", rss_bytes=32 * MIB)
    assert "of RSS" not in lines[1]
    assert lines[2].split()[:5] == ["1024", "100%", "100%", "1024", "100%"]


def test_goroutines_have_no_error() -> None:
    lines = top_lines(GOROUTINES, rss_bytes=MIB)
    assert lines[0] == "goroutine 30 in 1 stack"
    assert "±" not in lines[1]
    assert lines[2] == "        30    100%    100%         30    100%  main.idle  /src/main.go"


def test_a_difference_shows_what_went() -> None:
    less = replace(HEAP, samples=HEAP.samples[1:])
    lines = top_lines(difference(HEAP, less))
    assert lines[0].startswith("heap.pb.gz − heap.pb.gz: inuse_space -12 MiB in 1 stack")
    assert lines[2].split()[:4] == ["-12", "MiB", "-100%", "-100%"]


def test_times_are_times() -> None:
    kinds = (SampleType("delay", "nanoseconds"),)
    blocked = replace(GOROUTINES, sample_types=kinds, samples=(Sample((2,), (1_500_000,)),))
    assert top_lines(blocked)[2].split()[:2] == ["1.5", "ms"]


def test_what_holds_next_to_nothing_is_left_out_and_counted() -> None:
    tiny = Sample((2,), (1, 1024), ())
    big = Sample((0, 1), (1, 400 * MIB), ())
    heap = replace(HEAP, samples=(big, tiny))
    lines = top_lines(heap)
    shown = ["main.alloc", "main.load", "main.main"]
    assert [line.split("  ")[-2] for line in lines[2:-1]] == shown
    assert lines[-1] == "1 left out that holds less than 0.5% (cum below 2.0 MiB): --all shows them"
    assert "main.idle" in top_lines(heap, all_of_them=True)[3]
    assert not [line for line in top_lines(difference(heap, heap)) if "left out" in line]


def test_paths_keep_their_ends_where_the_terminal_is_narrow() -> None:
    file = "/root/.cache/tests/go/src/runtime/proc.go"
    heap = replace(
        GOROUTINES, locations=(*LOCATIONS[:2], Location(3, (Frame("runtime.gopark", file, 4),)))
    )
    wide = top_lines(heap, width_cells=400)[2]
    assert wide.endswith(f"  runtime.gopark  {file}")
    shown = [top_lines(heap, width_cells=len(wide) - less)[2] for less in range(45)]
    assert shown[0] == wide
    assert shown[1].endswith("  …/.cache/tests/go/src/runtime/proc.go")
    assert shown[23].endswith("  …/runtime/proc.go")
    assert shown[31].endswith("  …/proc.go")
    assert shown[40].endswith("  runtime.gopark")
    assert all(len(line) <= len(wide) - less for less, line in enumerate(shown[:41]))


def test_peek() -> None:
    assert list(peek_lines(HEAP, type_name=None, pattern="load"))[1:] == [
        "",
        "      12 MiB   100%   called by main.main",
        "main.load: flat 0 B (0%), cum 12 MiB (75%)",
        "      12 MiB   100%   calls main.alloc",
    ]
    assert list(peek_lines(HEAP, type_name=None, pattern="gone"))[1:] == [
        "no function of this profile matches 'gone'"
    ]


def test_listing() -> None:
    source = ["package main", "", "\tx := make([]byte, n) // \x1b[2J", "}"]
    found = listing_lines(HEAP, type_name=None, pattern="alloc", read_source=lambda _: source)
    assert list(found)[2:] == [
        "main.alloc in /src/alloc.go: flat 12 MiB, cum 12 MiB (75%)",
        "      flat        cum    line",
        "         .          .       1  package main",
        "         .          .       2",
        "    12 MiB     12 MiB       3      x := make([]byte, n) // ␛[2J",
        "         .          .       4  }",
    ]
    without = listing_lines(HEAP, type_name=None, pattern="alloc", read_source=lambda _: None)
    assert list(without)[4:] == ["    12 MiB     12 MiB       3"]


def test_an_empty_profile_is_shown() -> None:
    empty = replace(HEAP, samples=())
    assert len(top_lines(empty)) == 2
    assert len(list(peek_lines(empty, type_name=None, pattern="."))) == 2


def test_names_cannot_act_on_the_terminal() -> None:
    bad = "main.\x1b]52;c;x\x07\u202e" + "x" * 5000
    locations = (Location(1, (Frame(bad, bad, 1),)),)
    kinds = (SampleType(bad, "bytes"), SampleType(bad, bad))
    profile = Profile(kinds, bad, locations, (Sample((0,), (1, 2)),), 1024, source=bad)
    lines = top_lines(profile)
    lines += peek_lines(profile, type_name=None, pattern="main")
    lines += listing_lines(profile, type_name=bad, pattern="main", read_source=lambda _: [bad])
    lines += peek_lines(profile, type_name=None, pattern="none\x1b")
    for line in lines:
        assert not {"\x1b", "\x07", "\u202e"} & set(line)
        assert len(line) < 500


@pytest.mark.parametrize("name", ["alloc_space", "\x1b"])
def test_an_unknown_sample_type_is_an_error(name: str) -> None:
    with pytest.raises(GctuiError, match="only: inuse_objects, inuse_space") as caught:
        top_lines(HEAP, type_name=name)
    assert "\x1b" not in str(caught.value)


def test_the_files_own_names_cannot_act_in_an_error() -> None:
    bad = replace(
        HEAP, sample_types=(SampleType("a\x1b\n", "\x1b"), *HEAP.sample_types), source="\x1b"
    )
    for failing in (lambda: type_index(bad, "gone"), lambda: difference(HEAP, bad)):
        with pytest.raises(GctuiError) as caught:
            failing()
        assert not {"\x1b", "\n"} & set(str(caught.value))
