"""All programs of one log in a table, behind the reports of those that were reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gctui.analysis.neutral import neutral
from gctui.report.report_parts import Document, Table

_MOST_ROWS = 20
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """One program of a log."""

    name: str
    collections: int
    is_reported: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What a log holds besides what was reported of it."""

    label: str
    programs: Sequence[Listed] = ()
    """The one with the most collections first; one alone is not worth telling of."""
    unassigned: int = 0
    """Lines of the scavenger or the pacer that may be of several programs."""
    dropped: int = 0
    """Programs that had no name and were too many."""

    @property
    def tells(self) -> bool:
        """There are several programs."""
        return len(self.programs) > 1 or self.dropped > 0


def with_overview(document: Document, found: Overview) -> Document:
    """Add a table of all programs, where there are several."""
    if not found.tells:
        return document
    rows = [
        (neutral(each.name, _LONGEST_NAME), f"{each.collections}", _told(each))
        for each in found.programs[:_MOST_ROWS]
    ]
    head = ("", "collections", "")
    title = "Programs in this log"
    table = Table(title, head, tuple(rows), " ".join(_notes(found)), words=frozenset({2}))
    return replace(document, tables=(*document.tables, table))


def _told(program: Listed) -> str:
    return "reported above" if program.is_reported else "not reported"


def _notes(found: Overview) -> Iterator[str]:
    if len(found.programs) > _MOST_ROWS:
        more = found.programs[_MOST_ROWS:]
        yield f"And {len(more)} more with {sum(p.collections for p in more)} collections."
    if not all(each.is_reported for each in found.programs):
        yield "--program NAME reports one of them."
    if found.dropped:
        many = "program" if found.dropped == 1 else "programs"
        yield f"{found.dropped} {many} without a name left out: only so many are kept."
    if found.unassigned:
        many = "line" if found.unassigned == 1 else "lines"
        yield (
            f"{found.unassigned} {many} of the scavenger or the pacer may be of any of them, and "
            "count for none."
        )
