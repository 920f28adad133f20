"""Redraws by the hundred, and what of them stays in memory."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from itertools import islice

import psutil

from benchmarks.logs import collections
from gctui.tui.app import GctuiApp
from gctui.tui.leaving import Leave
from gctui.tui.viewer import Viewer

from .feeds import LIVE, StillFeed

_FILLED_AFTER = 20_000
"""Collections after which every series, list and statistic is as large as it will ever be."""
_WARM_AFTER = 50


@dataclass(frozen=True, slots=True)
class Growth:
    """What came on top between the first redraws and the last."""

    objects: int
    rss_mib: float


async def growth_over_redraws(number: int) -> Growth:
    """Redraw all four charts and the output so many times, each with another collection."""
    lines = collections()

    def read(count: int) -> None:
        pairs = islice(lines, count)
        feed.read(b"".join(b"%b\n%b\nserved\n" % pair for pair in pairs))

    feed = StillFeed(LIVE)
    read(_FILLED_AFTER)
    app = GctuiApp(feed, leave=Leave.PIPE)
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = app.default_screen
        assert isinstance(viewer, Viewer)
        for turn in range(number + 1):
            if turn == _WARM_AFTER:
                begin = _now()
            read(1)
            viewer._tick()
            await pilot.pause()
        end = _now()
    return Growth(end.objects - begin.objects, end.rss_mib - begin.rss_mib)


def _now() -> Growth:
    gc.collect()
    return Growth(len(gc.get_objects()), psutil.Process().memory_info().rss / (1 << 20))
