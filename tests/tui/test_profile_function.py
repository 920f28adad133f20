"""One function of the heap profile in full: its callers, its source, how it is found."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from gctui.events import Process
from gctui.model.profile import Frame, Location, Profile, Sample, SampleType
from gctui.tui.app import GctuiApp
from gctui.tui.profile_detail import FunctionDetail
from gctui.tui.profile_function import function_of
from gctui.tui.profile_rows import CALLERS, detail_rows
from gctui.tui.profile_table import ProfileTable
from gctui.tui.source_text import source_lines
from gctui.tui.viewer import Viewer

from .feeds import ATTACHED, MIB, StillFeed
from .looking import HOSTILE, assert_harmless, row_of, rows, seen
from .profiles import (
    line_of,
    one_function,
    press,
    profiled,
    read,
)

SIZE = (120, 40)


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
            assert_harmless(app, size[0])
        assert "[bold]x[/]" in seen(app)
