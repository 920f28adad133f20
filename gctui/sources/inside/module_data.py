"""What the linker tells the runtime of a binary: found without symbols, by the function table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from gctui.sources.inside.binary import GoBinary, Span
from gctui.sources.inside.errors import CannotRead

_WORD = 8


@dataclass(frozen=True, slots=True)
class Module:
    """What the linker tells the runtime of the binary (runtime/symtab.go: moduledata)."""

    text_start: int
    """Where the function table's addresses begin; before it, a linker may have put C code."""
    function_table: Span
    pointers: range
    """The variables without initial value that hold pointers."""
    no_pointers: range
    address: int
    """Of the moduledata itself."""


def find_module(binary: GoBinary) -> Module:
    """Return what the binary's moduledata says; raises CannotRead where there is none."""
    words = _Words(binary)
    for table in _function_tables(binary):
        for place in words.places_of(table.address):
            module = _module_at(words, place, table)
            if module is not None:
                return module
    raise CannotRead(
        "no symbol table, and no function table that would lead to the runtime's variables; "
        "a build without -ldflags=-s can be read"
    )


# The words of moduledata that all versions since Go 1.18 have in the same place.
_FUNCTION_NAMES, _MIN_PC, _MAX_PC, _TEXT = 1, 20, 21, 22
_BSS, _END_BSS, _NO_POINTERS_BSS, _END_NO_POINTERS_BSS = 28, 29, 30, 31
# The function table's header: how many functions, where their names are, where they are.
_TABLE_COUNT, _TABLE_NAMES, _TABLE_FUNCTIONS = 8, 32, 64


def _module_at(words: _Words, place: int, table: Span) -> Module | None:
    """Return the moduledata that begins with a pointer to the table; None if it is no such."""

    def word(index: int) -> int:
        return words.at(place + index * _WORD)

    def told(at: int, size: int) -> int:
        return int.from_bytes(table.data[at : at + size], "little")

    functions = told(_TABLE_FUNCTIONS, 8)
    first, last = told(functions, 4), told(functions + 8 * told(_TABLE_COUNT, 8), 4)
    text = word(_TEXT)
    expected = (table.address + told(_TABLE_NAMES, 8), text + first, text + last)
    if (word(_FUNCTION_NAMES), word(_MIN_PC), word(_MAX_PC)) != expected:
        return None
    return Module(
        text,
        table,
        range(word(_BSS), word(_END_BSS)),
        range(word(_NO_POINTERS_BSS), word(_END_NO_POINTERS_BSS)),
        place,
    )


_TABLE_HEADER = re.compile(rb"[\xf0\xf1]\xff{3}\0\0[\x01\x04]\x08")
# Where a C linker puts what the Go linker gives a section of its own.
_MERGED = (".data.rel.ro", ".rodata")


def _function_tables(binary: GoBinary) -> Iterator[Span]:
    own = binary.section(".gopclntab")
    if own is not None:
        yield own
        return
    for name in _MERGED:
        merged = binary.section(name)
        for found in _TABLE_HEADER.finditer(merged.data) if merged else ():
            if merged and (merged.address + found.start()) % _WORD == 0:
                yield Span(merged.address + found.start(), merged.data[found.start() :])


# R_X86_64_RELATIVE, R_AARCH64_RELATIVE (elf.h).
_RELATIVE = {"amd64": 8, "arm64": 1027}
_RELOCATION = Struct("<3Q")


class _Words:
    """The image's pointers, those too that the loader fills in."""

    def __init__(self, binary: GoBinary) -> None:
        self._binary = binary
        self._relative = _RELATIVE[binary.architecture]
        sections = (binary.section(name) for name in (".rela", ".rela.dyn"))
        self._relocations = [section.data for section in sections if section is not None]

    def at(self, address: int) -> int:
        """Return the pointer at an address."""
        for _, pointer in self._entries(0, address):
            return pointer
        return int.from_bytes(self._binary.read_at(address, _WORD), "little")

    def places_of(self, pointer: int) -> Iterator[int]:
        """Yield the addresses of the variables that hold a pointer."""
        for place, _ in self._entries(2, pointer):
            yield place
        for name in (".go.module", ".noptrdata", ".data", ".data.rel.ro"):
            section = self._binary.section(name)
            if section is not None:
                yield from _places(section, pointer)

    def _entries(self, member: int, value: int) -> Iterator[tuple[int, int]]:
        """Yield place and pointer of the entries whose word `member` has a value."""
        for data in self._relocations:
            for found in _places(Span(0, data), value):
                begin = found - member * _WORD
                if 0 <= begin <= len(data) - _RELOCATION.size and begin % _RELOCATION.size == 0:
                    place, kind, pointer = _RELOCATION.unpack_from(data, begin)
                    if kind == self._relative:
                        yield place, pointer


def _places(span: Span, value: int) -> Iterator[int]:
    # A damaged file's sums may be no address; they are looked for in vain.
    needle = (value % (1 << 64)).to_bytes(_WORD, "little")
    at = span.data.find(needle)
    while at >= 0:
        if (span.address + at) % _WORD == 0:
            yield span.address + at
        at = span.data.find(needle, at + 1)
