"""What a process's resident memory is made of, mapping by mapping: /proc/PID/smaps.

The kernel walks the page tables for it, which takes a tenth of a second per some gigabytes and
holds the process's address space locked for reading meanwhile: not to be read often.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from gctui.events import Mappings
from gctui.sources.places import Mapping, Place, Range, places

_HEAD = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) (\S{4}) [0-9a-f]+ \S+ \d+ *(.*)")
_FIGURES = {
    b"Rss": "rss",
    b"Pss": "pss",
    b"Private_Clean": "uss",
    b"Private_Dirty": "uss",
    b"Swap": "swap",
    b"LazyFree": "lazyfree",
    b"AnonHugePages": "hugepages",
}
_C_LIBRARY = re.compile(rb"/(?:libc|ld-linux|ld-musl|ld)[^/]*\.so[^/]*")
# The kernel shows this page in every process, and counts it in none.
_KERNELS_OWN = b"[vsyscall]"
_ELF_WORD_BITS = {b"\x7fELF\x01": 32, b"\x7fELF\x02": 64}


def may_read_mappings(pid: int) -> bool:
    """Whether the system tells where a process's memory lies; its counters need more rights."""
    try:
        with Path(f"/proc/{pid}/smaps").open("rb", buffering=0) as smaps:
            return bool(smaps.read(1))
    except OSError:
        return False


def read_mappings(pid: int, heap_arenas: Sequence[Range] = ()) -> Mappings | None:
    """Return where a process's memory lies; None where it has ended or the system refuses.

    Without `heap_arenas` the heap is told by the kernel's names, or by the addresses and shapes
    that the runtime's arenas have; `heap_rss_bytes` is None where none shows it.
    """
    try:
        text = Path(f"/proc/{pid}/smaps").read_bytes()
        executable = os.fsencode(Path(f"/proc/{pid}/exe").readlink())
    except OSError:
        return None
    mappings = [each for each in _mappings(text) if each.name != _KERNELS_OWN]
    return _summed(mappings, heap_arenas, executable, word_bits_of(pid)) if mappings else None


def word_bits_of(pid: int) -> int | None:
    """Return the word size of the program that a process runs; None where it is not told."""
    try:
        with Path(f"/proc/{pid}/exe").open("rb", buffering=0) as executable:
            return _ELF_WORD_BITS.get(executable.read(5))
    except OSError:
        return None


def _mappings(text: bytes) -> Iterator[Mapping]:
    figures = Counter[str]()
    for line in text.split(b"\n"):
        found = _HEAD.fullmatch(line)
        if found:
            begin, end, permissions, name = found.groups()
            figures = Counter()
            yield Mapping(int(begin, 16), int(end, 16), permissions, name, figures)
            continue
        name, colon, rest = line.partition(b":")
        figure = _FIGURES.get(name)
        if figure and colon:
            figures[figure] += int(rest.split()[0]) << 10


def _summed(
    mappings: Sequence[Mapping],
    heap_arenas: Sequence[Range],
    executable: bytes,
    word_bits: int | None,
) -> Mappings:
    whole = Counter[str]()
    by_place: dict[Place, Counter[str]] = {}
    largest_other_bytes = c_library_bytes = 0
    found = places(mappings, executable, heap_arenas, word_bits)
    for mapping, place in zip(mappings, found, strict=True):
        figures = mapping.figures + _sizes(mapping)
        whole.update(figures)
        by_place.setdefault(place, Counter()).update(figures)
        if place is Place.OTHER:
            largest_other_bytes = max(largest_other_bytes, figures["rss"])
        if place is Place.FILE and _C_LIBRARY.search(mapping.name):
            c_library_bytes += figures["rss"]

    def at(place: Place, figure: str = "rss") -> int:
        return by_place.get(place, Counter())[figure]

    def of_heap(figure: str) -> int | None:
        return at(Place.HEAP, figure) if Place.HEAP in by_place else None

    return Mappings(
        word_bits=word_bits,
        rss_bytes=whole["rss"],
        pss_bytes=whole["pss"],
        uss_bytes=whole["uss"],
        swap_bytes=whole["swap"],
        lazyfree_bytes=whole["lazyfree"],
        hugepages_bytes=whole["hugepages"],
        vms_bytes=whole["size"],
        reserved_bytes=whole["reserved"],
        heap_rss_bytes=of_heap("rss"),
        heap_lazyfree_bytes=of_heap("lazyfree"),
        heap_hugepages_bytes=of_heap("hugepages"),
        heap_mapped_bytes=of_heap("writable"),
        metadata_rss_bytes=at(Place.METADATA) if Place.METADATA in by_place else None,
        binary_rss_bytes=at(Place.BINARY),
        files_rss_bytes=at(Place.FILE),
        thread_stacks_rss_bytes=at(Place.STACK),
        c_heap_rss_bytes=at(Place.C_HEAP),
        other_rss_bytes=at(Place.OTHER),
        largest_other_bytes=largest_other_bytes,
        c_library_rss_bytes=c_library_bytes,
    )


def _sizes(mapping: Mapping) -> Counter[str]:
    size = mapping.end - mapping.begin
    return Counter(
        size=size,
        reserved=size if mapping.is_reserved else 0,
        writable=size if mapping.is_writable else 0,
    )
