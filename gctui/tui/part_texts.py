"""What each part of the memory is, and what to do about it: for the help and the ledger dialog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gctui.analysis.remedies import REMEDIES
from gctui.model.parts import PartName


@dataclass(frozen=True, slots=True)
class PartText:
    """The words for a part."""

    about: str
    """What it is, in one row of the help."""
    advice: str


_ABOUT = {
    PartName.LIVE: "what the last mark found alive",
    PartName.SINCE_GC: "allocated since the last GC, or garbage that it found: used again",
    PartName.SPANS: "free places between objects, and garbage that is not swept yet",
    PartName.IDLE: "free inside Go, not returned to the OS yet",
    PartName.STACKS: "stacks of all goroutines",
    PartName.METADATA: "the runtime's own tables: spans, caches, GC work, profiling",
    PartName.RETURNED: "given back by Go, resident still: pages freed lazily, or huge pages",
    PartName.BINARY: "the executable's pages: code, read-only data, variables",
    PartName.OUTSIDE: "not Go's: libraries, cgo, mmap, thread stacks; the binary if not told apart",
    PartName.OTHERS: "the rest of the process tree: what a wrapper or a child takes",
    PartName.ROOTS: "from a trace: stacks that the GC scans, and global variables (Go 1.18+)",
    PartName.UNATTRIBUTED: "the rest of RSS, which neither the trace nor the counters tell apart",
    PartName.UNTOUCHED: "allocated, never written to: in the parts above, with no memory behind it",
    PartName.RELEASED: "the heap's address space that was given back, or not used yet",
}

PART_TEXTS: Mapping[PartName, PartText] = {
    name: PartText(about, REMEDIES[name]) for name, about in _ABOUT.items()
}
