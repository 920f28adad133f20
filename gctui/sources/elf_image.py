"""An ELF file's sections, segments and symbols, of any age and word size; source: elf(5).

The binary of an old profile predates what the door to the ELF library asks of a Go binary, and this
little is read faster without. What the file says is checked before it is followed.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from gctui.errors import GctuiError

_MAGIC = b"\x7fELF"
_BITS = {1: 32, 2: 64}
_ORDERS = {1: "<", 2: ">"}
_LOADED, _SYMBOLS, _NO_BYTES = 1, 2, 8
_SHARED_OBJECT = 3
_FUNCTION = 2
_MOST_PARTS = 4096
_MOST_SYMBOLS = 1_000_000
_LONGEST_NAME_BYTES = 4096
_LARGEST_SECTION_BYTES = 256 << 20
_LARGEST_HEADER_BYTES = 64


@dataclass(frozen=True, slots=True)
class _Shapes:
    """How the structures lie in a file of this word size and byte order."""

    header: struct.Struct
    """e_type to e_shstrndx, from byte 16 on."""
    section: struct.Struct
    segment: struct.Struct
    symbol: struct.Struct


@dataclass(frozen=True, slots=True)
class Section:
    """A section's place in the image and in the file, in bytes."""

    name: str
    kind: int
    address: int
    offset: int
    size: int
    linked: int
    """The number of the section that belongs to it: of symbols, their names."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the file that is loaded, and where; in bytes."""

    offset: int
    address: int
    size: int


@dataclass(frozen=True, slots=True)
class ElfSymbol:
    """A name of the symbol table and its place in the image, in bytes."""

    address: int
    size: int
    name_at: int
    """Where its name begins, for `ElfImage.name`: most are never asked for, and all may overlap."""
    is_function: bool


class ElfImage:
    """A file that is open for reading. Raises GctuiError for what is no ELF file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            # A named pipe would wait for a writer.
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise GctuiError(f"{path}: cannot be opened: {reason}") from error
        try:
            self._read_headers()
        except BaseException:
            os.close(self._descriptor)
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def section(self, *names: str) -> Section | None:
        """Return the first of these sections that has bytes in the file."""
        for name in names:
            for each in self._sections:
                if each.name == name and each.kind != _NO_BYTES:
                    return each
        return None

    def data(self, section: Section) -> bytes:
        """Return a section's bytes, fewer where the file ends."""
        return self._at(section.offset, min(section.size, _LARGEST_SECTION_BYTES))

    def read_at(self, address: int) -> bytes:
        """Return what is loaded at an address, to the end of its segment."""
        for segment in self.segments:
            begin = address - segment.address
            if 0 <= begin < segment.size:
                size = min(segment.size - begin, _LARGEST_SECTION_BYTES)
                return self._at(segment.offset + begin, size)
        return b""

    def address_of_offset(self, offset: int) -> int | None:
        """Return where a byte of the file is loaded, by the file's own addresses."""
        for segment in self.segments:
            if segment.offset <= offset < segment.offset + segment.size:
                return segment.address + offset - segment.offset
        return None

    def symbols(self) -> Iterator[ElfSymbol]:
        """Yield the symbol table's entries that have an address, in its order."""
        if self._symbol_table is None or not self._names:
            return
        data = self.data(self._symbol_table)
        shape = self._shapes.symbol
        whole = data[: len(data) // shape.size * shape.size]
        for fields in islice(shape.iter_unpack(whole), _MOST_SYMBOLS):
            name_at, info, address, size = (
                fields if self.word_bytes == 8 else (fields[0], fields[3], fields[1], fields[2])
            )
            if address:
                yield ElfSymbol(address, size, name_at, info & 0xF == _FUNCTION)

    def name(self, symbol: ElfSymbol) -> str:
        """Return a symbol's name, cut where it is longer than 4 KiB; "" where there is none."""
        return _string(self._names, symbol.name_at)

    def address_of(self, name: str) -> int | None:
        """Return the address of the first symbol of this name."""
        wanted = name.encode() + b"\0"
        found = (each for each in self.symbols() if self._names.startswith(wanted, each.name_at))
        return next((each.address for each in found), None)

    @cached_property
    def _symbol_table(self) -> Section | None:
        return next((each for each in self._sections if each.kind == _SYMBOLS), None)

    @cached_property
    def _names(self) -> bytes:
        table = self._symbol_table
        if table is None or table.linked >= len(self._sections):
            return b""
        return self.data(self._sections[table.linked])

    def _read_headers(self) -> None:
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            raise self._refused("not a regular file")
        head = self._at(0, _LARGEST_HEADER_BYTES)
        bits, order = (_BITS.get(head[4]), _ORDERS.get(head[5])) if len(head) > 5 else (None, None)
        if not head.startswith(_MAGIC) or bits is None or order is None:
            raise self._refused("not an ELF binary, which alone can name addresses")
        self.word_bytes = bits // 8
        self.byte_order = order
        self._shapes = _shapes(bits, order)
        try:
            self._read_parts(self._shapes.header.unpack_from(head, 16))
        except struct.error:
            raise self._refused("a damaged binary") from None

    def _read_parts(self, fields: tuple[int, ...]) -> None:
        kind, _, _, _, segments_at, sections_at, _, _, *counts = fields
        segment_bytes, segments, section_bytes, sections, names_section = counts
        if max(segments, sections) > _MOST_PARTS:
            raise self._refused("more parts than any linker makes")
        self.is_position_independent = kind == _SHARED_OBJECT
        self.segments = [*self._read_segments(segments_at, segment_bytes, segments)]
        found = [*self._read_sections(sections_at, section_bytes, sections)]
        texts = b""
        if names_section < len(found):
            texts = self.data(found[names_section][1])
        self._sections = [replace(each, name=_string(texts, at)) for at, each in found]

    def _read_segments(self, at: int, each_bytes: int, count: int) -> Iterator[Segment]:
        for number in range(count):
            fields = self._shapes.segment.unpack(
                self._at(at + number * each_bytes, self._shapes.segment.size)
            )
            if fields[0] != _LOADED:
                continue
            # The flags stand second in a file of 64 bits, second to last in one of 32.
            offset, address, _, size = fields[2:6] if self.word_bytes == 8 else fields[1:5]
            yield Segment(offset, address, size)

    def _read_sections(self, at: int, each_bytes: int, count: int) -> Iterator[tuple[int, Section]]:
        """Yield the sections, without their names but with the places of these."""
        for number in range(count):
            fields = self._shapes.section.unpack(
                self._at(at + number * each_bytes, self._shapes.section.size)
            )
            name, kind, _, address, offset, size, linked, *_ = fields
            yield name, Section("", kind, address, offset, size, linked)

    def _at(self, offset: int, size: int) -> bytes:
        try:
            return os.pread(self._descriptor, size, offset)
        except OverflowError:
            return b""
        except OSError as error:
            raise self._refused(f"cannot be read: {error.strerror}") from error

    def _refused(self, why: str) -> GctuiError:
        return GctuiError(f"{self._path}: {why}")


def _shapes(bits: int, order: str) -> _Shapes:
    wide = bits == 64
    return _Shapes(
        header=struct.Struct(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH")),
        section=struct.Struct(order + ("IIQQQQIIQQ" if wide else "IIIIIIIIII")),
        segment=struct.Struct(order + ("IIQQQQQQ" if wide else "IIIIIIII")),
        symbol=struct.Struct(order + ("IBxxxQQ" if wide else "IIIBxxx")),
    )


def _string(table: bytes, at: int) -> str:
    end = table.find(b"\0", at, at + _LONGEST_NAME_BYTES)
    text = table[at : end if end >= 0 else at + _LONGEST_NAME_BYTES].decode(errors="replace")
    if end >= 0:
        return text
    # What the table's own end cuts is no name.
    return f"{text}…" if at + _LONGEST_NAME_BYTES <= len(table) else ""
