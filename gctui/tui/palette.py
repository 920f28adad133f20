"""Colours and glyphs. Okabe and Ito's eight colours, told apart by colour-blind eyes.

A colour never stands alone: parts have glyphs of their own, lines have names beside their colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gctui.model.ledger import PartName

GREEN = "#00b383"
ORANGE = "#e69f00"
SKY = "#56b4e9"
YELLOW = "#f0e442"
VERMILLION = "#e8702a"
PURPLE = "#cc79a7"
BLUE = "#4a90d9"
GREY = "#9a9a9a"
WHITE = "#f5f5f5"


@dataclass(frozen=True, slots=True)
class Fill:
    """How a part is drawn."""

    color: str
    glyph: str
    ascii_glyph: str


FILLS: Mapping[PartName, Fill] = {
    PartName.LIVE: Fill(GREEN, "█", "#"),
    PartName.SINCE_GC: Fill(ORANGE, "▓", "+"),
    PartName.IDLE: Fill(SKY, "▒", ":"),
    PartName.ROOTS: Fill(PURPLE, "░", "."),
    PartName.UNATTRIBUTED: Fill(GREY, "▚", "?"),
}
