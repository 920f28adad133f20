"""The list of goroutines: growth and the mark it counts from, one site in full, empty states."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.widgets import TabbedContent

from gctui.events import GoroutineGroup
from gctui.model.feed import Phase, Status
from gctui.model.goroutine_profile import UNTOLD_STATE
from gctui.trace.profile_text import read_text_profile
from gctui.tui.app import GctuiApp
from gctui.tui.goroutine_detail import GoroutineDetail
from gctui.tui.goroutine_table import GoroutineTable
from gctui.tui.keys import GOROUTINES_TAB, OUTPUT_TAB
from gctui.tui.leaving import Leave
from gctui.tui.palette import VERMILLION, ink
from gctui.tui.viewer import Viewer

from .feeds import ATTACHED, LIVE, SAWTOOTH, StillFeed, attached, groups, logged, ran, runtime
from .looking import HOSTILE, assert_harmless, calls_of, row_of, rows, seen, segments, strips, tick

SIZE = (120, 40)
LEAK = "pool.(*worker).run"


def one(created_by: str, count: int, place: str = "/src/a/b.go:7") -> GoroutineGroup:
    return GoroutineGroup(created_by, place, "waiting", "select", count, count * 2048, None)


def watching(*censuses: tuple[GoroutineGroup, ...], status: Status = ATTACHED) -> StillFeed:
    """Return a program whose goroutines were counted every ten seconds."""
    feed = StillFeed(status)
    for number, census in enumerate(censuses):
        feed.sample(runtime(number * 10, census), number * 10.0)
    return feed


async def test_what_is_attached_to_opens_with_its_goroutines() -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.screen.query_one(TabbedContent).active == GOROUTINES_TAB
        assert isinstance(app.screen.focused, GoroutineTable)
        assert "1,465 goroutines: chan receive 1,261" in seen(app)
        assert "growth since the watch began, 01:01 ago · m sets a mark" in seen(app)
        assert row_of(app, LEAK).split()[:4] == ["1,261", "▲", "+1,220", "chan"]
        await pilot.press("o")
        assert "does not see it" in seen(app)
        await pilot.press("c")
        assert "the counters tell 1,220 collections, the last pause 45 µs." in seen(app)


async def test_others_open_with_their_output() -> None:
    app = GctuiApp(ran(60), leave=Leave.RUN)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.screen.query_one(TabbedContent).active == OUTPUT_TAB
        await pilot.press("g")
        assert isinstance(app.screen.focused, GoroutineTable)


async def test_growth_counts_from_the_first_census_then_from_the_mark() -> None:
    feed = watching(groups(0), groups(100))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "▲ +100" in row_of(app, LEAK)
        await pilot.press("m")
        assert "growth since the mark, 0 s ago · m moves it" in seen(app)
        assert "▲" not in seen(app)
        feed.sample(runtime(30, groups(107)), 30.0)
        tick(app)
        await pilot.pause()
        assert "▲ +7" in row_of(app, LEAK)
        assert "growth since the mark, 20 s ago" in seen(app)
        await pilot.press("m")
        feed.sample(runtime(40, groups(104)), 40.0)
        tick(app)
        await pilot.pause()
        assert "−3" in row_of(app, LEAK)
        assert "since the mark, 10 s ago" in seen(app)


async def test_a_mark_of_a_program_before_a_restart_is_forgotten() -> None:
    feed = watching(groups(0), groups(100))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("m")
        feed.sample(replace(runtime(0, groups(5)), gc_count=1), 30.0)
        feed.sample(replace(runtime(0, groups(8)), gc_count=2), 40.0)
        tick(app)
        await pilot.pause()
        assert "growth since the watch began, 10 s ago" in seen(app)
        assert "▲ +3" in row_of(app, LEAK)


async def test_m_marks_whatever_has_the_focus_and_only_where_it_is_seen() -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "m", "g")
        assert "since the watch began" in seen(app)
        app.screen.query_one("#chart-heap").focus()
        await pilot.press("m")
        assert "since the mark" in seen(app)


async def test_what_grew_is_coloured_and_what_ended_is_listed() -> None:
    app = GctuiApp(watching((one("main.a", 3), one("main.b", 4)), (one("main.a", 5),)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        (grown,) = segments(app, "▲ +2")
        assert grown.style is not None
        assert grown.style.color is not None
        assert grown.style.color.name == ink(VERMILLION, dark=True)
        ended = row_of(app, "ended").split()
        assert ended[:3] == ["0", "−4", "ended"]


async def test_the_cursor_stays_on_its_site() -> None:
    sites = tuple(one(f"main.f{number:02}", 100 - number) for number in range(30))
    feed = watching(sites)
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:

        def selected() -> str:
            found = [s for strip in strips(app) for s in strip if s.style and s.style.reverse]
            return "".join(s.text for s in found if "main.f" in s.text).strip()

        assert not selected()
        for key, number in [
            ("down", 0),
            ("down", 1),
            ("up", 0),
            ("pagedown", 10),
            ("pagedown", 20),
            ("pageup", 10),
            ("home", 0),
            ("up", 0),
            ("down", 1),
        ]:
            await pilot.press(key)
            assert selected() == f"main.f{number:02}"
        feed.sample(runtime(20, (*sites[:1], one("main.f01", 1), *sites[2:])), 20.0)
        tick(app)
        await pilot.pause()
        assert selected() == "main.f01"
        await pilot.press("escape")
        assert not selected()


async def test_a_list_that_gets_shorter_stays_in_view() -> None:
    sites = tuple(one(f"main.f{number:02}", 100 - number) for number in range(40))
    app = GctuiApp(watching(sites, sites[:20]))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("pagedown", *["pagedown"] * 6)
        assert "main.f20" in seen(app)
        await pilot.press("m")
        await pilot.pause()
        assert "main.f20" not in seen(app)
        assert "main.f19" in seen(app)
        assert len([row for row in rows(app) if "main.f" in row]) == 10


async def test_the_first_census_may_be_the_mark() -> None:
    app = GctuiApp(watching(groups(0)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("m")
        assert "since the mark" in seen(app)


async def test_enter_opens_a_site_in_full() -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        assert isinstance(app.screen, GoroutineDetail)
        text = seen(app)
        for part in (
            "1,261 goroutines",
            "github.com/example/server/internal/pool.(*Pool).Start",
            "/home/dev/server/internal/pool/pool.go:123",
            "github.com/example/server/internal/pool.(*worker).run",
            "/home/dev/server/internal/pool/worker.go:41",
            "Grew by 1,220 since the watch began, 01:01 ago: a goroutine leak, if it never shrinks",
            "9.9 MiB  8 KiB each",
            "21 min",
            "wait for a value from a channel",
        ):
            assert part in text
        await pilot.press("escape", "down", "enter")
        text = seen(app)
        for part in ("IO wait", "180", "running", "11", "net/http.(*conn).serve", "no sign of a"):
            assert part in text


async def test_a_click_selects_and_another_opens() -> None:
    app = GctuiApp(attached())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#goroutines", offset=(20, 1))
        await pilot.click("#goroutines", offset=(20, 3))
        assert isinstance(app.screen, Viewer)
        await pilot.click("#goroutines", offset=(20, 3))
        assert "net/http.(*Server).Serve" in seen(app)
        assert isinstance(app.screen, GoroutineDetail)


@pytest.mark.parametrize("size", [(40, 20), (80, 24), (120, 40)])
async def test_the_reason_is_said_where_nothing_is_counted(size: tuple[int, int]) -> None:
    reason = "process 7 cannot be read: " + "it runs as root and gctui as dev; use sudo [/] " * 2
    app = GctuiApp(watching(status=replace(LIVE, inside=reason)), leave=Leave.PIPE)
    async with app.run_test(size=size) as pilot:
        await pilot.press("g", "m", "down", "enter", "z")
        shown = " ".join(row.strip() for row in rows(app))
        assert f"The goroutines are not known: {reason}".strip() in " ".join(shown.split())
        await pilot.press("z", "5", "m")
        await pilot.pause()


@pytest.mark.parametrize(
    ("feed", "text"),
    [
        (logged(SAWTOOTH), "Nothing counted the goroutines here"),
        (StillFeed(ATTACHED), "The goroutines are being counted"),
        (ran(60), "gctui attach PID"),
    ],
)
async def test_an_empty_list_says_what_would_fill_it(feed: StillFeed, text: str) -> None:
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("g")
        assert text in seen(app)


async def test_an_empty_chart_says_why_the_counters_are_not_read() -> None:
    feed = StillFeed()
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "else scavtrace=1" in seen(app)
        feed.become(inside="it runs as root and gctui as dev\x1b[2J; use sudo " * 4)
        tick(app)
        await pilot.pause()
        assert "it runs as root" in seen(app)
        assert "else scavtrace=1" not in seen(app)
        assert {cell_len(row) for row in rows(app)} == {SIZE[0]}


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60)])
async def test_hostile_names_are_text(size: tuple[int, int]) -> None:
    hostile = GoroutineGroup(HOSTILE, HOSTILE, "waiting", HOSTILE, 9, 4096, 1e9)
    app = GctuiApp(watching((one("main.a", 1),), (one("main.a", 1), hostile)))
    async with app.run_test(size=size) as pilot:
        for keys in (["down"], ["enter"]):
            await pilot.press(*keys)
            assert_harmless(app, size[0])
        assert "[bold]x[/]" in seen(app)


async def test_a_sample_without_a_census_lists_nothing_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = calls_of(monkeypatch, GoroutineTable, "take")
    feed = attached()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        listed.clear()
        feed.sample(runtime(63, None), 4063.0)
        tick(app)
        await pilot.press("o")
        feed.sample(runtime(64, groups(1300)), 4064.0)
        tick(app)
        await pilot.pause()
        assert not listed
        await pilot.press("g")
        assert [len(items) for (items,) in listed] == [6]


async def test_a_held_display_counts_collections_by_the_counters() -> None:
    feed = attached()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space")
        feed.sample(runtime(90, None), 4090.0)
        tick(app)
        await pilot.pause()
        assert "paused, 10 cycles behind" in rows(app)[0]


async def test_a_profile_leaves_blank_what_it_does_not_tell() -> None:
    told = GoroutineGroup("main.f (entry)", "", UNTOLD_STATE, "", 7, 0, None, "main.f", "/a/b.go:3")
    app = GctuiApp(watching((told,), (told,)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "not told" not in seen(app)
        assert row_of(app, "main.f").split()[:5] == ["7", "–", "–", "main.f", "/a/b.go:3"]


async def test_a_saved_profile_of_goroutines_is_listed() -> None:
    sites = "".join(
        f"{count} @ 0x{at:x}\n#\t0x{at:x}\tmain.{name}+0x1\t/src/app/main.go:{line}\n\n"
        for count, at, name, line in ((26, 0x45A0F1, "wait", 23), (3, 0x45B0F1, "serve", 40))
    )
    text = f"goroutine profile: total 29\n{sites}"
    feed = StillFeed(Status("goroutine.txt", Phase.LOADING, shows_output=False))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        feed.take_profile(read_text_profile(text.encode(), "goroutine.txt").profile)
        feed.become(phase=Phase.ENDED, ended="end of profile", progress=1.0)
        viewer = app.default_screen
        assert isinstance(viewer, Viewer)
        viewer._tick()
        await pilot.pause()
        assert "29 goroutines" in seen(app)
        assert "since" not in seen(app)
        assert any(row.split()[0] == "26" and " main.wait " in row for row in rows(app))
        assert "Pauses" not in seen(app)
        assert "A profile of the goroutines alone" in seen(app)
