"""What a process's resident memory is made of, mapping by mapping: /proc/PID/smaps.

The kernel walks the page tables for it, which takes a tenth of a second per some gigabytes and
holds the process's address space locked for reading meanwhile: not to be read often.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gctui.events import Mappings

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
_GO_NAME = b"[anon: Go: "
_GO_HEAP_NAMES = (b"[anon: Go: heap]", b"[anon: Go: heap reservation]")
_ARENA_BYTES = 64 << 20
# runtime/malloc.go: where the heap is tried first up to Go 1.25, and the next places (0x1c…, …).
_FIRST_ARENA = 0xC0_0000_0000
_HINT_STEP = 0x100_0000_0000
# Further up the kernel puts what nobody asked a place for.
_MOST_HINTS = 0x40
_GUARD_BYTES = 64 << 10

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Mapping:
    begin: int
    end: int
    permissions: bytes
    name: bytes
    figures: Counter[str]


def read_mappings(pid: int, heap_arenas: Sequence[Range] = ()) -> Mappings | None:
    """Return where a process's memory lies; None where it has ended or the system refuses.

    Without `heap_arenas` the heap is told by the kernel's names, or by the addresses that the
    runtime takes first; `heap_rss_bytes` is None where neither shows it.
    """
    try:
        text = Path(f"/proc/{pid}/smaps").read_bytes()
        executable = os.fsencode(Path(f"/proc/{pid}/exe").readlink())
    except OSError:
        return None
    mappings = list(_mappings(text))
    return _summed(mappings, heap_arenas, executable) if mappings else None


def _mappings(text: bytes) -> Iterator[_Mapping]:
    head, figures = None, Counter[str]()
    for line in text.split(b"\n"):
        found = _HEAD.fullmatch(line)
        if found:
            if head:
                yield _mapping(head, figures)
            head, figures = found, Counter()
            continue
        name, colon, rest = line.partition(b":")
        figure = _FIGURES.get(name)
        if figure and colon:
            figures[figure] += int(rest.split()[0]) << 10
    if head:
        yield _mapping(head, figures)


def _mapping(head: re.Match[bytes], figures: Counter[str]) -> _Mapping:
    begin, end, permissions, name = head.groups()
    return _Mapping(int(begin, 16), int(end, 16), permissions, name, figures)


def _summed(
    mappings: Sequence[_Mapping], heap_arenas: Sequence[Range], executable: bytes
) -> Mappings:
    whole, by_place = Counter[str](), dict[str, Counter[str]]()
    before = None
    for mapping in mappings:
        whole.update(mapping.figures)
        place = _place(mapping, before, heap_arenas, executable)
        by_place.setdefault(place, Counter()).update(mapping.figures)
        before = mapping

    def at(place: str, figure: str = "rss") -> int:
        return by_place.get(place, Counter())[figure]

    has_heap, has_names = "heap" in by_place, "metadata" in by_place
    return Mappings(
        rss_bytes=whole["rss"],
        pss_bytes=whole["pss"],
        uss_bytes=whole["uss"],
        swap_bytes=whole["swap"],
        lazyfree_bytes=whole["lazyfree"],
        hugepages_bytes=whole["hugepages"],
        heap_rss_bytes=at("heap") if has_heap else None,
        heap_lazyfree_bytes=at("heap", "lazyfree") if has_heap else None,
        heap_hugepages_bytes=at("heap", "hugepages") if has_heap else None,
        metadata_rss_bytes=at("metadata") if has_names else None,
        binary_rss_bytes=at("binary"),
        files_rss_bytes=at("file"),
        thread_stacks_rss_bytes=at("stack"),
        c_heap_rss_bytes=at("c heap"),
        other_rss_bytes=at("other"),
    )


def _place(
    mapping: _Mapping, before: _Mapping | None, heap_arenas: Sequence[Range], executable: bytes
) -> str:
    name = mapping.name
    if name.startswith(_GO_NAME):
        return "heap" if name in _GO_HEAP_NAMES else "metadata"
    if _in_heap(mapping, heap_arenas):
        return "heap"
    if name == executable or _is_bss(mapping, before, executable):
        return "binary"
    if name.startswith(b"/"):
        return "file"
    if name.startswith(b"[stack") or _is_thread_stack(mapping, before):
        return "stack"
    return "c heap" if name == b"[heap]" else "other"


def _in_heap(mapping: _Mapping, heap_arenas: Sequence[Range]) -> bool:
    if mapping.name:
        return False
    if heap_arenas:
        return any(begin <= mapping.begin < end for begin, end in heap_arenas)
    hint, rest = divmod(mapping.begin - _FIRST_ARENA, _HINT_STEP)
    return 0 <= hint < _MOST_HINTS and rest < _HINT_STEP // 2


def _is_bss(mapping: _Mapping, before: _Mapping | None, executable: bytes) -> bool:
    """Tell the variables that begin as zeroes: unnamed, right behind the executable's data."""
    return (
        not mapping.name
        and before is not None
        and before.name == executable
        and before.end == mapping.begin
    )


def _is_thread_stack(mapping: _Mapping, before: _Mapping | None) -> bool:
    return (
        not mapping.name
        and mapping.permissions.startswith(b"rw")
        and before is not None
        and before.permissions.startswith(b"---")
        and not before.name
        and before.end == mapping.begin
        and before.end - before.begin <= _GUARD_BYTES
    )
