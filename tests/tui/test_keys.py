"""Every key does its work whatever has the focus, and a dialog gets its keys first."""

from __future__ import annotations

import re

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from gctui.model.feed import Phase
from gctui.tui.app import GctuiApp
from gctui.tui.chart_panel import ChartPanel
from gctui.tui.cycle_table import CycleTable
from gctui.tui.help import Help
from gctui.tui.keys import KEYS
from gctui.tui.leaving import Leave, Way
from gctui.tui.output_pane import OutputPane
from gctui.tui.palette import GREEN, ink
from gctui.tui.viewer import Viewer

from .feeds import LIVE, SAWTOOTH, StillFeed, logged, ran, sample_lines
from .looking import rows, seen, segments, time_labels
from .profiles import heap_profile, replayed

SIZE = (120, 40)
TABS = {"#cycles": "c", "#goroutines": "g", "#profile": "f", "#findings": "a"}
FOCUS = ["#output", *TABS, "#chart-heap", "#chart-cpu", "#hero", None]


async def give_focus(pilot: Pilot[Way], selector: str | None) -> None:
    screen = pilot.app.screen
    if selector in TABS:
        await pilot.press(TABS[selector])
    elif selector is None:
        screen.set_focus(None)
    else:
        screen.query_one(selector).focus()
    await pilot.pause()


def displayed(app: GctuiApp) -> list[str]:
    return [panel.chart.key for panel in app.screen.query(ChartPanel) if panel.display]


@pytest.mark.parametrize("focus", FOCUS)
async def test_the_time_axis(focus: str | None) -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await give_focus(pilot, focus)
        assert time_labels(app) == ["10s", "20s", "30s", "40s"]
        await pilot.press("plus")
        assert time_labels(app) == ["25s", "30s", "35s", "40s", "45s"]
        await pilot.press("left")
        assert time_labels(app)[0] == "20s"
        await pilot.press("right", "right")
        assert time_labels(app)[-1] == "45s"
        await pilot.press("left", "end")
        assert time_labels(app)[-1] == "45s"
        await pilot.press("minus")
        assert time_labels(app) == ["10s", "20s", "30s", "40s"]
        await pilot.press("left_square_bracket")
        assert time_labels(app)[0] == "20s"
        await pilot.press("left_square_bracket")
        assert time_labels(app)[0] == "38s"
        await pilot.press("right_square_bracket")
        assert time_labels(app)[0] == "20s"
        await pilot.press("0")
        assert time_labels(app) == ["10s", "20s", "30s", "40s"]


@pytest.mark.parametrize("focus", FOCUS)
@pytest.mark.parametrize("key", ["space", "p"])
async def test_pausing_holds_the_picture_while_data_keep_coming(
    focus: str | None, key: str
) -> None:
    lines = sample_lines(SAWTOOTH)
    feed = logged(SAWTOOTH, 100, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await give_focus(pilot, focus)
        before = rows(app)
        await pilot.press(key)
        assert "paused, 0 cycles behind" in rows(app)[0]
        feed.read(b"".join(lines[100:110]))
        viewer = app.screen
        assert isinstance(viewer, Viewer)
        viewer._tick()
        await pilot.pause()
        assert "paused, 5 cycles behind" in rows(app)[0]
        assert rows(app)[1:] == before[1:]
        await pilot.press(key)
        assert "paused" not in rows(app)[0]
        assert rows(app)[1:] != before[1:]


@pytest.mark.parametrize("focus", FOCUS)
async def test_charts_come_and_go(focus: str | None) -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await give_focus(pilot, focus)
        assert displayed(app) == ["heap", "pauses", "memory", "cpu"]
        await pilot.press("1", "3")
        assert displayed(app) == ["pauses", "cpu"]
        await pilot.press("5")
        assert displayed(app) == ["pauses", "cpu", "goroutines"]
        await pilot.press("2", "4", "5")
        assert displayed(app) == []
        assert "1 to 5 show a chart" in seen(app)
        await pilot.press("1")
        assert displayed(app) == ["heap"]


async def test_z_enlarges_what_has_the_focus() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        app.screen.query_one("#chart-cpu").focus()
        await pilot.press("z")
        assert displayed(app) == ["cpu"]
        assert not app.screen.query_one("#tabs").display
        await pilot.press("z")
        assert len(displayed(app)) == 4
        app.screen.query_one("#hero").focus()
        await pilot.press("z")
        assert displayed(app) == ["heap"]
        await pilot.press("z", "c", "z")
        assert displayed(app) == []
        assert app.screen.query_one(CycleTable).size.height > 25
        await pilot.press("z")
        assert len(displayed(app)) == 4


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (100, 18)])
@pytest.mark.parametrize("back", ["z", "escape"])
@pytest.mark.parametrize("key", [*TABS.values(), "o"])
async def test_every_tab_can_be_enlarged_and_put_back(
    key: str, back: str, size: tuple[int, int]
) -> None:
    feed = ran(60)
    feed.take_profile(heap_profile())
    app = GctuiApp(feed, leave=Leave.RUN)
    async with app.run_test(size=size) as pilot:
        await pilot.press(key)
        if size[1] > 20:
            assert app.screen.query_one("#tabs").size.height < size[1] // 2
            assert "put back" not in rows(app)[-1]
            await pilot.press("z")
        assert displayed(app) == []
        assert app.screen.query_one("#tabs").size.height == size[1] - (10 if size[0] < 100 else 8)
        assert rows(app)[-1].startswith(" z/esc put back  q quit")
        await pilot.press("down", back)
        assert displayed(app)
        assert "put back" not in rows(app)[-1]


async def test_escape_ends_a_search_before_it_puts_anything_back() -> None:
    feed = StillFeed()
    feed.read(b"".join(b"line %d\n" % number for number in range(100)))
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "z", "slash", *"line 7", "escape")
        assert not app.screen.query_one("#search-row").display
        assert displayed(app) == []
        await pilot.press("escape")
        assert displayed(app)


async def test_escape_leaves_a_profile_that_is_all_there_is() -> None:
    app = GctuiApp(replayed())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.2)
        assert "put back" not in rows(app)[-1]
        await pilot.press("down", "escape")
        assert not app.screen.query_one("#charts").display


async def test_tab_moves_the_focus_through_charts_and_list() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        passed = []
        for _ in range(6):
            assert app.screen.focused is not None
            passed.append(app.screen.focused.id)
            await pilot.press("tab")
        charts = ["chart-heap", "chart-pauses", "chart-memory", "chart-cpu"]
        assert passed == ["output", "hero", *charts]
        assert isinstance(app.screen.focused, OutputPane)


@pytest.mark.parametrize("focus", FOCUS)
@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help(focus: str | None, key: str) -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await give_focus(pilot, focus)
        await pilot.press(key)
        assert isinstance(app.screen, Help)
        await pilot.press("escape")
        assert isinstance(app.screen, Viewer)


@pytest.mark.parametrize(
    ("key", "shown"),
    [("c", "GC end"), ("w", "What to do"), ("space", "paused"), ("1", "")],
)
async def test_a_key_pressed_in_the_help_acts(key: str, shown: str) -> None:
    app = GctuiApp(logged(SAWTOOTH, 300, LIVE))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        assert "↑ ↓ scroll   Escape or ? closes this   other keys listed here act" in seen(app)
        await pilot.press(key)
        await pilot.pause()
        assert not isinstance(app.screen, Help)
        if key == "1":
            assert "heap" not in displayed(app)
        else:
            assert shown in seen(app)


async def test_the_help_says_what_the_build_sets() -> None:
    feed = logged(SAWTOOTH, 300, LIVE)
    feed.become(default_godebug="panicnil=1,tlsmlkem=0\x1b[2J")
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        assert re.search(r"─ Help ─.*\n.*│ +│.*\n.*│ +Keys +│", seen(app))
        assert "go:debug" not in seen(app)
        await pilot.press("end")
        await pilot.pause()
        assert "(//go:debug, the module's Go): panicnil=1, tlsmlkem=0␛[2J" in seen(app)


@pytest.mark.parametrize("key", ["q", "escape", "question_mark", "f1"])
async def test_the_help_closes_and_nothing_else_happens(key: str) -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark", "down", "pagedown", "end", "home", "x")
        assert isinstance(app.screen, Help)
        await pilot.press(key)
        assert isinstance(app.screen, Viewer)
        assert app.is_running


async def test_help_names_every_key() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=(120, 80)) as pilot:
        await pilot.press("question_mark")
        text = seen(app)
    for key in KEYS:
        assert key.shown in text
        assert not key.shown or key.about in text
    assert "lately              over the last 20 collections" in text


async def test_lists_scroll_by_keys() -> None:
    feed = StillFeed()
    feed.read(b"".join(b"line %d\n" % number for number in range(100)))
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "line 99" in seen(app)
        await pilot.press("up")
        assert "line 99" not in seen(app)
        assert "line 98" in seen(app)
        await pilot.press("home")
        assert "line 0 " in seen(app)
        await pilot.press("pagedown", "down")
        assert "line 5 " in seen(app)
        assert "line 0 " not in seen(app)
        await pilot.press("end")
        assert "line 99" in seen(app)


async def test_the_palette_keeps_its_keys() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p", *"dak", "left", "r", "end", "q", "home")
        box = app.screen.query_one(Input)
        assert box.value == "darkq"
        assert box.cursor_position == 0


async def test_the_palette_changes_the_background() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p", *"light or", "enter")
        await pilot.pause(0.3)
        assert not app.current_theme.dark
        colors = {
            segment.style.color.name
            for segment in segments(app, "━")
            if segment.style and segment.style.color
        }
        assert ink(GREEN, dark=False) in colors
        assert ink(GREEN, dark=True) not in colors


async def test_a_click_on_the_bottom_row_is_the_key() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#keys", offset=(rows(app)[-1].index("help"), 0))
        assert isinstance(app.screen, Help)


async def test_the_wheel_zooms() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        assert time_labels(app) == ["10s", "20s", "30s", "40s"]
        for _ in range(4):
            await pilot._post_mouse_events([events.MouseScrollUp], "#chart-heap")
        assert time_labels(app)[0] == "30s"


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_what_has_ended_asks_nothing(key: str) -> None:
    for leave in Leave:
        feed = logged(SAWTOOTH)
        app = GctuiApp(feed, leave=leave)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.press(key)
        assert app.return_value is Way.QUIT


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
@pytest.mark.parametrize(
    ("answer", "way"),
    [
        ("enter", Way.DRAIN),
        ("d", Way.DRAIN),
        ("q", Way.QUIT),
        ("ctrl+c", Way.QUIT),
    ],
)
async def test_leaving_a_pipe(key: str, answer: str, way: Way) -> None:
    app = GctuiApp(logged(SAWTOOTH, 90, LIVE), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(key)
        assert "SIGPIPE" in seen(app)
        await pilot.press("escape")
        assert "SIGPIPE" not in seen(app)
        await pilot.press(key, answer)
    assert app.return_value is way


@pytest.mark.parametrize(
    ("answer", "way"),
    [("enter", Way.STOP), ("s", Way.STOP), ("l", Way.LEAVE), ("ctrl+c", Way.STOP)],
)
async def test_leaving_a_wrapped_program(answer: str, way: Way) -> None:
    app = GctuiApp(ran(60), leave=Leave.RUN)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("q", "d", answer)
    assert app.return_value is way


async def test_the_arrows_choose_a_way() -> None:
    app = GctuiApp(ran(60), leave=Leave.RUN)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("q", "end", "enter")
    assert app.return_value is Way.LEAVE


async def test_ctrl_c_goes_to_the_program_first() -> None:
    sent: list[int] = []
    app = GctuiApp(ran(60), leave=Leave.RUN, interrupt=lambda: sent.append(1))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("ctrl+c")
        await pilot.pause(0.1)
        assert sent == [1]
        assert "SIGINT sent to the program" in seen(app)
        await pilot.press("ctrl+c")
    assert app.return_value is Way.STOP
    assert sent == [1]


async def test_ctrl_c_after_the_program_is_gone_leaves() -> None:
    def gone() -> None:
        raise ProcessLookupError

    feed = ran(60)
    app = GctuiApp(feed, leave=Leave.RUN, interrupt=gone)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+c")
        feed.become(phase=Phase.ENDED, ended="exited with 0")
        await pilot.press("ctrl+c")
    assert app.return_value is Way.QUIT
