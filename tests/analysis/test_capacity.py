"""A slice that grew by copying leaves a track in a real heap profile; one made at once does not."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gctui.analysis.capacity import capacity_note, grown_objects
from gctui.model.snapshot import Snapshot
from gctui.sources.pprof_proto import read_proto_profile
from tests.go_toolchain import NEWEST, OLDEST, compiled, go_of_release

GROWN = Path(__file__).parent / "programs" / "grown.go"
MIB = 1 << 20
NEEDED_MIB = 40


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
def test_a_grown_slice_is_found_with_its_spare_room(release: str) -> None:
    ran = subprocess.run(
        [compiled(GROWN, go=go_of_release(release))], capture_output=True, check=True
    )
    capacity_mib = int(ran.stderr) / MIB
    profile = read_proto_profile(ran.stdout, "grown")
    (found,) = grown_objects(profile)
    assert found.function == "main.collect"
    assert found.held_mib == pytest.approx(capacity_mib, rel=0.02)
    assert found.sizes_mib == tuple(sorted(found.sizes_mib))
    spare_mib = capacity_mib - NEEDED_MIB
    assert spare_mib <= found.unused_mib <= 0.25 * capacity_mib
    (note,) = capacity_note(Snapshot(profile=profile))
    assert note.said.startswith("main.collect holds ")
    assert "spare capacity" in note.said


def test_what_is_freed_again_or_small_is_not_said() -> None:
    assert list(capacity_note(Snapshot())) == []
    ran = subprocess.run([compiled(GROWN)], capture_output=True, check=True)
    profile = read_proto_profile(ran.stdout, "grown")
    place = [kind.name for kind in profile.sample_types].index("inuse_space")
    freed = tuple(
        replace(sample, values=(*sample.values[:place], 0, *sample.values[place + 1 :]))
        for sample in profile.samples
    )
    assert grown_objects(replace(profile, samples=freed)) == []


@pytest.mark.parametrize("text", ["²", "9" * 5000, "-1", "1e9", ""])
def test_a_size_that_is_no_number_is_passed_over(text: str) -> None:
    ran = subprocess.run([compiled(GROWN)], capture_output=True, check=True)
    profile = read_proto_profile(ran.stdout, "grown")
    labelled = tuple(replace(sample, labels=(("bytes", text),)) for sample in profile.samples)
    assert grown_objects(replace(profile, samples=labelled)) == []
