"""Findings and advice: what is said, in which order, how it is broken into rows, and how often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gctui.analysis.advice import Advice
from gctui.analysis.live_findings import LiveFindings
from gctui.analysis.note import Note, Topic
from gctui.analysis.what_if import Prediction, WhatIf
from gctui.tui.app import GctuiApp
from gctui.tui.findings_detail import FindingsDetail
from gctui.tui.findings_pane import FindingsPane
from gctui.tui.palette import VERMILLION, ink
from gctui.tui.viewer import Viewer
from gctui.tui.what_if_rows import gc_cpu, what_if_rows

from .feeds import StillFeed, attached, logged, runtime
from .looking import HOSTILE, assert_harmless, calls_of, rows, seen, segments

SIZE = (120, 40)

GROWTH = Note(Topic.GROWTH, "The live heap grows by 4.1 MiB a minute.", "over 120 collections")
LIMIT = Note(
    Topic.LIMIT,
    "The container's limit of 2.00 GiB is reached in about 48 min.",
    "",
    is_alarming=True,
)
TABLE = WhatIf(
    (
        Prediction("GOGC=50", False, 480, 600, 4.1, 3.3, 5.0, 3.8),
        Prediction("GOGC=100", True, 640, 760, 2.1, None, None, 1.9),
        Prediction("GOGC=200", False, 960, 1080, 1.1, 0.9, 1.4, 0.95, "over the limit of 1.00 GiB"),
        Prediction("GOGC=off GOMEMLIMIT=1.80 GiB", False, 1700, None, 0.4, 0.3, 0.6, 0.02),
    ),
    "The live heap and the rate of allocation stay as they are.",
)


WORDS = {"!", "limit", "VIRT", "growth", "What"}


def pane(app: GctuiApp) -> FindingsPane:
    return app.screen.query_one(FindingsPane)


def texts(table: WhatIf, width: int) -> list[str]:
    return ["".join(segment.text for segment in row) for row in what_if_rows(table, width)]


async def test_what_is_alarming_comes_first_and_has_a_sign() -> None:
    app = GctuiApp(StillFeed())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a")
        assert isinstance(app.screen.focused, FindingsPane)
        pane(app).show_said(Advice((GROWTH, LIMIT), TABLE))
        await pilot.pause()
        shown = [row.split() for row in rows(app)[-13:-1]]
        assert shown[0][:4] == ["!", "limit", "The", "container's"]
        assert shown[1][:4] == ["growth", "The", "live", "heap"]
        assert shown[2][:3] == ["over", "120", "collections"]
        assert shown[4][:2] == ["What", "if:"]
        (alarming,) = segments(app, "! limit")
        assert alarming.style is not None
        assert alarming.style.color is not None
        assert alarming.style.color.name == ink(VERMILLION, dark=True)
        (calm,) = segments(app, "growth ")
        assert calm.style is not None
        assert calm.style.bold


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_settings_follow_what_alarms_and_what_is_first(size: tuple[int, int]) -> None:
    virt = Note(Topic.VIRT, "VIRT is 2.1 GiB: address space.", "")
    app = GctuiApp(StillFeed())
    async with app.run_test(size=size) as pilot:
        await pilot.press("a", "z")
        for notes in ((virt, GROWTH, LIMIT), (virt, LIMIT, GROWTH), (LIMIT, virt, GROWTH)):
            pane(app).show_said(Advice(notes, TABLE))
            await pilot.pause()
            kept = [word for row in rows(app) for word in row[:10].split() if word in WORDS]
            assert kept == ["!", "limit", "VIRT", "What", "growth"]


LEAK = "live-heap-growth: +3"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_a_finding_has_evidence_and_in_a_large_room_its_document(
    size: tuple[int, int],
) -> None:
    app = GctuiApp(logged("demo/leak.log"))
    async with app.run_test(size=size) as pilot:
        await pilot.press("a")
        await pilot.pause()
        assert "! warn       The live heap grew from 8 MiB" in seen(app)
        assert "https://go.dev" not in seen(app)
        await pilot.press("z")
        await pilot.pause()
        text = seen(app)
        assert text.count(LEAK) == 1
        assert ("https://go.dev/doc/diagnostics" in text) == (size[1] > 24)
        # The note on the same growth would say it twice.
        assert "! growth" not in text
        assert "    growth" not in text


@pytest.mark.parametrize("size", [(50, 16), (80, 24), (120, 40)])
async def test_enter_tells_why_where_there_is_no_room_for_it(size: tuple[int, int]) -> None:
    app = GctuiApp(logged("demo/leak.log"))
    async with app.run_test(size=size) as pilot:
        await pilot.press("a")
        await pilot.pause()
        assert "something holds on to it" not in seen(app)
        if size[0] >= 80:
            assert "more lines, Enter tells why" in seen(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FindingsDetail)
        words = [word for row in rows(app) for word in row.strip(" │").split()]
        for _ in range(4):
            await pilot.press("pagedown")
            words += [word for row in rows(app) for word in row.strip(" │").split()]
        assert "something holds on to it" in " ".join(words)
        assert "https://go.dev/doc/diagnostics#profiling" in "".join(words)
        await pilot.press("escape")
        assert app.screen is app.default_screen
    app = GctuiApp(StillFeed())
    async with app.run_test(size=size) as pilot:
        await pilot.press("a", "enter")
        assert app.screen is app.default_screen


async def test_it_says_which_collections_the_findings_are_of() -> None:
    app = GctuiApp(logged("demo/leak.log"))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("a", "z", "pagedown", "pagedown")
        assert "found in   all 103 collections" in seen(app)


async def test_findings_cost_nothing_unless_they_are_seen_or_something_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = calls_of(monkeypatch, LiveFindings, "of")
    feed = attached(30)
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        viewer = app.default_screen
        assert isinstance(viewer, Viewer)
        viewer._tick()
        assert not asked
        await pilot.press("a")
        await pilot.pause()
        assert len(asked) == 1
        for tenth in range(1, 31):
            feed.sample(runtime(30 + tenth / 10, None), 4030 + tenth / 10)
            viewer._tick()
        assert 2 <= len(asked) <= 4


async def test_it_scrolls_and_stays_where_it_is_when_the_figures_change() -> None:
    app = GctuiApp(StillFeed())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a")
        pane(app).show_said(Advice((GROWTH, LIMIT), TABLE))
        await pilot.pause()
        assert "GOGC=200" not in seen(app)
        assert "Findings ↓ 5 more lines " in seen(app)
        await pilot.press(*["down"] * 4)
        assert "Findings ↓ 1 more line " in seen(app)
        await pilot.press("pagedown")
        assert "GOGC=200" in seen(app)
        assert "more line" not in seen(app)
        at = pane(app).scroll_offset.y
        pane(app).show_said(Advice((LIMIT, GROWTH), TABLE))
        await pilot.pause()
        assert pane(app).scroll_offset.y == at > 0
        await pilot.press("home", "down")
        assert pane(app).scroll_offset.y == 1
        await pilot.press("z")
        assert "GOGC=200" in seen(app)


async def test_the_same_advice_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = GctuiApp(StillFeed())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a")
        written = calls_of(monkeypatch, FindingsPane, "_write")
        for _ in range(3):
            pane(app).show_said(Advice((GROWTH,), TABLE))
        assert len(written) == 1
        await pilot.press("a", "down")
        assert len(written) == 1


async def test_the_sign_changes_its_shade_with_the_background() -> None:
    app = GctuiApp(StillFeed())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a")
        pane(app).show_said(Advice((LIMIT,), None))
        app.theme = "gctui-light"
        await pilot.pause()
        (alarming,) = segments(app, "! limit")
        assert alarming.style is not None
        assert alarming.style.color is not None
        assert alarming.style.color.name == ink(VERMILLION, dark=False)


@pytest.mark.parametrize("size", [(50, 20), (80, 24), (120, 40)])
async def test_without_figures_it_says_what_would_fill_it(size: tuple[int, int]) -> None:
    app = GctuiApp(StillFeed())
    async with app.run_test(size=size) as pilot:
        await pilot.press("a", "down", "enter", "pagedown")
        assert "Nothing found yet" in seen(app)
        assert "the counters of a running program" in " ".join(seen(app).split())


@pytest.mark.parametrize("size", [(50, 20), (80, 24), (120, 40), (200, 60)])
async def test_hostile_words_are_text(size: tuple[int, int]) -> None:
    note = Note(Topic.END, HOSTILE, HOSTILE, is_alarming=True)
    table = WhatIf((Prediction(HOSTILE, True, 1, 2, 3, 4, 5, 6, HOSTILE),), HOSTILE)
    app = GctuiApp(StillFeed())
    async with app.run_test(size=size) as pilot:
        await pilot.press("a")
        pane(app).show_said(Advice((note,), table))
        for key in ("home", *["pagedown"] * 12):
            await pilot.press(key)
            assert_harmless(app, size[0])


def test_the_table_of_settings() -> None:
    heading, titles, *others = texts(TABLE, 160)
    assert heading.strip().startswith("What if")
    assert titles.split("  ")[-1].strip() == "GCs"
    assert [row.split() for row in others[:2]] == [
        ["GOGC=50", "480", "MiB", "600", "MiB", "4.1%", "(3.3–5.0%)", "3.8/s"],
        ["▶", "GOGC=100", "(now)", "640", "MiB", "760", "MiB", "2.1%", "1.9/s"],
    ]
    assert others[2].endswith("0.9/s  over the limit of 1.00 GiB")
    assert others[3].split()[-4:] == ["–", "0.4%", "(0.3–0.6%)", "1.2/min"]
    assert others[-1].strip() == TABLE.assumptions


def test_a_remark_without_room_stands_below() -> None:
    rows = texts(TABLE, 78)
    at = next(i for i, row in enumerate(rows) if "GOGC=200" in row)
    assert rows[at].endswith("/s")
    assert rows[at + 1] == "     over the limit of 1.00 GiB"


@given(st.integers(66, 250))
def test_the_figures_are_never_cut(width: int) -> None:
    for row in texts(TABLE, width):
        assert cell_len(row) <= width


def test_bounds_that_say_nothing_are_left_out() -> None:
    assert gc_cpu(Prediction("", False, 1, 1, 2.1, 2.1, 2.1, 1)) == "2.1%"
    assert gc_cpu(Prediction("", False, 1, 1, None, None, None, 1)) == "–"
    assert gc_cpu(Prediction("", False, 1, 1, 12.2, 9.8, 15.1, 1)) == "12% (9.8–15%)"
