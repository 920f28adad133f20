"""The heap profile's tab: what is listed and in which order, the mark, and one function in full."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import TabbedContent

from gctui.events import Process
from gctui.model.feed import Phase
from gctui.tui.app import GctuiApp
from gctui.tui.keys import GOROUTINES_TAB, OUTPUT_TAB, PROFILE_TAB
from gctui.tui.palette import VERMILLION, ink
from gctui.tui.profile_reading import ProfileReader, Wanted
from gctui.tui.profile_table import ProfileTable

from .feeds import ATTACHED, LIVE, MIB, SAWTOOTH, StillFeed, attached, logged, runtime
from .looking import calls_of, row_of, seen, segments, strips, tick
from .profiles import (
    heap_profile,
    line_of,
    listed,
    one_function,
    press,
    profiled,
    read,
    replayed,
    saved_profile,
    settle,
)

SIZE = (120, 40)


async def test_the_largest_functions_are_on_top_beside_the_rss() -> None:
    app = GctuiApp(profiled())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f")
        assert isinstance(app.screen.focused, ProfileTable)
        assert "273 MiB in use (inuse_space), 30% of RSS, 9 stacks" in seen(app)
        first = row_of(app, "cache.(*shard).grow").split()
        assert first[:9] == ["121", "MiB", "44%", "121", "MiB", "44%", "7.8", "MiB", "13%"]
        assert first[10].endswith("shard.go")
        assert [words[0] for words in listed(app)][:4] == ["121", "64", "45", "23"]


async def test_b_sorts_by_cum_and_back() -> None:
    app = GctuiApp(profiled())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "b")
        assert "▼ cum" in seen(app)
        assert "b by flat" in seen(app)
        assert listed(app)[0][-2] == "net/http.(*conn).serve"
        await press(pilot, "b")
        assert "▼ flat" in seen(app)


async def test_t_goes_through_the_sample_types() -> None:
    app = GctuiApp(profiled())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f")
        assert "t inuse_objects" in seen(app)
        await press(pilot, "t")
        assert "163,046 objects in use (inuse_objects)" in seen(app)
        assert "of RSS" not in row_of(app, "▼")
        await press(pilot, "t")
        assert "2.40 GiB allocated since the start (alloc_space)" in seen(app)
        await press(pilot, "t")
        assert "1,467,414 objects allocated since the start (alloc_objects)" in seen(app)
        await press(pilot, "t")
        assert "273 MiB in use (inuse_space)" in seen(app)


async def test_the_keys_do_nothing_where_the_profile_is_not_seen() -> None:
    app = GctuiApp(profiled())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "c", "b", "t", "m", "f")
        assert "▼ flat" in seen(app)
        assert "in use (inuse_space), 30%" in seen(app)


async def test_m_shows_what_came_since_and_m_again_all_there_is() -> None:
    feed = profiled()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "m")
        assert "Nothing changed since the mark" in seen(app)
        feed.take_profile(heap_profile(1.4, taken_s=110.0))
        tick(app)
        await settle(pilot)
        assert "+45 MiB in use (inuse_space) since the mark, 50 s ago" in seen(app)
        assert listed(app)[0][:3] == ["▲", "+48", "MiB"]
        assert listed(app)[-1][:2] == ["−13", "MiB"]
        (grown,) = segments(app, "▲ +48 MiB")
        assert grown.style is not None
        assert grown.style.color is not None
        assert grown.style.color.name == ink(VERMILLION, dark=True)
        feed.take_profile(heap_profile(1.4, taken_s=400.0))
        tick(app)
        await settle(pilot)
        assert "since the mark, 05:40 ago" in seen(app)
        await press(pilot, "enter")
        assert "Since the mark: in use (inuse_space)" in seen(app)
        assert "flat +48 MiB ± 4.9 MiB, 68%" in seen(app)
        await press(pilot, "escape", "m")
        assert "since the mark" not in seen(app)
        assert "m sets a mark" in seen(app)


async def test_what_sampling_may_explain_has_no_sign() -> None:
    base, new = heap_profile(), heap_profile(1.001)
    line = line_of(read(new, base), "grow")
    assert line.row.flat > 0
    assert not line.has_grown


async def test_profiles_that_measure_other_things_cannot_be_compared() -> None:
    feed = profiled()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "m")
        feed.take_profile(one_function("main.f"))
        tick(app)
        await settle(pilot)
        assert "not to be compared" in seen(app)
        await press(pilot, "b", "t", "enter", "m")
        assert "main.f" in seen(app)


async def test_a_saved_profile_opens_with_its_tab_and_all_the_room() -> None:
    app = GctuiApp(replayed())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.screen.query_one(TabbedContent).active == PROFILE_TAB
        assert isinstance(app.screen.focused, ProfileTable)
        assert "70 MiB in use (inuse_space), 259 stacks" in seen(app)
        assert "of RSS" not in seen(app)
        assert "mark" not in seen(app)
        assert "Heap" not in seen(app)
        await press(pilot, "m")
        assert "since" not in seen(app)
        await press(pilot, "z")
        assert "Heap" in seen(app)


async def test_a_profile_that_is_read_after_the_start_opens_too() -> None:
    feed = StillFeed(replace(LIVE, phase=Phase.LOADING))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.screen.query_one(TabbedContent).active == OUTPUT_TAB
        feed.take_profile(saved_profile())
        feed.become(phase=Phase.ENDED, ended="end of log", shows_output=False)
        tick(app)
        await settle(pilot)
        assert app.screen.query_one(TabbedContent).active == PROFILE_TAB
        assert isinstance(app.screen.focused, ProfileTable)
        assert "main.big" in seen(app)


async def test_whoever_chose_a_tab_keeps_it() -> None:
    feed = StillFeed(replace(LIVE, phase=Phase.LOADING))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "g")
        feed.take_profile(saved_profile())
        feed.become(phase=Phase.ENDED, shows_output=False)
        tick(app)
        await settle(pilot)
        assert app.screen.query_one(TabbedContent).active == GOROUTINES_TAB


async def test_others_do_not_open_with_the_profile() -> None:
    feed = attached()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        feed.take_profile(heap_profile())
        tick(app)
        await settle(pilot)
        assert app.screen.query_one(TabbedContent).active == GOROUTINES_TAB


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_without_a_profile_it_says_how_to_get_one(size: tuple[int, int]) -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=size) as pilot:
        await press(pilot, "f", "down", "enter", "m", "b", "t")
        shown = " ".join(seen(app).split())
        for way in (
            'import _ "net/http/pprof"',
            "gctui run --pprof URL -- CMD",
            "gctui watch URL",
            "gctui replay heap.pb.gz",
        ):
            assert way in shown


async def test_a_profile_without_values_says_so() -> None:
    app = GctuiApp(feed := StillFeed(ATTACHED))
    feed.take_profile(replace(one_function("main.f"), samples=()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "The profile has no sample with any inuse_space in it" in seen(app)
        feed.take_profile(replace(one_function("main.f"), samples=(), sample_types=()))
        tick(app)
        await press(pilot, "t", "b")
        assert "has no 'inuse_space'" in seen(app)


async def test_the_cursor_stays_on_its_function() -> None:
    feed = profiled()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:

        def selected() -> str:
            found = [s for strip in strips(app) for s in strip if s.style and s.style.reverse]
            return "".join(segment.text for segment in found)

        await press(pilot, "f", "down", "down")
        assert "pool.NewBuffers" in selected()
        feed.take_profile(heap_profile(0.1))
        tick(app)
        await settle(pilot)
        assert "pool.NewBuffers" in selected()
        assert listed(app)[0][0] == "453"


async def test_a_profile_is_read_once_and_only_when_it_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = calls_of(monkeypatch, ProfileReader, "read")
    feed = profiled()
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert not asked
        await press(pilot, "f", "down")
        assert len(asked) == 1
        feed.sample(Process(rss_bytes=500 * MIB), 4100.0)
        feed.sample(runtime(100.0, None), 4100.0)
        tick(app)
        await settle(pilot)
        assert len(asked) == 1
        assert "55% of RSS" in seen(app)
        await press(pilot, "g")
        feed.take_profile(heap_profile(2.0))
        tick(app)
        await settle(pilot)
        assert len(asked) == 1
        await press(pilot, "f")
        assert len(asked) == 2


def test_a_reading_of_the_same_profile_is_kept() -> None:
    reader, profile = ProfileReader(), heap_profile()
    first = reader.read(Wanted(profile, None, None, "flat"))
    assert reader.read(Wanted(profile, None, None, "flat")) is first
    for name in ("inuse_objects", "alloc_space", "alloc_objects", "inuse_space"):
        assert reader.read(Wanted(profile, None, name, "cum")).kind.name == name
    assert reader.read(Wanted(profile, None, None, "flat")) is not first
    assert reader.read(Wanted(profile, None, "no such", "flat")).kind.name == "inuse_space"
