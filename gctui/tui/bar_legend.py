"""What names the parts of the hero bar: pure arithmetic on cells.

A part that the bar itself has no room to name is named below it, with its figure where that fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gctui.analysis.units import size
from gctui.model.parts import Certainty, Ledger, Part, PartName

SIGN_CELLS = 2
_TELLING_MIB = 1
_Entry = Callable[[Part], str]


@dataclass(frozen=True, slots=True)
class BarLegend:
    """Rows of parts with their texts, and what stands behind the last one."""

    rows: tuple[tuple[tuple[Part, str], ...], ...]
    rest: str


def bar_legend(ledger: Ledger, bar_cells: Sequence[int], width: int, rows: int) -> BarLegend:
    """Name what the bar does not: with figures, else without; else say how many more there are.

    What the bar names gives way to what is not resident. `bar_cells` has each resident part's.
    """
    parts = resident_parts(ledger)
    untold = [part for part, cells in zip(parts, bar_cells, strict=True) if is_untold(part, cells)]
    beyond_cells = len(not_resident(ledger, width))
    for entry in (_with_figure, _by_name):
        for rest_cells in (beyond_cells, 0):
            shown = named(parts, bar_cells, width, rows, rest_cells, entry)
            if all(part in shown for part in untold):
                found = _flow(shown, width, entry)
                return BarLegend(found, not_resident(ledger, _room(found, width)))
    shown = named(parts, bar_cells, width, rows, len(_more(len(untold))), _by_name)
    missing = sum(part not in shown for part in untold)
    return BarLegend(_flow(shown, width, _by_name), _more(missing))


def named(
    parts: Sequence[Part],
    bar_cells: Sequence[int],
    width: int,
    rows: int,
    rest_cells: int,
    entry: _Entry,
) -> list[Part]:
    """Return the parts for which a legend has room, with so many cells behind them.

    First those go that the bar itself names, the largest first; then the smallest.
    """
    kept = {part.name: part for part in parts if round(part.mib)}
    cells = {part.name: count for part, count in zip(parts, bar_cells, strict=True)}
    told = [part for part in kept.values() if not is_untold(part, cells[part.name])]
    told.sort(key=lambda part: -part.mib)
    others = sorted((part for part in kept.values() if part not in told), key=lambda p: p.mib)
    for part in (*told, *others):
        if _fits([*kept.values()], width, rows, rest_cells, entry):
            break
        del kept[part.name]
    return [*kept.values()]


def resident_parts(ledger: Ledger) -> list[Part]:
    """Return the parts that the bar draws."""
    return [part for part in ledger.parts if part.mib > 0]


def is_untold(part: Part, cells: int) -> bool:
    """Tell whether the bar has no room for the part's name and figure."""
    return bool(round(part.mib)) and len(labels(part)[0]) + 2 > cells


def labels(part: Part) -> tuple[str, ...]:
    """Return what may stand in the bar; only the first one says all."""
    name = _name(part)
    return f" {name} {_figure(part)} ", f" {_figure(part)} ", f" {name} "


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


def _flow(
    parts: Sequence[Part], width: int, entry: _Entry
) -> tuple[tuple[tuple[Part, str], ...], ...]:
    rows: list[list[tuple[Part, str]]] = [[]]
    for part in parts:
        text = entry(part)
        if rows[-1] and _cells(rows[-1]) + SIGN_CELLS + len(text.rstrip()) > width:
            rows.append([])
        rows[-1].append((part, text))
    return tuple(map(tuple, rows))


def _fits(parts: Sequence[Part], width: int, rows: int, rest_cells: int, entry: _Entry) -> bool:
    found = _flow(parts, width, entry)
    widest = max(_cells(row) - _trailing(row) for row in found)
    if len(found) > rows or widest > width:
        return False
    return not rest_cells or rest_cells <= _room(found, width)


def _room(rows: Sequence[Sequence[tuple[Part, str]]], width: int) -> int:
    return width - _cells(rows[-1])


def _cells(row: Sequence[tuple[Part, str]]) -> int:
    return sum(SIGN_CELLS + len(text) for _, text in row)


def _trailing(row: Sequence[tuple[Part, str]]) -> int:
    return len(row[-1][1]) - len(row[-1][1].rstrip()) if row else 0


def _with_figure(part: Part) -> str:
    return f" {_name(part)} {_figure(part)}   "


def _by_name(part: Part) -> str:
    return f" {_name(part)}  "


def _more(parts: int) -> str:
    return f" +{parts} more: w"


def _name(part: Part) -> str:
    """Say so where the bar shows less of the live heap than is live."""
    is_cut = part.mapped_mib is not None and round(part.mapped_mib) > round(part.mib)
    return "live, resident" if is_cut and part.name is PartName.LIVE else part.name


def _figure(part: Part) -> str:
    return ("" if part.certainty is Certainty.EXACT else "~") + size(round(part.mib))
