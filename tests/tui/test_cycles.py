"""The table of collections, its cursor, its marks in the charts, and one collection in full."""

from __future__ import annotations

import pytest

from gctui.tui.app import GctuiApp
from gctui.tui.cycle_detail import CycleDetail
from gctui.tui.cycle_table import CycleTable
from gctui.tui.leaving import Leave
from gctui.tui.viewer import Viewer

from .feeds import LIVE, OLD_GO, SAWTOOTH, StillFeed, logged, sample_lines
from .looking import rows, seen, strips

SIZE = (120, 40)


def selected(app: GctuiApp) -> str:
    """Return the row under the cursor."""
    found = [
        strip.text
        for strip in strips(app)
        if any(s.style and s.style.reverse and len(s.text) > 60 for s in strip)
    ]
    # The last cell is the scroll bar's.
    return found[0][:-1] if found else ""


def marked_columns(app: GctuiApp) -> set[int]:
    return {row.index("┊") for row in rows(app)[8:14] if "┊" in row}


async def test_the_cursor() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c")
        assert "#152" in seen(app)
        assert not selected(app)
        page = app.screen.query_one(CycleTable).size.height - 1
        for key, number in [
            ("down", 152),
            ("down", 151),
            ("up", 152),
            ("up", 152),
            ("pagedown", 152 - page),
            ("pagedown", 152 - 2 * page),
            ("pageup", 152 - page),
            ("home", 152),
        ]:
            await pilot.press(key)
            assert f"#{number} " in selected(app)
        await pilot.press("escape")
        assert not selected(app)
        assert not marked_columns(app)


async def test_sizes_are_written_as_everywhere_else() -> None:
    feed = StillFeed()
    for number, live in enumerate((9, 598, 1640), 1):
        line = f"gc {number} @{number}.000s 0%: 0.1+1+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, "
        line += f"{live}->{live}->{live} MB, {live * 2} MB goal, 8 P\n"
        feed.read(line.encode())
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c")
        last, second, first = (row.split() for row in rows(app) if row.lstrip().startswith("#"))
        assert last[3:9] == ["1.60", "GiB", "1.60", "GiB", "1.60", "GiB"]
        assert second[3:11] == ["598", "MiB", "598", "MiB", "598", "MiB", "1.17", "GiB"]
        assert first[3:5] == ["9", "MiB"]


async def test_the_cursor_stays_on_its_collection_while_others_come() -> None:
    lines = sample_lines(SAWTOOTH)
    feed = logged(SAWTOOTH, 100, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "down", "down", "down")
        before = selected(app)
        assert "#47" in before
        feed.read(b"".join(lines[100:140]))
        viewer = app.screen
        assert isinstance(viewer, Viewer)
        viewer._tick()
        await pilot.pause()
        assert selected(app) == before
        await pilot.press("up")
        assert "#48" in selected(app)


async def test_the_charts_mark_the_selected_collection() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "down")
        (newest,) = marked_columns(app)
        await pilot.press("pagedown", "pagedown", "pagedown")
        (older,) = marked_columns(app)
        assert older < newest
        await pilot.press("plus", "plus", "plus", "plus")
        await pilot.press("pagedown", "pagedown", "pagedown", "pagedown")
        assert marked_columns(app)


async def test_a_click_selects_and_another_opens() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c")
        await pilot.click("#cycles", offset=(20, 0))
        assert not selected(app)
        await pilot.click("#cycles", offset=(20, 4))
        assert "#149" in selected(app)
        await pilot.click("#cycles", offset=(20, 4))
        assert isinstance(app.screen, CycleDetail)


@pytest.mark.parametrize("log", [SAWTOOTH, OLD_GO])
async def test_every_field_has_its_value_and_its_meaning(log: str) -> None:
    feed = logged(log)
    app = GctuiApp(feed)
    async with app.run_test(size=(140, 60)) as pilot:
        await pilot.press("c", "down", "enter")
        text = seen(app)
    cycle = feed.frame().snapshot.last_cycle
    assert cycle is not None
    gc = cycle.event
    assert f"GC #{cycle.number}, line {gc.line}, {gc.format}" in text
    for name, value in gc.values().items():
        assert f"{name} " in text
        assert str(value) in text
    for field in type(gc).fields:
        assert field.name not in gc.values() or field.meaning.split()[0] in text


async def test_units() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=(140, 60)) as pilot:
        await pilot.press("c", "down", "enter")
        text = seen(app)
    for value in ["192 µs", "116 MiB/s", "47.882 s", "0 %", "0.38 ms", "58 MB"]:
        assert value in text


async def test_the_neighbours_of_a_collection() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "down", "enter", "left", "left")
        assert "GC #150" in seen(app)
        await pilot.press("right", "right", "right")
        assert "GC #152" in seen(app)
        await pilot.press("left", "escape")
        assert "#151" in selected(app)


async def test_there_is_nothing_to_open_yet() -> None:
    app = GctuiApp(StillFeed(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "down", "enter", "pagedown", "home", "escape")
        assert "Every collection appears here" in seen(app)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
async def test_columns_that_do_not_fit_are_left_out_whole(width: int) -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=(width, 30)) as pilot:
        await pilot.press("c")
        await pilot.pause()
        heading = next(row for row in reversed(rows(app)) if row.strip().startswith("GC "))
        for title in heading.split():
            assert title in "GC at start GC end live goal pause mark assist backgr. idle GC CPU"
        assert "27 M" in seen(app)
