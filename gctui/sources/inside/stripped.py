"""Where the runtime's variables are in a binary without symbols (`-ldflags=-s`), by its code.

The function table stays in every binary: tracebacks need it. It leads to the runtime's functions,
and their instructions hold the variables' addresses. Which of them belong to which variable, its
members' offsets tell: in runtime.(*mheap).freeSpanLocked there are gcController.heapInUse and
gcController.heapFree, and only one beginning of gcController explains both. An address counts as
found if nearly every known place agrees on it and no other one comes near.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct

from gctui.sources.inside.binary import GoBinary, Span
from gctui.sources.inside.errors import CannotRead
from gctui.sources.inside.functab import FunctionTable, FunctionTableError
from gctui.sources.inside.layout import NEEDED_VARIABLES, Offsets

_WORD = 8
_QUORUM = 0.75
_MOST_OF_ANOTHER = 0.5
_LEAST_OF_MEMBER = 0.5
_LARGEST_FUNCTION = 1 << 16


@dataclass(frozen=True, slots=True)
class _Variable:
    """What identifies a variable: the members that functions of the runtime refer to."""

    struct: str
    alignment: int
    """The linker's, by size: the greatest power of two that is no larger, 32 at most."""
    has_pointers: bool
    landmarks: Mapping[str, tuple[str, ...]]
    """Function → members; the empty name is the variable's beginning.

    A function that has had other names, or is inlined in some builds only, has all of them.
    """


# Chosen from builds of every version since Go 1.19, the smallest programs and larger ones, for both
# architectures: each of these functions was in all of them and referred to all these members.
_VARIABLES: Mapping[str, _Variable] = {
    "runtime.gcController": _Variable(
        "gcControllerState",
        32,
        False,
        {
            "(*mheap).allocSpan": (
                "heapInUse",
                "heapReleased",
                "heapFree",
                "mappedReady",
                "memoryLimit",
            ),
            "(*mheap).grow": ("heapInUse", "heapReleased", "heapFree"),
            "(*mheap).freeSpanLocked": ("heapInUse", "heapFree"),
            "printScavTrace": ("heapInUse", "heapReleased", "heapFree"),
            "gcPaceScavenger": ("heapInUse", "heapFree", "mappedReady"),
            "gcControllerCommit": ("gcPercent", "memoryLimit"),
            "(*mcache).refill": ("gcPercent", "totalAlloc"),
            "(*mcache).allocLarge": ("gcPercent", "totalAlloc"),
            "(*mcache).releaseAll": ("gcPercent", "totalAlloc"),
            "(*sweepLocked).sweep": ("totalFree",),
            "gcTrigger.test": ("gcPercent", "heapLive"),
            "gcMarkTermination": ("heapLive", "heapInUse"),
        },
    ),
    "runtime.memstats": _Variable(
        "mstats",
        32,
        False,
        {
            "gcMarkTermination": (
                "pause_total_ns",
                "pause_ns",
                "pause_end",
                "numgc",
                "numforcedgc",
                "gc_cpu_fraction",
            ),
            "(*mheap).init": ("mspan_sys", "mcache_sys", "gcMiscSys", "other_sys"),
            "(*mheap).allocSpan": ("heapStats",),
            "(*mheap).grow": ("heapStats",),
            "(*mheap).freeSpanLocked": ("heapStats",),
            "(*mcache).refill": ("heapStats",),
            "(*gcCPULimiterState).accumulate": ("numgc",),
            "(*gcCPULimiterState).resetCapacity": ("numgc",),
            "(*spanSet).push": ("gcMiscSys",),
            "getitab": ("other_sys",),
            "newBucket": ("buckhash_sys",),
            "stackalloc": ("stacks_sys",),
            "stkbucket": ("buckhash_sys",),
        },
    ),
    "runtime.sched": _Variable(
        "schedt",
        32,
        True,
        {
            "newproc1": ("", "ngsys"),
            "oneNewExtraM": ("", "ngsys"),
            "needm": ("ngsys",),
            "dropm": ("ngsys",),
            "gfget": ("gFree.n", "gFree.stack.size", "gFree.noStack.size"),
            "gfput": ("gFree.n", "gFree.stack.size", "gFree.noStack.size"),
            "gfpurge": ("gFree.n", "gFree.stack.size", "gFree.noStack.size"),
        },
    ),
    "runtime.allp": _Variable(
        "slice",
        16,
        True,
        {
            "procresize": ("array", "len", "cap"),
            "preemptall": ("array", "len"),
            "retake": ("array", "len"),
            "schedtrace": ("array", "len"),
            "stealWork": ("array", "len"),
            "stopTheWorldWithSema": ("array", "len"),
            "timeSleepUntil": ("array", "len"),
        },
    ),
    "runtime.allgs": _Variable(
        "slice",
        16,
        True,
        {
            "allgadd": ("array", "len", "cap"),
            "forEachG": ("array", "len"),
            "gcMarkRootPrepare|gcPrepareMarkRoots|allGsSnapshot": ("array", "len"),
        },
    ),
    "runtime.allglen": _Variable(
        "uintptr", 8, False, {"allgadd": ("",), "forEachGRace|atomicAllG": ("",)}
    ),
    "runtime.work": _Variable(
        "workType",
        32,
        True,
        {
            "gcDrain": ("",),
            "gcMark": ("",),
            "gcMarkDone": ("",),
            "putfull": ("",),
            "trygetfull": ("",),
            "prepareFreeWorkbufs": ("",),
            "gcMarkTermination": (
                "cpuStats.gcAssistTime",
                "cpuStats.gcIdleTime",
                "cpuStats.gcPauseTime",
                "cpuStats.GCAssistTime",
                "cpuStats.GCIdleTime",
                "cpuStats.GCPauseTime",
            ),
        },
    ),
}
# The members of what has no struct in the layouts.
_PLAIN_OFFSETS: Offsets = {"slice.array": (0, 8), "slice.len": (8, 8), "slice.cap": (16, 8)}


def find_addresses(binary: GoBinary, offsets: Offsets) -> dict[str, int]:
    """Return the addresses of the variables found, by the file's own addresses.

    Raises CannotRead where one that is needed cannot be told for certain.
    """
    module = find_module(binary)
    references = _references(binary, module)
    addresses = {"runtime.text": module.text_start}
    for name, variable in _VARIABLES.items():
        region = module.pointers if variable.has_pointers else module.no_pointers
        try:
            landmarks = tuple(_landmarks(variable, offsets, references))
            addresses[name] = _elect(variable, landmarks, region)
        except _Undecided as undecided:
            if name in NEEDED_VARIABLES:
                raise CannotRead(
                    f"no symbol table, and {name} cannot be told from the code: {undecided}; "
                    "a build without -ldflags=-s can be read"
                ) from undecided
    return addresses


@dataclass(frozen=True, slots=True)
class Module:
    """What the linker tells the runtime of the binary (runtime/symtab.go: moduledata)."""

    text_start: int
    """Where the function table's addresses begin; before it, a linker may have put C code."""
    function_table: Span
    pointers: range
    """The variables without initial value that hold pointers."""
    no_pointers: range


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


class _Undecided(Exception):
    """No address, or more than one."""


@dataclass(frozen=True, slots=True)
class _Landmark:
    """A member of a variable, and all addresses that a function refers to: one is the member's."""

    member: str
    offset: int
    addresses: frozenset[int]


def _landmarks(
    variable: _Variable, offsets: Offsets, references: Mapping[str, frozenset[int]]
) -> Iterator[_Landmark]:
    known = {**_PLAIN_OFFSETS, **offsets, f"{variable.struct}.": (0, 0)}
    for functions, members in variable.landmarks.items():
        of_each = (references.get(name, frozenset()) for name in functions.split("|"))
        addresses = frozenset[int]().union(*of_each)
        for member in members:
            offset, _ = known.get(f"{variable.struct}.{member}", (None, 0))
            if offset is not None:
                yield _Landmark(member, offset, addresses)


def _elect(variable: _Variable, landmarks: Sequence[_Landmark], region: range) -> int:
    """Return the address that explains what the landmarks refer to."""
    votes = Counter(
        base
        for landmark in landmarks
        for base in (address - landmark.offset for address in landmark.addresses)
        if base in region and base % variable.alignment == 0
    )
    (winner, count), (_, second) = (*votes.most_common(2), (0, 0), (0, 0))[:2]
    if count == 0 or count < _QUORUM * len(landmarks):
        raise _Undecided(f"at most {count} of {len(landmarks)} known places agree")
    if second > _MOST_OF_ANOTHER * count:
        raise _Undecided(f"{count} known places speak for one address, {second} for another")
    # A member that hardly anything refers to is elsewhere: the offsets are another version's.
    places = Counter(each.member for each in landmarks)
    seen = Counter(each.member for each in landmarks if winner + each.offset in each.addresses)
    unseen = [member for member in places if seen[member] < _LEAST_OF_MEMBER * places[member]]
    if unseen:
        raise _Undecided(f"{', '.join(unseen)} is not where it should be")
    return winner


def _references(binary: GoBinary, module: Module) -> dict[str, frozenset[int]]:
    """Return which variables' addresses the code of each landmark holds."""
    names = {
        f"runtime.{name}": name
        for variable in _VARIABLES.values()
        for names in variable.landmarks
        for name in names.split("|")
    }
    try:
        table = FunctionTable(module.function_table.data, module.text_start)
    except FunctionTableError as error:
        raise CannotRead(f"no symbol table, and no function table: {error}") from error
    decode = _ARCHITECTURES[binary.architecture]
    found = {}
    for name, (entry, end) in table.functions_named(names).items():
        code = binary.read_at(entry, max(0, min(end - entry, _LARGEST_FUNCTION)))
        addresses = decode(code, entry)
        found[names[name]] = frozenset(
            address
            for address in addresses
            if address in module.pointers or address in module.no_pointers
        )
    return found


# The byte before a displacement says that it counts from the next instruction (mod 0, r/m 5).
_AMD64_OPERAND = re.compile(rb"(?s)(?=[\x05\x0d\x15\x1d\x25\x2d\x35\x3d](....))")
_AMD64_TWO_BYTES = 0x0F
_AMD64_IMMEDIATES = {
    **dict.fromkeys((0x6B, 0x80, 0x83, 0xC0, 0xC1, 0xC6), 1),
    **dict.fromkeys((0x69, 0x81, 0xC7), 4),
}


def _amd64_references(code: bytes, address: int) -> Iterator[int]:
    """Yield what may be an operand relative to the instruction pointer.

    Where instructions begin is not decoded: what is taken for an operand and is none leads to a
    place that nothing else speaks for.
    """
    for found in _AMD64_OPERAND.finditer(code):
        begin = found.start()
        end = address + found.end(1)
        yield end + _amd64_immediate(code, begin) + int.from_bytes(found[1], "little", signed=True)


def _amd64_immediate(code: bytes, operand: int) -> int:
    """Return the size of the number that follows the displacement, by the opcode before it."""
    before, opcode = code[operand - 2 : operand] if operand > 1 else b"\0\0"
    if before == _AMD64_TWO_BYTES:
        return 0
    # TEST alone of its group has one.
    if opcode in (0xF6, 0xF7) and code[operand] == 0x05:
        return 1 if opcode == 0xF6 else 4
    return _AMD64_IMMEDIATES.get(opcode, 0)


def _arm64_references(code: bytes, address: int) -> Iterator[int]:
    """Yield the addresses that ADRP and what follows it make or use."""
    registers: dict[int, int] = {}
    words = array("I", code[: len(code) // 4 * 4])
    for place, word in zip(range(address, address + len(code), 4), words, strict=False):
        target, base = word & 31, word >> 5 & 31
        if word & 0x1F000000 == 0x10000000:
            registers[target] = _arm64_page(word, place)
        elif _arm64_leaves(word):
            registers.clear()
        else:
            used = [] if base not in registers else _arm64_used(word, registers[base])
            yield from used
            if word & 0xFF800000 == 0x91000000 and used:
                registers[target] = used[0]
            elif not _arm64_stores(word):
                registers.pop(target, None)


def _arm64_page(word: int, place: int) -> int:
    """Return the result of ADR and ADRP."""
    distance = _signed((word >> 5 & 0x7FFFF) << 2 | word >> 29 & 3, 21)
    return (place & ~0xFFF) + (distance << 12) if word >> 31 else place + distance


def _arm64_leaves(word: int) -> bool:
    """B, BL, and the jumps to a register's address."""
    return word & 0x7C000000 == 0x14000000 or word & 0xFE000000 == 0xD6000000


def _arm64_stores(word: int) -> bool:
    return word & 0x0A400000 == 0x08000000


def _arm64_used(word: int, base: int) -> list[int]:
    """Return the addresses that an instruction makes of its base register."""
    if word & 0xFF800000 == 0x91000000:  # ADD
        return [base + ((word >> 10 & 0xFFF) << 12 * (word >> 22 & 1))]
    if word & 0x3B000000 == 0x39000000:  # LDR, STR
        is_quad = word & 0x04800000 == 0x04800000
        return [base + ((word >> 10 & 0xFFF) << (4 if is_quad else word >> 30))]
    if word & 0x3F800000 == 0x29000000:  # LDP, STP
        size = 8 if word >> 31 else 4
        first = base + size * _signed(word >> 15 & 0x7F, 7)
        return [first, first + size]
    return []


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 else value


_ARCHITECTURES = {"amd64": _amd64_references, "arm64": _arm64_references}
