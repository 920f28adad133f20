"""A Go binary's file: sections, symbols, types. The one door to pyelftools.

Symbols and types are looked up by their names' bytes, in bulk: a binary of 200,000 symbols must be
ready in a second or two, and building an object for each would take minutes.
"""

from __future__ import annotations

import io
import os
import zlib
from array import array
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ParamSpec, Self, TypeVar

from elftools.common.exceptions import DWARFError, ELFError
from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo
from elftools.elf.elffile import ELFFile

from gctui.sources.inside.buildinfo import BuildInfo, read_build_info
from gctui.sources.inside.errors import CannotRead, NotGo

if TYPE_CHECKING:
    from elftools.dwarf.die import DIE
    from elftools.elf.sections import Section

ARCHITECTURES = {"EM_X86_64": "amd64", "EM_AARCH64": "arm64"}

_SYMBOL_SIZE = 24
_WORDS_OF_SYMBOL = _SYMBOL_SIZE // 4
_DEBUG_SECTIONS = ("debug_info", "debug_abbrev", "debug_str", "debug_line_str", "debug_str_offsets")
_EVERY_SECTION = (
    "debug_aranges_sec",
    "debug_frame_sec",
    "eh_frame_sec",
    "debug_str_sec",
    "debug_loc_sec",
    "debug_ranges_sec",
    "debug_line_sec",
    "debug_pubtypes_sec",
    "debug_pubnames_sec",
    "debug_addr_sec",
    "debug_str_offsets_sec",
    "debug_line_str_sec",
    "debug_loclists_sec",
    "debug_rnglists_sec",
    "debug_sup_sec",
    "gnu_debugaltlink_sec",
    "debug_types_sec",
)
_DEEPEST = 4
# Beyond what real binaries have, so that one that was made to keep us busy does not.
_MOST_PARTS = 4096
_MOST_UNITS = 100_000
_MOST_NAMESAKES = 100
_LARGEST_INFO_BYTES = 1 << 20
_LARGEST_SECTION_BYTES = 1 << 30
_BLOCK_BYTES = 512
_LONG_UNIT = 0xFFFF_FFFF
_FUNCTION_TABLE = "runtime.pclntab"
_LARGEST_TABLE_BYTES = 1 << 30
# What pyelftools raises on a file that was cut short or made up, its own errors aside.
_BROKEN = (
    ELFError,
    OSError,
    zlib.error,
    DWARFError,
    KeyError,
    ValueError,
    IndexError,
    AssertionError,
    EOFError,
    TypeError,
    AttributeError,
    OverflowError,
    MemoryError,
    RecursionError,
)
_P = ParamSpec("_P")
_R = TypeVar("_R")


def _carefully(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a file that was cut short or made up a reason not to read it, not a failure."""

    @wraps(method)
    def careful(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return method(*args, **kwargs)
        except _BROKEN as error:
            raise CannotRead("a damaged binary") from error

    return careful


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name's place in the binary's image, before relocation; sizes in bytes."""

    address: int
    size: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member's place in its struct; in bytes."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Span:
    """A section as it lies in the image."""

    address: int
    data: bytes


class GoBinary(AbstractContextManager["GoBinary"]):
    """An open binary. Raises NotGo for what is none, CannotRead for one that cannot be read."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise CannotRead(f"{path}: {error.strerror}") from error
        try:
            self._elf = ELFFile(self._file)
            if max(self._elf.num_sections(), self._elf.num_segments()) > _MOST_PARTS:
                raise NotGo(f"{path}: more parts than any linker makes")
            self.build_info = self._build_info()
        except CannotRead:
            self._file.close()
            raise
        except _BROKEN as error:
            self._file.close()
            raise NotGo(f"{path}: no ELF binary that can be read") from error
        except BaseException:
            self._file.close()
            raise
        self._dwarf: _Types | None = None
        self._has_looked_for_dwarf = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def architecture(self) -> str:
        """`amd64`, `arm64`, or the ELF machine's name for what gctui does not read."""
        machine = str(self._elf["e_machine"])
        return ARCHITECTURES.get(machine, machine.removeprefix("EM_").lower())

    @property
    def is_position_independent(self) -> bool:
        """It is loaded at an address of the kernel's choice."""
        return str(self._elf["e_type"]) == "ET_DYN"

    @property
    @_carefully
    def program_header(self) -> int:
        """The address of the program headers, by the file's own addresses."""
        offset = int(self._elf["e_phoff"])
        for segment in self._elf.iter_segments("PT_LOAD"):
            begin = int(segment["p_offset"])
            if begin <= offset < begin + segment["p_filesz"]:
                return int(segment["p_vaddr"]) + offset - begin
        return 0

    @property
    @_carefully
    def build_id(self) -> str:
        """The Go build ID, else the GNU one; empty where the linker was told to leave both out."""
        for name in (".note.go.buildid", ".note.gnu.build-id"):
            span = self.section(name)
            if span is not None and len(span.data) > 12:
                name_size, size = array("I", span.data[:8])
                begin = 12 + (name_size + 3) // 4 * 4
                return span.data[begin : begin + size].hex()
        return ""

    @_carefully
    def section(self, name: str, most_bytes: int = _LARGEST_SECTION_BYTES) -> Span | None:
        """Return a section by name; one of a PIE may be called `.data.rel.ro` plus the name."""
        for full in (name, f".data.rel.ro{name}"):
            found = self._section(full)
            if found is not None and found["sh_type"] != "SHT_NOBITS":
                return Span(int(found["sh_addr"]), self._data(found, most_bytes))
        return None

    def _data(self, section: Section, most_bytes: int = _LARGEST_SECTION_BYTES) -> bytes:
        """Read a section, unless it is larger than can be, or is a hole in the file."""
        stored = os.fstat(self._file.fileno()).st_blocks * _BLOCK_BYTES + _LARGEST_INFO_BYTES
        if section.data_size > most_bytes or section["sh_size"] > min(most_bytes, stored):
            raise CannotRead(f"a section of {section.data_size} bytes")
        return section.data()

    @property
    @_carefully
    def fingerprint(self) -> str:
        """What tells this file from every other one: build ids alone may be shared."""
        status = os.fstat(self._file.fileno())
        return f"{self.build_id}:{self.program_header}:{status.st_size}:{status.st_mtime_ns}"

    @_carefully
    def function_table(self) -> bytes:
        """Return runtime.pclntab; more may follow it. Raises CannotRead where there is none."""
        span = self.section(".gopclntab")
        if span is not None:
            return span.data
        # A system linker that makes a PIE merges it with other read-only data (Go up to 1.25).
        symbol = self.symbols([_FUNCTION_TABLE]).get(_FUNCTION_TABLE)
        data = b"" if symbol is None else self.read_at(symbol.address, _LARGEST_TABLE_BYTES)
        if not data:
            raise CannotRead("no function table")
        return data

    @_carefully
    def ranges(self, names: Collection[str]) -> list[tuple[int, int]]:
        """Return the address ranges of sections, those without bytes in the file too."""
        found = (self._section(name) for name in names)
        return [
            (int(each["sh_addr"]), int(each["sh_addr"]) + int(each["sh_size"]))
            for each in found
            if each is not None
        ]

    @_carefully
    def symbols(self, names: Collection[str]) -> dict[str, Symbol]:
        """Return those of `names` that the symbol table has."""
        table, strings = self._section(".symtab"), self._section(".strtab")
        if table is None or strings is None:
            return {}
        return _symbols(self._data(table), self._data(strings), names)

    def members(self, type_name: str, paths: Collection[str]) -> dict[str, Member] | None:
        """Return the places of `paths` (`gFree.stack.size`) in a struct; None without DWARF."""
        try:
            if not self._has_looked_for_dwarf:
                self._has_looked_for_dwarf = True
                self._dwarf = self._types()
            return self._dwarf.members(type_name, paths) if self._dwarf else None
        except _BROKEN:
            return None

    def size_of(self, type_name: str) -> int | None:
        """Return a struct's size in bytes, by DWARF."""
        found = self.members(type_name, ("",))
        return found[""].size if found else None

    @_carefully
    def read_at(self, address: int, size: int) -> bytes:
        """Return bytes of the image as the file has them."""
        for segment in self._elf.iter_segments("PT_LOAD"):
            begin = segment["p_vaddr"]
            if begin <= address < begin + segment["p_filesz"]:
                self._file.seek(segment["p_offset"] + address - begin)
                return self._file.read(min(size, begin + segment["p_filesz"] - address))
        return b""

    def _section(self, name: str) -> Section | None:
        try:
            return self._elf.get_section_by_name(name)
        except _BROKEN:
            return None

    def _build_info(self) -> BuildInfo:
        span = self.section(".go.buildinfo", _LARGEST_INFO_BYTES)
        info = read_build_info(span.data, self.read_at) if span else None
        if info is None:
            raise NotGo("no Go build info: not a Go program, or a packed one")
        return info

    def _types(self) -> _Types | None:
        sections = {}
        for name in _DEBUG_SECTIONS:
            section = self._section(f".{name}")
            if section is not None:
                sections[name] = self._data(section)
        if not {"debug_info", "debug_abbrev"} <= sections.keys():
            return None
        if _units(sections["debug_info"]) > _MOST_UNITS:
            return None
        return _Types(sections, int(self._elf.elfclass) // 8)


def _symbols(table: bytes, strings: bytes, names: Collection[str]) -> dict[str, Symbol]:
    """Find names in the string table first, then the entries that point at them."""
    wanted: dict[int, str] = {}
    for name in names:
        needle = name.encode() + b"\0"
        at = strings.find(needle)
        while at >= 0:
            # A linker may store a name as the tail of a longer one.
            wanted[at] = name
            at = strings.find(needle, at + 1)
    words = array("I", table[: len(table) // _SYMBOL_SIZE * _SYMBOL_SIZE])
    name_places = words[0::_WORDS_OF_SYMBOL]
    found: dict[str, Symbol] = {}
    for at, name in wanted.items():
        for place in islice(_places_of(at, name_places), _MOST_NAMESAKES):
            low, high, size_low, size_high = words[place * 6 + 2 : place * 6 + 6]
            if high or low:
                found[name] = Symbol(high << 32 | low, size_high << 32 | size_low)
    return found


def _units(info: bytes) -> int:
    """Count the compilation units by their lengths, up to one more than are read."""
    count = at = 0
    while at + 4 <= len(info) and count <= _MOST_UNITS:
        length = int.from_bytes(info[at : at + 4], "little")
        if length == _LONG_UNIT:
            at += 12 + int.from_bytes(info[at + 4 : at + 12], "little")
        else:
            at += 4 + length
        count += 1
    return count


def _places_of(value: int, values: array[int]) -> Iterator[int]:
    place = -1
    while True:
        try:
            place = values.index(value, place + 1)
        except ValueError:
            return
        yield place


class _Types:
    """The struct types that DWARF describes, found by their names' bytes.

    Go writes the names of types into `.debug_info` itself, right behind the abbreviation code, so
    that a search of bytes finds a type without parsing what stands before it.
    """

    def __init__(self, sections: dict[str, bytes], pointer_size: int) -> None:
        streams = {
            f"{name}_sec": DebugSectionDescriptor(io.BytesIO(data), f".{name}", 0, len(data), 0)
            for name, data in sections.items()
        }
        absent = dict.fromkeys(_EVERY_SECTION)
        config = DwarfConfig(
            little_endian=True, machine_arch="x64", default_address_size=pointer_size
        )
        self._info = sections["debug_info"]
        self._dwarf = DWARFInfo(config=config, **(absent | streams))

    def members(self, type_name: str, paths: Collection[str]) -> dict[str, Member] | None:
        struct = self._struct(type_name)
        if struct is None:
            return None
        found = ((path, _member(struct, path.split(".") if path else [])) for path in paths)
        return {path: member for path, member in found if member is not None}

    def _struct(self, type_name: str) -> DIE | None:
        needle = type_name.encode() + b"\0"
        at = self._info.find(needle)
        while at >= 0:
            try:
                die = self._dwarf.get_CU_containing(at - 1).get_DIE_from_refaddr(at - 1)
                name = die.attributes.get("DW_AT_name")
                if die.tag == "DW_TAG_structure_type" and name and name.value == needle[:-1]:
                    return die
            except _BROKEN:
                pass  # The bytes of the name inside something else.
            at = self._info.find(needle, at + 1)
        return None


def _member(struct: DIE, path: list[str]) -> Member | None:
    offset, die = 0, struct
    for step in path[:_DEEPEST]:
        for child in die.iter_children():
            name = child.attributes.get("DW_AT_name")
            if name is not None and name.value == step.encode():
                offset += int(child.attributes["DW_AT_data_member_location"].value)
                die = _type_of(child)
                break
        else:
            return None
    return Member(offset, int(die.attributes["DW_AT_byte_size"].value))


def _type_of(die: DIE) -> DIE:
    die = die.get_DIE_from_attribute("DW_AT_type")
    while die.tag == "DW_TAG_typedef":
        die = die.get_DIE_from_attribute("DW_AT_type")
    return die
