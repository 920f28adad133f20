"""In which of a run's files the line of a worst window is: lines count from 1 in each of them."""

from __future__ import annotations

from dataclasses import replace

from gctui.analysis.utilisation import Window

_Windows = tuple[tuple[Window, ...], ...]
"""With forced collections, and without."""


class WindowFiles:
    """Looks at the worst windows at each file's end: those that are new were in it."""

    def __init__(self) -> None:
        self._file = ""
        self._count = 0
        self._known: dict[tuple[int, float], tuple[Window, str]] = {}

    def next_file(self, name: str, so_far: _Windows) -> None:
        """Say that what comes next stands in another file; `so_far` are the worst until now."""
        self._take(so_far)
        self._file, self._count = name, self._count + 1

    def named(self, windows: _Windows) -> _Windows:
        """Return the windows with their files, where there are several."""
        if self._count < 2:
            return windows
        self._take(windows)
        return tuple(
            tuple(replace(each, file=self._known[kind, each.length_ms][1]) for each in worst)
            for kind, worst in enumerate(windows)
        )

    def _take(self, windows: _Windows) -> None:
        for kind, worst in enumerate(windows):
            for each in worst:
                known = self._known.get((kind, each.length_ms))
                if known is None or known[0] != each:
                    self._known[kind, each.length_ms] = each, self._file
