"""Old profiles of addresses alone: named as the runtime and the Go tool name them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from gctui.analysis.profile_diff import difference
from gctui.analysis.profile_list import list_source
from gctui.analysis.profile_peek import peek
from gctui.analysis.profile_top import top
from gctui.errors import GctuiError
from gctui.model.profile import Frame, Location, Mapping, Profile, Sample, SampleType
from gctui.sources import named_addresses
from gctui.sources.named_addresses import NamedAddresses
from gctui.sources.named_profile import has_addresses_alone, named_by
from gctui.trace.profile_text import read_text_profile
from tests.analysis.pprof_oracle import Listed, pprof_list, pprof_peek, pprof_top, sorted_peeked
from tests.go_toolchain import MIDDLE, NEWEST, OLDEST, compiled, go_of_release, older_toolchains

PROGRAM = Path(__file__).parent / "programs" / "old_profile.go"
# The Go tool does not tell inlined functions apart when it names addresses.
NO_INLINING = "-gcflags=all=-l"
STRIPPED = "-ldflags=-s -w"
HEAP = ("inuse_space", "bytes")
RELEASES = (*older_toolchains(), OLDEST, MIDDLE, NEWEST)


@dataclass(frozen=True)
class Written:
    """A program, the profile that it wrote of itself, and what its runtime knows of addresses."""

    binary: Path
    text: Path
    places: dict[int, tuple[str, str, int]]

    def profile(self) -> Profile:
        return read_text_profile(self.text.read_bytes(), self.text.name).profile


Writes = Callable[..., Written]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Writes:
    @cache
    def write(release: str, *flags: str, maps: bool = False) -> Written:
        go = release if "/" in release else go_of_release(release)
        binary = compiled(PROGRAM, NO_INLINING, *flags, go=go)
        folder = tmp_path_factory.mktemp("old-profile")
        text, table = folder / "heap.txt", folder / "table"
        arguments = [text, table, "maps"] if maps else [text, table]
        subprocess.run([binary, *arguments], check=True, timeout=60)
        rows = [line.split("\t") for line in table.read_text().splitlines()]
        places = {int(pc, 16): (name, file, int(line)) for pc, name, file, line in rows}
        return Written(binary, text, places)

    return write


def names_of(profile: Profile) -> dict[int, tuple[str, str, int]]:
    """The name of each place, by the address that it returns to."""
    return {
        location.address + 1: (frame.function, frame.file, frame.line)
        for location in profile.locations
        for frame in location.frames
    }


@pytest.mark.parametrize("flags", [(), (STRIPPED,)], ids=["whole", "stripped"])
@pytest.mark.parametrize("release", RELEASES, ids=lambda name: name.strip("/").split("/")[-3:][0])
def test_names_are_those_that_the_runtime_has(
    written: Writes, release: str, flags: tuple[str, ...]
) -> None:
    program = written(release, *flags)
    profile = program.profile()
    assert has_addresses_alone(profile)
    found = named_by(profile, NamedAddresses(program.binary))
    assert (found.unknown, found.asked) == (0, len(profile.locations))
    names = names_of(found.profile)
    assert names == {pc: place for pc, place in program.places.items() if pc in names}
    assert len(names) == len(program.places) >= 8
    assert {"main.big", "main.tree", "main.(*store).put", "main.closure.func1"} <= {
        name for name, _, _ in names.values()
    }


@pytest.mark.parametrize("release", RELEASES, ids=lambda name: name.strip("/").split("/")[-3:][0])
def test_the_largest_functions_are_those_of_the_go_tool(written: Writes, release: str) -> None:
    program = written(release)
    ours = top(named_by(program.profile(), NamedAddresses(program.binary)).profile, 3)
    theirs = pprof_top(program.text, HEAP, str(program.binary))
    assert [(row.function, row.flat, row.cum) for row in ours] == theirs
    assert theirs[0][0] == "main.big"


def test_callers_and_source_are_those_of_the_go_tool(written: Writes) -> None:
    program = written(NEWEST)
    profile = named_by(program.profile(), NamedAddresses(program.binary)).profile
    for pattern in (r"main\.", "."):
        ours = sorted_peeked(peek(profile, 3, pattern))
        theirs = pprof_peek(program.text, HEAP, pattern, str(program.binary))
        assert ours == sorted_peeked(theirs)
        assert len(ours) >= 4
    source = PROGRAM.read_text().splitlines()
    listings = list_source(
        profile, 3, r"main\.", lambda path: source if path == str(PROGRAM) else []
    )
    listed = [
        Listed(
            each.function,
            each.file,
            each.flat,
            each.cum,
            [(line.number, line.flat, line.cum, line.text or "") for line in each.lines],
        )
        for each in listings
        if each.file == str(PROGRAM)
    ]
    assert listed == pprof_list(program.text, HEAP, r"main\.", str(program.binary))
    assert len(listed) >= 4


def test_a_difference_is_that_of_the_go_tool(written: Writes, tmp_path: Path) -> None:
    program, base = written(NEWEST), tmp_path / "base.txt"
    head, *lines = program.text.read_text().splitlines()
    base.write_text("\n".join([head, *lines[::2]]))
    old = read_text_profile(base.read_bytes(), "base.txt").profile
    code = NamedAddresses(program.binary)
    profile = difference(*(named_by(each, code).profile for each in (old, program.profile())))
    rows = [(row.function, row.flat, row.cum) for row in top(profile, 3)]
    theirs = pprof_top(program.text, HEAP, f"-base={base}", str(program.binary))
    assert sorted(rows) == sorted(theirs)
    assert len(rows) > 4


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
def test_a_memory_map_tells_where_the_program_was(written: Writes, release: str) -> None:
    program = written(release, "-buildmode=pie", maps=True)
    profile = program.profile()
    code = NamedAddresses(program.binary)
    assert code.is_position_independent
    found = named_by(profile, code)
    assert found.unknown == 0
    assert names_of(found.profile) == program.places
    ours = [(row.function, row.flat, row.cum) for row in top(found.profile, 3)]
    assert ours == pprof_top(program.text, HEAP, str(program.binary))


def test_without_its_memory_map_it_cannot_be_found(written: Writes) -> None:
    program = written(NEWEST, "-buildmode=pie", maps=True)
    text = program.text.read_bytes().partition(b"\nMAPPED_LIBRARIES:")[0]
    profile = read_text_profile(text, "x").profile
    found = named_by(profile, NamedAddresses(program.binary))
    assert found.unknown == found.asked == len(profile.locations)
    assert {name for name, _, _ in names_of(found.profile).values()} == {
        hex(location.address) for location in profile.locations
    }


def made(*addresses: int, mapping: Mapping | None = None) -> Profile:
    locations = tuple(Location(address, (), mapping) for address in addresses)
    samples = tuple(Sample((place,), (1,)) for place in range(len(locations)))
    return Profile((SampleType("space", "bytes"),), "space", locations, samples, None)


def test_what_the_binary_does_not_know_keeps_its_address(written: Writes) -> None:
    program = written(NEWEST)
    known = next(pc for pc, (name, _, _) in program.places.items() if name == "main.big")
    found = named_by(made(known - 1, 0x10, 1 << 63), NamedAddresses(program.binary))
    assert (found.asked, found.unknown) == (3, 2)
    names = [location.frames[0].function for location in found.profile.locations]
    assert names == ["main.big", "0x10", "0x8000000000000000"]


def test_names_that_are_there_stay(written: Writes) -> None:
    there = Location(0x401000, (Frame("f", "f.go", 1),))
    profile = replace(made(0x10), locations=(there, Location(0, ())))
    found = named_by(profile, NamedAddresses(written(NEWEST).binary))
    assert (found.asked, found.profile) == (0, profile)


def test_another_files_addresses_are_not_the_binarys(written: Writes) -> None:
    program = written(NEWEST)
    known = next(pc for pc, (name, _, _) in program.places.items() if name == "main.big")
    own = Mapping(f"/old/place/{program.binary.name}", "", 0x400000, 0x500000, 0)
    library = Mapping("/lib/libc.so.6", "", 0x300000, 0x400000, 0)
    profile = made(known - 1, mapping=own)
    profile = replace(profile, locations=(*profile.locations, Location(0x301000, (), library)))
    found = named_by(profile, NamedAddresses(program.binary))
    names = [location.frames[0].function for location in found.profile.locations]
    assert names == ["main.big", "0x301000"]


def test_names_do_not_depend_on_the_order_of_addresses(written: Writes) -> None:
    program = written(NEWEST)
    code = NamedAddresses(program.binary)
    addresses = [pc - 1 for pc in program.places]
    forth, back = made(*addresses, 0x10), made(*reversed(addresses), 0x10)
    forward, backward = named_by(forth, code).profile, named_by(back, code).profile
    assert names_of(forward) == names_of(backward)
    assert [each.address for each in backward.locations] == [*reversed(addresses), 0x10]


def test_a_table_that_takes_too_long_is_refused(
    written: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named_addresses, "_MOST_STEPS", 3)
    program = written(NEWEST)
    with pytest.raises(GctuiError, match="too many lines to look through"):
        named_by(made(*program.places), NamedAddresses(program.binary))
