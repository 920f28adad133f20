"""How the screen looks. After `--snapshot-update`, look at every picture before keeping it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gctui.model.feed import Phase
from gctui.tui.app import GctuiApp
from gctui.tui.leaving import Leave

from .feeds import ATTACHED, LIVE, OLD_GO, SAWTOOTH, StillFeed, attached, logged, ran
from .profiles import heap_profile, profiled, replayed

SIZES = [(80, 24), (120, 40), (200, 60)]
SnapCompare = Callable[..., bool]
Scene = Callable[[], GctuiApp]


def pipe() -> GctuiApp:
    return GctuiApp(logged(SAWTOOTH, 150, LIVE), leave=Leave.PIPE)


def loading() -> GctuiApp:
    feed = logged("demo/leak.log", 90)
    feed.become(phase=Phase.LOADING, ended="", progress=0.43)
    return GctuiApp(feed)


def paused_behind(feed: StillFeed) -> Callable[[Any], Any]:
    async def run(pilot: Any) -> None:
        await pilot.press("space")
        feed.read(
            b"".join(
                b"gc %d @%d.0s 1%%: 0.1+1+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, "
                b"4->4->2 MB, 5 MB goal, 2 P\n" % (n, n)
                for n in range(200, 207)
            )
        )
        pilot.app.screen._tick()
        await pilot.pause()

    return run


def unread() -> GctuiApp:
    feed = StillFeed()
    feed.become(
        inside="process 4242 cannot be read: kernel.yama.ptrace_scope = 1 allows it for what gctui "
        "itself started only; start it with gctui run -- CMD, or use sudo gctui attach 4242, or "
        "sudo sysctl kernel.yama.ptrace_scope=0"
    )
    return GctuiApp(feed, leave=Leave.PIPE)


def recording(how: str) -> GctuiApp:
    return GctuiApp(attached(status=replace(ATTACHED, recording=how)))


SCENES: dict[str, tuple[Scene, list[str]]] = {
    "demo-ended": (lambda: GctuiApp(logged(SAWTOOTH)), []),
    "go1.4": (lambda: GctuiApp(logged(OLD_GO)), []),
    "waiting": (lambda: GctuiApp(StillFeed(), leave=Leave.PIPE), []),
    "loading": (loading, []),
    "run-rss-limit": (lambda: GctuiApp(ran(), leave=Leave.RUN), []),
    "help": (lambda: GctuiApp(logged(SAWTOOTH)), ["question_mark"]),
    "leave-pipe": (pipe, ["q"]),
    "leave-run": (lambda: GctuiApp(ran(), leave=Leave.RUN), ["q"]),
    "cycles": (lambda: GctuiApp(logged(SAWTOOTH)), ["c", "pagedown", "pagedown", "down"]),
    "cycle-detail": (lambda: GctuiApp(logged(SAWTOOTH)), ["c", "down", "down", "enter"]),
    "search": (pipe, ["slash", "d", "o", "n", "e"]),
    "attach": (lambda: GctuiApp(attached()), []),
    "attach-begins": (lambda: GctuiApp(StillFeed(ATTACHED)), []),
    "attach-output": (lambda: recording("recording to server.gctui"), ["o"]),
    "attach-cycles": (lambda: recording("recording failed: no space left on device"), ["c"]),
    "where": (lambda: GctuiApp(attached()), ["w"]),
    "where-trace": (lambda: GctuiApp(ran(), leave=Leave.RUN), ["w", "down"]),
    "where-ascii": (lambda: GctuiApp(attached(), ascii_only=True), ["w", "end", "up"]),
    "goroutines": (lambda: GctuiApp(attached()), ["z", "down"]),
    "goroutines-marked": (lambda: GctuiApp(attached()), ["m", "down"]),
    "goroutines-unread": (unread, ["g"]),
    "goroutine-detail": (lambda: GctuiApp(attached()), ["down", "enter"]),
    "attach-ascii": (lambda: GctuiApp(attached(), ascii_only=True), []),
    "ascii": (lambda: GctuiApp(ran(), leave=Leave.RUN, ascii_only=True), []),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
def test_scene(scene: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    app, keys = SCENES[scene]
    assert snap_compare(app(), press=keys, terminal_size=size)


def after(keys: list[str]) -> Callable[[Any], Any]:
    """Press keys, and wait for what a thread reads after each."""

    async def run(pilot: Any) -> None:
        for key in ["", *keys]:
            await pilot.press(*([key] if key else []))
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()

    return run


def grown() -> Callable[[Any], Any]:
    """Mark a profile, and let the cache grow."""

    async def run(pilot: Any) -> None:
        await after(["f", "m"])(pilot)
        pilot.app._feed.take_profile(heap_profile(1.4, taken_s=110.0))
        pilot.app.screen._tick()
        await after(["down"])(pilot)

    return run


PROFILES: dict[str, tuple[Scene, Callable[[Any], Any]]] = {
    "profile": (lambda: GctuiApp(profiled()), after(["f", "down"])),
    "profile-cum": (lambda: GctuiApp(profiled()), after(["f", "b", "t"])),
    "profile-saved": (lambda: GctuiApp(replayed()), after([])),
    "profile-none": (lambda: GctuiApp(logged(SAWTOOTH)), after(["f"])),
    "profile-grown": (lambda: GctuiApp(profiled()), grown()),
    "profile-detail": (lambda: GctuiApp(profiled()), after(["f", *["down"] * 4, "enter"])),
    "profile-ascii": (lambda: GctuiApp(profiled(), ascii_only=True), after(["f", "down"])),
    "advice": (lambda: GctuiApp(logged("demo/leak.log")), after(["a"])),
    "advice-enlarged": (lambda: GctuiApp(attached()), after(["a", "z"])),
    "advice-none": (lambda: GctuiApp(StillFeed(), leave=Leave.PIPE), after(["a"])),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", PROFILES)
def test_profile_and_advice(scene: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    app, run_before = PROFILES[scene]
    assert snap_compare(app(), terminal_size=size, run_before=run_before)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_paused(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    feed = logged(SAWTOOTH, 150, LIVE)
    app = GctuiApp(feed, leave=Leave.PIPE)
    assert snap_compare(app, terminal_size=size, run_before=paused_behind(feed))


@pytest.mark.parametrize("size", [(120, 40)], ids=["120x40"])
def test_light(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    app = GctuiApp(ran(), leave=Leave.RUN)
    app.theme = "gctui-light"
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("size", [(120, 40)], ids=["120x40"])
def test_attached_light(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    app = GctuiApp(attached())
    app.theme = "gctui-light"
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("size", [(120, 40)], ids=["120x40"])
def test_no_color(
    size: tuple[int, int], snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(GctuiApp(ran(), leave=Leave.RUN), press=["q"], terminal_size=size)
