"""What a Go binary tells of addresses in it: function, file and line.

Go's own function table tells it, which even a stripped binary has; of what C code there is, and of
Go before 1.2, the symbol table tells the functions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from gctui.errors import GctuiError
from gctui.model.profile import Frame
from gctui.sources.elf_image import ElfImage, ElfSymbol
from gctui.sources.inside.functab import FunctionTable, FunctionTableError
from gctui.sources.old_line_table import NoLineTableError, OldLineTable, TooManyStepsError

_TABLE_SECTIONS = (".gopclntab", ".data.rel.ro.gopclntab")
_TABLE, _TEXT = "runtime.pclntab", "runtime.text"
_TEXT_START_AT = 24
"""Where the table of Go 1.18 and later has the address of `runtime.text`, zero since 1.26."""

_MOST_NAMES_BYTES = 64 << 20
"""Of all that are asked for. Names may overlap: a small file can hold any number of long ones."""

_MOST_STEPS = 1 << 26
"""To find the lines of all addresses in a table of Go 1.18 or later: half a minute."""

_FrameAt = Callable[[int], Frame | None]


class NamedAddresses:
    """The code of one binary, by the file's own addresses. Raises GctuiError if it tells nothing.

    The file stays open, for its symbols are read when one is asked for that Go does not know.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._image = ElfImage(path)
        table = self._table()
        if table is None and not self._functions:
            raise GctuiError(f"{path}: no function table of Go, and no symbols")
        self._in_table: _FrameAt = table or _nothing
        self._kept: dict[str, str] = {}
        self._kept_bytes = 0

    @property
    def is_position_independent(self) -> bool:
        """It is loaded at an address of the kernel's choice."""
        return self._image.is_position_independent

    def address_of_offset(self, offset: int) -> int | None:
        """Return the address of a byte of the file."""
        return self._image.address_of_offset(offset)

    def frame_at(self, address: int) -> Frame | None:
        """Return what is known of an address, None if nothing is.

        Asked in the order of the addresses it reads each function's lines once. Raises GctuiError
        where the binary's tables tell more than they can hold.
        """
        try:
            frame = self._in_table(address)
        except TooManyStepsError as error:
            raise GctuiError(f"{self.path}: {error}") from None
        if frame is None:
            return self._in_symbols(address)
        return Frame(self._once(frame.function), self._once(frame.file), frame.line)

    def _in_symbols(self, address: int) -> Frame | None:
        at = bisect_right(self._starts, address) - 1
        if at < 0 or address >= self._functions[at].address + self._functions[at].size:
            return None
        return Frame(self._once(self._image.name(self._functions[at])), "", 0)

    def _once(self, name: str) -> str:
        """Return the same text for the same name, and count those that are not the same."""
        kept = self._kept.get(name)
        if kept is None:
            self._kept_bytes += len(name)
            if self._kept_bytes > _MOST_NAMES_BYTES:
                limit = _MOST_NAMES_BYTES >> 20
                raise GctuiError(f"{self.path}: the names of these addresses take over {limit} MiB")
            kept = self._kept[name] = name
        return kept

    @cached_property
    def _functions(self) -> list[ElfSymbol]:
        found = (each for each in self._image.symbols() if each.is_function and each.size)
        return sorted(found, key=attrgetter("address", "size"))

    @cached_property
    def _starts(self) -> list[int]:
        return [symbol.address for symbol in self._functions]

    def _table(self) -> _FrameAt | None:
        data = self._table_bytes()
        try:
            return _by_old_table(OldLineTable(data, self._image.byte_order))
        except NoLineTableError:
            pass
        try:
            return _by_table(FunctionTable(data, self._text_start(data)))
        except FunctionTableError:
            return None

    def _table_bytes(self) -> bytes:
        section = self._image.section(*_TABLE_SECTIONS)
        if section is not None:
            return self._image.data(section)
        # A system linker that makes a position-independent binary merges it with other data.
        address = self._image.address_of(_TABLE)
        return b"" if address is None else self._image.read_at(address)

    def _text_start(self, table: bytes) -> int:
        address = self._image.address_of(_TEXT)
        if address is None:
            told = table[_TEXT_START_AT : _TEXT_START_AT + 8]
            address = int.from_bytes(told, "little")
        text = self._image.section(".text")
        return address or (text.address if text is not None else 0)


def _by_old_table(table: OldLineTable) -> _FrameAt:
    def frame_at(address: int) -> Frame | None:
        place = table.place_at(address)
        return None if place is None else Frame(place.function, place.file, place.line)

    return frame_at


def _by_table(table: FunctionTable) -> _FrameAt:
    def frame_at(address: int) -> Frame | None:
        function = table.function_at(address)
        if function is None:
            return None
        file, line = table.line_at(address) or ("", 0)
        if table.steps > _MOST_STEPS:
            raise TooManyStepsError("its function table has too many lines to look through")
        return Frame(function.name, file, line)

    return frame_at


def _nothing(_: int) -> Frame | None:
    return None
