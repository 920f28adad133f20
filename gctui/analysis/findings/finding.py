"""What a finding is, and what looks for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gctui.analysis.neutral import place
from gctui.analysis.run_figures import Extreme, RunFigures
from gctui.analysis.utilisation import Window

Thresholds = Mapping[str, float]
"""Of one rule, by name."""


class Severity(StrEnum):
    """How much it matters; the worst comes first."""

    ALARM = "alarm"
    """Something breaks, or will."""
    WARN = "warn"
    """It costs, and can be changed."""
    INFO = "info"
    """Good to know before the figures are read."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure that the finding rests on, and the line where it shows best."""

    said: str
    line: int | None = None
    file: str | None = None
    """In which file that is, where the run is in several."""

    @property
    def where(self) -> str:
        """The line, as people read it; empty where there is none."""
        return "" if self.line is None else place(self.line, self.file)


def shown_by(said: str, at: Extreme | Window | None) -> Evidence:
    """Return a figure with the line where it shows, if that is known."""
    return Evidence(said) if at is None else Evidence(said, at.line, at.file)


@dataclass(frozen=True, slots=True)
class Source:
    """The document that it rests on."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that changes what a user does."""

    id: str
    severity: Severity
    said: str
    """What is so, in one sentence."""
    evidence: tuple[Evidence, ...]
    explanation: str
    """Why it is so, and why it matters."""
    advice: str
    """What to do, with numbers."""
    source: Source


@dataclass(frozen=True, slots=True)
class Rule:
    """Looks for one finding."""

    id: str
    about: str
    """When it speaks, in a few words."""
    find: Callable[[RunFigures, Thresholds], Finding | None]
    thresholds: Thresholds
    """The usual ones; what they mean is in the rule's module."""


GUIDE = "https://go.dev/doc/gc-guide"
GOGC_GUIDE = Source("A Guide to the Go Garbage Collector: GOGC", f"{GUIDE}#GOGC")
LIMIT_GUIDE = Source("A Guide to the Go Garbage Collector: Memory limit", f"{GUIDE}#Memory_limit")
LATENCY_GUIDE = Source("A Guide to the Go Garbage Collector: Latency", f"{GUIDE}#Latency")
COSTS_GUIDE = Source(
    "A Guide to the Go Garbage Collector: Eliminating heap allocations",
    f"{GUIDE}#Eliminating_heap_allocations",
)
LEAKS = Source("Diagnostics: profiling", "https://go.dev/doc/diagnostics#profiling")
