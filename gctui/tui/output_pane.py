"""The program's own output: it follows the newest line unless it was scrolled away from it."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from gctui.analysis.neutral import neutral
from gctui.model.feed import Feed, Frame
from gctui.tui.cells import CUT, cut, wrapped
from gctui.tui.matches import Match, Place, Searched
from gctui.tui.scrolled import LongList

_EMPTY = "The program's own output appears here."
_ELSEWHERE = (
    "The program's own output goes where it went before; gctui attach does not see it. Its memory "
    "and its goroutines are on this screen."
)
_FOUND = Style(bold=True, reverse=True)
_DIM = Style(dim=True)
_ALSO_FOUND = Style(bold=True, underline=True)


class OutputPane(LongList):
    """Asks the feed for the lines in view, and for no others."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(id="output")
        self._feed = feed
        self._total = 0
        self._empty = _EMPTY
        self._follows = True
        self._first = 0
        self._lines: list[str] = []
        self._left_cells = 0
        """What is scrolled off the left edge."""
        self._wanted: re.Pattern[str] | None = None
        self._found: Place | None = None

    def show(self, frame: Frame) -> None:
        """Take in the lines that came since."""
        self._empty = _EMPTY if frame.status.shows_output else _ELSEWHERE
        if frame.text_lines == self._total:
            return
        self._total = frame.text_lines
        self.set_rows(self._total)
        if self._follows:
            self.follow()
        self.refresh()

    def follow(self) -> None:
        """Show the newest line."""
        self._follows = True
        self.scroll_end(animate=False, immediate=True)
        # A scrollbar that appears changes the room, and with it where the end is.
        self.call_after_refresh(self.scroll_end, animate=False, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following when scrolled up, follow again from the last row."""
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value or not self._follows:
            self._follows = new_value >= self.max_scroll_y

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the last row in view."""
        if self._follows:
            self.follow()

    def action_scroll_home(self) -> None:
        """Show the oldest line that is kept."""
        first, _ = self._feed.text(0, 1)
        self._to_left_edge(0)
        self.scroll_to(y=first, animate=False)

    def follow_from_the_left_edge(self) -> None:
        """Show the newest line from its beginning."""
        self._to_left_edge(0)
        self.follow()

    def scroll_sideways(self, step: int) -> None:
        """Move by half the width, as far as the lines in view go."""
        longest = max((cell_len(neutral(line)) for line in self._lines), default=0)
        furthest = max(0, longest - self.room_cells, self._left_cells if step < 0 else 0)
        wanted = self._left_cells + step * max(1, self.room_cells // 2)
        self._to_left_edge(max(0, min(furthest, wanted)))

    def _to_left_edge(self, left_cells: int) -> None:
        if left_cells != self._left_cells:
            self._left_cells = left_cells
            self.refresh()

    def search(self, text: str) -> Match | None:
        """Show the newest line up to the last one in view with `text`; mark it wherever it is."""
        self._wanted = re.compile(re.escape(text), re.IGNORECASE) if text else None
        self._found = None
        self.refresh()
        return self.find(-1)

    def find(self, step: int) -> Match | None:
        """Go on to the next (1) or the previous (-1) place that has what is searched."""
        if self._wanted is None:
            return None
        first, lines = self._feed.text(0, self._total)
        begin = self._found or (self.scroll_offset.y + self.size.height, 0)
        match = Searched(self._wanted, lines, first).find(begin, step)
        if match is not None:
            self._found = match.place
            number, place = match.place
            self.scroll_to(y=number - self.size.height // 2, animate=False)
            self._bring_into_view(neutral(lines[number - first]), place, self._wanted)
            self.refresh()
        return match

    def _bring_into_view(self, text: str, place: int, wanted: re.Pattern[str]) -> None:
        """Scroll sideways where a match would be out of view."""
        match = wanted.match(text, place)
        end = cell_len(text[: match.end() if match else place])
        # The cells at the edges say that there is more.
        room = max(1, self.room_cells - 1)
        if end <= room:
            self._to_left_edge(0)
        elif not self._left_cells < cell_len(text[:place]) <= end <= self._left_cells + room:
            furthest = cell_len(text) - room
            self._to_left_edge(max(0, min(furthest, cell_len(text[:place]) - room // 3)))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Fetch the lines in view, once for all rows."""
        self._first, self._lines = self._feed.text(self.scroll_offset.y, self.size.height)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        number = self.scroll_offset.y + y
        if number >= self._total:
            text = "" if self._total else self._empty
            hint = wrapped(text, self.room_cells - 1, self.size.height)
            return self.hint(hint[y] if y < len(hint) else "")
        place = number - self._first
        if not 0 <= place < len(self._lines):
            return self.hint(cut("· older output was dropped ·", self.room_cells))
        return self._part_in_view(neutral(self._lines[place]), number)

    def _part_in_view(self, text: str, number: int) -> Strip:
        """Return what of a line is between the edges; where something is missing it says so."""
        left, width = self._left_cells, self.room_cells
        length = cell_len(text)
        begin = left + 1 if left and length else left
        end = left + width - 1 if length > left + width else left + width
        shown = [*Strip(self._marked(text, number)).crop(begin, max(begin, end))]
        before, after = CUT * (begin - left), CUT * (left + width - end)
        return self.row([Segment(before, _DIM), *shown, Segment(after, _DIM)])

    def _marked(self, text: str, number: int) -> list[Segment]:
        """Cut a line into what is searched and the rest."""
        if self._wanted is None:
            return [Segment(text)]
        segments, at = [], 0
        for match in self._wanted.finditer(text):
            style = _FOUND if (number, match.start()) == self._found else _ALSO_FOUND
            segments += [Segment(text[at : match.start()]), Segment(match[0], style)]
            at = match.end()
        return [*segments, Segment(text[at:])]
