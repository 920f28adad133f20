"""The rows that show one function of a profile: callers, callees, lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gctui.analysis.neutral import neutral
from gctui.analysis.profile_list import ListedLine, Listing
from gctui.tui.cells import cut
from gctui.tui.columns import file_name, function_name
from gctui.tui.profile_columns import Line
from gctui.tui.profile_figures import share
from gctui.tui.profile_function import Function

CALLERS, CALLEES = "called by", "calls"
_CALLS_SHOWN = 8
_LONGEST_SOURCE = 200
_FIGURE_CELLS = 11
_NUMBER_CELLS = 7


@dataclass(frozen=True, slots=True, eq=False)
class DetailRow:
    """One row; Enter goes to its function, or shows all of its group."""

    text: str
    is_bold: bool = False
    is_dim: bool = False
    function: str = ""
    group: str = ""


def detail_rows(
    line: Line, found: Function, shown_in_full: Collection[str], width_cells: int
) -> list[DetailRow]:
    """Return the rows of a function."""
    rows: list[DetailRow] = []
    if found.calls is not None:
        cum = abs(found.calls.cum)
        for group, calls in ((CALLERS, found.calls.callers), (CALLEES, found.calls.callees)):
            rows += _call_rows(line, group, calls, cum, width_cells, is_all=group in shown_in_full)
    for listing in found.listings:
        rows += _listing_rows(line, listing, width_cells)
    if not found.listings:
        rows.append(DetailRow(" The profile does not tell its lines.", is_dim=True))
    return rows


def _call_rows(
    line: Line,
    group: str,
    calls: Sequence[tuple[str, int]],
    cum: int,
    width_cells: int,
    *,
    is_all: bool,
) -> Iterator[DetailRow]:
    yield DetailRow(f" {group}{'' if calls else ': nothing in this profile'}", is_bold=True)
    # A row that says that one is left out takes as much room as the one.
    count = len(calls) if is_all or len(calls) == _CALLS_SHOWN + 1 else _CALLS_SHOWN
    for name, amount in calls[:count]:
        figures = f"{line.text(amount):>{_FIGURE_CELLS}} {share(amount, cum):>6}  "
        shown = function_name(neutral(name), width_cells - len(figures))
        yield DetailRow(figures + shown, function=name)
    if len(calls) > count:
        rest = sum(amount for _, amount in calls[count:])
        more = f"{len(calls) - count} more; Enter shows them"
        figures = f"{line.text(rest):>{_FIGURE_CELLS}} {share(rest, cum):>6}  "
        yield DetailRow(figures + more, is_dim=True, group=group)
    yield DetailRow("")


def _listing_rows(line: Line, listing: Listing, width_cells: int) -> Iterator[DetailRow]:
    file = neutral(listing.file)
    has_source = any(each.text is not None for each in listing.lines)
    hint = "" if has_source or not file else "; the file is not here"
    yield DetailRow(
        f" lines in {file_name(file, width_cells - 40) if file else 'no known file'}{hint}",
        is_bold=True,
    )
    yield DetailRow(
        f"{'flat':>{_FIGURE_CELLS}} {'cum':>{_FIGURE_CELLS}} {'line':>{_NUMBER_CELLS}}", is_dim=True
    )
    last = None
    for each in listing.lines:
        if has_source and last is not None and each.number > last + 1:
            yield DetailRow(f"{'⋮':>{2 * _FIGURE_CELLS + _NUMBER_CELLS + 2}}", is_dim=True)
        last = each.number
        yield _line_row(line, each, width_cells)
    yield DetailRow("")


def _line_row(line: Line, each: ListedLine, width_cells: int) -> DetailRow:
    flat = line.text(each.flat) if each.flat else "·"
    cum = line.text(each.cum) if each.cum else "·"
    figures = f"{flat:>{_FIGURE_CELLS}} {cum:>{_FIGURE_CELLS}} {each.number:>{_NUMBER_CELLS}}  "
    text = "" if each.text is None else neutral(each.text, _LONGEST_SOURCE)
    return DetailRow(
        figures + cut(text, width_cells - len(figures)), is_dim=not (each.flat or each.cum)
    )
