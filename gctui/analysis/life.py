"""One life of a program, of the several that a restarted one has."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.neutral import place


@dataclass(frozen=True, slots=True)
class Life:
    """A life that a restart ended, by the line of its last collection."""

    last_line: int
    last_file: str | None
    """In which file that is, where the run is in several."""

    @property
    def said(self) -> str:
        """Say which one it is."""
        return f"before the restart after {place(self.last_line, self.last_file)}"
