"""Several programs in one stream: the header names the one that is shown, keys go to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.model.feed import Frame, Phase, Status
from gctui.model.program_list import ListedProgram
from gctui.model.snapshot import Snapshot
from gctui.tui.app import GctuiApp
from gctui.tui.header import header
from gctui.tui.program_dialog import ProgramDialog, heard

from .feeds import ENDED, StillFeed
from .looking import rows, seen

STREAMS = Path(__file__).parent.parent / "model" / "streams"
SIZES = [(80, 24), (120, 40)]
_LISTED = ListedProgram(1, "", ("1.27",), (), 3, 3, 1, 4, 1.0, is_sampled=False, heard_s=None)


def several(name: str = "three-on-a-pipe.go1.27.3.log") -> StillFeed:
    feed = StillFeed(ENDED)
    feed.read((STREAMS / name).read_bytes())
    return feed


@pytest.mark.parametrize("size", SIZES)
async def test_keys_go_from_program_to_program(size: tuple[int, int]) -> None:
    app = GctuiApp(several())
    async with app.run_test(size=size) as pilot:
        assert "▸ program 2, 2 of 3, l lists" in rows(app)[0]
        assert "#119" in seen(app)
        await pilot.press("v")
        assert "▸ program 3, 3 of 3" in rows(app)[0]
        await pilot.press("v")
        assert "▸ program 1, 1 of 3" in rows(app)[0]
        assert "#36" in seen(app)
        await pilot.press("V")
        assert "▸ program 3, 3 of 3" in rows(app)[0]


@settings(deadline=None)
@given(st.integers(40, 200), st.text(max_size=40), st.sampled_from([*Phase]))
def test_the_place_and_the_key_to_the_others_go_last(width: int, words: str, phase: Phase) -> None:
    several = tuple(replace(_LISTED, key=key, label=f"{words}{key}") for key in range(12))
    status = Status(words, phase, pid=4242, ended=words, go_version="go1.27.3", godebug=words)
    frame = Frame(1, Snapshot(), 0.0, status, 0, programs=several, shown=3)
    told = header(frame, width, paused_behind=None)
    assert told.cell_length <= width
    assert width < 80 or "4 of 12, l lists" in told.plain


@pytest.mark.parametrize("size", SIZES)
async def test_one_is_chosen_from_the_list(size: tuple[int, int]) -> None:
    app = GctuiApp(several())
    async with app.run_test(size=size) as pilot:
        await pilot.press("l")
        assert isinstance(app.screen, ProgramDialog)
        listed = [row.split() for row in rows(app) if " program " in row and "once" in row]
        assert [row[row.index("program") + 2] for row in listed] == ["36", "119", "3"]
        await pilot.press("up", "enter")
        assert "▸ program 1, 1 of 3" in rows(app)[0]
        await pilot.press("l", "escape")
        assert "▸ program 1, 1 of 3" in rows(app)[0]


async def test_the_list_and_the_header_tell_the_same_go() -> None:
    app = GctuiApp(several())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("l")
        listed = [row.split("once")[1] for row in rows(app) if "once" in row]
        assert [row.split("│")[0].strip() for row in listed] == ["1.21 – 1.27"] * 3
        for _ in listed:
            assert "Go 1.21 – 1.27" in rows(app)[0]
            await pilot.press("v")


async def test_keys_of_the_screen_act_in_the_list_as_well() -> None:
    app = GctuiApp(several())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("l", "v")
        await pilot.pause()
        assert any("▸ program 3 " in row and "ended" in row for row in rows(app))
        await pilot.press("V", "V")
        await pilot.pause()
        assert isinstance(app.screen, ProgramDialog)
        assert any("▸ program 1 " in row and "ended" in row for row in rows(app))
        await pilot.press("w")
        await pilot.pause()
        assert "What to do" in seen(app)
        assert "▸ program 1, 1 of 3" in rows(app)[0]


@pytest.mark.parametrize(
    ("phase", "heard_s", "now_s", "said"),
    [
        (Phase.LIVE, 98.5, 100.0, "now"),
        (Phase.LIVE, 60.0, 100.0, "40 s ago"),
        (Phase.LIVE, 0.0, 245.0, "04:05 ago"),
        (Phase.ENDED, 60.0, 100.0, "ended"),
        (Phase.LIVE, None, None, "–"),
    ],
)
def test_the_list_says_when_each_was_heard(
    phase: Phase, heard_s: float | None, now_s: float | None, said: str
) -> None:
    frame = Frame(1, Snapshot(), 0.0, Status("x", phase), 0, receipt_s=now_s)
    assert heard(frame, replace(_LISTED, heard_s=heard_s)) == said


async def test_names_of_the_prefixes_are_shown() -> None:
    app = GctuiApp(several("honcho.go1.27.3.log"))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "worker.1" in rows(app)[0]
        await pilot.press("v")
        assert "▸ web.1, 2 of 2" in rows(app)[0]


async def test_a_held_display_is_let_go_when_another_program_is_shown() -> None:
    app = GctuiApp(several())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("space")
        assert "paused" in rows(app)[0]
        await pilot.press("v")
        assert "▸ program 3" in rows(app)[0]
        assert "paused" not in rows(app)[0]


async def test_one_program_alone_is_not_named() -> None:
    feed = StillFeed(ENDED)
    line = b"gc %d @%d.000s 1%%: 0.1+1+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, "
    line += b"4->4->2 MB, 5 MB goal, 2 P\n"
    feed.read(b"".join(line % (n, n) for n in range(1, 9)))
    app = GctuiApp(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "▸" not in rows(app)[0]
        await pilot.press("v", "l")
        assert not isinstance(app.screen, ProgramDialog)
        assert any("One program alone" in str(said.message) for said in app._notifications)


async def test_while_a_log_is_read_nothing_is_said_of_programs_that_may_come() -> None:
    feed = StillFeed(replace(ENDED, phase=Phase.LOADING, ended="", progress=0.1))
    app = GctuiApp(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        (said,) = (str(each.message) for each in app._notifications)
        assert said == "One program so far: the log is still read."


async def test_odd_lines_are_told_with_the_advice() -> None:
    feed = StillFeed(ENDED)
    line = b"gc %d @%d.000s 1%%: 0.1+1+0.1 ms clock, 0.1+0.1/0.1/0.1+0.1 ms cpu, "
    line += b"4->4->2 MB, 5 MB goal, 2 P"
    feed.read(line % (1, 1) + b", 7 MB arenas\n" + b"gc 2 @2.000s 1%: oh\n" + line % (3, 3) + b"\n")
    app = GctuiApp(feed)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a", "z")
        await pilot.pause()
        assert "1 line has fields that gctui does not know yet: 7 MB arenas" in seen(app)
        assert "1 line looks like a trace line and is not: line 2" in seen(app)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_list(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def open_list(pilot: Any) -> None:
        await pilot.press("l")
        await pilot.pause()

    assert snap_compare(GctuiApp(several()), terminal_size=size, run_before=open_list)
