"""The columns of the list of goroutines, and how its figures and names are written."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from rich.cells import cell_len

from gctui.analysis.goroutines import Site
from gctui.analysis.neutral import neutral
from gctui.analysis.units import UNKNOWN, size
from gctui.tui.cells import CUT, cut
from gctui.tui.columns import Column, file_name, function_name

_LONGEST_STATE = 40
GREW = "▲"


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
    """Format the size of stacks: `8 KiB`, `39 MiB`; no goroutine has none, so that 0 is unknown."""
    if not size_bytes:
        return UNKNOWN
    if size_bytes < 1 << 20:
        return f"{size_bytes / 1024:.0f} KiB"
    return size(size_bytes / (1 << 20))


def creator(site: Site, width_cells: int) -> str:
    """Return the function with the go statement, without its package's path where that is long."""
    name = neutral(site.created_by)
    if not site.place and name == "main":
        name = "main goroutine"
    return function_name(name, width_cells)


def function(site: Site, width_cells: int) -> str:
    """Return the function they are in, without its package's path where that is long."""
    return function_name(neutral(site.function) or UNKNOWN, width_cells)


def where(place: str, width_cells: int) -> str:
    """Return `file:line`, shortened from the left: the end is what tells places apart."""
    return file_name(neutral(place) or UNKNOWN, width_cells)


def _growth_marked(site: Site, _width: int) -> str:
    text = growth(site)
    return f"{GREW} {text}" if text.startswith("+") else text


def _doing(site: Site, width_cells: int) -> str:
    if not site.count:
        return "ended"
    if len(site.states) == 1:
        # The number is that of the row.
        return cut(state(site.states[0][0]), width_cells)
    return states(site.states, width_cells)


COLUMNS: tuple[Column[Site], ...] = (
    Column("count", 8, lambda site, _: number(site.count), 0),
    Column("growth", 11, _growth_marked, 0),
    Column("doing", 12, _doing, 1, share=0.15, most_cells=40),
    Column("max wait", 10, lambda site, _: waited(site.longest_wait_s), 4),
    Column("stacks", 10, lambda site, _: stack(site.stack_bytes), 5),
    Column("in", 20, function, 1, share=0.4, most_cells=60),
    Column("at", 14, lambda site, width: where(site.line or site.place, width), 2, share=0.2),
    Column("created by", 20, creator, 3, share=0.25, most_cells=60),
)
