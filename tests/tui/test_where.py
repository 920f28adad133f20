"""The ledger dialog: every part, what is known of it, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.strip import Strip

from gctui.analysis.neutral import neutral
from gctui.events import Process
from gctui.model.ledger import ledger
from gctui.model.parts import Certainty, Ledger, Part, PartName
from gctui.tui.app import GctuiApp
from gctui.tui.leaving import Leave
from gctui.tui.ledger_columns import figures, interval, share, titles, totals
from gctui.tui.ledger_dialog import LedgerDialog, LedgerTable, explanation, first_to_look_at
from gctui.tui.part_texts import PART_TEXTS
from gctui.tui.viewer import Viewer

from .feeds import ATTACHED, SAWTOOTH, StillFeed, attached, groups, logged, ran, runtime
from .looking import rows, seen, strips
from .test_parts import NOT_RESIDENT

SIZE = (120, 40)
SIZES = [(80, 24), (120, 40), (200, 60)]
FEED = attached()
SPLIT = ledger(FEED.frame().snapshot, FEED.frame().now_s)


def part(name: PartName, mib: float, low: float, high: float) -> Part:
    return Part(name, mib, low, high, Certainty.BOUNDED, "")


def inside(app: GctuiApp) -> list[Strip]:
    box = app.screen.query_one(".dialog").content_region
    return [strip.crop(box.x, box.right) for strip in strips(app)[box.y : box.bottom]]


def selected(app: GctuiApp) -> str:
    shown = inside(app)
    marked = (row.text for row in shown if any(s.style and s.style.reverse for s in row))
    return next(marked, "")


@pytest.mark.parametrize("size", SIZES)
async def test_every_part_has_a_row(size: tuple[int, int]) -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=size) as pilot:
        await pilot.press("w")
        assert isinstance(app.screen, LedgerDialog)
        texts = [row.text for row in inside(app)]
        for each in SPLIT.parts:
            (row,) = [text for text in texts if f" {each.name}  " in text[:24]]
            assert each.certainty in row
            assert (share(each, SPLIT) in row) == (each.name not in NOT_RESIDENT)
        (total,) = [text for text in texts if "in all" in text]
        assert total.split() == ["in", "all", "–", "909", "MiB", "100%"]
        assert "Where the memory is: RSS 909 MiB" in seen(app)
        assert {cell_len(row) for row in rows(app)} == {size[0]}


async def test_the_limit_stands_beside_rss_in_the_title() -> None:
    app = GctuiApp(ran(60), leave=Leave.RUN)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        assert re.search(r"Where the memory is: RSS \d+ MiB of 512 MiB limit", seen(app))
        assert "512" not in "".join(row.text for row in inside(app))


@pytest.mark.parametrize("size", SIZES)
async def test_the_selected_part_is_explained_in_full(size: tuple[int, int]) -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=size) as pilot:
        await pilot.press("w", "home")
        for each in SPLIT.parts:
            assert each.name in selected(app)
            shown = " ".join(" ".join(row.text for row in inside(app)).split())
            for text in explanation(each).plain.split("\n"):
                assert text in shown
            await pilot.press("down")


async def test_the_first_is_the_biggest_that_is_not_live() -> None:
    assert first_to_look_at(SPLIT).name is PartName.IDLE
    live = part(PartName.LIVE, 5, 5, 5)
    assert first_to_look_at(Ledger((live,), None, None, None)) is live
    app = GctuiApp(attached())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        assert PartName.IDLE in selected(app)


async def test_it_follows_the_ledger_and_the_cursor_stays_on_its_part() -> None:
    feed = attached()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w", "home")
        before = selected(app)
        assert "320 MiB" in before
        assert "GC #1220" in seen(app)
        feed.sample(Process(rss_bytes=900 << 20), 4093.5)
        feed.sample(runtime(93.5, groups(0)), 4093.5)
        viewer = app.default_screen
        assert isinstance(viewer, Viewer)
        viewer._tick()
        await pilot.pause()
        assert "331 MiB" in selected(app)
        assert "GC #1231" in seen(app)
        await pilot.press("escape")
        assert viewer._dialogs._where is None


async def test_it_appears_with_the_first_figures() -> None:
    feed = StillFeed(ATTACHED)
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        assert "Nothing is known of the memory yet." in seen(app)
        await pilot.press("down", "enter", "w")
        feed.sample(runtime(4, None), 4.0)
        viewer = app.default_screen
        assert isinstance(viewer, Viewer)
        viewer._tick()
        await pilot.pause()
        assert "What to do" in seen(app)


@pytest.mark.parametrize("key", ["escape", "q", "w", "enter"])
async def test_it_closes(key: str) -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        assert isinstance(app.screen, LedgerDialog)
        await pilot.press(key)
        assert isinstance(app.screen, Viewer)


async def test_the_bar_opens_it() -> None:
    app = GctuiApp(ran(60), leave=Leave.RUN)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#hero", offset=(10, 1))
        assert isinstance(app.screen, LedgerDialog)
        await pilot.press("escape")
        app.screen.query_one("#hero").focus()
        await pilot.press("enter")
        assert isinstance(app.screen, LedgerDialog)


async def test_a_click_takes_a_part() -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        for _ in range(2):
            await pilot.click(LedgerTable, offset=(10, 1))
            assert PartName.LIVE in selected(app)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0, 341, "0–341 MiB"),
        (0.4, 9.66, "0.4–9.7 MiB"),
        (9.66, 14.2, "9.7–14 MiB"),
        (12 << 10, 48 << 10, "12.0–48.0 GiB"),
        (900, 2048, "0.88–2.00 GiB"),
        (0, 3 << 20, "0–3.00 TiB"),
        (7, 7, ""),
        (302.6, 303.4, ""),
        (0, 0.01, "0–0.0 MiB"),
    ],
)
def test_bounds(low: float, high: float, text: str) -> None:
    assert interval(part(PartName.LIVE, high, low, high)) == text


@pytest.mark.parametrize("width", [76, 100, 200])
def test_rows_are_aligned(width: int) -> None:
    large = part(PartName.UNTOUCHED, 1023.9, 0, (1 << 20) - 1)
    large = replace(large, mapped_mib=99.9 * 1024)
    for split in (SPLIT, replace(SPLIT, parts=(large,)), replace(SPLIT, rss_mib=None)):
        lengths = {len(figures(each, split, width)) + 3 for each in split.parts}
        assert {*lengths, len(titles(split, width)), *map(len, totals(split, width))} == {*lengths}
        assert max(lengths) <= width


def test_shares_sum_up_without_rounding_twice() -> None:
    assert SPLIT.rss_mib is not None
    assert sum(each.mib for each in SPLIT.parts) == pytest.approx(SPLIT.rss_mib)


def test_every_part_is_explained() -> None:
    assert [*PART_TEXTS] and {*PART_TEXTS} == {*PartName}
    for name, text in PART_TEXTS.items():
        assert neutral(text.about + text.advice) == text.about + text.advice
        assert not text.about.endswith(".")
        assert text.advice.endswith("."), name
