"""Traces made for one purpose, and their figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gctui.analysis.run_figures import RunFigures
from gctui.analysis.run_fold import RunFold
from gctui.trace.scanner import Scanner


@dataclass(frozen=True, slots=True)
class Line:
    """One gc line; the defaults are those of an unremarkable collection."""

    n: int = 1
    start_s: float = 1.0
    stops_ms: tuple[float, float] = (0.03, 0.02)
    mark_ms: float = 2.0
    assist_ms: float = 0.0
    background_ms: float = 1.0
    heap_mb: tuple[int, int, int] = (95, 96, 50)
    goal_mb: int = 100
    stacks_mb: int = 1
    procs: int = 4
    forced: bool = False

    def text(self) -> str:
        first, last = self.stops_ms
        heap = "->".join(map(str, self.heap_mb))
        return (
            f"gc {self.n} @{self.start_s:.3f}s 1%: {first}+{self.mark_ms}+{last} ms clock, "
            f"{first * self.procs:.4g}+{self.assist_ms}/{self.background_ms}/0"
            f"+{last * self.procs:.4g} ms cpu, {heap} MB, {self.goal_mb} MB goal, "
            f"{self.stacks_mb} MB stacks, 0 MB globals, {self.procs} P"
            f"{' (forced)' if self.forced else ''}\n"
        )


def steady(count: int, line: Line = Line(), every_s: float = 1.0) -> list[Line]:
    """Return collections one after the other."""
    return [replace(line, n=i, start_s=i * every_s) for i in range(1, count + 1)]


def log_of(lines: list[Line]) -> bytes:
    """Return the log."""
    return "".join(line.text() for line in lines).encode()


def run_of(data: bytes, piece_bytes: int = 1 << 18) -> RunFigures:
    """Return the figures of a log that comes in pieces of a size."""
    fold, scanner = RunFold("made"), Scanner()
    for begin in range(0, len(data), piece_bytes):
        fold.add(scanner.feed(data[begin : begin + piece_bytes]))
    fold.add(scanner.finish())
    return fold.figures()
