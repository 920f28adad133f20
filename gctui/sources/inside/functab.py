"""Go's function table (`.gopclntab`): which function an address is in, and which line.

Names follow the runtime's own (runtime/symtab.go). The layout is that of Go 1.18, which all
versions since have kept for what is read here. The table comes from somebody else's memory: what
it says is checked before it is followed, and a damaged one answers None.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from struct import Struct

_MAGICS = (0xFFFFFFF0, 0xFFFFFFF1)
_QUANTA = (1, 4)
_POINTER_SIZE = 8
_HEADER = Struct("<I4B8Q")

# The members of runtime._func that all versions have in the same place, as words.
_NAME_OFF, _PC_SP, _PC_FILE, _PC_LN, _CU_OFFSET = 1, 4, 5, 6, 8
_PC_TABLES = 7
_WORDS_OF_FUNC = 10
# How many words _func and an entry of the tree of inlined calls take, and where in the entry there
# are the called function's name and an address in the caller: since Go 1.20, and before it.
_INLINED = {0xFFFFFFF1: (11, 4, 1, 2), 0xFFFFFFF0: (10, 5, 3, 4)}
_INLINED_TABLE, _INLINED_TREE = 2, 3
_NO_TREE = 0xFFFFFFFF
_DEEPEST_INLINED = 64
_MOST_TREES_TRIED = 64

_LONGEST_STRING = 1 << 16
_MOST_STEPS = 1 << 18
_LONGEST_VARINT = 5


ReadTree = Callable[[int, int], bytes]
"""Returns so many bytes of go:func.* from an offset on; fewer where there are none."""


class FunctionTableError(ValueError):
    """The bytes are no function table, or one of a version or machine that is not read."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the table has it: with its type arguments, or with older linkers' `[...]`."""

    name: str
    entry: int


@dataclass(frozen=True, slots=True)
class CodeFrame:
    """A function and where in its own file it is; without file where that is not known."""

    function: str
    file: str
    line: int


class FunctionTable:
    """The functions of one binary. Raises FunctionTableError for what is no table it reads.

    `text_start` is the address of runtime.text: the header's own is zero since Go 1.26, and before
    that the kernel's choice of address is in it or not, by where it is read from. Tracebacks before
    Go 1.27 `shorten_once`: all from a name's first bracket to its last becomes `[...]`; later ones
    shorten each list of type arguments. `find_trees` is called once a place is in inlined code, and
    returns what reads the trees of inlined calls, if anything does.
    """

    def __init__(
        self,
        data: bytes | memoryview,
        text_start: int,
        *,
        shorten_once: bool = False,
        find_trees: Callable[[FunctionTable], ReadTree | None] | None = None,
    ) -> None:
        try:
            view = memoryview(data).cast("B")
        except (TypeError, ValueError) as error:
            raise FunctionTableError("no bytes") from error
        if len(view) < _HEADER.size:
            raise FunctionTableError(f"{len(view)} bytes are too few for a function table")
        magic, pad1, pad2, quantum, pointer_size, count, _, _, *offsets = _HEADER.unpack_from(view)
        if magic not in _MAGICS or pad1 or pad2:
            raise FunctionTableError(f"no function table of Go 1.18 or later: magic {magic:#x}")
        if quantum not in _QUANTA or pointer_size != _POINTER_SIZE:
            raise FunctionTableError(f"instructions of {quantum}, pointers of {pointer_size} bytes")
        bounds = [*offsets, len(view)]
        if any(begin > end for begin, end in pairwise([_HEADER.size, *bounds])):
            raise FunctionTableError("parts of the function table lie outside it")
        self._names, units, self._files, self._pcs, functions = (
            view[begin:end] for begin, end in pairwise(bounds)
        )
        if count * 8 + 4 > len(functions):
            raise FunctionTableError(f"no room for {count} functions")
        self._units, self._words = _words(units), _words(functions)
        self._starts = self._words[: 2 * count + 1 : 2]
        self._places = self._words[1 : 2 * count : 2]
        self._quantum = int(quantum)
        self._text_start = text_start
        self._shorten_once = shorten_once
        self._head_words, self._call_words, self._call_name, self._call_pc = _INLINED[magic]
        self._find_trees = find_trees
        self.steps = 0
        """Through tables of values, so far: for whoever has to bound what a damaged one costs."""

    def __len__(self) -> int:
        return len(self._places)

    def function_at(self, pc: int) -> Function | None:
        """Return the function whose code holds this address; None outside."""
        index = self._index(pc)
        return None if index is None else self._function(index)

    def line_at(self, pc: int) -> tuple[str, int] | None:
        """Return file and line of an address, as runtime.funcline does; None if there are none."""
        index = self._index(pc)
        place = None if index is None else self._func_words(index)
        if index is None or place is None:
            return None
        start, target = self._starts[index], pc - self._text_start
        try:
            line = self._value_at(self._words[place + _PC_LN], start, target)
            file = self._value_at(self._words[place + _PC_FILE], start, target)
            if line < 0 or not 0 <= file < len(self._files):
                return None
            unit = (self._words[place + _CU_OFFSET] + file) & 0xFFFFFFFF
            name = _string(self._files, self._units[unit])
        except IndexError:
            return None
        return None if name is None else (name, line)

    def frames_at(self, return_pc: int) -> list[CodeFrame]:
        """Return the functions that a call stands in, as a traceback has them: inlined ones first.

        Where the tree cannot be read the outermost function is told, without a file's line: that
        would be the inlined function's.
        """
        function = self.function_at(return_pc)
        if function is None:
            return []
        pc = return_pc - self._quantum if return_pc > function.entry else return_pc
        name, frames = self._for_print(function.name), list[CodeFrame]()
        for _ in range(_DEEPEST_INLINED):
            file, line = self.line_at(pc) or ("", 0)
            inlined = self._inlined_at(pc)
            if inlined is None:
                return [*frames, CodeFrame(name, file, line)]
            call = None if self._trees is None else self._call(*inlined, self._trees)
            if call is None:
                break
            frames.append(CodeFrame(self._for_print(call[0]), file, line))
            pc = function.entry + call[1]
        return [*frames, CodeFrame(name, "", 0)]

    def are_trees(self, read_tree: ReadTree) -> bool:
        """Tell whether what is read so are the trees of inlined calls: each names a function."""
        tried = 0
        for index in range(len(self._places)):
            place = self._func_words(index)
            tree = None if place is None else self._tree(place)
            if tree is None:
                continue
            call = self._call(tree, 0, read_tree)
            size = self._starts[index + 1] - self._starts[index]
            if call is None or not 0 <= call[1] < size:
                return False
            tried += 1
            if tried >= _MOST_TREES_TRIED:
                break
        return tried > 0

    def _tree(self, place: int) -> int | None:
        """Return where a function's tree of inlined calls is in go:func.*."""
        try:
            if self._words[place + self._head_words - 1] >> 24 <= _INLINED_TREE:
                return None
            tables = self._words[place + _PC_TABLES]
            tree = self._words[place + self._head_words + tables + _INLINED_TREE]
        except IndexError:
            return None
        return None if tables <= _INLINED_TABLE or tree == _NO_TREE else int(tree)

    def _inlined_at(self, pc: int) -> tuple[int, int] | None:
        """Return a tree's place and which of its calls an address is of; None outside all."""
        index = self._index(pc)
        place = None if index is None else self._func_words(index)
        tree = None if place is None else self._tree(place)
        if index is None or place is None or tree is None:
            return None
        try:
            values = self._words[place + self._head_words + _INLINED_TABLE]
            call = self._value_at(values, self._starts[index], pc - self._text_start)
        except IndexError:
            return None
        return None if call < 0 else (tree, call)

    @cached_property
    def _trees(self) -> ReadTree | None:
        return None if self._find_trees is None else self._find_trees(self)

    def _call(self, tree: int, call: int, read_tree: ReadTree) -> tuple[str, int] | None:
        """Return the name of an inlined function, and the place of its call past the entry."""
        size = self._call_words * 4
        data = read_tree(tree + call * size, size)
        if len(data) < size:
            return None
        words = memoryview(data)[:size].cast("i")
        at = words[self._call_name]
        # A name begins behind another one's end.
        if at < 0 or bytes(self._names[at - 1 : at]).strip(b"\0"):
            return None
        name = _string(self._names, at)
        return (name, words[self._call_pc]) if name else None

    def frame_bytes_at(self, pc: int) -> int | None:
        """Return how far the stack pointer is below its place at the function's entry."""
        index = self._index(pc)
        place = None if index is None else self._func_words(index)
        if index is None or place is None:
            return None
        try:
            target = pc - self._text_start
            size = self._value_at(self._words[place + _PC_SP], self._starts[index], target)
        except IndexError:
            return None
        return size if size >= 0 else None

    def creation_site(self, gopc: int) -> tuple[str, str, int] | None:
        """Return name, file and line as a traceback's `created by` has them, given a g's gopc."""
        function = self.function_at(gopc)
        if function is None:
            return None
        # It is the address that `go` returns to; the call itself may stand on another line.
        site = self.line_at(gopc - self._quantum if gopc > function.entry else gopc)
        return None if site is None else (self._for_print(function.name), *site)

    def functions_named(self, names: Collection[str]) -> dict[str, tuple[int, int]]:
        """Return where the named functions begin and end; of those with one name, the first."""
        wanted = self._name_places(names)
        words, last = self._words, len(self._words) - 1
        found: dict[str, tuple[int, int]] = {}
        for index, place in enumerate(self._places):
            at = min((place >> 2) + _NAME_OFF, last)
            if words[at] not in wanted:
                continue
            name = wanted[words[at]]
            if name in found:
                continue
            function = self._function(index)
            if function is not None and function.name == name:
                found[name] = (function.entry, self._text_start + self._starts[index + 1])
        return found

    def _name_places(self, names: Collection[str]) -> dict[int, str]:
        table = bytes(self._names)
        places: dict[int, str] = {}
        for name in names:
            needle = name.encode(errors="replace") + b"\0"
            at = table.find(needle)
            while at >= 0:
                places[at] = name
                at = table.find(needle, at + 1)
        return places

    def _index(self, pc: int) -> int | None:
        offset = pc - self._text_start
        index = bisect_right(self._starts, offset) - 1
        if not 0 <= index < len(self._places):
            return None
        # Only what is out of order can fail this.
        is_inside = self._starts[index] <= offset < self._starts[index + 1]
        return index if is_inside else None

    def _func_words(self, index: int) -> int | None:
        place, misaligned = divmod(self._places[index], 4)
        return None if misaligned or place + _WORDS_OF_FUNC > len(self._words) else place

    def _function(self, index: int) -> Function | None:
        place = self._func_words(index)
        name = None if place is None else _string(self._names, self._words[place + _NAME_OFF])
        return None if name is None else Function(name, self._text_start + self._starts[index])

    def _value_at(self, at: int, start: int, target: int) -> int:
        """Return the value that a table of runtime.pctab has for `target`; -1 if it has none."""
        value, offset = -1, start
        if at == 0:
            return value
        for _ in range(_MOST_STEPS):
            self.steps += 1
            change, at = _varint(self._pcs, at)
            if change == 0 and offset != start:
                return -1
            value += -(change & 1) ^ (change >> 1)
            advance, at = _varint(self._pcs, at)
            offset += advance * self._quantum
            if target < offset:
                return value
        return -1

    def _for_print(self, name: str) -> str:
        """Shorten type arguments as runtime.funcNameForPrint does."""
        begin, end = name.find("["), name.rfind("]")
        if begin < 0 or end <= begin:
            return name
        inside = name[begin + 1 : end]
        shortened = f"{name[:begin]}[...]{name[end + 1 :]}"
        if self._shorten_once or "[" not in inside:
            return shortened
        between = _between_groups(inside)
        if between is None:
            return name
        return f"{name[:begin]}[...]{between}[...]{name[end + 1 :]}" if between else shortened


def _string(table: memoryview, at: int) -> str | None:
    text, end, _ = bytes(table[at : at + _LONGEST_STRING]).partition(b"\0")
    return text.decode(errors="replace") if end else None


def _varint(table: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_VARINT):
        byte = table[at + place]
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value & 0xFFFFFFFF, at + place + 1
    raise IndexError(at)


def _words(data: memoryview) -> memoryview:
    # An empty view cannot be cast.
    return memoryview(array("I")) if len(data) < 4 else data[: len(data) // 4 * 4].cast("I")


def _between_groups(inside: str) -> str | None:
    """Return what stands between a name's first two groups of brackets.

    `inside` begins within the first group. Empty if that group is the only one, None if the
    brackets do not match.
    """
    depth, closed = 1, -1
    for at, character in enumerate(inside):
        if character == "[":
            depth += 1
            if depth == 1:
                return inside[closed + 1 : at]
        elif character == "]":
            depth -= 1
            closed = at
            if depth < 0:
                return None
    return "" if depth == 1 else None
