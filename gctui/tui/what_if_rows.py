"""What other settings would do, as rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from gctui.analysis.neutral import neutral
from gctui.analysis.units import percent, rate, size
from gctui.analysis.what_if import Prediction, WhatIf
from gctui.tui.cells import cut, wrapped

Row = list[Segment]

_TITLES = ("at GC end", "all of Go", "GC CPU", "GCs")
_FIGURE_CELLS = (10, 10, 16, 9)
_SETTING_CELLS = (12, 40)
"""At least and at most."""
_MOST_SPARE_CELLS = 4
_NOW_SIGN = "▶"
_SIGN_CELLS = 3
_GAP = "  "
_INDENT = " " * 5
_MOST_ROWS = 6
_BOLD, _DIM = Style(bold=True), Style(dim=True)


@dataclass(frozen=True, slots=True)
class _Columns:
    """How wide the first column is, its sign left out, and each of the others."""

    setting_cells: int
    figure_cells: Sequence[int]
    """0 for one of which nothing is known."""

    def row(self, sign: str, setting: str, figures: Sequence[str]) -> str:
        room = self.setting_cells - cell_len(setting)
        cells = zip(figures, self.figure_cells, strict=True)
        rest = "".join(text.rjust(width) for text, width in cells if width)
        return f"{f' {sign}':<{_SIGN_CELLS}}{setting}{' ' * room}{rest}"


def what_if_rows(table: WhatIf, width_cells: int) -> Iterator[Row]:
    """Yield a heading, a row per setting, and what has to stay as it is."""
    columns = _columns(table, width_cells)
    before = " " * _SIGN_CELLS
    yield [Segment(f"{before}What if: the same program with other settings", _BOLD)]
    yield [Segment(columns.row("", "setting", _TITLES), _BOLD + _DIM)]
    for each in table.predictions:
        yield from _prediction_rows(each, columns, width_cells)
    for text in wrapped(neutral(table.assumptions), max(1, width_cells - len(before)), _MOST_ROWS):
        yield [Segment(before + text, _DIM)]


def _columns(table: WhatIf, width_cells: int) -> _Columns:
    known = [1, any(each.total_mib is not None for each in table.predictions), 1, 1]
    cells = [cells if is_known else 0 for cells, is_known in zip(_FIGURE_CELLS, known, strict=True)]
    least_cells, most_cells = _SETTING_CELLS
    longest = max((cell_len(_setting(each)) for each in table.predictions), default=0)
    room = width_cells - _SIGN_CELLS - sum(cells)
    setting_cells = max(least_cells, min(longest, most_cells, room))
    spare = max(0, min(_MOST_SPARE_CELLS, (room - setting_cells) // sum(map(bool, cells))))
    return _Columns(setting_cells, [each and each + spare for each in cells])


def gc_cpu(each: Prediction) -> str:
    """Format the CPU for collections with its bounds: `2.1% (1.8–2.6%)`."""
    low, high = percent(each.gc_cpu_low_percent), percent(each.gc_cpu_high_percent)
    text = percent(each.gc_cpu_percent)
    if each.gc_cpu_low_percent is None or each.gc_cpu_high_percent is None or low == high:
        return text
    return f"{text} ({low.removesuffix('%')}–{high})"


def _setting(each: Prediction) -> str:
    return neutral(each.setting) + (" (now)" if each.is_now else "")


def _prediction_rows(each: Prediction, columns: _Columns, width_cells: int) -> Iterator[Row]:
    """Yield the row of a setting; a remark that finds no room beside it stands below."""
    figures = (size(each.heap_mib), size(each.total_mib), gc_cpu(each), rate(each.gc_per_s))
    setting = cut(_setting(each), columns.setting_cells)
    text = columns.row(_NOW_SIGN if each.is_now else "", setting, figures)
    row = Segment(text, _BOLD if each.is_now else None)
    beside = _GAP + neutral(each.remark)
    if cell_len(row.text + beside) <= width_cells:
        yield [row, Segment(beside.rstrip(), _DIM)]
        return
    yield [row]
    if not each.remark:
        return
    room = max(1, width_cells - len(_INDENT))
    for text in wrapped(neutral(each.remark), room, _MOST_ROWS):
        yield [Segment(_INDENT + text, _DIM)]
