"""The columns of the list of goroutines, and how its figures and names are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor

from rich.cells import cell_len, set_cell_size

from gctui.analysis.goroutines import Site
from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, size
from gctui.tui.cells import CUT, cut

_GAP = "  "
_LONGEST_STATE = 40
GREW = "▲"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; one with a `share` takes that part of the room which the others leave."""

    title: str
    least_cells: int
    text: Callable[[Site, int], str]
    """What stands there, in at most so many cells."""
    importance: int
    """The largest are the first to go where the room is scarce."""
    share: float = 0.0
    most_cells: int = 1000


Fitted = Sequence[tuple[Column, int]]
"""Columns and their widths."""


def fitting(width_cells: int) -> Fitted:
    """Return the columns that fit. Only the width counts: columns that move are hard to read."""
    kept = sorted(COLUMNS, key=lambda column: column.importance)
    while len(kept) > 1 and sum(map(_least, kept)) > width_cells:
        kept.pop()
    shares = sum(column.share for column in kept) or 1.0
    spare = max(0, width_cells - sum(map(_least, kept)))
    return [
        (
            column,
            min(column.most_cells, column.least_cells + int(spare * column.share / shares)),
        )
        for column in COLUMNS
        if column in kept
    ]


def cell(column: Column, text: str, width_cells: int) -> str:
    """Return a text in its column: figures to the right, words to the left after a gap."""
    if column.share:
        return _GAP + set_cell_size(text, width_cells)
    return text.rjust(width_cells)


def number(count: int) -> str:
    """Format a count: `4,990`."""
    return f"{count:,}"


def growth(site: Site) -> str:
    """Format what a site grew by: `+120`, `−3`, nothing where it did not."""
    if not site.growth:
        return ""
    return f"+{site.growth:,}" if site.growth > 0 else f"−{-site.growth:,}"


def states(pairs: Sequence[tuple[str, int]], width_cells: int, between: str = ", ") -> str:
    """Name as many states as fit; never a part of a number, which would read as another one."""
    texts = [f"{state(name)} {number(count)}" for name, count in pairs]
    for shown in range(len(texts), 0, -1):
        rest = [CUT] if shown < len(texts) else []
        text = between.join([*texts[:shown], *rest])
        if cell_len(text) <= width_cells:
            return text
    return cut(f"{state(pairs[0][0])} {CUT}", width_cells) if pairs else ""


def state(name: str) -> str:
    """Return the name of a state, which is the program's text."""
    return neutral(name, _LONGEST_STATE)


def waited(seconds: float | None) -> str:
    """Format a long time: `12 s`, `12 min`, `5 h`, `3 d`. Never more than it was."""
    if seconds is None:
        return UNKNOWN
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit_s:
            return f"{floor(seconds / unit_s)} {unit}"
    return f"{floor(seconds)} s"


def stack(size_bytes: int) -> str:
    """Format the size of stacks: `8 KiB`, `39 MiB`."""
    if size_bytes < 1 << 20:
        return f"{size_bytes / 1024:.0f} KiB"
    return size(size_bytes / (1 << 20))


def creator(site: Site, width_cells: int) -> str:
    """Return the function with the go statement, without its package's path where that is long."""
    name = neutral(site.created_by)
    if not site.place and name == "main":
        name = "main goroutine"
    return _named(name, width_cells)


def function(site: Site, width_cells: int) -> str:
    """Return the function they are in, without its package's path where that is long."""
    return _named(neutral(site.function) or UNKNOWN, width_cells)


def where(place: str, width_cells: int) -> str:
    """Return `file:line`, shortened from the left: the end is what tells places apart."""
    text = neutral(place) or UNKNOWN
    elements = text.split("/")
    for shown in (text, "/".join(elements[-2:]), elements[-1]):
        if cell_len(shown) <= width_cells:
            return shown
    return _cut_left(elements[-1], width_cells)


def _named(name: str, width_cells: int) -> str:
    if cell_len(name) > width_cells:
        # Types in brackets have paths of their own.
        own, bracket, types = name.partition("[")
        name = own.rpartition("/")[2] + bracket + types
    return cut(name, width_cells)


def _cut_left(text: str, width_cells: int) -> str:
    kept = text[-width_cells:]
    while kept and cell_len(kept) > width_cells - 1:
        kept = kept[1:]
    return CUT + kept


def _least(column: Column) -> int:
    return column.least_cells + (len(_GAP) if column.share else 0)


def _growth_marked(site: Site, _width: int) -> str:
    text = growth(site)
    return f"{GREW} {text}" if text.startswith("+") else text


def _doing(site: Site, width_cells: int) -> str:
    if not site.states:
        return "all ended"
    if len(site.states) == 1:
        # The number is that of the row.
        return cut(state(site.states[0][0]), width_cells)
    return states(site.states, width_cells)


COLUMNS: tuple[Column, ...] = (
    Column("count", 8, lambda site, _: number(site.count), 0),
    Column("growth", 11, _growth_marked, 0),
    Column("doing", 12, _doing, 1, share=0.15, most_cells=40),
    Column("max wait", 10, lambda site, _: waited(site.longest_wait_s), 4),
    Column("stacks", 10, lambda site, _: stack(site.stack_bytes), 5),
    Column("in", 20, function, 1, share=0.4, most_cells=60),
    Column("at", 14, lambda site, width: where(site.line or site.place, width), 2, share=0.2),
    Column("created by", 20, creator, 3, share=0.25, most_cells=60),
)
