"""The title of a chart and the names of its lines, in whole words, whatever the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from gctui.tui.cells import cut
from gctui.tui.charts import Curve
from gctui.tui.palette import ink

_LINE = "━"


@dataclass(frozen=True, slots=True)
class _Style:
    short: bool
    before: str
    """Between two entries."""
    after: str
    """Between a line's sign and its name."""


_STYLES = (_Style(False, "  ", " "), _Style(True, "  ", " "), _Style(True, " ", ""))
"""From roomy to dense."""


def legend(
    title: str, curves: Sequence[Curve], width_cells: int, *, dark: bool, by_glyph: bool
) -> Content:
    """Return as much as fits: long names, short names, or the first ones and how many more.

    `curves` come in the order of their importance. With `by_glyph` a line's sign is what draws it.
    """
    head = Content(cut(title, width_cells))
    shown: list[Content] = []
    for style in _STYLES:
        shown = [_entry(curve, style, dark=dark, by_glyph=by_glyph) for curve in curves]
        if _width(head, shown) <= width_cells:
            return _joined(head, shown)
    missing = 0
    while shown and _width(head, [*shown, more := _more(missing)]) > width_cells:
        shown.pop()
        missing += 1
    return _joined(head, [*shown, more]) if shown else head


def _entry(curve: Curve, style: _Style, *, dark: bool, by_glyph: bool) -> Content:
    return Content.assemble(
        style.before,
        (curve.glyph if by_glyph else _LINE, f"bold {ink(curve.color, dark=dark)}"),
        f"{style.after}{curve.short if style.short else curve.name}",
    )


def _more(missing: int) -> Content:
    return Content.styled(f" +{missing}", "dim")


def _joined(head: Content, entries: Sequence[Content]) -> Content:
    return Content("").join([head, *entries])


def _width(head: Content, entries: Sequence[Content]) -> int:
    return head.cell_length + sum(entry.cell_length for entry in entries)
