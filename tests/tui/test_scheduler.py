"""SCHED lines fill the chart of goroutines and threads."""

from gctui.data import data_folder
from gctui.tui.app import GctuiApp
from tests.tui.feeds import ENDED, StillFeed
from tests.tui.looking import seen


async def test_processors_threads_and_the_run_queue_are_drawn() -> None:
    feed = StillFeed(ENDED)
    name = "go1.27.3/goroutines.gctrace+schedtrace.log"
    feed.read((data_folder("samples") / name).read_bytes())
    app = GctuiApp(feed)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        screen = seen(app)
    for curve in ("run queue", "OS threads", "idle Ps"):
        assert f"━ {curve}" in screen
    assert "━ goroutines" not in screen
