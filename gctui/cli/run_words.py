"""A run in a few words, for the head of what is said of it."""

from __future__ import annotations

from gctui.analysis.run_figures import RunFigures
from gctui.analysis.units import clock


def about(run: RunFigures) -> str:
    """Return `210 collections in 14.7 s, Go 1.18 – 1.27`."""
    many = "1 collection" if run.collections == 1 else f"{run.collections} collections"
    parts = [many, "" if run.span_s is None else f"in {clock(run.span_s)}"]
    told = " ".join(part for part in parts if part)
    return f"{told}, {run.go}" if run.go else told
