"""The bottom row: as many keys as fit, each in whole; a click does what the key does."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from gctui.tui.keys import KEYS, Key


class KeyRow(Static):
    """Shows the keys in the order of their importance."""

    auto_links = False
    """They are keys that can be clicked, and look like keys."""

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits."""
        row = Content("")
        for key in KEYS:
            if not key.label:
                continue
            cell = _cell(key)
            if row.cell_length + cell.cell_length > event.size.width:
                break
            row = row.append(cell)
        self.update(row, layout=False)


def _cell(key: Key) -> Content:
    action = key.action if "." in key.action.partition("(")[0] else f"screen.{key.action}"
    click = Style.from_meta({"@click": action})
    cell = Content.assemble((f" {key.shown}", "bold $accent"), f" {key.label} ")
    return cell.stylize(click)
