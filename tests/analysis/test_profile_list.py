"""The listed source agrees with `go tool pprof -list`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gctui.analysis.profile_list import Listing, list_source
from gctui.sources.pprof_proto import read_proto_profile
from tests.analysis.conftest import PROGRAM, Profiles
from tests.analysis.made_profiles import random_profile
from tests.analysis.pprof_oracle import Listed, pprof_list


def read_source(path: str) -> list[str] | None:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None


def as_listed(listing: Listing) -> Listed:
    lines = [(line.number, line.flat, line.cum, line.text or "") for line in listing.lines]
    return Listed(listing.function, listing.file, listing.flat, listing.cum, lines)


@pytest.mark.parametrize("pattern", ["main", "."])
def test_agrees_on_a_programs_heap(profiles: Profiles, pattern: str) -> None:
    path = profiles(1024) / "heap.pb.gz"
    profile = read_proto_profile(path.read_bytes())
    for index, kind in enumerate(profile.sample_types):
        ours = [as_listed(each) for each in list_source(profile, index, pattern, read_source)]
        assert ours == pprof_list(path, (kind.name, kind.unit), pattern)
        assert len(ours) > 12
    assert {each.file for each in ours if each.name.startswith("main.")} == {str(PROGRAM)}


@pytest.mark.parametrize("seed", range(8))
def test_agrees_on_random_profiles_without_source(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "made.pb.gz"
    path.write_bytes(random_profile(seed))
    profile = read_proto_profile(path.read_bytes())
    ours = [as_listed(each) for each in list_source(profile, 1, ".", lambda _: None)]
    assert all(each.lines for each in ours if each.file)
    for each in ours:
        each.lines = []
    theirs = pprof_list(path, ("alloc_space", "bytes"), ".")
    assert [each for each in ours if each.file] == theirs


def test_without_source_only_lines_with_values_are_listed(profiles: Profiles) -> None:
    profile = read_proto_profile((profiles(1024) / "heap.pb.gz").read_bytes())
    (listing,) = list_source(profile, 1, r"^main\.garbage$", lambda _: None)
    (line,) = listing.lines
    assert line.text is None
    assert line.flat == listing.flat > 0
    assert "make([]byte, 1000+i)" in PROGRAM.read_text().splitlines()[line.number - 1]


def test_source_that_has_become_shorter_is_no_trouble(profiles: Profiles) -> None:
    profile = read_proto_profile((profiles(1024) / "heap.pb.gz").read_bytes())
    for source in ([], ["package main"]):
        (listing,) = list_source(profile, 1, r"^main\.garbage$", lambda _, s=source: s)  # type: ignore[misc]
        assert listing.lines == []
        assert listing.flat > 0
