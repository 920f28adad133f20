"""Searching the program's output."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import TabbedContent

from gctui.tui.app import GctuiApp
from gctui.tui.leaving import Leave
from gctui.tui.ledger_dialog import LedgerDialog
from gctui.tui.matches import Searched
from gctui.tui.output_pane import OutputPane

from .feeds import StillFeed, attached
from .looking import seen, segments

SIZE = (80, 24)


def feed() -> StillFeed:
    lines = [f"line {n}{' ERROR' if n % 30 == 0 else ''}\n" for n in range(100)]
    still = StillFeed()
    still.read("".join(lines).encode())
    return still


def found(app: GctuiApp) -> str:
    """Return what stands before the match that is looked at."""
    for strip in app.screen._compositor.render_strips():
        if any(s.style and s.style.reverse and s.text.lower() == "error" for s in strip):
            return strip.text.split("ERROR")[0].strip()
    return ""


async def test_it_is_incremental_and_goes_on_and_ends() -> None:
    app = GctuiApp(feed(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"err")
        assert segments(app, "ERR")
        await pilot.press(*"or", "enter")
        assert isinstance(app.screen.focused, OutputPane)
        assert found(app) == "line 90"
        for key, line in [
            ("N", "line 60"),
            ("N", "line 30"),
            ("n", "line 60"),
            ("N", "line 30"),
            ("N", "line 0"),
            ("N", "line 90"),
            ("n", "line 0"),
        ]:
            await pilot.press(key)
            assert found(app) == line
        await pilot.press("escape")
        assert not found(app)
        await pilot.press("n")
        assert not found(app)


def long_lines(count: int = 60) -> StillFeed:
    """Return lines of which the interesting part is far to the right."""
    still = StillFeed()
    beginning = "0123456789" * 15
    still.read("".join(f"{beginning} numgc={n % 20} done\n" for n in range(count)).encode())
    return still


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_a_match_beyond_the_edge_is_brought_into_view(size: tuple[int, int]) -> None:
    app = GctuiApp(long_lines(), leave=Leave.PIPE)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "numgc" not in seen(app)
        assert "…" in seen(app)
        await pilot.press("slash", *"numgc=17", "enter")
        assert [s.text for s in segments(app, "numgc=17") if s.style and s.style.reverse]
        assert "match 3 of 3" in seen(app)
        await pilot.press("N")
        assert "match 2 of 3" in seen(app)
        await pilot.press("N", "N")
        assert "match 3 of 3" in seen(app)
        await pilot.press("escape", "slash", *"012")
        assert [s.text for s in segments(app, "012") if s.style and s.style.reverse]


async def test_every_match_of_a_line_has_its_turn() -> None:
    still = StillFeed()
    still.read(("first" + " " * 200 + "second first\n").encode())
    app = GctuiApp(still, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"first", "enter")
        assert "second first" in seen(app)
        assert "match 2 of 2" in seen(app)
        await pilot.press("N")
        assert "second" not in seen(app)
        assert "match 1 of 2" in seen(app)
        await pilot.press("n")
        assert "second first" in seen(app)


async def test_many_matches_are_not_all_counted() -> None:
    app = GctuiApp(long_lines(3000), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"done", "enter")
        assert "≥ 1,001 matches" in seen(app)
        await pilot.press("n")
        assert "match 1 of ≥ 1,001" in seen(app)
        await pilot.press("slash", "x")
        assert "no match" in seen(app)


async def test_long_lines_scroll_sideways() -> None:
    app = GctuiApp(long_lines(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "greater_than_sign")
        assert " …" in seen(app)
        await pilot.press(*["shift+right"] * 9)
        assert "done" in seen(app)
        await pilot.press("shift+left", "less_than_sign")
        assert "done" not in seen(app)
        assert " …" in seen(app)
        await pilot.press("greater_than_sign", "end")
        assert "012345" in seen(app)
        await pilot.press("c", "greater_than_sign", "o")
        assert " …" not in seen(app)


@given(
    st.lists(st.text("ab日é", max_size=30), max_size=12),
    st.sampled_from(["a", "ab", "日", "é"]),
    st.integers(-1, 14),
    st.integers(-1, 40),
    st.integers(-1, 3),
)
def test_matches_are_gone_through_in_a_round(
    lines: list[str], text: str, line: int, place: int, first: int
) -> None:
    searched = Searched(re.compile(re.escape(text)), lines, first := max(0, first))
    places = [
        (number, match.start())
        for number, each in enumerate(lines, first)
        for match in re.finditer(re.escape(text), each)
    ]
    at = (first + line, place)
    after = [each for each in places if each > at] or places
    before = [each for each in places if each < at] or places
    for step, wanted in ((1, after[:1]), (-1, before[-1:])):
        found = searched.find(at, step)
        assert ([] if found is None else [found.place]) == wanted
        if found is not None:
            assert places.index(found.place) == found.before
            assert found.about == f"match {found.before + 1} of {len(places)}"


async def test_without_output_there_is_nothing_to_search() -> None:
    for still, said in ((attached(3), "it goes where it went before"), (StillFeed(), "to search.")):
        app = GctuiApp(still)
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            before = app.screen.query_one("#tabs", TabbedContent).active
            await pilot.press("slash")
            await pilot.pause(0.1)
            assert "There is no output here to search" in seen(app)
            assert said in seen(app)
            assert not app.screen.query_one("#search-row").display
            assert app.screen.query_one("#tabs", TabbedContent).active == before
            await pilot.press("w")
            assert isinstance(app.screen, LedgerDialog)


async def test_typing_is_not_taken_for_keys() -> None:
    app = GctuiApp(feed(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"quez?po10", "left", "space")
        assert app.is_running
        assert "quez?po1 0" in seen(app)
        assert app.screen.query_one("#search").has_class("-missing")
        await pilot.press("escape")
        assert not app.screen.query_one("#search-row").display


async def test_it_opens_the_output_from_anywhere() -> None:
    app = GctuiApp(feed(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "slash", *"error", "enter")
        await pilot.pause()
        assert found(app) == "line 90"
