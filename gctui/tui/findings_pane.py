"""What follows from the figures: what is found, what to do, what other settings would do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from gctui.analysis.note import Note, Topic
from gctui.analysis.odd_lines import odd_lines
from gctui.model.feed import Frame, Status
from gctui.tui.cells import wrapped
from gctui.tui.findings_rows import Row, finding_rows, note_rows, said_rows
from gctui.tui.scrolled import LongList

if TYPE_CHECKING:
    from gctui.analysis.advice import Advice
    from gctui.analysis.findings import Finding
    from gctui.analysis.live_findings import Found, LiveFindings

_MARGIN_CELLS = 2
"""The scrollbar, and a gap before it."""
_IN_FULL_FROM_ROWS = 20
_ANEW_AFTER_S = 1.0
_ODD_TOPIC, _BASIS_TOPIC = "odd lines", "found in"
_TOLD_AS_ODD = "unparsed-lines"
_SAME = {
    "live-heap-growth": Topic.GROWTH,
    "limit-bound": Topic.GOGC,
    "death-spiral": Topic.GOGC,
}
"""A finding that says what a note would say, and more."""
_NOTHING_YET = (
    "Nothing found yet. What grows, what costs, how far a limit is, and what other settings would "
    "do follow from some collections: gctrace lines, or the counters of a running program."
)

_Moment = tuple[int, int, Status, float]


class FindingsPane(LongList):
    """Written anew when something else is said, or when the size or the colours change."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "open", show=False)]

    @dataclass
    class Below(Message):
        """What is not in view."""

        rows: int
        """So many are below it."""
        is_brief: bool
        """There is no room to say why the findings are so."""

    @dataclass
    class Opened(Message):
        """The user wants to know why the findings are so."""

        found: tuple[Finding, ...]

    def __init__(self) -> None:
        super().__init__(id="findings")
        self._finder: LiveFindings | None = None
        self._advice: Advice | None = None
        self._found: Found | None = None
        self._odd_said: tuple[str, ...] = ()
        self._version: int | None = None
        self._moment: _Moment | None = None
        self._is_dark = True
        self._rows: list[Row] = []
        self._below = (0, False)

    def show(self, frame: Frame) -> None:
        """Draw what follows from a frame, once a second or when there was a collection."""
        if frame.version != self._version and self._is_due(frame):
            self._version = frame.version
            self._find(frame)
        elif self._is_dark != self.app.current_theme.dark:
            self._write()

    def _is_due(self, frame: Frame) -> bool:
        now = (frame.shown, frame.snapshot.count("gc"), frame.status, frame.now_s)
        before = self._moment
        if before and now[:3] == before[:3] and 0 <= now[3] - before[3] < _ANEW_AFTER_S:
            return False
        self._moment = now
        return True

    def _find(self, frame: Frame) -> None:
        # They cost the start nothing.
        from gctui.analysis.advice import advice  # noqa: PLC0415
        from gctui.analysis.live_findings import LiveFindings  # noqa: PLC0415

        if self._finder is None:
            self._finder = LiveFindings()
        self.show_said(advice(frame), self._finder.of(frame), tuple(odd_lines(frame.snapshot)))

    def show_said(
        self, advice: Advice, found: Found | None = None, odd: tuple[str, ...] = ()
    ) -> None:
        """Draw it, if it is not what is drawn already; `odd` says which lines were no plain ones.

        They stand at the end: whoever misses something looks for them.
        """
        if (advice, found, odd) != (self._advice, self._found, self._odd_said):
            self._advice, self._found, self._odd_said = advice, found, odd
            self._write()

    def on_resize(self, _event: events.Resize) -> None:
        """Break the lines anew."""
        self._write()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Count what is left to read."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_hidden(round(new_value))

    def _tell_hidden(self, first_row: int) -> None:
        rows = max(0, len(self._rows) - first_row - self.size.height)
        below = rows, bool(self._findings) and not self._is_in_full
        if below != self._below:
            self._below = below
            self.post_message(self.Below(*below))

    def action_open(self) -> None:
        """Say why the findings are so, where the pane has no room for it."""
        if self._findings:
            self.post_message(self.Opened(tuple(self._findings)))

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        if not self._rows:
            hint = wrapped(_NOTHING_YET, self.size.width - 1, max(1, self.size.height))
            return self.hint(hint[y] if y < len(hint) else "")
        at = self.scroll_offset.y + y
        return self.row(self._rows[at] if at < len(self._rows) else [])

    def _write(self) -> None:
        self._is_dark = self.app.current_theme.dark
        self._rows = [] if self._advice is None else list(self._written(self._advice))
        self.set_rows(len(self._rows))
        self._tell_hidden(self.scroll_offset.y)
        self.refresh()

    def _written(self, advice: Advice) -> Iterator[Row]:
        """Yield what alarms, what is found, what to do, the settings, and what else there is.

        The table comes before most notes: it is what one compares, they are what one looks up. The
        order is the same in every room: what moves with the terminal's size is hard to find again.
        """
        width_cells, found = self.size.width - _MARGIN_CELLS, self._findings
        told = {_SAME.get(each.id) for each in found}
        notes = [note for note in advice.notes if note.topic not in told]
        calm = [note for note in notes if not note.is_alarming]
        for note in notes:
            if note.is_alarming:
                yield from self._note(note)
        for each in found:
            in_full = self._is_in_full
            yield from finding_rows(each, width_cells, dark=self._is_dark, in_full=in_full)
        for note in calm[:1]:
            yield from self._note(note)
        if advice.what_if is not None and advice.what_if.predictions:
            from gctui.tui.what_if_rows import what_if_rows  # noqa: PLC0415 - few need it

            if notes or found:
                yield []
            yield from what_if_rows(advice.what_if, width_cells)
            if calm[1:]:
                yield []
        for note in calm[1:]:
            yield from self._note(note)
        yield from self._about_lines(width_cells)

    def _note(self, note: Note) -> Iterator[Row]:
        return note_rows(note, self.size.width - _MARGIN_CELLS, dark=self._is_dark)

    def _about_lines(self, width_cells: int) -> Iterator[Row]:
        """Yield which lines it is all about, and which were odd."""
        found = self._found
        if found is not None and found.findings and found.collections:
            said = f"all {found.collections:,} collections"
            if not found.is_of_all:
                said = f"the last {found.collections:,}: older ones are not kept one by one"
            yield from said_rows(_BASIS_TOPIC, said, width_cells)
        for place, said in enumerate(self._odd_said):
            yield from said_rows("" if place else _ODD_TOPIC, said, width_cells)

    @property
    def _is_in_full(self) -> bool:
        return self.size.height >= _IN_FULL_FROM_ROWS

    @property
    def _findings(self) -> list[Finding]:
        found = () if self._found is None else self._found.findings
        return [each for each in found if each.id != _TOLD_AS_ODD]
