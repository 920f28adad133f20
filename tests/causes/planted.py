"""Programs that put memory in one place each, by what a Go developer would call it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gctui.model.parts import PartName
from tests.go_toolchain import MIDDLE, NEWEST, OLDEST, compiled, go_of_release

PROGRAMS = Path(__file__).with_name("programs")
_SHARED = ("truth.go", "work.go")


@dataclass(frozen=True, slots=True)
class Cause:
    """One program, and what the ledger has to say of it."""

    program: str
    part: PartName
    """Where most of its memory is."""
    words: str
    """A pattern for what the sentence must say."""
    runs_s: float = 0.0
    """How long it works before it is asked to stop."""
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)
    needs_c: bool = False

    def __str__(self) -> str:
        return self.program


STEADY = Cause("steady", PartName.LIVE, "normal", runs_s=1.5)
TOUCHED = Cause("touched", PartName.LIVE, "live heap, 95[0-9] MiB")
UNTOUCHED = Cause("untouched", PartName.UNTOUCHED, "never written to")
DROPPED_UNTOUCHED = Cause("dropped_untouched", PartName.UNTOUCHED, "never written to")
FORMER_PEAK = Cause("former_peak", PartName.IDLE, "not returned to the OS")
GOROUTINES = Cause("goroutines", PartName.STACKS, "stacks of 50,00. goroutines")
DEEP_STACKS = Cause("deep_stacks", PartName.STACKS, "stacks of 4,00. goroutines")
MAPPED = Cause("mapped", PartName.OUTSIDE, "outside Go.* one anonymous mapping of .* by mmap")
C_MALLOC = Cause("c_malloc", PartName.OUTSIDE, "outside Go.* (cgo|C)", needs_c=True)
MEMORY_LIMIT = Cause(
    "memory_limit",
    PartName.LIVE,
    "normal|live heap|GOMEMLIMIT",
    runs_s=1.5,
    settings={"GOMEMLIMIT": "256MiB"},
)
"""It is close to its limit, and collecting costs little: that need not be a complaint."""
NO_ROOM = Cause("no_room", PartName.LIVE, "GOMEMLIMIT", settings={"GOMEMLIMIT": "256MiB"})
"""It collects all the time, and so keeps garbage that came while it marked: how much, who knows."""
FRAGMENTATION = Cause("fragmentation", PartName.SPANS, "fragmentation")
LEAK = Cause("leak", PartName.LIVE, "normal|live heap", runs_s=2.0)
"""A leak for those who look longer."""
HUGE_PAGES = Cause("huge_pages", PartName.RETURNED, "huge pages")
SERVED = Cause("served", PartName.LIVE, "live heap, 20[0-9] MiB")
"""It serves net/http/pprof, too."""
SHRINKING = Cause("shrinking", PartName.IDLE, "")
"""It gives back its former peak when it is first asked."""
GROWING = Cause("growing", PartName.LIVE, "")
"""It makes its heap when it is first asked."""

CAUSES = (
    STEADY,
    TOUCHED,
    UNTOUCHED,
    DROPPED_UNTOUCHED,
    FORMER_PEAK,
    GOROUTINES,
    DEEP_STACKS,
    MAPPED,
    C_MALLOC,
    MEMORY_LIMIT,
    FRAGMENTATION,
    LEAK,
    HUGE_PAGES,
)
TOOLCHAINS = (OLDEST, MIDDLE, NEWEST)


@dataclass(frozen=True, slots=True)
class Case:
    """A program as one toolchain compiles it."""

    cause: Cause
    toolchain: str

    def __str__(self) -> str:
        return f"{self.cause}-{self.toolchain}"


CASES = tuple(Case(cause, toolchain) for cause in CAUSES for toolchain in TOOLCHAINS)


def built(case: Case) -> Path:
    """Compile a program; skips the test where there is no toolchain or no C compiler for it."""
    cause = case.cause
    if cause.needs_c and not (shutil.which("gcc") or shutil.which("cc")):
        pytest.skip("no C compiler here")
    shared = [PROGRAMS / name for name in _SHARED]
    # What the compiled programs are told apart by covers their flags, not other files.
    edition = hashlib.sha256(b"".join(path.read_bytes() for path in shared)).hexdigest()[:8]
    return compiled(
        PROGRAMS / f"{cause.program}.go",
        f"-ldflags=-X main.edition={edition}",
        *map(str, shared),
        go=go_of_release(case.toolchain),
        settings={"CGO_ENABLED": "1" if cause.needs_c else "0"},
    )
