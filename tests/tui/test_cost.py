"""Nothing is drawn that nobody sees or that did not change."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from gctui.events import Process
from gctui.model.feed import Phase
from gctui.tui import chart_panel
from gctui.tui.app import GctuiApp
from gctui.tui.leaving import Leave
from gctui.tui.viewer import Viewer

from .feeds import LIVE, MIB, SAWTOOTH, StillFeed, logged, sample_lines
from .looking import rows, seen

SIZE = (120, 40)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the charts that are drawn."""
    counts: Counter[str] = Counter()
    original = chart_panel.ChartPanel._drawn

    def counted(panel: chart_panel.ChartPanel) -> Any:
        counts[panel.chart.key] += 1
        return original(panel)

    monkeypatch.setattr(chart_panel.ChartPanel, "_drawn", counted)
    return counts


def viewer(app: GctuiApp) -> Viewer:
    screen = app.default_screen
    assert isinstance(screen, Viewer)
    return screen


async def test_no_timer_runs_for_a_stream_that_has_ended() -> None:
    app = GctuiApp(logged(SAWTOOTH))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert viewer(app)._timer is None


async def test_the_timer_stops_with_the_stream() -> None:
    feed = logged(SAWTOOTH, 100, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        timer = viewer(app)._timer
        assert timer is not None
        feed.become(phase=Phase.ENDED, ended="end of input")
        await pilot.pause(0.8)
        assert "end of input" in rows(app)[0]
        assert timer._task is None or timer._task.done()
        await pilot.press("plus", "c", "down")
        assert "#" in seen(app)


async def test_time_that_passes_redraws_two_rows_only(drawn: Counter[str]) -> None:
    feed = logged(SAWTOOTH, 100, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        drawn.clear()
        before = rows(app)
        feed.ahead_s = 7.0
        viewer(app)._ticks = 1
        viewer(app)._tick()
        await pilot.pause()
        changed = [i for i, row in enumerate(rows(app)) if row != before[i]]
        assert changed == [0, 6]
        assert "7.0 s ago" in rows(app)[6]
        assert not drawn


async def test_each_chart_in_view_is_drawn_once_a_frame(drawn: Counter[str]) -> None:
    lines = sample_lines(SAWTOOTH)
    feed = logged(SAWTOOTH, 100, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn.clear()
        feed.read(b"".join(lines[100:110]))
        viewer(app)._tick()
        await pilot.pause()
        assert drawn == {"heap": 1, "pauses": 1}
        viewer(app)._tick()
        await pilot.pause()
        assert drawn == {"heap": 1, "pauses": 1}


async def test_output_alone_draws_no_chart(drawn: Counter[str]) -> None:
    feed = logged(SAWTOOTH, 100, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn.clear()
        feed.read(b"hello from the program\n")
        viewer(app)._tick()
        await pilot.pause()
        assert "hello from the program" in seen(app)
        assert not drawn


async def test_a_chart_appears_with_its_first_data() -> None:
    feed = StillFeed()
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Pages and RSS" not in seen(app)
        feed.sample(Process(rss_bytes=100 * MIB, cgroup_limit_bytes=200 * MIB), 1.0)
        feed.sample(Process(rss_bytes=120 * MIB, cgroup_limit_bytes=200 * MIB), 2.0)
        viewer(app)._tick()
        await pilot.pause()
        assert "Pages and RSS, MiB" in seen(app)
        assert "limit" in seen(app)


async def test_only_lines_in_view_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = StillFeed()
    feed.read(b"".join(b"line %d\n" % number for number in range(20_000)))
    asked: list[int] = []
    original = feed.text

    def text(first: int, count: int) -> tuple[int, list[str]]:
        asked.append(count)
        return original(first, count)

    monkeypatch.setattr(feed, "text", text)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "line 19999" in seen(app)
        await pilot.press("up", "pageup")
        assert max(asked) <= 15
        await pilot.press("home")
        assert "line 15000" in seen(app)


async def test_a_newer_frame_replaces_an_older_one(drawn: Counter[str]) -> None:
    lines = sample_lines(SAWTOOTH)
    feed = logged(SAWTOOTH, 50, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn.clear()
        for begin in range(50, 300, 10):
            feed.read(b"".join(lines[begin : begin + 10]))
        viewer(app)._tick()
        await pilot.pause()
        assert set(drawn.values()) == {1}
        assert "#146" in seen(app)


async def test_loading_shows_how_far_it_is() -> None:
    feed = logged(SAWTOOTH, 50, LIVE)
    feed.become(phase=Phase.LOADING, progress=0.43)
    app = GctuiApp(feed)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "████░░░░░░ loading 43%" in rows(app)[0]
