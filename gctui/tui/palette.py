"""Colours and glyphs. Okabe and Ito's eight colours, told apart by colour-blind eyes.

A colour never stands alone: parts have glyphs of their own, lines have names beside their colour,
and a glyph each where colours are not to be had. On a light background each colour is drawn in
a darker shade of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.theme import Theme

from gctui.model.parts import PartName

GREEN = "#00b383"
ORANGE = "#e69f00"
SKY = "#56b4e9"
YELLOW = "#f0e442"
VERMILLION = "#e8702a"
PURPLE = "#cc79a7"
BLUE = "#4a90d9"
GREY = "#8b949e"
WHITE = "#f5f5f5"

_ON_LIGHT: Mapping[str, str] = {
    GREEN: "#00795a",
    ORANGE: "#a86f00",
    SKY: "#1f78b4",
    YELLOW: "#7d7400",
    VERMILLION: "#bf4400",
    PURPLE: "#a34379",
    BLUE: "#00499c",
    GREY: "#6a737d",
    WHITE: "#16191d",
}

DARK = Theme(
    name="gctui-dark",
    primary=SKY,
    secondary=BLUE,
    accent=ORANGE,
    warning=ORANGE,
    error=VERMILLION,
    success=GREEN,
    foreground="#dfe3e8",
    background="#0e1116",
    surface="#151a21",
    panel="#1c232c",
    dark=True,
)
LIGHT = Theme(
    name="gctui-light",
    primary=_ON_LIGHT[SKY],
    secondary=_ON_LIGHT[BLUE],
    accent="#8a5a00",
    warning="#8a5a00",
    error=_ON_LIGHT[VERMILLION],
    success=_ON_LIGHT[GREEN],
    foreground="#1c2024",
    background="#fbfbfa",
    surface="#f3f4f5",
    panel="#e3e7eb",
    dark=False,
)


def ink(color: str, *, dark: bool) -> str:
    """Return the shade in which a colour is drawn on a dark or a light background."""
    return color if dark else _ON_LIGHT[color]


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
    PartName.SPANS: Fill(YELLOW, "▞", "%"),
    PartName.ROOTS: Fill(PURPLE, "░", "."),
    PartName.STACKS: Fill(PURPLE, "░", "."),
    PartName.METADATA: Fill(BLUE, "▌", "="),
    PartName.RETURNED: Fill(VERMILLION, "▜", "*"),
    PartName.BINARY: Fill(WHITE, "▀", "@"),
    PartName.OUTSIDE: Fill(GREY, "▚", "?"),
    PartName.OTHERS: Fill(PURPLE, "▖", "/"),
    PartName.UNATTRIBUTED: Fill(GREY, "▚", "?"),
    PartName.UNTOUCHED: Fill(GREY, "╌", "-"),
    PartName.RELEASED: Fill(GREY, "_", "_"),
}
