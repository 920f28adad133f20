"""The program's own output: it follows the newest line unless it was scrolled away from it."""

from __future__ import annotations

import re

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from gctui.analysis.neutral import neutral
from gctui.model.feed import Feed, Frame
from gctui.tui.cells import cut, wrapped
from gctui.tui.scrolled import LongList

_EMPTY = "The program's own output appears here."
_ELSEWHERE = (
    "The program's own output goes where it went before; gctui attach does not see it. Its memory "
    "and its goroutines are on this screen."
)
_FOUND = Style(bold=True, reverse=True)


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
        self._wanted: re.Pattern[str] | None = None
        self._found: int | None = None

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
        self.scroll_to(y=first, animate=False)

    def search(self, text: str) -> bool:
        """Show the newest line up to the last one in view with `text`; mark it wherever it is."""
        self._wanted = re.compile(re.escape(text), re.IGNORECASE) if text else None
        self._found = None
        self.refresh()
        return not text or self.find(-1)

    def find(self, step: int) -> bool:
        """Go on to the next (1) or the previous (-1) line that has what is searched."""
        if self._wanted is None:
            return False
        first, lines = self._feed.text(0, self._total)
        matches = [i for i, line in enumerate(lines, first) if self._wanted.search(neutral(line))]
        if not matches:
            return False
        self._found = self._next(matches, step)
        self.scroll_to(y=self._found - self.size.height // 2, animate=False)
        self.refresh()
        return True

    def _next(self, matches: list[int], step: int) -> int:
        bottom = self.scroll_offset.y + self.size.height
        begin = bottom if self._found is None else self._found
        if step > 0:
            return next((match for match in matches if match > begin), matches[0])
        return next((match for match in reversed(matches) if match < begin), matches[-1])

    def render_lines(self, crop: Region) -> list[Strip]:
        """Fetch the lines in view, once for all rows."""
        self._first, self._lines = self._feed.text(self.scroll_offset.y, self.size.height)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        number = self.scroll_offset.y + y
        if number >= self._total:
            text = "" if self._total else self._empty
            hint = wrapped(text, self.size.width - 1, self.size.height)
            return self.hint(hint[y] if y < len(hint) else "")
        place = number - self._first
        if not 0 <= place < len(self._lines):
            return self.hint(cut("· older output was dropped ·", self.size.width))
        return self.row(self._marked(cut(neutral(self._lines[place]), self.size.width), number))

    def _marked(self, text: str, number: int) -> list[Segment]:
        """Cut a line into what is searched and the rest."""
        if self._wanted is None:
            return [Segment(text)]
        style = _FOUND if number == self._found else Style(bold=True, underline=True)
        segments, at = [], 0
        for match in self._wanted.finditer(text):
            segments += [Segment(text[at : match.start()]), Segment(match[0], style)]
            at = match.end()
        return [*segments, Segment(text[at:])]
