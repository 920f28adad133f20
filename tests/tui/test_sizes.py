"""A terminal of any size, resized while running."""

from __future__ import annotations

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from gctui.analysis.units import duration_ms
from gctui.model.feed import Phase
from gctui.tui.app import GctuiApp
from gctui.tui.layout import Arrangement, arrange
from gctui.tui.leaving import Leave
from gctui.tui.viewer import Viewer

from .feeds import ATTACHED, OLD_GO, SAWTOOTH, StillFeed, attached, logged, ran, runtime
from .looking import rows, seen, strips
from .profiles import heap_profile

SIZES = st.tuples(st.integers(1, 130), st.integers(1, 50))
KEYS = st.sampled_from(
    [
        "c",
        "o",
        "g",
        "f",
        "b",
        "t",
        "a",
        "w",
        "m",
        "z",
        "1",
        "3",
        "5",
        "space",
        "plus",
        "left",
        "slash",
        "escape",
        "down",
        "enter",
        "question_mark",
        "tab",
    ]
)


async def resized(sizes: list[tuple[int, int]], keys: list[str]) -> None:
    feed = ran(120)
    feed.take_profile(heap_profile())
    app = GctuiApp(feed, leave=Leave.RUN)
    async with app.run_test(size=sizes[0]) as pilot:
        for size, key in zip(sizes, keys, strict=True):
            await pilot.resize_terminal(*size)
            await pilot.press(key)
            assert len(strips(app)) == size[1]
            assert {cell_len(strip.text) for strip in strips(app)} == {size[0]}


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(SIZES, KEYS), min_size=1, max_size=6))
def test_no_size_and_no_key_breaks_it(steps: list[tuple[tuple[int, int], str]]) -> None:
    asyncio.run(resized([size for size, _ in steps], [key for _, key in steps]))


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 30), (5, 2), (30, 8), (40, 10), (39, 50)])
@pytest.mark.parametrize("feed", [logged(SAWTOOTH), logged(OLD_GO), StillFeed()])
async def test_a_very_small_terminal(size: tuple[int, int], feed: StillFeed) -> None:
    app = GctuiApp(feed)
    async with app.run_test(size=size) as pilot:
        await pilot.press("c", "down", "enter", "escape", "w", "up", "w", "question_mark")
        assert len(rows(app)) == size[1]


async def test_a_small_terminal_shows_the_figures_alone() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        text = seen(app)
        assert "live 27 MiB" in text
        assert "p99 pause 1.2 ms" in text
        assert "Heap" not in text
        await pilot.resize_terminal(80, 24)
        assert "Heap, MiB" in seen(app)


@pytest.mark.parametrize("size", [(80, 24), (100, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("feed", [logged(SAWTOOTH), logged(OLD_GO), attached(), ran()])
async def test_the_worst_pause_is_on_every_full_screen(
    size: tuple[int, int], feed: StillFeed
) -> None:
    app = GctuiApp(feed)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        worst_ms = feed.frame().snapshot.totals.pause.highest
        assert re.search(rf" pause \S+ \S+, worst {duration_ms(worst_ms)} ", seen(app))


async def test_every_part_of_the_bar_is_named_or_counted() -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "more: w" in rows(app)[3]
        for size in ((120, 40), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "more: w" not in seen(app)
            assert "metadata" in rows(app)[3]


def test_arrangements() -> None:
    filled = ("heap", "pauses", "memory", "cpu")
    assert arrange(80, 24, None, filled).charts == ("heap", "pauses")
    assert arrange(80, 24, None, ("memory",)).charts == ("heap", "memory")
    assert arrange(120, 40, None, filled).charts == filled
    assert arrange(60, 20, None, filled).charts == ("heap",)
    wide = arrange(200, 60, None, filled)
    assert wide.columns == 3
    assert wide.spans == {"heap": 2}
    assert arrange(39, 50, None, filled).tiny
    assert not arrange(80, 24, filled, filled).tabs
    assert arrange(80, 24, None, filled, "cpu") == Arrangement(
        low=True, narrow=True, figure_rows=2, tabs=False, charts=("cpu",)
    )


@given(SIZES, st.lists(st.sampled_from(["heap", "pauses", "memory", "cpu"]), unique=True))
def test_every_row_of_charts_is_filled(size: tuple[int, int], filled: list[str]) -> None:
    found = arrange(*size, None, filled)
    cells = sum(found.spans.get(key, 1) for key in found.charts)
    assert cells % found.columns == 0
    assert found.charts


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_single_moment_is_written_as_figures(size: tuple[int, int]) -> None:
    feed = StillFeed(ATTACHED)
    feed.sample(runtime(1.0, None), 5.0)
    app = GctuiApp(feed)
    figures = re.compile(r"goal +600 MiB .*\n.*allocated +390 MiB ")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        # More may come: what is there is drawn.
        assert not figures.search(seen(app))
        feed.become(phase=Phase.ENDED, ended="end of profile")
        viewer = app.default_screen
        assert isinstance(viewer, Viewer)
        viewer._tick()
        await pilot.pause()
        assert figures.search(seen(app))
