"""The columns of the heap profile, its figures, and profiles of many functions."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gctui.analysis.profile_peek import peek
from gctui.analysis.profile_top import TopRow
from gctui.model.profile import Profile
from gctui.tui.app import GctuiApp
from gctui.tui.columns import cell, fitting
from gctui.tui.profile_columns import COLUMNS, Line, headline, keys_now, title
from gctui.tui.profile_figures import change, share, value
from gctui.tui.profile_function import function_of
from gctui.tui.profile_reading import ProfileReader, Wanted
from gctui.tui.profile_table import ProfileTable

from .big_profile import big_profile
from .feeds import MIB
from .looking import tick
from .profiles import (
    heap_profile,
    listed,
    press,
    profiled,
    read,
    saved_profile,
    settle,
)

SIZE = (120, 40)


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
