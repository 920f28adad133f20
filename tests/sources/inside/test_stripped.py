"""The variables found by the code are where the symbols say, and what is doubtful is refused."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from gctui.sources.inside.binary import GoBinary
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.functab import FunctionTable
from gctui.sources.inside.known import known_offsets
from gctui.sources.inside.layout import NEEDED_VARIABLES, VARIABLES, Offsets
from gctui.sources.inside.module_data import find_module
from gctui.sources.inside.stripped import find_addresses
from tests.go_toolchain import MIDDLE, NEWEST, compiled, go_of_release

from .running import PROGRAMS

RELEASES = [NEWEST]
SMALLEST = PROGRAMS / "stripped_smallest.go"
SERVER = PROGRAMS / "stripped_server.go"
CGO = PROGRAMS / "stripped_cgo.go"
KEEP_SYMBOLS = "-ldflags=-w"
DAMAGED = 60


@dataclass(frozen=True)
class Build:
    """A way to build a program."""

    source: Path
    mode: str
    settings: Mapping[str, str]

    def __str__(self) -> str:
        return " ".join((self.source.stem, self.mode, *self.settings.values()))

    def binary(self, release: str) -> Path:
        if self.source == CGO and shutil.which("gcc") is None:
            pytest.skip("no C compiler")
        flags = (KEEP_SYMBOLS, f"-buildmode={self.mode}")
        return compiled(self.source, *flags, go=go_of_release(release), settings=self.settings)


def plain(architecture: str) -> dict[str, str]:
    return {"GOARCH": architecture, "CGO_ENABLED": "0"}


CGO_PIE = Build(CGO, "pie", {"CGO_ENABLED": "1"})
BUILDS = [
    *(Build(SMALLEST, mode, plain(arch)) for arch in ("amd64", "arm64") for mode in ("exe", "pie")),
    Build(SERVER, "exe", plain("amd64")),
    Build(CGO, "exe", {"CGO_ENABLED": "1"}),
    CGO_PIE,
]
BUILDS_AND_RELEASES = [
    *((build, release) for build in BUILDS for release in RELEASES),
    # The system's linker no longer merges the function table with other data since Go 1.26.
    (CGO_PIE, MIDDLE),
]


@pytest.fixture
def smallest() -> Path:
    return BUILDS[0].binary(NEWEST)


def without_symbols(binary: Path, folder: Path) -> Path:
    """Give the symbol table another name: nobody finds it, and all else stays."""
    data = binary.read_bytes()
    assert b"\0.symtab\0" in data
    stripped = folder / "stripped"
    stripped.write_bytes(data.replace(b"\0.symtab\0", b"\0.hidden\0"))
    return stripped


def symbols(path: Path) -> dict[str, int]:
    with GoBinary(path) as binary:
        return {name: symbol.address for name, symbol in binary.symbols(VARIABLES).items()}


def offsets_for(path: Path) -> Offsets:
    with GoBinary(path) as binary:
        minor = binary.build_info.minor
        offsets = None if minor is None else known_offsets(minor, binary.architecture)
    assert offsets is not None
    return offsets


def found(path: Path, offsets: Offsets | None = None) -> dict[str, int]:
    with GoBinary(path) as binary:
        return find_addresses(binary, offsets or offsets_for(path))


@pytest.mark.parametrize(("build", "release"), BUILDS_AND_RELEASES, ids=str)
def test_the_addresses_are_those_of_the_symbols(build: Build, release: str, tmp_path: Path) -> None:
    binary = build.binary(release)
    stripped = without_symbols(binary, tmp_path)
    assert not symbols(stripped)
    expected = symbols(binary)
    assert expected.keys() >= NEEDED_VARIABLES
    # Its texts are known by version.
    # Neither is needed: a table has the reasons, and the heap shows in the kernel's names.
    for name in ("runtime.waitReasonStrings", "runtime.mheap_"):
        expected.pop(name)
    assert found(stripped) == expected


@pytest.mark.parametrize(("build", "release"), BUILDS_AND_RELEASES, ids=str)
def test_the_function_table_is_found_wherever_it_is(
    build: Build, release: str, tmp_path: Path
) -> None:
    with GoBinary(without_symbols(build.binary(release), tmp_path)) as binary:
        module = find_module(binary)
    table = FunctionTable(module.function_table.data, module.text_start)
    assert table.functions_named(["main.main", "runtime.main"]).keys() == {
        "main.main",
        "runtime.main",
    }


def test_what_strip_leaves_is_enough(tmp_path: Path) -> None:
    strip = shutil.which("strip")
    if strip is None:
        pytest.skip("no strip")
    binary = compiled(SMALLEST, KEEP_SYMBOLS, go=go_of_release(NEWEST))
    stripped = tmp_path / "stripped"
    subprocess.run([strip, "--strip-all", "-o", stripped, binary], check=True)
    expected = symbols(binary)
    assert found(stripped) == {name: expected[name] for name in found(stripped)}


@pytest.mark.parametrize(
    ("member", "variable"),
    [
        ("gcControllerState.heapFree", "runtime.gcController"),
        ("gcControllerState.mappedReady", "runtime.gcController"),
        ("mstats.numgc", "runtime.memstats"),
        ("mstats.other_sys", "runtime.memstats"),
        ("schedt.ngsys", "runtime.sched"),
        ("schedt.gFree.noStack.size", "runtime.sched"),
    ],
)
@pytest.mark.parametrize("distance", [-64, 8, 32, 4096])
def test_offsets_of_another_layout_are_refused(
    smallest: Path, tmp_path: Path, member: str, variable: str, distance: int
) -> None:
    offsets = offsets_for(smallest)
    offset, size = offsets[member]
    moved = {**offsets, member: (offset + distance, size)}
    with pytest.raises(CannotRead, match=variable):
        found(without_symbols(smallest, tmp_path), moved)


def test_without_offsets_nothing_is_found(smallest: Path, tmp_path: Path) -> None:
    with (
        GoBinary(without_symbols(smallest, tmp_path)) as binary,
        pytest.raises(CannotRead, match=r"runtime\.gcController cannot be told"),
    ):
        find_addresses(binary, {})


def test_what_is_optional_may_lack(smallest: Path, tmp_path: Path) -> None:
    offsets = dict(offsets_for(smallest))
    for name in [name for name in offsets if name.startswith("workType.cpuStats.")]:
        offset, size = offsets[name]
        offsets[name] = offset + 8 * 1000, size
    stripped = without_symbols(smallest, tmp_path)
    assert found(stripped).keys() - found(stripped, offsets).keys() == {"runtime.work"}


@pytest.mark.parametrize(
    ("build", "damaged"),
    [
        (build, section)
        for build in BUILDS[:4]
        for section in (".text", ".gopclntab", ".go.module", ".rela")
        if build.mode == "pie" or section != ".rela"
    ],
    ids=str,
)
def test_damage_never_leads_to_a_wrong_address(build: Build, damaged: str, tmp_path: Path) -> None:
    binary = build.binary(NEWEST)
    expected, offsets = symbols(binary), offsets_for(binary)
    stripped = without_symbols(binary, tmp_path)
    data = stripped.read_bytes()
    section = place(stripped, damaged)
    chance = random.Random(damaged)
    for number in range(DAMAGED):
        broken = bytearray(data)
        # From one byte to one in four.
        for _ in range(max(1, int(len(section) / 4 ** (1 + number % 10)))):
            broken[chance.choice(section)] = chance.randrange(256)
        stripped.write_bytes(broken)
        try:
            addresses = found(stripped, offsets)
        except CannotRead:
            continue
        assert addresses.items() <= expected.items()


def place(path: Path, name: str) -> range:
    """Return where a section lies in the file."""
    with path.open("rb") as file:
        section = ELFFile(file).get_section_by_name(name)
        assert section is not None
        return range(section["sh_offset"], section["sh_offset"] + section["sh_size"])


def test_without_a_function_table_it_is_said(smallest: Path, tmp_path: Path) -> None:
    stripped = without_symbols(smallest, tmp_path)
    data = bytearray(stripped.read_bytes())
    table = place(stripped, ".gopclntab")
    data[table.start : table.stop] = bytes(len(table))
    stripped.write_bytes(data)
    with pytest.raises(CannotRead, match="no function table"):
        found(stripped, offsets_for(smallest))
