"""The figures line, and rows of text that are redrawn only when they change."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from gctui.analysis.figures import LATELY, Figures, figures
from gctui.analysis.units import UNKNOWN, clock, duration_ms, percent, rate, size, size_of_some
from gctui.model.feed import Frame, Phase

_Told = list[tuple[str, str]]


class TextRow(Static):
    """A row that is given whole texts and knows when nothing changed."""

    _shown = Content()

    def show(self, content: Content) -> None:
        """Draw `content` unless it is there already."""
        if not content.is_same(self._shown):
            self._shown = content
            # The row's place never changes: the screen need not be laid out again.
            self.update(content, layout=False)


def figures_rows(frame: Frame, width: int, height: int) -> Content:
    """Return the figures in `height` rows; what does not fit is left out from the end."""
    now = figures(frame.snapshot, frame.now_s, has_ended=frame.status.phase is Phase.ENDED)
    rows = [Content("")]
    for told in _figures(now):
        cell, room = _cell(told), width - rows[-1].cell_length
        if cell.cell_length <= room:
            rows[-1] = rows[-1].append(cell)
        elif len(rows) < height:
            rows.append(cell)
        else:
            beginnings = (_cell(told[:count]) for count in range(len(told) - 1, 0, -1))
            fitting = (each for each in beginnings if each.cell_length <= room)
            rows[-1] = rows[-1].append(next(fitting, Content("")))
            break
    return Content("\n").join(rows)


def _cell(told: _Told) -> Content:
    """Return names and values that are told together."""
    parts = [Content.assemble((f"{name} ", "dim"), (value, "bold")) for name, value in told]
    return Content(" ").append(Content(", ").join(parts)).append(" ")


def _live(now: Figures) -> str:
    """Return the live heap, rounded as the bar rounds it."""
    if now.live_mib is None:
        return UNKNOWN
    at = "" if now.live_gc_number is None else f" at #{now.live_gc_number}"
    return size_of_some(now.live_mib) + at


def _goal(now: Figures) -> str:
    if now.next_goal_mib is None:
        return "–"
    return ("" if now.goal_is_exact else "~") + size(round(now.next_goal_mib))


def _figures(now: Figures) -> Iterator[_Told]:
    """Yield names and values in the order of their importance; what is unknown is left out."""
    yield [("GC", UNKNOWN if now.gc_number is None else f"#{now.gc_number}")]
    lately = [(name, value) for name, value in _lately(now) if value != UNKNOWN]
    if lately:
        yield [(f"{LATELY} {lately[0][0]}".strip(), lately[0][1]), *lately[1:]]
    for together in _others(now):
        if known := [each for each in together if each[1] != UNKNOWN]:
            yield known


def _lately(now: Figures) -> Iterator[tuple[str, str]]:
    yield "", rate(now.gc_per_s)
    yield "GC CPU", percent(now.gc_cpu_percent)


def _others(now: Figures) -> list[_Told]:
    # RSS comes late: the bar's title has it, too.
    allocation = now.allocation_mib_per_s
    return [
        [("live", _live(now))],
        [("goal", _goal(now))],
        [("pause", duration_ms(now.last_pause_ms)), ("worst", duration_ms(now.worst_pause_ms))],
        [("goroutines", UNKNOWN if now.goroutines is None else f"{now.goroutines:,}")],
        [(f"alloc {LATELY}", UNKNOWN if allocation is None else f"{size(allocation)}/s")],
        [("RSS", size(now.rss_mib))],
        [("last GC", UNKNOWN if now.since_gc_s is None else f"{clock(now.since_gc_s)} ago")],
        [("p99 pause", duration_ms(now.p99_pause_ms))],
        [("forced", str(now.forced) if now.collections else UNKNOWN)],
        [("VIRT", size(now.virt_mib))],
    ]
