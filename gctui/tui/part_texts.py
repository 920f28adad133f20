"""What each part of the memory is, and what to do about it: for the help and the ledger dialog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gctui.model.parts import PartName


@dataclass(frozen=True, slots=True)
class PartText:
    """The words for a part."""

    about: str
    """What it is, in one row of the help."""
    advice: str


PART_TEXTS: Mapping[PartName, PartText] = {
    PartName.LIVE: PartText(
        "what the last mark found alive",
        "go tool pprof -inuse_space http://HOST/debug/pprof/heap shows who allocated it. If it "
        "keeps growing, compare two such profiles: -diff_base=OLD.",
    ),
    PartName.SINCE_GC: PartText(
        "allocated since the last GC, or garbage that it found: used again",
        "Normal: the heap grows to its goal before the next GC. A lower GOGC, or a GOMEMLIMIT, "
        "keeps it smaller and costs CPU; allocating less (pprof -alloc_space) costs nothing.",
    ),
    PartName.SPANS: PartText(
        "free places between objects, and garbage that is not swept yet",
        "Objects of the same size class use it again. If it stays large after a peak, a few "
        "long-lived objects keep whole spans: allocate those together, or copy them after the "
        "peak.",
    ),
    PartName.IDLE: PartText(
        "free inside Go, not returned to the OS yet",
        "The scavenger returns bit by bit what the next goal does not need. debug.FreeOSMemory() "
        "returns it at once, by a forced GC; near a GOMEMLIMIT Go does so itself.",
    ),
    PartName.STACKS: PartText(
        "stacks of all goroutines",
        "The goroutines tab (g) counts them by where they are. Many small stacks are a leak or "
        "much concurrency; few large ones are deep recursion. Both shrink at a GC.",
    ),
    PartName.METADATA: PartText(
        "the runtime's own tables: spans, caches, GC work, profiling",
        "It follows the largest heap there was, and is hardly ever returned: avoid the peak. In "
        "a small program it is the fixed price of the runtime.",
    ),
    PartName.RETURNED: PartText(
        "given back by Go, resident still: pages freed lazily, or huge pages",
        "Not a leak: the kernel takes lazily freed pages when it needs them; with "
        "GODEBUG=madvdontneed=1 they leave RSS at once. Against huge pages: transparent_hugepage "
        "= madvise, or GODEBUG=disablethp=1.",
    ),
    PartName.BINARY: PartText(
        "the executable's pages: code, read-only data, variables",
        "Code and read-only data are pages of the file, shared by all its processes, and dropped "
        "when memory is short. go tool nm -size -sort size BINARY names the largest variables.",
    ),
    PartName.OUTSIDE: PartText(
        "not Go's: libraries, cgo, mmap, thread stacks; the binary, if not told apart",
        "With cgo, ask the C allocator first (malloc_stats, jemalloc's profile; "
        "MALLOC_ARENA_MAX). Then look at mmap and threads: pmap -x PID.",
    ),
    PartName.OTHERS: PartText(
        "the rest of the process tree: what a wrapper or a child takes",
        "Not of this process: pstree -p PID shows whose it is. If that is a Go program, "
        "gctui attach with its PID splits it up.",
    ),
    PartName.ROOTS: PartText(
        "from a trace: stacks that the GC scans, and global variables (Go 1.18+)",
        "Globals stay as they are, stacks come with goroutines: gctui run or gctui attach PID "
        "counts those by where they are.",
    ),
    PartName.UNATTRIBUTED: PartText(
        "from a trace: the rest of RSS, which no line tells apart",
        "gctui run or gctui attach PID reads the runtime's counters, which tell it apart: idle "
        "pages, metadata, the binary, what is outside Go.",
    ),
    PartName.UNTOUCHED: PartText(
        "allocated, never written to: in the parts above, with no memory behind it",
        "Nothing to do. It will be resident once the program writes to it: leave room for it "
        "below the limit.",
    ),
    PartName.RELEASED: PartText(
        "the heap's address space that was given back, or not used yet",
        "Nothing to do: it counts in VIRT only. The heap takes it up again when it grows.",
    ),
}
