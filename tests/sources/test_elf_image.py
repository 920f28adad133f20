"""ELF files of every word size and byte order against the library, and damaged ones."""

from __future__ import annotations

import os
import struct
import subprocess
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gctui.errors import GctuiError
from gctui.sources.elf_image import ElfImage
from gctui.sources.named_addresses import NamedAddresses
from tests.go_toolchain import compiled, go_command

PROGRAM = Path(__file__).parent / "programs" / "old_profile.go"
MACHINES = ("amd64", "386", "s390x", "mips")
"""64 and 32 bits, little and big endian."""


def built(machine: str, *flags: str) -> Path:
    settings = {"GOARCH": machine, "GOOS": "linux", "CGO_ENABLED": "0"}
    return compiled(PROGRAM, *flags, settings=settings)


@pytest.mark.parametrize("machine", MACHINES)
def test_parts_are_those_that_the_library_finds(machine: str) -> None:
    path = built(machine)
    image = ElfImage(path)
    with path.open("rb") as file:
        elf: Any = ELFFile(file)
        segments = [
            (each["p_offset"], each["p_vaddr"], each["p_filesz"])
            for each in elf.iter_segments("PT_LOAD")
        ]
        assert [(each.offset, each.address, each.size) for each in image.segments] == segments
        for name in (".text", ".gopclntab", ".symtab"):
            found, theirs = image.section(name), elf.get_section_by_name(name)
            assert found is not None
            assert (found.address, found.size) == (theirs["sh_addr"], theirs["sh_size"])
            assert image.data(found) == theirs.data()
        text = elf.get_section_by_name(".text")
        assert image.read_at(text["sh_addr"])[: text["sh_size"]] == text.data()
        assert image.address_of_offset(text["sh_offset"] + 5) == text["sh_addr"] + 5
        symbols = [
            (each["st_value"], each["st_size"], each.name, each["st_info"]["type"] == "STT_FUNC")
            for each in elf.get_section_by_name(".symtab").iter_symbols()
            if each["st_value"]
        ]
    ours = [
        (each.address, each.size, image.name(each), each.is_function) for each in image.symbols()
    ]
    assert ours == symbols
    assert len(ours) > 1000
    main = next(address for address, _, name, _ in symbols if name == "main.main")
    assert image.address_of("main.main") == main
    assert image.address_of("main.mai") is None
    assert image.section(".bss", ".text") == image.section(".text")
    assert image.read_at(1 << 62) == b""
    assert image.address_of_offset(1 << 62) is None
    image.close()


@pytest.mark.parametrize("machine", MACHINES)
def test_symbols_name_what_no_table_does(machine: str) -> None:
    """Go 1.18's table is read of 64-bit little-endian machines alone: of others, the symbols."""
    path = built(machine)
    code = NamedAddresses(path)
    listing = subprocess.run(
        [go_command(), "tool", "nm", path], capture_output=True, check=True, text=True
    ).stdout
    address = next(
        int(line.split()[0], 16) for line in listing.splitlines() if line.endswith(" T main.main")
    )
    frame = code.frame_at(address + 4)
    assert frame is not None
    assert frame.function == "main.main"
    assert (frame.line > 0) == (machine == "amd64")
    assert code.frame_at(1 << 63) is None
    assert code.frame_at(0) is None


def test_a_binary_that_tells_nothing_is_refused() -> None:
    with pytest.raises(GctuiError, match="no function table of Go, and no symbols"):
        NamedAddresses(built("386", "-ldflags=-s -w"))


def test_other_files_are_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    short = tmp_path / "short"
    short.write_bytes(b"\x7fELF\x02\x01")
    parts = tmp_path / "parts"
    parts.write_bytes(b"\x7fELF\x02\x01" + b"\xff" * 58)
    for path, why in (
        (pipe, "not a regular file"),
        (tmp_path, "not a regular file"),
        (tmp_path / "none", "No such file"),
        (Path(__file__), "not an ELF binary"),
        (short, "a damaged binary"),
        (parts, "more parts than any linker makes"),
    ):
        with pytest.raises(GctuiError, match=why) as caught:
            ElfImage(path)
        assert "\n" not in str(caught.value)


def overlapping(text: bytes) -> bytes:
    """A binary in which each function's name is the end of the one before."""
    count = len(text)
    names = b"\0.symtab\0.strtab\0" + text + b"\0"
    first = len(names) - 1 - count
    table = b"".join(
        struct.pack("<IBBHQQ", first + number, 2, 0, 1, 0x401000 + number, 1)
        for number in range(count)
    )
    at = 64 + len(names)
    sections = [
        (0,) * 10,
        (1, 2, 0, 0, at, len(table), 2, 0, 8, 24),
        (9, 3, 0, 0, 64, len(names), 0, 0, 1, 0),
    ]
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    fields = (2, 62, 1, 0x401000, 0, at + len(table), 0, 64, 56, 0, 64, len(sections), 2)
    head = ident + struct.pack("<HHIQQQIHHHHHH", *fields)
    parts = b"".join(struct.pack("<IIQQQQIIQQ", *each) for each in sections)
    return head + names + table + parts


def test_names_that_overlap_are_made_when_they_are_asked_for(tmp_path: Path) -> None:
    """1.5 MB that held 1.8 GB of names."""
    path = tmp_path / "overlapping"
    path.write_bytes(overlapping(b"A" * 30_000))
    tracemalloc.start()
    try:
        code = NamedAddresses(path)
        first, last = code.frame_at(0x401000), code.frame_at(0x401000 + 29_999)
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()
    assert first is not None
    assert last is not None
    assert (first.function, last.function) == ("A" * 4096 + "…", "A")


def test_names_of_all_addresses_together_have_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "overlapping"
    path.write_bytes(overlapping(b"".join(b"%x." % number for number in range(6000))))
    code = NamedAddresses(path)
    with pytest.raises(GctuiError, match=r"the names of these addresses take over 64 MiB"):
        for address in range(0x401000, 0x401000 + 25_000):
            code.frame_at(address)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_binary_answers_or_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    whole = built("amd64").read_bytes()
    with built("amd64").open("rb") as file:
        elf: Any = ELFFile(file)
        headers = int(elf["e_shoff"])
        table = int(elf.get_section_by_name(".gopclntab")["sh_offset"])
    damaged = bytearray(whole)
    places = st.one_of(
        st.integers(0, 63),
        st.integers(64, 500),
        st.integers(headers, headers + 64 * 24),
        st.integers(table, table + 72),
        st.integers(0, len(whole) - 1),
    )
    for at in data.draw(st.lists(places, max_size=5)):
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(whole), len(whole) // 2, 3000, 100]))
    path = tmp_path / "damaged"
    path.write_bytes(damaged[:cut])
    try:
        code = NamedAddresses(path)
        for address in (0x401000, 0x480123, 1 << 40):
            code.frame_at(address)
    except GctuiError as error:
        assert "\n" not in str(error)
