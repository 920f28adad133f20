"""Go's function table as the linkers of Go 1.2 to 1.17 wrote it: an address's function and line.

Its two layouts are those of debug/gosym/pclntab.go: `ver12`, of Go 1.2 to 1.15, and `ver116`.
Later ones are read by `inside.functab`. What the table says is checked before it is followed.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from struct import Struct

_GO_1_2, _GO_1_16 = 0xFFFFFFFB, 0xFFFFFFFA
_QUANTA = (1, 2, 4)
_WORDS = {4: "I", 8: "Q"}
_FIXED_BYTES = 8
"""The magic number, two zeros, the quantum and the size of a pointer."""

# The members of runtime._func, as words of four bytes behind its entry address.
_NAME, _PC_FILE, _PC_LINE, _CU_OFFSET = 0, 4, 5, 7

_MOST_FUNCTIONS = 4_000_000
_LONGEST_STRING = 1 << 12
_MOST_STEPS = 1 << 16
_SPARE_STEPS, _MOST_STEPS_IN_ALL = 1 << 20, 1 << 25
_LONGEST_VARINT = 5
_NO_FILE = 0xFFFFFFFF


class NoLineTableError(ValueError):
    """The bytes are no function table, or one of another version."""


class TooManyStepsError(ValueError):
    """The functions' lines take longer to read than those of any table that a linker wrote."""


@dataclass(frozen=True, slots=True)
class LinePlace:
    """What the table has of an address; file and line are "" and 0 where it has none."""

    function: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where each part of the table begins in it."""

    names: int
    units: int
    files: int
    values: int
    functions: int
    index: int


@dataclass(frozen=True, slots=True)
class _Values:
    """One of a function's tables of values: each is that of the addresses before its end."""

    ends: list[int]
    values: list[int]

    def at(self, address: int) -> int:
        """Return the value of an address; -1 for none."""
        place = bisect_right(self.ends, address)
        return self.values[place] if place < len(self.ends) else -1


@dataclass(frozen=True, slots=True)
class _Lines:
    """A function's own tables."""

    function: tuple[int, int]
    """Its place in the table, and where its code begins."""
    files: _Values
    lines: _Values


class OldLineTable:
    """The functions of one binary. Raises NoLineTableError for what is no table it reads."""

    def __init__(self, data: bytes, byte_order: str = "<") -> None:
        if len(data) < _FIXED_BYTES:
            raise NoLineTableError("too short for a function table")
        self._magic, pad1, pad2, quantum, pointer = Struct(f"{byte_order}I4B").unpack_from(data)
        if pad1 or pad2 or quantum not in _QUANTA or pointer not in _WORDS:
            raise NoLineTableError("no function table")
        if self._magic not in (_GO_1_2, _GO_1_16):
            raise NoLineTableError(f"a function table of another version: {self._magic:#x}")
        self._data, self._quantum, self._pointer_bytes = data, quantum, pointer
        self._word = Struct(f"{byte_order}I")
        self._pointer = Struct(byte_order + _WORDS[pointer])
        self._parts, count = self._layout()
        pairs = Struct(f"{byte_order}{min(count, _MOST_FUNCTIONS) * 2 + 1}{_WORDS[pointer]}")
        if count > _MOST_FUNCTIONS or self._parts.index + pairs.size > len(data):
            raise NoLineTableError(f"no room for {count} functions")
        index = pairs.unpack_from(data, self._parts.index)
        self._starts, self._places = index[0::2], index[1::2]
        self._steps_left = min(len(data) + _SPARE_STEPS, _MOST_STEPS_IN_ALL)
        self._last: _Lines | None = None

    def place_at(self, address: int) -> LinePlace | None:
        """Return the function and line of an address; None outside of all functions.

        The lines of the function that was asked for last are at hand. Raises TooManyStepsError
        where reading those of all that were asked for takes longer than of any honest table, if
        they are asked for in the order of their addresses.
        """
        at = bisect_right(self._starts, address) - 1
        # Only what is out of order can fail the second.
        if (
            not 0 <= at < len(self._places)
            or not self._starts[at] <= address < self._starts[at + 1]
        ):
            return None
        start, place = self._starts[at], self._parts.functions + self._places[at]
        try:
            name = self._string(self._parts.names + self._member(place, _NAME))
            file, line = self._file_and_line(place, self._lines(place, start), address)
        except IndexError:
            return None
        return LinePlace(name, file, line) if name else None

    def _layout(self) -> tuple[_Parts, int]:
        """Return where the parts are, and how many functions there are."""
        size = self._pointer_bytes
        words = 1 if self._magic == _GO_1_2 else 7
        if _FIXED_BYTES + words * size > len(self._data):
            raise NoLineTableError("too short for a function table")
        found = [
            self._pointer.unpack_from(self._data, _FIXED_BYTES + number * size)[0]
            for number in range(words)
        ]
        if self._magic == _GO_1_16:
            count, _, names, units, files, values, functions = found
            return _Parts(names, units, files, values, functions, functions), count
        # All offsets count from the beginning; the one of the files stands behind the functions.
        index = _FIXED_BYTES + size
        files = self._number(index + (2 * found[0] + 1) * size)
        return _Parts(0, 0, files, 0, 0, index), found[0]

    def _lines(self, place: int, start: int) -> _Lines:
        if self._last is None or self._last.function != (place, start):
            self._last = _Lines(
                (place, start),
                self._values(self._member(place, _PC_FILE), start),
                self._values(self._member(place, _PC_LINE), start),
            )
        return self._last

    def _file_and_line(self, place: int, lines: _Lines, address: int) -> tuple[str, int]:
        line = lines.lines.at(address)
        at = self._place_of_file(place, lines.files.at(address))
        return ("", 0) if at is None or line < 0 else (self._string(at), line)

    def _place_of_file(self, place: int, number: int) -> int | None:
        """Return where the name of a file is, which each layout numbers in its own way."""
        if self._magic == _GO_1_2:
            # The first number is how many there are.
            return self._word_at(self._parts.files + 4 * number) if number > 0 else None
        if number < 0:
            return None
        unit = self._member(place, _CU_OFFSET) + number
        found = self._word_at(self._parts.units + 4 * unit)
        return None if found == _NO_FILE else self._parts.files + found

    def _values(self, at: int, start: int) -> _Values:
        """Follow one of the tables of values to its end, or as far as it goes."""
        found = _Values([], [])
        value, address = -1, start
        at += self._parts.values
        with suppress(IndexError):
            for _ in range(_MOST_STEPS):
                change, at = self._varint(at)
                if change == 0 and address != start:
                    break
                value += -(change & 1) ^ (change >> 1)
                advance, at = self._varint(at)
                address += advance * self._quantum
                found.ends.append(address)
                found.values.append(value)
        self._steps_left -= len(found.ends)
        if self._steps_left < 0:
            raise TooManyStepsError("its function table tells more lines than it has room for")
        return found

    def _member(self, place: int, number: int) -> int:
        return self._word_at(place + self._pointer_bytes + 4 * number)

    def _number(self, at: int) -> int:
        try:
            return self._word_at(at)
        except IndexError:
            raise NoLineTableError("too short for its functions") from None

    def _word_at(self, at: int) -> int:
        if not 0 <= at <= len(self._data) - 4:
            raise IndexError(at)
        return int(self._word.unpack_from(self._data, at)[0])

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for place in range(_LONGEST_VARINT):
            byte = self._data[at + place]
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value & 0xFFFFFFFF, at + place + 1
        raise IndexError(at)

    def _string(self, at: int) -> str:
        end = self._data.find(b"\0", at, at + _LONGEST_STRING)
        if not 0 <= at <= end:
            raise IndexError(at)
        return self._data[at:end].decode(errors="replace")
