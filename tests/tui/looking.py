"""What a user sees of an app under test."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.strip import Strip

from gctui.tui.viewer import Viewer

HOSTILE = "[bold]x[/] [@click=app.exit]y\x1b]0;t\x07\x1b[2J\u202e日本語\r\n" * 40
"""What would act on a terminal, or on Textual, were it not made harmless."""


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


def row_of(app: App[Any], text: str) -> str:
    """Return the first row that has a text, nothing where none has."""
    return next((row for row in rows(app) if text in row), "")


def tick(app: App[Any]) -> None:
    """Have the screen look for a newer frame, as its timer does."""
    viewer = app.screen_stack[0]
    assert isinstance(viewer, Viewer)
    viewer._tick()


def assert_harmless(app: App[Any], width: int) -> None:
    """Nothing on the terminal acts, every row is as wide as it is, nothing can be clicked."""
    text = seen(app).replace("\n", "")
    assert not [char for char in text if ord(char) < 32 or 0x7F <= ord(char) < 0xA0]
    assert "\u202e" not in text
    assert {cell_len(row) for row in rows(app)} == {width}
    for segment in segments(app, "[@click"):
        assert segment.style is not None
        assert "@click" not in segment.style.meta


def calls_of(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[tuple[Any, ...]]:
    """Return a list of the arguments with which a method is called from now on."""
    calls: list[tuple[Any, ...]] = []
    original = getattr(owner, name)

    def counted(self: object, *arguments: object) -> object:
        calls.append(arguments)
        return original(self, *arguments)

    monkeypatch.setattr(owner, name, counted)
    return calls
