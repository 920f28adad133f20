"""What a report consists of, whatever format shows it."""

from __future__ import annotations

from dataclasses import dataclass

from gctui.analysis.findings import Finding
from gctui.analysis.units import Quantity
from gctui.model.series import SeriesView


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a heading; the first column names, the others are figures or words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    words: frozenset[int] = frozenset()
    """The columns that are prose: set left, and wrapped where there is room."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    points: SeriesView
    is_level: bool = False
    """It holds until its next point, as sizes do."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart over the run's time."""

    title: str
    quantity: Quantity
    unit: str
    """Of the values: `MiB`, `ms` or `%`."""
    lines: tuple[Line, ...]
    about: str
    restarts_s: tuple[float, ...] = ()
    """When the program began anew: no line reaches over that."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    headline: tuple[tuple[str, str, str], ...]
    """Name, figure, and what it means or its range."""
    found: tuple[Finding, ...]
    drawings: tuple[Drawing, ...]
    tables: tuple[Table, ...]
