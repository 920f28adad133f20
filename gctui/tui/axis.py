"""What stands around a canvas: value labels on its left, the time axis and its labels below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from gctui.tui.dots import Scale

Labelled = Sequence[tuple[float, str]]

LABEL_SPACE_CELLS = 2


@dataclass(frozen=True, slots=True)
class Room:
    """Where the canvas lies: right of the value labels, above the time labels."""

    left_cells: int
    columns: int
    rows: int
    below_cells: int


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs of one kind of terminal."""

    marker: str | None
    """plotext's name; None where each line has a glyph of its own."""
    dots_wide: int
    dots_high: int
    upright: str
    level: str
    left_axis: str
    left_tick: str
    corner: str
    lower_axis: str
    lower_tick: str


GLYPHS = {
    "braille": Glyphs("braille", 2, 4, "┊", "╌", "│", "┤", "╰", "─", "┬"),
    "block": Glyphs("hd", 2, 2, "┊", "╌", "│", "┤", "╰", "─", "┬"),
    "ascii": Glyphs(None, 1, 1, ":", "-", "|", "+", "+", "-", "+"),
}


class _Label(NamedTuple):
    """A tick's label along its axis; `end` is where another may begin."""

    begin: int
    end: int
    at: int
    text: str


def divided(width_cells: int, height_cells: int, x_ticks: Labelled, y_ticks: Labelled) -> Room:
    """Divide the room; labels and axes give way where it is scarce.

    Charts above each other line up when their value labels are padded to one width.
    """
    left = 1 + max((cell_len(label) for _, label in y_ticks), default=-1)
    left = left if left <= width_cells // 2 else 0
    below = min(2, (height_cells - 1) // 2) if x_ticks else 0
    return Room(left, width_cells - left, height_cells - below, below)


def left_of(ticks: Labelled, y: Scale, room: Room, glyphs: Glyphs) -> list[str]:
    """Return the value labels and their axis, a text per row of the canvas."""
    if not room.left_cells:
        return [""] * room.rows
    labels = []
    for value, text in ticks:
        if (cell := y.cell(value, glyphs.dots_high)) is not None:
            labels.append(_Label(cell, cell + 1, cell, text))
    texts = {room.rows - 1 - label.at: label.text for label in _evenly(labels)}
    return [
        " " * (room.left_cells - 1 - cell_len(texts.get(row, "")))
        + (f"{texts[row]}{glyphs.left_tick}" if row in texts else glyphs.left_axis)
        for row in range(room.rows)
    ]


def below(ticks: Labelled, x: Scale, room: Room, glyphs: Glyphs) -> list[str]:
    """Return the time axis and its labels, or the labels alone."""
    if not room.below_cells:
        return []
    width = room.left_cells + room.columns
    labels = []
    for value, text in ticks:
        cell, size = x.cell(value, glyphs.dots_wide), cell_len(text)
        if cell is not None and size <= width:
            at = room.left_cells + cell
            begin = min(max(at - size // 2, 0), width - size)
            labels.append(_Label(begin, begin + size + LABEL_SPACE_CELLS, at, text))
    chosen = _evenly(labels)
    axis = [*_axis_start(room, glyphs), *glyphs.lower_axis * room.columns]
    texts = ""
    for label in chosen:
        axis[label.at] = glyphs.lower_tick
        texts += " " * (label.begin - cell_len(texts)) + label.text
    return ["".join(axis), set_cell_size(texts, width)][-room.below_cells :]


def _axis_start(room: Room, glyphs: Glyphs) -> str:
    return f"{glyphs.corner:>{room.left_cells}}" if room.left_cells else ""


def _evenly(labels: Sequence[_Label]) -> Sequence[_Label]:
    """Leave out every second label, or two of three, and so on, until no two touch."""
    ordered = sorted(labels)
    for stride in range(1, len(ordered)):
        chosen = ordered[::stride]
        if all(one.end <= other.begin for one, other in pairwise(chosen)):
            return chosen
    return ordered[:1]
