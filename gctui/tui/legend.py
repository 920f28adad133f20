"""The title of a chart and the names of its lines, in whole words: in both edges of its frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from gctui.tui.cells import cut
from gctui.tui.charts import Curve
from gctui.tui.palette import ink

_LINE = "━"


@dataclass(frozen=True, slots=True)
class Legend:
    """What stands in the upper and in the lower edge."""

    upper: Content
    lower: Content


@dataclass(frozen=True, slots=True)
class _Style:
    gap: str
    """Between two entries."""
    after: str
    """Between a line's sign and its name."""


_ROOMY, _DENSE = _Style("  ", " "), _Style(" ", "")


def legend(
    title: str, curves: Sequence[Curve], width_cells: int, *, dark: bool, by_glyph: bool
) -> Legend:
    """Return as much as fits: all the names, or the first ones and how many more there are.

    `curves` come in the order of their importance. With `by_glyph` a line's sign is what draws it.
    """
    head = Content(cut(title, width_cells))
    for style in (_ROOMY, _DENSE):
        entries = [_entry(curve, style, dark=dark, by_glyph=by_glyph) for curve in curves]
        upper = _row([head], entries, style.gap, width_cells)
        rest = entries[len(upper) - 1 :]
        lower = _row([], rest, style.gap, width_cells)
        if len(lower) == len(rest):
            break
    else:
        lower = _with_count(lower, len(rest), style.gap, width_cells)
    gap = Content(style.gap)
    return Legend(gap.join(upper), gap.join(lower))


def _row(
    begin: Sequence[Content], entries: Sequence[Content], gap: str, width_cells: int
) -> list[Content]:
    """Return `begin` and as many of the first entries as fit behind it."""
    row = [*begin]
    for entry in entries:
        if _width([*row, entry], gap) > width_cells:
            break
        row.append(entry)
    return row


def _with_count(
    row: Sequence[Content], all_of_them: int, gap: str, width_cells: int
) -> list[Content]:
    """Return as many of the entries as leave room for how many are missing."""
    for shown in range(len(row), -1, -1):
        counted = [*row[:shown], Content.styled(f"+{all_of_them - shown} more", "dim")]
        if _width(counted, gap) <= width_cells:
            return counted
    return []


def _entry(curve: Curve, style: _Style, *, dark: bool, by_glyph: bool) -> Content:
    return Content.assemble(
        (curve.glyph if by_glyph else _LINE, f"bold {ink(curve.color, dark=dark)}"),
        f"{style.after}{curve.name}",
    )


def _width(texts: Sequence[Content], gap: str) -> int:
    return sum(text.cell_length for text in texts) + len(gap) * max(0, len(texts) - 1)
