"""Function tables of Go 1.2 to 1.17, from the Go sources' own test data, as debug/gosym reads them.

No toolchain that writes them can be had any more: debug/gosym has a table of Go 1.15 to test itself
with, and debug/buildinfo a whole program of Go 1.17.
"""

from __future__ import annotations

import base64
import gzip
import re
import struct
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.analysis.profile_top import top
from gctui.sources.elf_image import ElfImage
from gctui.sources.named_addresses import NamedAddresses
from gctui.sources.named_profile import named_by
from gctui.sources.old_line_table import (
    LinePlace,
    NoLineTableError,
    OldLineTable,
    TooManyStepsError,
)
from gctui.trace.profile_text import read_text_profile
from tests.analysis.pprof_oracle import pprof_top
from tests.go_toolchain import NEWEST, compiled, go_of_release

PROGRAM = Path(__file__).parent / "programs" / "line_table.go"
TEXT = 0x401000
STEP = 3


@dataclass(frozen=True)
class Told:
    """A table, and what debug/gosym reads out of it."""

    data: bytes
    places: dict[int, LinePlace]


def go_source(*parts: str) -> bytes:
    path = Path(go_of_release(NEWEST)).parents[1].joinpath("src", *parts)
    if not path.exists():
        pytest.skip(f"this Go toolchain has no {'/'.join(parts)}")
    return path.read_bytes()


def told(data: bytes, folder: Path) -> Told:
    file = folder / "table"
    file.write_bytes(data)
    command: list[str | Path] = [compiled(PROGRAM), file, hex(TEXT), str(STEP)]
    out = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    return Told(
        data,
        {int(pc, 16): LinePlace(name, file, int(line)) for pc, name, file, line in rows if name},
    )


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole program of Go 1.17."""
    path = tmp_path_factory.mktemp("go117") / "go117"
    path.write_bytes(
        base64.b64decode(go_source("debug", "buildinfo", "testdata", "go117", "go117.base64"))
    )
    return path


@pytest.fixture(scope="module")
def go115(tmp_path_factory: pytest.TempPathFactory) -> Told:
    data = gzip.decompress(go_source("debug", "gosym", "testdata", "pcln115.gz"))
    return told(data, tmp_path_factory.mktemp("go115"))


@pytest.fixture(scope="module")
def go117(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    image = ElfImage(program)
    section = image.section(".gopclntab")
    assert section is not None
    return told(image.data(section), tmp_path_factory.mktemp("go117-table"))


@pytest.mark.parametrize("release", ["go115", "go117"])
def test_every_address_is_read_as_the_go_library_reads_it(
    release: str, request: pytest.FixtureRequest
) -> None:
    whole: Told = request.getfixturevalue(release)
    table = OldLineTable(whole.data)
    wrong = []
    for address, place in whole.places.items():
        ours = table.place_at(address)
        # Where no line is known the library gives -1 or 0, and perhaps the file.
        expected = place if place.line > 0 and place.file else LinePlace(place.function, "", 0)
        if ours != expected:
            wrong.append((hex(address), ours, place))
    assert not wrong[:5]
    assert len(whole.places) > 10_000
    assert len({place.file for place in whole.places.values()}) > 50
    assert table.place_at(min(whole.places) - 1) is None
    assert table.place_at(1 << 63) is None


def test_the_largest_functions_are_those_of_the_go_tool(program: Path, tmp_path: Path) -> None:
    symbols = subprocess.run(
        [go_of_release(NEWEST), "tool", "nm", program], capture_output=True, check=True, text=True
    ).stdout
    starts = {name: int(at, 16) for at, name in re.findall(r"^ *(\w+) [Tt] (\S+)$", symbols, re.M)}
    stacks = [
        ("runtime.mallocgc", "runtime.newobject", "main.main", "runtime.main"),
        ("runtime.mallocgc", "runtime.malg", "runtime.newproc1"),
        ("runtime.mallocgc", "runtime.gopanic", "main.main", "runtime.main"),
    ]
    lines = ["heap profile: 1: 2 [3: 4] @ heap/2"]
    for number, stack in enumerate(stacks, 1):
        places = " ".join(hex(starts[name] + 1) for name in stack)
        lines.append(f"{number}: {number * 1000} [{number}: {number * 1000}] @ {places}")
    text = tmp_path / "heap.txt"
    text.write_text("\n".join(lines))
    profile = read_text_profile(text.read_bytes(), "x").profile
    found = named_by(profile, NamedAddresses(program))
    assert found.unknown == 0
    ours = [(row.function, row.flat, row.cum) for row in top(found.profile, 3)]
    assert ours == pprof_top(text, ("inuse_space", "bytes"), str(program))
    # What allocates for the program is left out.
    assert ("main.main", 4000, 4000) in ours


def minimal(order: str, pointer: int) -> bytes:
    """A table of Go 1.2: `f` from 0x1000 with lines 7 and 9, and from 0x1020 `g`, without any."""
    wide = "I" if pointer == 4 else "Q"
    head = struct.pack(f"{order}I4B{wide}", 0xFFFFFFFB, 0, 0, 4, pointer, 2)
    texts_at = len(head) + 5 * pointer + 3 * 4
    texts = b"f\0g\0/src/f.go\0"
    # Line 7 is up by 8 from -1, for four instructions, then 9; file 1 is up by 2, for all eight.
    values_at = texts_at + len(texts)
    lines, file = bytes([16, 4, 4, 4, 0]), bytes([4, 8, 0])
    f_at = values_at + len(lines + file)
    f = struct.pack(
        f"{order}{wide}9I", 0x1000, texts_at, 0, 0, 0, values_at + len(lines), values_at, 0, 0, 0
    )
    g = struct.pack(f"{order}{wide}9I", 0x1020, texts_at + 2, *[0] * 8)
    index = struct.pack(f"{order}5{wide}", 0x1000, f_at, 0x1020, f_at + len(f), 0x1040)
    files_at = len(head) + len(index) + 4
    files = struct.pack(f"{order}3I", files_at, 2, texts_at + 4)
    return head + index + files + texts + lines + file + f + g


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("pointer", [4, 8])
def test_other_machines_tables(order: str, pointer: int) -> None:
    """Assembled by hand: nothing writes them any more."""
    table = OldLineTable(minimal(order, pointer), order)
    assert table.place_at(0xFFF) is None
    assert table.place_at(0x1000) == table.place_at(0x100F) == LinePlace("f", "/src/f.go", 7)
    assert table.place_at(0x1010) == table.place_at(0x101F) == LinePlace("f", "/src/f.go", 9)
    assert table.place_at(0x1020) == LinePlace("g", "", 0)
    assert table.place_at(0x1040) is None


def endless(functions: int) -> bytes:
    """A table of Go 1.2 whose functions share one long list of lines, an address to each step."""
    steps = b"\x02\x01" * (1 << 16)
    head = struct.pack("<I4BQ", 0xFFFFFFFB, 0, 0, 1, 8, functions)
    index_bytes = 16 * functions + 8 + 4
    first = len(head) + index_bytes
    values = first + 40 * functions
    no_file = values + len(steps)
    name = no_file + 5
    starts = [0x10000 + number * (1 << 16) for number in range(functions + 1)]
    index = b"".join(
        struct.pack("<QQ", start, first + 40 * number) for number, start in enumerate(starts[:-1])
    )
    index += struct.pack("<QI", starts[-1], name + 2)
    bodies = b"".join(
        struct.pack("<Q8I", start, name, 0, 0, 0, no_file, values, 0, 0) for start in starts[:-1]
    )
    return head + index + bodies + steps + b"\x02\x80\x80\x04\0" + b"f\0" + struct.pack("<II", 1, 0)


def test_a_functions_lines_are_followed_once() -> None:
    """200 addresses of such a function took 14 s, one 70 ms."""
    table = OldLineTable(endless(1))
    began_s = time.process_time()
    for address in range(0x10000, 0x20000, 7):
        place = table.place_at(address)
        assert place is not None
        assert place.function == "f"
    assert time.process_time() - began_s < 5


def test_lines_that_are_shared_by_many_functions_have_a_limit() -> None:
    table = OldLineTable(endless(5000))
    began_s = time.process_time()
    with pytest.raises(TooManyStepsError):
        for number in range(5000):
            table.place_at(0x10000 + (number << 16) + 0xFFF0)
    assert time.process_time() - began_s < 10


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "too short"),
        (b"\xfb\xff\xff\xff\0\0\1\x08", "too short for a function table"),
        (b"\xfb\xff\xff\xff\0\0\1\x08" + b"\xff" * 8, "too short for its functions"),
        (b"\xfa\xff\xff\xff\0\0\1\x08" + b"\xff" * 56, "no room for"),
        (b"\xf1\xff\xff\xff\0\0\1\x08" + bytes(64), "another version: 0xfffffff1"),
        (b"\xfb\xff\xff\xff\0\0\3\x08" + bytes(64), "no function table"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NoLineTableError, match=why):
        OldLineTable(data)


@pytest.mark.parametrize("release", ["go115", "go117"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_table_answers_or_is_refused(
    release: str, request: pytest.FixtureRequest, data: st.DataObject
) -> None:
    whole: Told = request.getfixturevalue(release)
    damaged = bytearray(whole.data)
    # Half of the places in the header and the index, which all else hangs on.
    places = st.one_of(st.integers(0, 200), st.integers(0, len(damaged) - 1))
    for at in data.draw(st.lists(places, min_size=1, max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(damaged), len(damaged) // 2, 100]))
    try:
        table = OldLineTable(bytes(damaged[:cut]))
    except NoLineTableError:
        return
    for address in list(whole.places)[:: len(whole.places) // 50]:
        found = table.place_at(address)
        assert found is None or found.function
