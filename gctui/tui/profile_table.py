"""The functions of the heap profile by what they hold, or by what came since a mark."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.worker import Worker

from gctui.analysis.neutral import neutral
from gctui.model.feed import Frame, Phase
from gctui.model.profile import Profile
from gctui.tui.columns import Fitted, cell, fitting
from gctui.tui.cursor_list import CursorList
from gctui.tui.palette import VERMILLION, ink
from gctui.tui.profile_columns import (
    COLUMNS,
    OF_RSS,
    Line,
    fitted,
    headline,
    keys_now,
    resident_bytes,
    title,
)

if TYPE_CHECKING:
    from gctui.analysis.profile_top import By, TopRow
    from gctui.tui.profile_reading import ProfileReader, Reading, Wanted

_NONE_YET = (
    "A heap profile says which functions hold the memory. A server with "
    'import\u00a0_\u00a0"net/http/pprof" gives one: gctui run --pprof URL\u00a0--\u00a0CMD, or '
    "gctui\u00a0watch\u00a0URL. A saved one: gctui\u00a0replay\u00a0heap.pb.gz"
)
_READING = "…"
_SCROLLBAR_CELLS = 1
_LEAST_GAP_CELLS = 3
_UNCHANGED = (
    "Nothing changed since the mark: the next profile will tell. m shows the whole profile again."
)


class ProfileTable(CursorList["TopRow"]):
    """Reads a profile in a thread, and shows the one before until that is done."""

    HEADING_ROWS: ClassVar[int] = 2

    @dataclass
    class Opened(Message):
        """A function is to be shown in full."""

        line: Line

    def __init__(self) -> None:
        super().__init__(id="profile")
        self._frame: Frame | None = None
        self._base: Profile | None = None
        self._type_name: str | None = None
        self._by: By = "flat"
        self._reader: ProfileReader | None = None
        self._reading: Reading | None = None
        self._worker: Worker[None] | None = None
        self._columns: Fitted[Line] = ()
        self._rss_shown_bytes: int | None = None

    def show(self, frame: Frame) -> None:
        """Draw the newest profile; the cursor stays on its function."""
        self._frame = frame
        if self._profile is None:
            self._take_reading(None)
        elif self._worker is None or self._worker.is_finished:
            self._worker = self.run_worker(self._read_all())
        if self._rss_bytes != self._rss_shown_bytes:
            self._rss_shown_bytes = self._rss_bytes
            self._fit()
            self.refresh()

    def set_mark(self) -> None:
        """Show what changes from now on, or again all there is."""
        if self._frame is not None and self._profile is not None and self._may_change:
            self._base = self._profile if self._base is None else None
            self.show(self._frame)

    def turn_order(self) -> None:
        """Sort by what a function holds itself, or with all it called."""
        self._by = "cum" if self._by == "flat" else "flat"
        if self._frame is not None:
            self.show(self._frame)

    def next_type(self) -> None:
        """Show the next sample type."""
        if self._reading is not None and self._frame is not None:
            self._type_name = self._reading.next_type or None
            self.show(self._frame)

    def on_resize(self, _event: events.Resize) -> None:
        """Choose the columns that fit."""
        self._fit()

    def is_same(self, one: TopRow, other: TopRow) -> bool:
        """Tell whether both are one function."""
        return one.function == other.function

    def place_of(self, item: TopRow) -> int | None:
        """Return which row of the list is a function's."""
        return None if self._reading is None else self._reading.places.get(item.function)

    def heading_row(self, y: int) -> list[Segment]:
        """Return the total, or the titles of the columns."""
        if y == 0:
            return self._summary()
        titles = "".join(
            cell(column, title(column, self._reading), width) for column, width in self._columns
        )
        return [Segment(titles, Style(bold=True, dim=True))]

    def item_row(self, item: TopRow) -> list[Segment]:
        """Return the row of a function; one that grew is coloured, and has a sign."""
        line = self._line(item)
        if line is None:
            return []
        grown = Style(color=ink(VERMILLION, dark=self.app.current_theme.dark), bold=True)
        return [
            Segment(
                cell(column, column.text(line, width), width),
                grown if line.has_grown and column.title == line.reading.wanted.by else None,
            )
            for column, width in self._columns
        ]

    def empty_text(self) -> str:
        """Say why nothing is listed."""
        reading = self._reading
        if reading is None:
            return _NONE_YET if self._profile is None else _READING
        if reading.failure:
            return neutral(reading.failure)
        if reading.is_difference:
            return _UNCHANGED
        name = neutral(reading.kind.name)
        other = neutral(reading.next_type)
        return f"The profile has no sample with any {name} in it. t shows {other}."

    def opened(self, item: TopRow) -> None:
        """Ask for a function to be shown in full."""
        line = self._line(item)
        if line is not None:
            self.post_message(self.Opened(line))

    def _fit(self) -> None:
        has_rss = self._reading is not None and resident_bytes(self._reading, self._rss_bytes)
        columns = [each for each in COLUMNS if has_rss or each is not OF_RSS]
        self._columns = fitting(columns, self.size.width - _SCROLLBAR_CELLS)

    @property
    def _may_change(self) -> bool:
        """There may be another profile, or the user compares already."""
        ended = self._frame is None or self._frame.status.phase is Phase.ENDED
        return not ended or self._base is not None

    @property
    def _profile(self) -> Profile | None:
        return None if self._frame is None else self._frame.snapshot.profile

    @property
    def _rss_bytes(self) -> int | None:
        process = None if self._frame is None else self._frame.snapshot.process
        return None if process is None else process.rss_bytes

    def _line(self, row: TopRow) -> Line | None:
        return None if self._reading is None else Line(row, self._reading, self._rss_bytes)

    async def _read_all(self) -> None:
        """Read what is wanted until that is what is shown: meanwhile it may have changed."""
        from gctui.tui.profile_reading import ProfileReader  # noqa: PLC0415 - few need it

        if self._reader is None:
            self._reader = ProfileReader()
        while (wanted := self._wanted()) is not None:
            if self._reading is not None and wanted.is_same_as(self._reading.wanted):
                return
            self._take_reading(await asyncio.to_thread(self._reader.read, wanted))

    def _wanted(self) -> Wanted | None:
        from gctui.tui.profile_reading import Wanted  # noqa: PLC0415 - as above

        if self._profile is None:
            return None
        return Wanted(self._profile, self._base, self._type_name, self._by)

    def _take_reading(self, reading: Reading | None) -> None:
        if reading is None and self._reading is None:
            return
        self._reading = reading
        self._fit()
        was_in_view = self.shows_cursor
        self.take(reading.rows if reading else ())
        if was_in_view:
            self.reveal_cursor()

    def _summary(self) -> list[Segment]:
        """Return the total on the left, and on the right what the keys do."""
        reading = self._reading
        if reading is None:
            return []
        width = self.size.width - _SCROLLBAR_CELLS
        said = headline(reading, self._rss_bytes)
        head = f" {said.total}"
        room = width - cell_len(head + said.about) - _LEAST_GAP_CELLS
        right = keys_now(reading, room, may_change=self._may_change)
        room = width - cell_len(head + said.about + right) - _LEAST_GAP_CELLS
        text = said.about + fitted(said.more, room)
        gap = max(2, width - cell_len(head + text + right) - 1)
        segments = [Segment(head, Style(bold=True)), Segment(text)]
        return [*segments, Segment(" " * gap + right, Style(dim=True))]
