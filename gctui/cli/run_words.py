"""A run in a few words, for the head of what is said of it."""

from __future__ import annotations

from gctui.analysis.run_figures import RunFigures
from gctui.analysis.units import clock


def about(run: RunFigures, files: int = 1) -> str:
    """Return `210 collections in 14.7 s, Go 1.18 – 1.27`.

    Several files are those of one rotated log.
    """
    count = run.collections if run.counted is None else run.counted.collections or 0
    many = "1 collection" if count == 1 else f"{count} collections"
    if run.counted is not None:
        many += ", by the runtime's count"
    parts = [many, "" if run.span_s is None else f"in {clock(run.span_s)}"]
    told = " ".join(part for part in parts if part)
    told = f"{told}, {run.go}" if run.go else told
    return f"{told}, {files} files of one rotated log" if files > 1 else told
