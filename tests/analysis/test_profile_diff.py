"""The difference of two profiles agrees with `go tool pprof -base`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gctui.analysis.profile_diff import difference
from gctui.analysis.profile_peek import peek
from gctui.analysis.profile_top import top
from gctui.errors import GctuiError
from gctui.sources.pprof_proto import read_proto_profile
from tests.analysis.conftest import Profiles
from tests.analysis.made_profiles import random_profile
from tests.analysis.pprof_oracle import pprof_peek, pprof_top, sorted_peeked


def agree(base: Path, new: Path) -> None:
    profile = difference(*(read_proto_profile(path.read_bytes()) for path in (base, new)))
    for index, kind in enumerate(profile.sample_types):
        told = (kind.name, kind.unit)
        rows = [(row.function, row.flat, row.cum) for row in top(profile, index)]
        assert sorted(rows) == sorted(pprof_top(new, told, f"-base={base}"))
        ours = sorted_peeked(peek(profile, index, "."))
        assert ours == sorted_peeked(pprof_peek(new, told, ".", f"-base={base}"))


@pytest.mark.parametrize("rate", [1024, 0], ids=["1 KiB", "default"])
def test_agrees_on_a_programs_heaps(profiles: Profiles, rate: int) -> None:
    agree(profiles(rate) / "before.pb.gz", profiles(rate) / "heap.pb.gz")


def test_agrees_on_two_runs_of_a_program(profiles: Profiles) -> None:
    agree(profiles(1) / "heap.pb.gz", profiles(1024) / "heap.pb.gz")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("drop", ["", "main.*"])
def test_agrees_on_random_profiles(tmp_path: Path, seed: int, drop: str) -> None:
    base, new = tmp_path / "base.pb.gz", tmp_path / "new.pb.gz"
    base.write_bytes(random_profile(seed, drop))
    new.write_bytes(random_profile(seed + 100, drop))
    agree(base, new)


def test_a_profile_does_not_differ_from_itself() -> None:
    profile = read_proto_profile(random_profile(1))
    assert difference(profile, profile).samples == ()


def test_profiles_of_other_things_cannot_be_compared(profiles: Profiles) -> None:
    heap, goroutines = (
        read_proto_profile((profiles(0) / f"{name}.pb.gz").read_bytes(), name)
        for name in ("heap", "goroutine")
    )
    with pytest.raises(GctuiError, match="goroutine has goroutine/count, heap has alloc_objects"):
        difference(heap, goroutines)
