"""The rows of findings and notes: what is so, what to do, and how it is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style

from gctui.analysis.neutral import neutral
from gctui.tui.cells import wrapped
from gctui.tui.palette import ORANGE, VERMILLION, ink

if TYPE_CHECKING:
    from gctui.analysis.advice import Note
    from gctui.analysis.findings import Finding

Row = list[Segment]

_SIGN_CELLS = 3
_TOPIC_CELLS = 11
_MOST_ROWS = 20
_ALARM_SIGN = "!"
_SIGNS = {"alarm": (_ALARM_SIGN, VERMILLION), "warn": (_ALARM_SIGN, ORANGE)}
_BOLD, _DIM = Style(bold=True), Style(dim=True)


def note_rows(note: Note, width_cells: int, *, dark: bool) -> Iterator[Row]:
    """Yield the topic beside what is said, and below that how it is known."""
    style = Style(color=ink(VERMILLION, dark=dark), bold=True) if note.is_alarming else _BOLD
    sign = _ALARM_SIGN if note.is_alarming else " "
    yield from said_rows(note.topic, note.said, width_cells, sign=sign, style=style)
    yield from _below(note.basis, width_cells, _DIM)


def finding_rows(found: Finding, width_cells: int, *, dark: bool, in_full: bool) -> Iterator[Row]:
    """Yield what is so, what to do and the evidence; `in_full`: why it is so, and the document."""
    sign, _ = _SIGNS.get(found.severity, (" ", ""))
    style = Style(color=severity_ink(found, dark=dark) or None, bold=True)
    yield from said_rows(found.severity, found.said, width_cells, sign=sign, style=style)
    yield from _below(found.advice, width_cells, Style())
    if in_full:
        yield from _below(found.explanation, width_cells, Style())
    yield from _below(f"{found.id}: {evidence_said(found)}", width_cells, _DIM)
    if in_full:
        yield from _below(f"{found.source.title}, {found.source.url}", width_cells, _DIM)


def severity_ink(found: Finding, *, dark: bool) -> str:
    """Return the colour of a finding's severity; empty where it has none."""
    _, color = _SIGNS.get(found.severity, ("", ""))
    return ink(color, dark=dark) if color else ""


def said_rows(
    topic: str, said: str, width_cells: int, *, sign: str = " ", style: Style = _BOLD
) -> Iterator[Row]:
    """Yield a text with its topic before the first row."""
    indent = " " * (_SIGN_CELLS + _TOPIC_CELLS)
    lead = f" {sign} {topic.ljust(_TOPIC_CELLS)}"
    for place, text in enumerate(wrapped(neutral(said), _room(width_cells), _MOST_ROWS)):
        yield [Segment(indent if place else lead, style), Segment(text)]


def evidence_said(found: Finding) -> str:
    """Return the figures that a finding rests on, and their lines."""
    return "; ".join(
        each.said if each.line is None else f"{each.said} (line {each.line})"
        for each in found.evidence
    )


def _below(said: str, width_cells: int, style: Style) -> Iterator[Row]:
    indent = " " * (_SIGN_CELLS + _TOPIC_CELLS)
    for text in wrapped(neutral(said), _room(width_cells), _MOST_ROWS) if said else ():
        yield [Segment(indent + text, style)]


def _room(width_cells: int) -> int:
    return max(1, width_cells - _SIGN_CELLS - _TOPIC_CELLS)
