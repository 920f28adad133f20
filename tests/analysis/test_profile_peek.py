"""Callers and callees agree with `go tool pprof -peek`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gctui.analysis.profile_peek import peek
from gctui.errors import GctuiError
from gctui.sources.pprof_proto import read_proto_profile
from tests.analysis.conftest import Profiles
from tests.analysis.made_profiles import random_profile
from tests.analysis.pprof_oracle import pprof_peek, sorted_peeked


def agree(path: Path, pattern: str) -> int:
    profile = read_proto_profile(path.read_bytes())
    for index, kind in enumerate(profile.sample_types):
        ours = sorted_peeked(peek(profile, index, pattern))
        assert ours == sorted_peeked(pprof_peek(path, (kind.name, kind.unit), pattern))
    return len(ours)


@pytest.mark.parametrize("pattern", [".", "main", r"^main\.(even|odd)$", r"\(\*", "none of them"])
def test_agrees_on_a_programs_heap(profiles: Profiles, pattern: str) -> None:
    entries = agree(profiles(1024) / "heap.pb.gz", pattern)
    assert bool(entries) == (pattern != "none of them")


def test_agrees_on_a_programs_goroutines(profiles: Profiles) -> None:
    assert agree(profiles(0) / "goroutine.pb.gz", ".") > 4


@pytest.mark.parametrize("seed", range(8))
def test_agrees_on_random_profiles(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "made.pb.gz"
    path.write_bytes(random_profile(seed, r"x/y\..*"))
    assert agree(path, ".")


def test_a_bad_pattern_is_an_error() -> None:
    with pytest.raises(GctuiError, match=r"a \( without its \)"):
        peek(read_proto_profile(random_profile(1)), 0, "main.(")
