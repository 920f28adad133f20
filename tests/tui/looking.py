"""What a user sees of an app under test."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from textual.app import App
from textual.strip import Strip


def strips(app: App[Any]) -> list[Strip]:
    """Return the rows of the terminal."""
    return app.screen._compositor.render_strips()


def rows(app: App[Any]) -> list[str]:
    """Return the texts of the rows."""
    return [strip.text for strip in strips(app)]


def seen(app: App[Any]) -> str:
    """Return the whole terminal as text."""
    return "\n".join(rows(app))


def segments(app: App[Any], text: str) -> list[Segment]:
    """Return the pieces of the terminal that have a text."""
    return [segment for strip in strips(app) for segment in strip if text in segment.text]


def time_labels(app: App[Any]) -> list[str]:
    """Return what is written below the first chart's time axis."""
    texts = rows(app)
    axis = next(i for i, row in enumerate(texts) if row.startswith("│") and "╰" in row)
    return texts[axis + 1].split("│")[1].split()
