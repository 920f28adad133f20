"""The bottom row: as many keys as fit, each in whole; a click does what the key does."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from gctui.tui.keys import KEYS, Key, screen_action

_ENLARGED_KEYS = (
    Key("z", "enlarge", "z/esc", "put back"),
    *(key for key in KEYS if key.keys != "z"),
)


class KeyRow(Static):
    """Shows the keys in the order of their importance."""

    auto_links = False
    """They are keys that can be clicked, and look like keys."""

    _is_enlarged = False

    def show(self, *, is_enlarged: bool) -> None:
        """Begin with the way back where one thing has all the room."""
        if is_enlarged != self._is_enlarged:
            self._is_enlarged = is_enlarged
            self._write()

    def on_resize(self, _event: events.Resize) -> None:
        """Show what fits."""
        self._write()

    def _write(self) -> None:
        keys = [key for key in (_ENLARGED_KEYS if self._is_enlarged else KEYS) if key.label]
        # Without a margin there may be room for one more.
        rows = [fitting(keys, self.size.width, margin) for margin in (" ", "")]
        self.update(max(rows, key=lambda row: row[1])[0], layout=False)


def fitting(keys: Sequence[Key], width_cells: int, margin: str) -> tuple[Content, int]:
    """Return the keys that fit, and how many they are."""
    row = Content(margin)
    for count, key in enumerate(keys):
        gap = "  " if count else ""
        cell = _cell(key)
        if row.cell_length + len(gap) + cell.cell_length > width_cells:
            return row, count
        row = row.append(gap).append(cell)
    return row, len(keys)


def _cell(key: Key) -> Content:
    click = Style.from_meta({"@click": screen_action(key)})
    return Content.assemble((key.shown, "bold $accent"), f" {key.label}").stylize(click)
