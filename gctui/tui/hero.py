"""The hero bar: where the memory is, to scale, and one sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from gctui.analysis.units import size
from gctui.model.parts import Certainty, Ledger, Part, PartName
from gctui.tui.cells import cut, wrapped
from gctui.tui.ledger_columns import resident
from gctui.tui.palette import FILLS, ink

_TITLE = "Where the memory is"
_BORDER_CELLS = 6
_SENTENCE_ROWS = 2
_SIGN_CELLS = 2
_TELLING_MIB = 1


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
        if not self._resident:
            return rows
        rows.insert(0, self._bar(width))
        has_legend = len(rows) < height
        if has_legend:
            rows.insert(1, self._legend(width))
        self._untold = 0 if has_legend else self._count_untold(width)
        return rows

    def _count_untold(self, width: int) -> int:
        cells = widths([part.mib for part in self._resident], width)
        return sum(map(_is_untold, self._resident, cells))

    @property
    def _resident(self) -> list[Part]:
        return [part for part in self._ledger.parts if part.mib > 0]

    def _bar(self, width: int) -> list[Segment]:
        cells = widths([part.mib for part in self._resident], width)
        bar: list[Segment] = []
        dark = self.app.current_theme.dark
        for part, count in zip(self._resident, cells, strict=True):
            bar += _labelled(part, count, dark=dark)
        return bar

    def _legend(self, width: int) -> list[Segment]:
        """Name the parts that have a size; a bar is often too narrow for the small ones."""
        legend: list[Segment] = []
        dark, room = self.app.current_theme.dark, width
        cells = widths([part.mib for part in self._resident], width)
        beyond = not_resident(self._ledger, width)
        shown, more = listed(self._resident, cells, width, len(beyond))
        for part in shown:
            text = _entry(part)
            fill = FILLS[part.name]
            legend.append(
                Segment(fill.glyph * _SIGN_CELLS, Style(color=ink(fill.color, dark=dark)))
            )
            legend.append(Segment(text))
            room -= len(text) + _SIGN_CELLS
        rest = more or not_resident(self._ledger, room)
        return [*legend, Segment(rest, Style(dim=True))]


def not_resident(ledger: Ledger, room_cells: int) -> str:
    """Name what Go has mapped without memory behind it: all of it, or what has room."""
    untouched = ledger.part(PartName.UNTOUCHED)
    amounts = {
        "never touched": (untouched.mapped_mib or 0.0) if untouched else 0.0,
        "released": ledger.released_mib or 0.0,
    }
    texts = [f"{name} {size(round(mib))}" for name, mib in amounts.items() if mib >= _TELLING_MIB]
    shown = (f"({', '.join(kept)})" for kept in (texts, texts[:1], texts[1:]) if kept)
    return next((text for text in shown if len(text) <= room_cells), "")


def listed(
    parts: Sequence[Part], bar_cells: Sequence[int], width: int, beyond_cells: int
) -> tuple[list[Part], str]:
    """Return the parts to list, and how many more there are that the bar does not name either.

    What the bar names gives way to what is not resident.
    """
    untold = [part for part, cells in zip(parts, bar_cells, strict=True) if _is_untold(part, cells)]
    fewer = named(parts, bar_cells, width - beyond_cells)
    if all(part in fewer for part in untold):
        return fewer, ""
    shown = named(parts, bar_cells, width)
    if all(part in shown for part in untold):
        return shown, ""
    shown = named(parts, bar_cells, width - len(_more(len(untold))))
    return shown, _more(sum(part not in shown for part in untold))


def named(parts: Sequence[Part], bar_cells: Sequence[int], width: int) -> list[Part]:
    """Return the parts for which a legend has room.

    First those go that the bar itself names, the largest first; then the smallest.
    """
    kept = {part.name: part for part in parts if round(part.mib)}
    cells = {part.name: count for part, count in zip(parts, bar_cells, strict=True)}
    told = [part for part in kept.values() if _is_told(part, cells[part.name])]
    told.sort(key=lambda part: -part.mib)
    others = sorted((part for part in kept.values() if part not in told), key=lambda p: p.mib)
    for part in (*told, *others):
        if sum(len(_entry(each)) + _SIGN_CELLS for each in kept.values()) <= width:
            break
        del kept[part.name]
    return [*kept.values()]


def _is_untold(part: Part, cells: int) -> bool:
    return bool(round(part.mib)) and not _is_told(part, cells)


def _more(parts: int) -> str:
    return f" +{parts} more: w"


def _is_told(part: Part, cells: int) -> bool:
    """Tell whether the bar has room for the part's name and figure."""
    return len(_labels(part)[0]) + 2 <= cells


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
    for label in _labels(part):
        if len(label) + 2 <= width:
            left = (width - len(label)) // 2
            return [
                Segment(fill.glyph * left, style),
                Segment(label, label_style),
                Segment(fill.glyph * (width - len(label) - left), style),
            ]
    return [Segment(fill.glyph * width, style)]


def _labels(part: Part) -> tuple[str, ...]:
    """Return what may stand in the bar; only the first one says all."""
    return f" {part.name} {_figure(part)} ", f" {_figure(part)} ", f" {part.name} "


def _entry(part: Part) -> str:
    return f" {part.name} {_figure(part)}   "


def _figure(part: Part) -> str:
    return ("" if part.certainty is Certainty.EXACT else "~") + size(round(part.mib))
