"""The hero bar: where the memory is, to scale, and one sentence that says why."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from gctui.model.parts import Ledger, Part
from gctui.tui.bar_legend import (
    SIGN_CELLS,
    BarLegend,
    bar_legend,
    is_untold,
    labels,
    resident_parts,
)
from gctui.tui.cells import cut, wrapped
from gctui.tui.ledger_columns import resident
from gctui.tui.palette import FILLS, ink

_TITLE = "Where the memory is"
_BORDER_CELLS = 6
_SENTENCE_ROWS = 2


class HeroBar(Widget):
    """Draws a ledger: a row of bar, a legend where there is room, and the sentence."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "where", show=False)]

    class Opened(Message):
        """The ledger is to be shown in full."""

    def __init__(self) -> None:
        super().__init__(id="hero")
        self._ledger = Ledger((), None, None, None)
        self._sentence = ""
        self._rows: list[list[Segment]] | None = None
        self._title_shown = Content()
        self._untold = 0
        """Parts that are named nowhere, as there is no room for a legend."""

    def show(self, ledger: Ledger, sentence: str) -> None:
        """Draw these; nothing is redrawn when they are what is shown already."""
        if (ledger, sentence) == (self._ledger, self._sentence):
            return
        self._ledger, self._sentence = ledger, sentence
        self._redraw()
        self._show_title()
        self.refresh()

    def on_click(self) -> None:
        """Ask for the ledger in full."""
        self.post_message(self.Opened())

    def action_open(self) -> None:
        """Ask for the ledger in full."""
        self.post_message(self.Opened())

    def on_resize(self, _event: events.Resize) -> None:
        """Set everything anew."""
        self._rows = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._rows = None

    def render_line(self, y: int) -> Strip:
        """Return one row."""
        rows = self._rows
        if rows is None:
            rows = self._redraw()
            # While the rows are being rendered, the frame is not drawn anew.
            self.call_later(self._show_title)
        row = rows[y] if y < len(rows) else []
        style = self.rich_style
        return Strip(row).adjust_cell_length(self.size.width, style).apply_style(style)

    def _redraw(self) -> list[list[Segment]]:
        self._rows = self._drawn()
        return self._rows

    def _show_title(self) -> None:
        title = self._title()
        if not title.is_same(self._title_shown):
            self._title_shown = title
            self.border_title = title

    def _title(self) -> Content:
        """Name the bar on the left of its border, and what it adds up to on the right."""
        width = self.size.width + 2 - _BORDER_CELLS
        right = resident(self._ledger)
        left = _TITLE + (f" (w names {self._untold} more)" if self._untold else "")
        if len(left) + len(right) + 2 >= width:
            left = _TITLE
        gap = width - len(left) - len(right) - 2
        title = Content.styled(left, "bold")
        if not right:
            return title
        if gap > 0:
            dark = self.app.current_theme.dark
            rule = Content.styled(f" {'─' * gap} ", "#3d444d" if dark else "#b8bec5")
            return title.append(rule).append(Content.styled(right, "bold"))
        return Content.styled(cut(right, width), "bold")

    def _drawn(self) -> list[list[Segment]]:
        width, height = self.size.width, self.size.height
        sentence = wrapped(self._sentence, width, max(1, min(_SENTENCE_ROWS, height - 1)))
        rows = [[Segment(row)] for row in sentence]
        parts = resident_parts(self._ledger)
        if not parts:
            return rows
        cells = widths([part.mib for part in parts], width)
        free_rows = height - 1 - len(rows)
        self._untold = 0 if free_rows else sum(map(is_untold, parts, cells))
        if free_rows:
            rows = [*self._legend(bar_legend(self._ledger, cells, width, free_rows)), *rows]
        return [self._bar(parts, cells), *rows]

    def _bar(self, parts: list[Part], cells: list[int]) -> list[Segment]:
        bar: list[Segment] = []
        dark = self.app.current_theme.dark
        for part, count in zip(parts, cells, strict=True):
            bar += _labelled(part, count, dark=dark)
        return bar

    def _legend(self, legend: BarLegend) -> list[list[Segment]]:
        """Draw the names of the parts that the bar is too narrow for."""
        dark = self.app.current_theme.dark
        rows: list[list[Segment]] = []
        for row in legend.rows:
            rows.append([])
            for part, text in row:
                fill = FILLS[part.name]
                style = Style(color=ink(fill.color, dark=dark))
                rows[-1] += [Segment(fill.glyph * SIGN_CELLS, style), Segment(text)]
        rows[-1].append(Segment(legend.rest, Style(dim=True)))
        return rows


def widths(amounts: list[float], width: int) -> list[int]:
    """Share `width` cells out to scale: they sum to it, and whatever shows gets at least one."""
    total = sum(amounts)
    if total <= 0 or width <= 0:
        return [0] * len(amounts)
    cells = [max(1, int(width * amount / total)) if amount >= 0.5 else 0 for amount in amounts]
    by_size = sorted(range(len(amounts)), key=lambda i: -amounts[i])
    cells[by_size[0]] += width - sum(cells)
    while min(cells) < 0:
        # More parts than cells: the smallest give way.
        smallest = next(i for i in reversed(by_size) if cells[i] > 0)
        cells[smallest] -= 1
        cells[by_size[0]] += 1
    return cells


def _labelled(part: Part, width: int, *, dark: bool) -> list[Segment]:
    fill = FILLS[part.name]
    color = ink(fill.color, dark=dark)
    style = Style(color=color)
    # A name in the part's colour, so that the bar is not interrupted.
    label_style = Style(color="#0e1116" if dark else "#ffffff", bgcolor=color, bold=True)
    for label in labels(part):
        if len(label) + 2 <= width:
            left = (width - len(label)) // 2
            return [
                Segment(fill.glyph * left, style),
                Segment(label, label_style),
                Segment(fill.glyph * (width - len(label) - left), style),
            ]
    return [Segment(fill.glyph * width, style)]
