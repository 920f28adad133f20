"""What to do about a part of the memory, in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping

from gctui.model.parts import PartName
from gctui.model.snapshot import Snapshot

REMEDIES: Mapping[PartName, str] = {
    PartName.LIVE: (
        "On gctui's screen f shows who allocated it, where the program serves net/http/pprof; so "
        "does go tool pprof -inuse_space URL/debug/pprof/heap. What grows, two profiles tell: "
        "-diff_base=OLD."
    ),
    PartName.SINCE_GC: (
        "The heap grows to its goal before the next GC. A lower GOGC, or a GOMEMLIMIT, keeps it "
        "smaller and costs CPU; allocating less (pprof -alloc_space) costs nothing. Where a memory "
        "limit already holds the heap down, there is too little of it: raise the limit."
    ),
    PartName.SPANS: (
        "Objects of the same size class use it again. If it stays large after a peak, a few "
        "long-lived objects keep whole spans: allocate those together, or copy them after the peak."
    ),
    PartName.IDLE: (
        "The scavenger returns bit by bit what the next goal does not need. debug.FreeOSMemory() "
        "returns it at once, by a forced GC; near a GOMEMLIMIT Go does so itself."
    ),
    PartName.STACKS: (
        "On gctui's screen g counts them by where they are. Many small stacks are a leak or "
        "much concurrency; few large ones are deep recursion. Both shrink at a GC."
    ),
    PartName.METADATA: (
        "It follows the largest heap there was, and is hardly ever returned: avoid the peak. In "
        "a small program it is the fixed price of the runtime."
    ),
    PartName.RETURNED: (
        "Not a leak: the kernel takes lazily freed pages when it needs them; with "
        "GODEBUG=madvdontneed=1 they leave RSS at once. Against huge pages: transparent_hugepage "
        "= madvise, or GODEBUG=disablethp=1."
    ),
    PartName.BINARY: (
        "Code and read-only data are pages of the file, shared by all its processes, and dropped "
        "when memory is short. go tool nm -size -sort size BINARY names the largest variables."
    ),
    PartName.OUTSIDE: (
        "With cgo, ask the C allocator first (malloc_stats, jemalloc's profile; "
        "MALLOC_ARENA_MAX). Else it is mmap: files, databases, syscall.Mmap; or threads. pmap -x "
        "PID lists it."
    ),
    PartName.OTHERS: (
        "Not of this process: pstree -p PID shows whose it is. If that is a Go program, "
        "gctui attach with its PID splits it up."
    ),
    PartName.ROOTS: (
        "Globals stay as they are, stacks come with goroutines: gctui run or gctui attach PID "
        "counts those by where they are."
    ),
    PartName.UNATTRIBUTED: (
        "gctui run or gctui attach PID reads the runtime's counters, which tell it apart: idle "
        "pages, metadata, the binary, what is outside Go."
    ),
    PartName.UNTOUCHED: (
        "It will be resident once the program writes to it: leave room for it below the limit."
    ),
    PartName.RELEASED: (
        "Nothing to do: it counts in VIRT only. The heap takes it up again when it grows."
    ),
}
_WITHOUT_C = (
    "No C library is mapped, so it is not cgo's: the program maps it, by syscall.Mmap or a library "
    "that does, or it is threads' stacks. pmap -x PID lists it."
)


def remedy(name: PartName, snapshot: Snapshot) -> str:
    """Say what to do about a part, as far as can be seen of this program."""
    look = snapshot.look
    if name is PartName.OUTSIDE and look is not None and look.mappings.c_library_rss_bytes == 0:
        return _WITHOUT_C
    return REMEDIES[name]
