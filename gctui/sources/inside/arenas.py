"""Where the Go heap lies in the address space: the runtime's own list of its arenas."""

from __future__ import annotations

from collections.abc import Callable

from gctui.sources.inside.layout import Layout
from gctui.sources.inside.memory import ProcessMemory

ARENA_BYTES = 64 << 20
"""runtime/malloc.go: heapArenaBytes on 64-bit systems but Windows."""

_AMD64_BASE = 0xFFFF_8000_0000_0000
_ADDRESS_SPACE = 1 << 64
_MOST_ARENAS = 1 << 20

Range = tuple[int, int]


def arenas_reader(memory: ProcessMemory, layout: Layout, bias: int) -> Callable[[], list[Range]]:
    """Return what reads the arenas, neighbours as one range; it finds none where none are told."""
    heap = layout.addresses.get("runtime.mheap_")
    names = ("mheap.allArenas", "mheap.heapArenas")
    offsets = [layout.offsets[name][0] for name in names if name in layout.offsets]
    base = _AMD64_BASE if layout.architecture == "amd64" else 0

    def read() -> list[Range]:
        if heap is None or not offsets:
            return []
        begin, length, _ = memory.words(heap + bias + offsets[0], 3)
        if not 0 < length <= _MOST_ARENAS:
            return []
        starts = sorted(
            (index * ARENA_BYTES + base) % _ADDRESS_SPACE for index in memory.words(begin, length)
        )
        return _joined(starts)

    return read


def _joined(starts: list[int]) -> list[Range]:
    ranges: list[Range] = []
    for start in starts:
        if ranges and ranges[-1][1] == start:
            ranges[-1] = (ranges[-1][0], start + ARENA_BYTES)
        else:
            ranges.append((start, start + ARENA_BYTES))
    return ranges
