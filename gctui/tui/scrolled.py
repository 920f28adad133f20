"""Long lists that are drawn line by line: only what is in view is ever formatted."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from gctui.analysis.neutral import neutral
from gctui.analysis.units import duration_ms, percent, size
from gctui.model.cycle import Cycle
from gctui.model.feed import Feed, Frame


class OutputPane(ScrollView):
    """The program's own output; follows the newest line unless it was scrolled away from it."""

    can_focus = True

    def __init__(self, feed: Feed) -> None:
        super().__init__(id="output")
        self._feed = feed
        self._total = 0

    def show(self, frame: Frame) -> None:
        """Take in the lines that came since."""
        if frame.text_lines == self._total:
            return
        follows = self.scroll_offset.y >= self.max_scroll_y
        self._total = frame.text_lines
        self.virtual_size = Size(1, self._total)
        if follows:
            self.scroll_end(animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        width = self.size.width
        number = self.scroll_offset.y + y
        first, lines = self._feed.text(number, 1)
        if number >= self._total or not self._total:
            hint = "The program's own output appears here." if y == 0 and not self._total else ""
            return self._row(hint, width, Style(dim=True))
        if first != number or not lines:
            return self._row("· older output was dropped ·", width, Style(dim=True))
        return self._row(neutral(lines[0], max(1, width)), width, Style())

    def _row(self, text: str, width: int, style: Style) -> Strip:
        strip = Strip([Segment(text, style)]).adjust_cell_length(width, self.rich_style)
        return strip.apply_style(self.rich_style)


_CYCLE_COLUMNS = (
    ("GC", 8),
    ("at", 10),
    ("start", 8),
    ("GC end", 8),
    ("live", 8),
    ("goal", 8),
    ("pause", 8),
    ("mark", 8),
    ("assist", 8),
    ("backgr.", 8),
    ("idle", 8),
    ("GC CPU", 7),
    ("", 8),
)


class CycleTable(ScrollView):
    """The newest collections, the newest on top."""

    can_focus = True

    def __init__(self) -> None:
        super().__init__(id="cycles")
        self._cycles: tuple[Cycle, ...] = ()

    def show(self, frame: Frame) -> None:
        """Draw these collections."""
        cycles = frame.snapshot.cycles
        if cycles is self._cycles or (cycles and self._cycles and cycles[-1] is self._cycles[-1]):
            return
        self._cycles = cycles
        self.virtual_size = Size(sum(width for _, width in _CYCLE_COLUMNS), len(cycles) + 1)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row of the view; the first of the view is always the heading."""
        width = self.size.width
        if y == 0:
            cells, style = [name for name, _ in _CYCLE_COLUMNS], Style(bold=True, dim=True)
        else:
            number = self.scroll_offset.y + y
            if number > len(self._cycles):
                return Strip.blank(width, self.rich_style)
            cells, style = _cycle_cells(self._cycles[-number]), Style()
        text = "".join(c.rjust(w) for c, (_, w) in zip(cells, _CYCLE_COLUMNS, strict=True))
        begin = self.scroll_offset.x
        strip = Strip([Segment(text, style)]).crop(begin, begin + width)
        return strip.adjust_cell_length(width, self.rich_style).apply_style(self.rich_style)


def _cycle_cells(cycle: Cycle) -> list[str]:
    gc = cycle.event
    live = gc.heap_live_mb if gc.heap_live_mb is not None else gc.heap_live_previous_mb
    return [
        f"#{cycle.number}",
        "–" if gc.start_s is None else f"{gc.start_s:.3f} s",
        *(_size(value) for value in (gc.heap_start_mb, gc.heap_end_mb, live, cycle.goal_mib)),
        duration_ms(cycle.pause_ms),
        *map(
            duration_ms,
            (gc.clock_mark_ms, gc.cpu_assist_ms, gc.cpu_background_ms, gc.cpu_idle_ms),
        ),
        percent(cycle.gc_cpu_percent),
        "leaks?" if gc.leak_check else "forced" if gc.forced else "",
    ]


def _size(mib: int | None) -> str:
    return size(None if mib is None else float(mib)).replace(" MiB", "M").replace(" GiB", "G")
