"""The hero bar: where the memory is, to scale, and one sentence that says why."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from gctui.analysis.units import UNKNOWN, size
from gctui.model.ledger import Certainty, Ledger, Part
from gctui.tui.palette import FILLS


class HeroBar(Widget):
    """Draws a ledger. One row of bar, one of sentence, and a legend where there is room."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(id="hero")
        self._ascii_only = ascii_only
        self._ledger = Ledger((), None, None, None)
        self._sentence = ""
        self.border_title = "Where the memory is"

    def show(self, ledger: Ledger, sentence: str) -> None:
        """Draw these; nothing is redrawn when they are what is shown already."""
        if (ledger, sentence) == (self._ledger, self._sentence):
            return
        self._ledger, self._sentence = ledger, sentence
        title = Content(_right_title(ledger))
        if self.border_subtitle != title:
            self.border_subtitle = title
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row."""
        width, height = self.size.width, self.size.height
        rows = [self._bar, self._sentence_row]
        if height >= 3:
            rows.insert(1, self._legend)
        row = rows[y](width) if y < len(rows) else []
        return Strip(row).adjust_cell_length(width, self.rich_style).apply_style(self.rich_style)

    def _bar(self, width: int) -> list[Segment]:
        cells = widths([part.mib for part in self._ledger.parts], width)
        bar = []
        for part, count in zip(self._ledger.parts, cells, strict=True):
            fill = FILLS[part.name]
            glyph = fill.ascii_glyph if self._ascii_only else fill.glyph
            bar += _labelled(part, glyph, fill.color, count)
        return bar or [Segment("no figures yet", Style(dim=True))]

    def _legend(self, width: int) -> list[Segment]:
        if width < 1:
            return []
        legend = []
        for part in self._ledger.parts:
            fill = FILLS[part.name]
            glyph = fill.ascii_glyph if self._ascii_only else fill.glyph
            legend.append(Segment(glyph * 2, Style(color=fill.color)))
            legend.append(Segment(f" {part.name} {_figure(part)}   "))
        if self._ledger.released_mib:
            legend.append(Segment(f"(released {size(self._ledger.released_mib)})", Style(dim=True)))
        return legend

    def _sentence_row(self, width: int) -> list[Segment]:
        text = self._sentence
        return [Segment(text if len(text) <= width else text[: max(0, width - 1)] + "…")]


def widths(amounts: list[float], width: int) -> list[int]:
    """Share `width` cells out to scale: they sum to it, and whatever is not 0 gets at least one."""
    total = sum(amounts)
    if total <= 0 or width <= 0:
        return [0] * len(amounts)
    cells = [max(1, int(width * amount / total)) if amount > 0 else 0 for amount in amounts]
    by_size = sorted(range(len(amounts)), key=lambda i: -amounts[i])
    cells[by_size[0]] += width - sum(cells)
    return [max(0, count) for count in cells]


def _labelled(part: Part, glyph: str, color: str, width: int) -> list[Segment]:
    style = Style(color=color)
    for label in (f" {part.name} {_figure(part)} ", f" {part.name} ", f" {_figure(part)} "):
        if len(label) + 2 <= width:
            left = (width - len(label)) // 2
            right = width - len(label) - left
            bold = Style(bold=True)
            return [
                Segment(glyph * left, style),
                Segment(label, bold),
                Segment(glyph * right, style),
            ]
    return [Segment(glyph * width, style)]


def _figure(part: Part) -> str:
    return ("" if part.certainty is Certainty.EXACT else "~") + size(round(part.mib))


def _right_title(ledger: Ledger) -> str:
    if ledger.rss_mib is None:
        return f"heap {size(ledger.total_mib)} · RSS unknown" if ledger.parts else UNKNOWN
    limit = f" of {size(ledger.limit_mib)} limit" if ledger.limit_mib is not None else ""
    return f"RSS {size(ledger.rss_mib)}{limit}"
