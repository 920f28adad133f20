"""What a mapping of a Go program is for: the kernel's name for it, its neighbours, its address.

The runtime takes its heap from the system in arenas, at addresses far from where the kernel puts
what nobody asked a place for, and reserves each whole before it uses its beginning: so an aligned
run of mappings without a name is the heap's (runtime/malloc.go, mallocinit and sysReserveAligned).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

Range = tuple[int, int]

_GO_NAME = b"[anon: Go: "
_GO_HEAP_NAMES = (b"[anon: Go: heap]", b"[anon: Go: heap reservation]")
_RESERVED = b"---"
_ARENA_BYTES = {32: 4 << 20, 64: 64 << 20}
# Where the heap is tried first on amd64 up to Go 1.25, and the next places (0x1c…, …).
_FIRST_ARENA = 0xC0_0000_0000
_HINT_STEP = 0x100_0000_0000
_MOST_HINTS = 0x40
# Below the stack the kernel puts libraries, and C's malloc arenas, which have the heap's shape.
_KERNELS_CHOICE_BYTES = 2 << 40
_GUARD_BYTES = 64 << 10


class Place(StrEnum):
    """What a mapping is for."""

    HEAP = "heap"
    METADATA = "metadata"
    BINARY = "binary"
    FILE = "file"
    STACK = "stack"
    C_HEAP = "c heap"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One mapping and its figures, in bytes."""

    begin: int
    end: int
    permissions: bytes
    name: bytes
    figures: Counter[str] = field(default_factory=Counter)

    @property
    def is_reserved(self) -> bool:
        """Address space alone: no page of it can be touched."""
        return self.permissions.startswith(_RESERVED)

    @property
    def is_writable(self) -> bool:
        """It can be read and written to."""
        return self.permissions.startswith(b"rw")


def places(
    mappings: Sequence[Mapping], executable: bytes, arenas: Sequence[Range], word_bits: int | None
) -> Iterator[Place]:
    """Yield the place of each mapping, in their order; without `arenas` the heap is guessed."""
    heap = arenas or [*_heap_by_shape(mappings, word_bits or 64)]
    before = None
    for mapping in mappings:
        yield _place(mapping, before, heap, executable)
        before = mapping


def _place(
    mapping: Mapping, before: Mapping | None, heap: Sequence[Range], executable: bytes
) -> Place:
    name = mapping.name
    if name.startswith(_GO_NAME):
        return Place.HEAP if name in _GO_HEAP_NAMES else Place.METADATA
    if not name and any(begin <= mapping.begin < end for begin, end in heap):
        return Place.HEAP
    if name == executable or _is_bss(mapping, before, executable):
        return Place.BINARY
    if name.startswith(b"/"):
        return Place.FILE
    if name.startswith(b"[stack") or _is_thread_stack(mapping, before):
        return Place.STACK
    return Place.C_HEAP if name == b"[heap]" else Place.OTHER


def _heap_by_shape(mappings: Sequence[Mapping], word_bits: int) -> Iterator[Range]:
    stack = next((each.begin for each in mappings if each.name == b"[stack]"), 0)
    aligned, below = _ARENA_BYTES[word_bits] - 1, stack
    if word_bits == 64:
        below -= _KERNELS_CHOICE_BYTES
        yield from _first_hints()
    for begin, end in _anonymous_runs(mappings):
        if not begin & aligned and not end & aligned and end <= below:
            yield begin, end


def _first_hints() -> Iterator[Range]:
    for hint in range(_MOST_HINTS):
        begin = _FIRST_ARENA + hint * _HINT_STEP
        yield begin, begin + _HINT_STEP // 2


def _anonymous_runs(mappings: Sequence[Mapping]) -> Iterator[Range]:
    """Yield where mappings without a name, in use or reserved, follow each other without a gap."""
    runs = [each for each in mappings if _may_be_heap(each)]
    if not runs:
        return
    begin = runs[0].begin
    for one, following in pairwise(runs):
        if one.end != following.begin:
            yield begin, one.end
            begin = following.begin
    yield begin, runs[-1].end


def _may_be_heap(mapping: Mapping) -> bool:
    return not mapping.name and (mapping.is_writable or mapping.is_reserved)


def _is_bss(mapping: Mapping, before: Mapping | None, executable: bytes) -> bool:
    """Tell the variables that begin as zeroes: unnamed, right behind the executable's data."""
    return (
        not mapping.name
        and before is not None
        and before.name == executable
        and before.end == mapping.begin
    )


def _is_thread_stack(mapping: Mapping, before: Mapping | None) -> bool:
    return (
        not mapping.name
        and mapping.is_writable
        and before is not None
        and before.is_reserved
        and not before.name
        and before.end == mapping.begin
        and before.end - before.begin <= _GUARD_BYTES
    )
