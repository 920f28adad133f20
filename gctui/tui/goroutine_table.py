"""The goroutines by the function that they are in, the most grown first: a leak is on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from gctui.analysis.goroutines import Site
from gctui.analysis.goroutines import states as states_of
from gctui.analysis.neutral import neutral
from gctui.model.counters import Census
from gctui.model.feed import Frame, Phase
from gctui.tui.cells import cut
from gctui.tui.columns import Fitted, cell, fitting
from gctui.tui.comparison import Comparison, SavedCensus, comparison
from gctui.tui.cursor_list import CursorList
from gctui.tui.goroutine_columns import COLUMNS, number, states
from gctui.tui.palette import VERMILLION, ink

_LEAST_TOTALS_CELLS = 40


class GoroutineTable(CursorList[Site]):
    """Counts growth from the first census, or from the mark that the user set."""

    HEADING_ROWS: ClassVar[int] = 2

    @dataclass
    class Opened(Message):
        """A site is to be shown in full."""

        site: Site
        moment: str
        """From when its growth counts."""

    def __init__(self) -> None:
        super().__init__(id="goroutines")
        self._frame: Frame | None = None
        self._mark: Census | None = None
        self._compared: Comparison | None = None
        self._saved = SavedCensus()
        self._totals: list[tuple[str, int]] = []
        self._columns: Fitted[Site] = ()
        self._empty = ""

    def show(self, frame: Frame) -> None:
        """Draw the newest census; the cursor stays on its site."""
        self._frame = frame
        snapshot = frame.snapshot
        found = comparison(snapshot.counters, self._mark)
        if found is None:
            found = self._saved.of(snapshot.goroutine_profile)
        empty = "" if found else why_none(frame)
        if empty != self._empty:
            self._empty = empty
            self.refresh()
        if found is not self._compared and not (found and found.is_same_as(self._compared)):
            self._compare(found)

    def set_mark(self) -> None:
        """Count growth from what is shown now."""
        if self._compared is not None and self._frame is not None:
            self._mark = self._compared.census
            self.show(self._frame)

    def _compare(self, found: Comparison | None) -> None:
        self._compared = found
        self._totals = states_of(found.census) if found else []
        was_in_view = self.shows_cursor
        self.take(found.sites if found else ())
        if was_in_view:
            self.reveal_cursor()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns that fit."""
        self._columns = fitting(COLUMNS, event.size.width)

    def is_same(self, one: Site, other: Site) -> bool:
        """Tell whether both are of one go statement, and in one function."""
        return one.key == other.key

    def heading_row(self, y: int) -> list[Segment]:
        """Return the totals, or the titles of the columns."""
        if y == 0:
            return self._summary()
        titles = "".join(cell(column, column.title, width) for column, width in self._columns)
        return [Segment(titles, Style(bold=True, dim=True))]

    def item_row(self, item: Site) -> list[Segment]:
        """Return the row of a site; one that grew is coloured, and has a sign."""
        style = None
        if item.growth and item.growth > 0:
            style = Style(color=ink(VERMILLION, dark=self.app.current_theme.dark), bold=True)
        return [
            Segment(
                cell(column, column.text(item, width), width),
                style if column.title in {"count", "growth"} else None,
            )
            for column, width in self._columns
        ]

    def empty_text(self) -> str:
        """Say why there is no census."""
        return self._empty

    def opened(self, item: Site) -> None:
        """Ask for a site to be shown in full."""
        if self._compared is not None:
            self.post_message(self.Opened(item, self._compared.moment))

    def _summary(self) -> list[Segment]:
        """All goroutines by state on the left; on the right what growth is counted from."""
        compared = self._compared
        if compared is None:
            return []
        width = self.size.width
        right = ""
        if not compared.is_saved:
            right = _growth_counts(compared, width - _LEAST_TOTALS_CELLS)
        count = compared.census.goroutines
        head = f" {number(count)} goroutine{'' if count == 1 else 's'}"
        room = width - len(head) - cell_len(right) - 4
        has_states = bool(self._totals) and room > 0
        rest = f": {states(self._totals, room, ' · ')}" if has_states else ""
        gap = max(2, width - cell_len(head + rest) - cell_len(right) - 1)
        texts = (Segment(head, Style(bold=True)), Segment(rest))
        return [*texts, Segment(" " * gap + right, Style(dim=True))]


def _growth_counts(compared: Comparison, room_cells: int) -> str:
    """Return from when growth counts and what changes it, as much as fits."""
    long = f"growth {compared.moment} · {'m moves it' if compared.is_marked else 'm sets a mark'}"
    short = f"growth since {'mark' if compared.is_marked else 'start'}, {compared.ago}"
    texts = (long, f"{short} · m marks", short)
    return next((text for text in texts if cell_len(text) <= room_cells), cut(short, room_cells))


def why_none(frame: Frame) -> str:
    """Say why the goroutines of a frame are not counted."""
    if frame.status.inside:
        return f"The goroutines are not known: {neutral(frame.status.inside)}"
    if frame.status.phase is Phase.ENDED:
        return (
            "Nothing counted the goroutines here: gctui run, gctui attach PID and a recording do, "
            "or a saved profile of them (debug/pprof/goroutine)."
        )
    if frame.snapshot.counters is not None or not frame.status.shows_output:
        return "The goroutines are being counted."
    return (
        "The goroutines are counted where gctui can read the running program: gctui run, "
        "gctui attach PID, or a pipe."
    )
