"""The stated errors are what sampling really does."""

from __future__ import annotations

import random
from math import exp, log, sqrt
from statistics import fmean, pstdev

import pytest

from gctui.analysis.profile_error import sampling_error
from gctui.analysis.profile_top import top
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType
from gctui.sources.pprof_proto import read_proto_profile
from tests.analysis.conftest import Profiles

RATE = 512 << 10


def heap(*samples: tuple[int, float], rate: int | None = RATE) -> Profile:
    """A heap profile of samples of a size and the estimated number of objects."""
    return Profile(
        sample_types=(SampleType("inuse_objects", "count"), SampleType("inuse_space", "bytes")),
        default_type="inuse_space",
        locations=(Location(1, (Frame("main.f", "main.go", 1),)),),
        samples=tuple(
            Sample((0,), (int(count), int(count * size)), (("bytes", str(size)),))
            for size, count in samples
        ),
        sampling_bytes=rate,
    )


def error(profile: Profile, type_index: int = 1) -> float:
    found = sampling_error(profile, type_index, profile.samples)
    assert found is not None
    return found


def sampled_total(any_of: random.Random, size: int, objects: int) -> tuple[float, float]:
    """Allocate `objects` as the runtime samples; return the estimated bytes and their error."""
    next_sample = -RATE * log(1 - any_of.random())
    seen = 0
    for _ in range(objects):
        next_sample -= size
        if next_sample < 0:
            seen += 1
            next_sample = -RATE * log(1 - any_of.random())
    estimate = seen / (1 - exp(-size / RATE))
    return estimate * size, error(heap((size, estimate)))


@pytest.mark.parametrize("size", [64 << 10, 512 << 10, 1 << 20])
def test_one_standard_deviation_is_one(size: int) -> None:
    any_of = random.Random(size)
    objects = (64 << 20) // size
    runs = [sampled_total(any_of, size, objects) for _ in range(1500)]
    assert fmean(total for total, _ in runs) == pytest.approx(objects * size, rel=0.02)
    # The estimate is of a mean square: so is what it is compared with.
    stated = sqrt(fmean(deviation**2 for _, deviation in runs))
    assert stated == pytest.approx(pstdev(total for total, _ in runs), rel=0.08)


def test_small_objects_err_by_the_root_of_the_samples() -> None:
    seen = 100
    profile = heap((48, seen * RATE / 48))
    assert error(profile) == pytest.approx(profile.total(1) / sqrt(seen), rel=0.001)
    assert error(profile, 0) == pytest.approx(profile.total(0) / sqrt(seen), rel=0.001)


def test_large_objects_hardly_err() -> None:
    assert error(heap((64 << 20, 3))) < 1
    assert error(heap((1 << 40, 3))) == 0


def test_variances_add_up() -> None:
    one, two = heap((48, 1e6)), heap((4096, 1e5))
    assert error(heap((48, 1e6), (4096, 1e5))) == pytest.approx(
        sqrt(error(one) ** 2 + error(two) ** 2)
    )


def test_nothing_is_off_where_everything_was_sampled() -> None:
    assert error(heap((48, 1e6), rate=1)) == 0


def test_nothing_is_known_of_other_profiles() -> None:
    profile = heap((48, 10), rate=None)
    assert sampling_error(profile, 1, profile.samples) is None
    assert top(profile, 1)[0].flat_error is None


def test_a_programs_profile_is_off_by_as_much_as_it_says(profiles: Profiles) -> None:
    exact, sampled = (
        {row.function: row for row in top(profile, 1)}
        for profile in (
            read_proto_profile((profiles(rate) / "heap.pb.gz").read_bytes()) for rate in (1, 1024)
        )
    )
    for name in ("main.tree", "main.garbage", "main.(*store).Put", "main.big", "main.odd"):
        true, row = exact[name].flat, sampled[name]
        assert row.flat_error is not None
        assert exact[name].flat_error == 0
        assert abs(row.flat - true) <= 6 * row.flat_error + 1
    assert sampled["main.big"].flat == exact["main.big"].flat
    assert (sampled["main.tree"].flat_error or 0) < 0.02 * exact["main.tree"].flat
