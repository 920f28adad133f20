"""A terminal of a plain locale gets ASCII only, whatever is on the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gctui.tui.app import GctuiApp
from gctui.tui.ascii_filter import in_ascii
from gctui.tui.leaving import Leave

from .feeds import OLD_GO, SAWTOOTH, StillFeed, attached, logged, ran
from .looking import rows, seen, strips
from .profiles import profiled

KEYS: list[list[str]] = [
    [],
    ["space"],
    ["question_mark"],
    ["question_mark", "end"],
    ["w", "down"],
    ["c", "down", "down"],
    ["c", "down", "enter"],
    ["g", "m", "enter"],
    ["q"],
    ["ctrl+p"],
    ["slash", "b", "a"],
    ["1", "2", "z"],
    ["ctrl+c"],
]


@pytest.mark.parametrize("keys", KEYS, ids=" ".join)
async def test_everything_drawn_is_ascii(keys: list[str]) -> None:
    feed = ran()
    feed.read("日本語 — café … “quoted” 🚀\n".encode())
    app = GctuiApp(feed, leave=Leave.RUN, interrupt=lambda: None, ascii_only=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press(*keys)
        await pilot.pause(0.1)
        for strip in strips(app):
            assert strip.text.isascii(), strip.text
            assert cell_len(strip.text) == 80


@pytest.mark.parametrize(
    "keys", [["f"], ["f", "b"], ["f", "enter"], ["f", "m"], ["a"]], ids=" ".join
)
async def test_the_profile_in_ascii(keys: list[str]) -> None:
    app = GctuiApp(profiled(), ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in keys:
            await pilot.press(key)
            await app.workers.wait_for_complete()
        await pilot.pause()
        for strip in strips(app):
            assert strip.text.isascii(), strip.text
            assert cell_len(strip.text) == 80
        assert "?" not in "".join(rows(app)[18:-1])


@pytest.mark.parametrize(
    "keys", [["down"], ["enter"], ["m", "c"], ["question_mark"], ["w"]], ids=" ".join
)
async def test_goroutines_in_ascii(keys: list[str]) -> None:
    app = GctuiApp(attached(), ascii_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert seen(app).isascii()


@pytest.mark.parametrize("feed", [logged(SAWTOOTH), logged(OLD_GO), StillFeed()])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10), (8, 3)])
async def test_at_any_size(feed: StillFeed, size: tuple[int, int]) -> None:
    app = GctuiApp(feed, ascii_only=True)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert seen(app).isascii()


async def test_lines_are_told_apart_by_their_signs() -> None:
    app = GctuiApp(logged(SAWTOOTH), ascii_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        title = next(row for row in rows(app) if "Heap" in row)
        assert "# live  o at GC end  . at start  = goal" in title
        chart = "".join(row[:60] for row in rows(app)[8:14])
        assert all(sign in chart for sign in "#o=")


@given(st.text(max_size=40))
def test_no_character_is_left_and_no_cell_is_lost(text: str) -> None:
    assert in_ascii(text).isascii()
    assert cell_len(in_ascii(text)) == sum(map(cell_len, text))
