"""The header and the figures line: one row of text each, redrawn only when it changes."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from gctui.analysis.figures import Figures, figures
from gctui.analysis.neutral import neutral
from gctui.analysis.units import clock, duration_ms, percent, rate, size
from gctui.model.clock import ClockKind
from gctui.model.feed import Frame, Phase


class TextRow(Static):
    """A row that is given whole texts and knows when nothing changed."""

    _shown: Content | None = None

    def show(self, content: Content) -> None:
        """Draw `content` unless it is there already."""
        if content != self._shown:
            self._shown = content
            self.update(content)


def header(frame: Frame, width: int, *, paused_behind: int | None) -> Content:
    """Return the header: the program on the left, what the stream is doing on the right."""
    status = frame.status
    left = [neutral(status.label, max(8, width // 2)) or "?"]
    if status.pid is not None:
        left.append(f"pid {status.pid}")
    if status.godebug and width >= 110:
        left.append(neutral(f"GODEBUG={status.godebug}", width // 4))
    right = _state(frame, paused_behind)
    text = "   ".join(left)
    room = width - len(text) - right.cell_length
    return Content(f" {text}").append(Content(" " * max(1, room - 2))).append(right)


def _state(frame: Frame, paused_behind: int | None) -> Content:
    status = frame.status
    at = "" if frame.snapshot.clock in {ClockKind.NONE, ClockKind.ORDER} else clock(frame.now_s)
    if paused_behind is not None:
        word = Content.styled(f"‖ paused, {paused_behind} cycles behind", "bold $warning")
    elif status.phase is Phase.LOADING:
        word = Content.styled(f"loading {100 * (status.progress or 0):.0f}%", "bold $accent")
    elif status.phase is Phase.LIVE and status.progress is not None:
        word = Content.styled(f"▶ playing {100 * status.progress:.0f}%", "bold $success")
    elif status.phase is Phase.ENDED:
        word = Content.styled(f"■ {neutral(status.ended, 60)}", "bold $warning")
    elif status.writer_waits:
        word = Content.styled("● live, the program waits for the spool", "bold $error")
    else:
        word = Content.styled("● live", "bold $success")
    return word.append(f"  {at}" if at else "")


def figures_rows(frame: Frame, width: int, height: int) -> Content:
    """Return the figures in `height` rows; what does not fit is left out from the end."""
    now = figures(frame.snapshot, frame.now_s)
    rows = [Content("")]
    for name, value in _figures(now):
        name_shown = f" {name} " if name else " "
        cell = Content.assemble((name_shown, "$text-muted"), (f"{value} ", "bold"))
        if rows[-1].cell_length + cell.cell_length <= width:
            rows[-1] = rows[-1].append(cell)
        elif len(rows) < height:
            rows.append(cell)
        else:
            break
    return Content("\n").join(rows)


def _figures(now: Figures) -> list[tuple[str, str]]:
    cells = [
        ("GC", "–" if now.gc_number is None else f"#{now.gc_number}"),
        ("", rate(now.gc_per_s)),
        ("live", size(now.live_mib)),
        ("goal", size(now.goal_mib)),
        ("RSS", size(now.rss_mib)),
        ("pause", duration_ms(now.last_pause_ms)),
        ("worst", duration_ms(now.worst_pause_ms)),
        ("GC CPU", percent(now.gc_cpu_percent)),
        (
            "alloc",
            "–" if now.allocation_mib_per_s is None else f"{size(now.allocation_mib_per_s)}/s",
        ),
        ("last GC", "–" if now.since_gc_s is None else f"{clock(now.since_gc_s)} ago"),
        ("p99 pause", duration_ms(now.p99_pause_ms)),
        ("forced", str(now.forced)),
    ]
    if now.virt_mib is not None:
        cells.append(("VIRT", size(now.virt_mib)))
    if now.goroutines is not None:
        cells.insert(5, ("goroutines", str(now.goroutines)))
    return cells
