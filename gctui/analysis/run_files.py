"""In which of a run's files a line is: lines count from 1 in each of them.

What stands out is looked at where a file ends. That which is new since the one before was in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from gctui.analysis.run_cycles import CycleFold
from gctui.analysis.run_figures import Extreme, Measure, Start
from gctui.analysis.utilisation import Window

_Windows = tuple[tuple[Window, ...], ...]
"""With forced collections, and without."""

_Seen = TypeVar("_Seen", Window, Extreme, Start)


class RunFiles:
    """Keeps the files of worst windows, extremes, starts, and of the first forced collection."""

    def __init__(self) -> None:
        self._file = ""
        self._count = 0
        self._known: dict[object, tuple[object, str]] = {}

    @property
    def name(self) -> str:
        """The file that is being read."""
        return self._file

    @property
    def last(self) -> str | None:
        """The file that is being read, where it is not the only one."""
        return self._file if self._count > 1 else None

    def next_file(self, name: str, cycles: CycleFold) -> None:
        """Say that what comes next stands in another file; `cycles` are those until now."""
        self._take(cycles)
        self._file, self._count = name, self._count + 1

    def windows(self, cycles: CycleFold) -> _Windows:
        """Return the worst windows with their files."""
        self._take(cycles)
        return tuple(
            tuple(self._named((kind, each.length_ms), each) for each in worst)
            for kind, worst in enumerate(cycles.windows())
        )

    def extremes(self, cycles: CycleFold) -> Mapping[Measure, Extreme]:
        """Return the extremes with their files."""
        return {name: self._named(name, each) for name, each in cycles.extremes.items()}

    def starts(self, cycles: CycleFold) -> tuple[Start, ...]:
        """Return the program's starts with their files."""
        self._take(cycles)
        return tuple(self._named(place, each) for place, each in enumerate(cycles.starts))

    def forced(self) -> str | None:
        """Return the file of the first forced collection."""
        return self._known[None][1] if self._count > 1 and None in self._known else None

    def _named(self, key: object, seen: _Seen) -> _Seen:
        return replace(seen, file=self._known[key][1]) if self._count > 1 else seen

    def _take(self, cycles: CycleFold) -> None:
        for key, value in _values(cycles):
            known = self._known.get(key)
            if known is None or known[0] != value:
                self._known[key] = value, self._file


def _values(cycles: CycleFold) -> Iterator[tuple[object, object]]:
    yield from cycles.extremes.items()
    yield from enumerate(cycles.starts)
    for kind, worst in enumerate(cycles.windows()):
        yield from (((kind, each.length_ms), each) for each in worst)
    if cycles.forced_line is not None:
        yield None, cycles.forced_line
