"""Searching the program's output."""

from __future__ import annotations

from gctui.tui.app import GctuiApp
from gctui.tui.leaving import Leave
from gctui.tui.output_pane import OutputPane

from .feeds import StillFeed
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


async def test_typing_is_not_taken_for_keys() -> None:
    app = GctuiApp(feed(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"quez?po10", "left", "space")
        assert app.is_running
        assert "quez?po1 0" in seen(app)
        assert app.screen.query_one("#search").has_class("-missing")
        await pilot.press("escape")
        assert not app.screen.query_one("#search").display


async def test_it_opens_the_output_from_anywhere() -> None:
    app = GctuiApp(feed(), leave=Leave.PIPE)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "slash", *"error", "enter")
        await pilot.pause()
        assert found(app) == "line 90"
