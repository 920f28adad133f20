"""The table of functions agrees with `go tool pprof -top`, to the unit and in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from gctui.analysis.profile_nodes import magnitude, type_index
from gctui.analysis.profile_top import SMALL_SHARE, By, least_cum, top
from gctui.errors import GctuiError
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType
from gctui.sources.pprof_proto import read_proto_profile
from tests.analysis.conftest import Profiles
from tests.analysis.made_profiles import Made, random_profile
from tests.analysis.pprof_oracle import pprof_top
from tests.corpus_files import SAMPLES

NAMES = ("before", "heap", "allocs", "goroutine", "threadcreate", "block", "mutex", "cpu")
SHIPPED = sorted((SAMPLES / "profiles").glob("*.pb.gz"))
DROPS = (("", ""), (r"runtime\..*|main\.\(.*", ""), (r"main\..*", r"main\.main"), ("a.b.*", "x"))


def agree(path: Path) -> int:
    """Compare every sample type in both orders; return how many rows there were."""
    profile = read_proto_profile(path.read_bytes())
    rows = 0
    for index, kind in enumerate(profile.sample_types):
        orders: tuple[By, ...] = ("flat", "cum")
        for by in orders:
            ours = [(row.function, row.flat, row.cum) for row in top(profile, index, by)]
            theirs = pprof_top(path, (kind.name, kind.unit), f"-{by}")
            # What has no name of its own may come in any order among its like.
            assert [row[0] for row in ours] == [row[0] for row in theirs]
            assert sorted(ours) == sorted(theirs)
            rows += len(ours)
    return rows


def agree_on_the_large(path: Path) -> int:
    """Compare what pprof shows when nobody asks for all; return how many rows it leaves out."""
    profile = read_proto_profile(path.read_bytes())
    left_out = 0
    for index, kind in enumerate(profile.sample_types):
        rows = top(profile, index)
        ours = [
            (row.function, row.flat, row.cum) for row in rows if abs(row.cum) >= least_cum(rows)
        ]
        theirs = pprof_top(path, (kind.name, kind.unit), f"-nodefraction={SMALL_SHARE}")
        assert sorted(ours) == sorted(theirs)
        left_out += len(rows) - len(ours)
    return left_out


@pytest.mark.parametrize("rate", [1, 1024, 0], ids=["every", "1 KiB", "default"])
@pytest.mark.parametrize("name", NAMES)
def test_agrees_on_a_programs_profiles(profiles: Profiles, rate: int, name: str) -> None:
    rows = agree(profiles(rate) / f"{name}.pb.gz")
    assert rows >= {"heap": 40, "goroutine": 10, "cpu": 4}.get(name, 0)


def test_agrees_on_what_is_small(profiles: Profiles, tmp_path: Path) -> None:
    left_out = [
        agree_on_the_large(path)
        for path in (*SHIPPED, *(profiles(1) / f"{name}.pb.gz" for name in NAMES))
    ]
    assert sum(left_out) > 40
    for seed in range(4):
        path = tmp_path / f"{seed}.pb.gz"
        path.write_bytes(random_profile(seed))
        agree_on_the_large(path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_agrees_on_the_samples(path: Path) -> None:
    assert agree(path) > 8


@pytest.mark.parametrize("drop", DROPS, ids=lambda drop: drop[0] or "all")
@pytest.mark.parametrize("seed", range(8))
def test_agrees_on_random_profiles(tmp_path: Path, seed: int, drop: tuple[str, str]) -> None:
    path = tmp_path / "made.pb.gz"
    path.write_bytes(random_profile(seed, *drop))
    assert agree(path)


def profile_of(*types: str, default: str = "") -> Profile:
    location = Location(1, (Frame("f", "f.go", 3),))
    sample = Sample((0,), tuple(range(1, len(types) + 1)))
    kinds = tuple(SampleType(name, "count") for name in types)
    return Profile(kinds, default, (location,), (sample,), None)


def test_sample_types_are_found_by_name() -> None:
    profile = profile_of("objects", "space", default="space")
    assert type_index(profile) == 1
    assert type_index(profile, "inuse_objects") == 0
    assert type_index(profile_of("a", "b", default="gone")) == 1
    with pytest.raises(GctuiError, match="no 'alloc_space', only: objects, space"):
        type_index(profile, "alloc_space")
    with pytest.raises(GctuiError):
        type_index(profile_of())


def test_shares_are_of_all_values_whatever_their_sign() -> None:
    samples = tuple(Sample((0,), (value,)) for value in (5, -3))
    profile = profile_of("space")
    halves = Profile(profile.sample_types, "", profile.locations, samples, None)
    assert magnitude(halves, 0) == 8
    assert halves.total(0) == 2


def test_generic_methods_keep_their_receiver() -> None:
    # pprof takes these names for C++ and cuts "(*T)" out of them, so that both become one.
    made = Made()
    made.types(("space", "bytes"))
    for receiver in "TU":
        function = made.function(f"main.(*{receiver}).Map[go.shape.int]", "/src/main.go")
        made.sample([made.location(1, (function, 2))], [ord(receiver)])
    rows = top(read_proto_profile(made.data()), 0)
    assert [row.function[5:9] for row in rows] == ["(*U)", "(*T)"]
