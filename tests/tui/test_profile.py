"""The heap profile's tab: what is listed and in which order, the mark, and one function in full."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from gctui.analysis.profile_peek import peek
from gctui.analysis.profile_top import By, TopRow
from gctui.events import Process
from gctui.model.feed import Phase
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType
from gctui.tui.app import GctuiApp
from gctui.tui.columns import cell, fitting
from gctui.tui.keys import GOROUTINES_TAB, OUTPUT_TAB, PROFILE_TAB
from gctui.tui.leaving import Way
from gctui.tui.palette import VERMILLION, ink
from gctui.tui.profile_columns import COLUMNS, Line, headline, keys_now, title
from gctui.tui.profile_detail import FunctionDetail
from gctui.tui.profile_figures import change, share, value
from gctui.tui.profile_function import function_of
from gctui.tui.profile_reading import ProfileReader, Reading, Wanted
from gctui.tui.profile_rows import CALLERS, detail_rows
from gctui.tui.profile_table import ProfileTable
from gctui.tui.source_text import source_lines
from gctui.tui.viewer import Viewer

from .big_profile import big_profile
from .feeds import ATTACHED, LIVE, MIB, SAWTOOTH, StillFeed, attached, logged, runtime
from .looking import rows, seen, segments, strips
from .profiles import heap_profile, profiled, replayed, saved_profile

SIZE = (120, 40)
HOSTILE = "[bold]x[/] [@click=app.exit]y\x1b]0;t\x07\x1b[2J\u202e日本語\r\n" * 40


async def press(pilot: Pilot[Way], *keys: str) -> None:
    """Press keys and wait until what they ask for is read."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def settle(pilot: Pilot[Way]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def tick(app: GctuiApp) -> None:
    viewer = app.default_screen
    assert isinstance(viewer, Viewer)
    viewer._tick()


def listed(app: GctuiApp) -> list[list[str]]:
    """Return the words of each row of the list."""
    texts = rows(app)
    first = next(i for i, row in enumerate(texts) if "▼" in row) + 1
    return [row.split() for row in texts[first:-1] if row.strip()]


def row_of(app: GctuiApp, text: str) -> str:
    return next((row for row in rows(app) if text in row), "")


def read(profile: Profile, base: Profile | None = None, by: By = "flat") -> Reading:
    return ProfileReader().read(Wanted(profile, base, None, by))


def line_of(reading: Reading, name: str, rss_bytes: int | None = None) -> Line:
    row = next(row for row in reading.rows if name in row.function)
    return Line(row, reading, rss_bytes)


def one_function(name: str, file: str = "/src/a.go", lines: tuple[int, ...] = (7,)) -> Profile:
    return Profile(
        (SampleType("inuse_objects", "count"), SampleType("inuse_space", "bytes")),
        "inuse_space",
        tuple(Location(number, (Frame(name, file, number),)) for number in lines),
        tuple(Sample((place,), (4, 4 * MIB)) for place in range(len(lines))),
        512 * 1024,
    )


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


async def test_enter_opens_a_function_and_walks_through_the_calls() -> None:
    app = GctuiApp(profiled())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "enter")
        assert isinstance(app.screen, FunctionDetail)
        text = seen(app)
        for part in (
            "Heap profile: in use (inuse_space)",
            "github.com/example/server/cache.(*shard).grow",
            "flat 121 MiB ± 7.8 MiB, 44%   cum 121 MiB ± 7.8 MiB, 44%   13% of RSS",
            "called by",
            "calls: nothing in this profile",
            "lines in /home/dev/server/cache/shard.go; the file is not here",
        ):
            assert part in text
        assert " ".join(["121", "MiB"] * 2 + ["112"]) in " ".join(row_of(app, "112").split())
        await press(pilot, "enter")
        assert "flat 23 MiB ± 3.4 MiB, 8.6%   cum 145 MiB" in seen(app)
        await press(pilot, "enter")
        assert "main.(*api).search" in rows(app)[row_number(app, "Heap profile") + 1]
        await press(pilot, "backspace", "backspace", "backspace", "left")
        assert "flat 121 MiB ± 7.8 MiB" in seen(app)
        await press(pilot, "home", "enter")
        assert "flat 121 MiB ± 7.8 MiB" in seen(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, Viewer)


def row_number(app: GctuiApp, text: str) -> int:
    return next(i for i, row in enumerate(rows(app)) if text in row)


@pytest.mark.parametrize("key", ["q", "f", "escape"])
async def test_the_function_closes(key: str) -> None:
    app = GctuiApp(profiled())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "f", "enter", key)
        assert isinstance(app.screen, Viewer)
        assert isinstance(app.screen.focused, ProfileTable)


async def test_the_source_is_shown_where_it_is_here(tmp_path: Path) -> None:
    source = tmp_path / "a.go"
    source.write_text("".join(f"\tline{number}()\n" for number in range(1, 61)))
    feed = StillFeed(ATTACHED)
    feed.take_profile(one_function("main.f", str(source), (7, 40)))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter")
        text = seen(app)
        for number in (5, 6, 7, 8, 9, 38, 40, 42):
            assert f"    line{number}()" in text
        for number in (4, 10, 37, 43):
            assert f"line{number}()" not in text
        assert "⋮" in text
        assert "not here" not in text


def test_only_readable_files_of_some_size_are_source(tmp_path: Path) -> None:
    pipe, big, empty = tmp_path / "pipe", tmp_path / "big", tmp_path / "empty"
    os.mkfifo(pipe)
    big.write_bytes(b"x" * (5 << 20))
    empty.touch()
    for path in (pipe, big, empty, tmp_path, tmp_path / "none", "/dev/zero", "/proc/self/maps"):
        assert source_lines(str(path)) is None
    assert source_lines("a\0b") is None
    binary = tmp_path / "binary"
    binary.write_bytes(b"caf\xe9\n\x00")
    assert source_lines(str(binary)) == ["caf\ufffd", "\x00"]


def many_callers(count: int) -> Profile:
    leaf = Location(0, (Frame("main.leaf", "/a.go", 1),))
    callers = tuple(Location(i, (Frame(f"main.f{i}", "/a.go", i),)) for i in range(1, count + 1))
    samples = tuple(Sample((0, place), (place * MIB,)) for place in range(1, count + 1))
    types = (SampleType("inuse_space", "bytes"),)
    return Profile(types, "inuse_space", (leaf, *callers), samples, None)


async def test_many_callers_are_shown_when_asked_for() -> None:
    feed = StillFeed(ATTACHED)
    feed.take_profile(many_callers(12))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "down", "enter")
        assert "main.f5" in seen(app)
        assert "main.f4" not in seen(app)
        assert "4 more; Enter shows them" in seen(app)
        assert "10 MiB    13%" in seen(app)
        await press(pilot, *["down"] * 8, "enter")
        assert "more; Enter" not in seen(app)
        await press(pilot, "enter")
        assert " main.f4 " in rows(app)[row_number(app, "Heap profile") + 1]


def test_the_last_of_many_needs_no_row_of_its_own() -> None:
    reading = read(many_callers(9))
    line = line_of(reading, "leaf")
    found = function_of(reading, "main.leaf")
    texts = [row.text for row in detail_rows(line, found, (), 80)]
    assert not [text for text in texts if "more" in text]
    found = function_of(read(many_callers(10)), "main.leaf")
    texts = [row.text for row in detail_rows(line, found, (CALLERS,), 80)]
    assert not [text for text in texts if "more" in text]


@pytest.mark.parametrize("name", ["main.f", "a.(*T[...]).b{3}+?|^$", "é" * 3000, "[/]\x1b[2J"])
def test_a_function_is_found_by_its_name(name: str) -> None:
    other = one_function(name + "x")
    profile = one_function(name)
    both = replace(
        profile,
        locations=profile.locations + other.locations,
        samples=(Sample((0,), (1, 10)), Sample((1, 0), (1, 5))),
    )
    found = function_of(read(both), name)
    assert found.calls is not None
    assert (found.calls.flat, found.calls.cum) == (10, 15)
    assert [listing.function for listing in found.listings] == [name]


async def test_what_has_no_name_opens_too() -> None:
    feed = StillFeed(ATTACHED)
    feed.take_profile(one_function("", ""))
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "down", "enter")
        assert "<unknown>" in seen(app)
        assert "The profile does not tell its lines" in seen(app)


@pytest.mark.parametrize("size", [(50, 20), (80, 24), (120, 40), (200, 60)])
async def test_hostile_names_are_text(size: tuple[int, int], tmp_path: Path) -> None:
    source = tmp_path / "[bold]x[@click=app.exit]\x1b[2J.go"
    source.write_text(HOSTILE * 9)
    feed = StillFeed(ATTACHED)
    feed.sample(Process(rss_bytes=9 * MIB), 1.0)
    hostile = one_function(HOSTILE, str(source))
    types = (*hostile.sample_types[:1], SampleType(HOSTILE, HOSTILE))
    feed.take_profile(replace(hostile, sample_types=types, default_type=HOSTILE, source=HOSTILE))
    app = GctuiApp(feed)
    async with app.run_test(size=size) as pilot:
        for keys in (["f"], ["down"], ["t"], ["enter"], ["down"], ["enter"]):
            await press(pilot, *keys)
            text = seen(app).replace("\n", "")
            assert not [char for char in text if ord(char) < 32 or 0x7F <= ord(char) < 0xA0]
            assert "\u202e" not in text
            assert {cell_len(row) for row in rows(app)} == {size[0]}
            for segment in segments(app, "[@click"):
                assert segment.style is not None
                assert "@click" not in segment.style.meta
        assert "[bold]x[/]" in text


async def test_a_profile_is_read_once_and_only_when_it_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Wanted] = []
    original = ProfileReader.read

    def counted(reader: ProfileReader, wanted: Wanted) -> Reading:
        asked.append(wanted)
        return original(reader, wanted)

    monkeypatch.setattr(ProfileReader, "read", counted)
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


@given(st.integers(1, 250))
def test_columns_fit_and_the_value_is_always_there(width: int) -> None:
    fitted = fitting(COLUMNS, width)
    assert fitted[0][0].title == "flat"
    reading = read(heap_profile())
    heading = "".join(cell(column, title(column, reading), cells) for column, cells in fitted)
    assert cell_len(heading) <= max(width, COLUMNS[0].least_cells)


@given(
    st.text("ab/.[日\x1b", max_size=60),
    st.integers(-(1 << 62), 1 << 62),
    st.one_of(st.none(), st.floats(0, 1e18)),
    st.integers(30, 250),
)
def test_cells_keep_their_width(name: str, amount: int, error: float | None, width: int) -> None:
    reading = read(heap_profile())
    line = Line(TopRow(name, name, amount, amount, error, error), reading, 1 << 30)
    for column, cells in fitting(COLUMNS, width):
        if column.share:
            assert cell_len(column.text(line, cells)) <= cells


def test_the_headline_leaves_out_what_does_not_fit() -> None:
    reading = read(saved_profile())
    said = headline(reading, 700 * MIB)
    assert said.total == "70 MiB in use"
    assert said.about == " (inuse_space), 10% of RSS"
    assert said.more[-1] == "; one sample per 16 KiB, ± is one standard deviation"
    assert keys_now(reading, 60, may_change=True) == "t inuse_objects · b by cum · m sets a mark"
    assert keys_now(reading, 30, may_change=True) == "b by cum · m sets a mark"
    assert keys_now(reading, 9, may_change=False) == "b by cum"
    assert not keys_now(reading, 3, may_change=True)


def test_figures() -> None:
    assert [value(amount, "bytes") for amount in (0, 64, 1536, 449 << 10, 3.9 * MIB)] == [
        "0 B",
        "64 B",
        "1.5 KiB",
        "449 KiB",
        "3.9 MiB",
    ]
    assert value(-2048, "bytes") == "−2 KiB"
    assert value(1_234_567, "count") == "1,234,567"
    assert value(2_500_000, "nanoseconds") == "2.5 ms"
    assert (change(5, "count"), change(0, "count"), change(-5, "count")) == ("+5", "0", "−5")
    assert (share(-1, 4), share(1, 4), share(1, 0), share(1, None)) == ("−25%", "25%", "–", "–")


@pytest.mark.parametrize("profile", [heap_profile(), saved_profile(), big_profile(300)])
def test_one_function_is_the_same_as_found_among_all(profile: Profile) -> None:
    reading = read(profile)
    entries = {each.function: each for each in peek(profile, reading.type_index, ".")}
    for row in reading.rows[:40]:
        assert function_of(reading, row.function).calls == entries[row.function]


def test_every_function_has_its_place() -> None:
    for reading in (read(big_profile(3000)), read(big_profile(3000, 2), big_profile(3000))):
        assert [reading.places[row.function] for row in reading.rows] == [*range(3000)]
    grown = [row.flat for row in reading.rows]
    assert grown == sorted(grown, reverse=True)


def test_the_garbage_collector_does_not_walk_through_a_big_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    reader, big = ProfileReader(), big_profile(6000)
    for by in ("flat", "cum", "flat"):
        reader.read(Wanted(big, None, None, by))
    reader.read(Wanted(heap_profile(), None, None, "flat"))
    assert done == ["freeze"]
    assert gc.isenabled()


async def test_a_list_of_many_functions_is_not_gone_through_for_its_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed = profiled()
    feed.take_profile(big_profile(3000))
    app = GctuiApp(feed)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "f")
        compared: list[TopRow] = []
        monkeypatch.setattr(ProfileTable, "is_same", lambda *items: compared.append(items[1]))
        await press(pilot, *["pagedown"] * 5)
        name = str(listed(app)[3])
        feed.take_profile(big_profile(3000, 1, 60.0))
        tick(app)
        await settle(pilot)
        assert name == str(listed(app)[3])
        assert not compared
