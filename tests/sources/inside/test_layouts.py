"""Where the counters are: DWARF, the table made from it, the cache, and damaged binaries."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gctui.sources.inside import locate, program
from gctui.sources.inside.binary import GoBinary
from gctui.sources.inside.cache import cached_layout, keep_layout
from gctui.sources.inside.errors import CannotRead, NotGo
from gctui.sources.inside.known import known_offsets, known_wait_reasons, nearest_versions
from gctui.sources.inside.layout import Layout, Offsets
from gctui.sources.inside.locate import dwarf_offsets, layouts
from tests.go_toolchain import MIDDLE, NEWEST, OLDEST, compiled, go_of_release, older_toolchains

from .make_layouts import ARCHITECTURES, build, wait_reasons_of
from .running import PROGRAMS, built, opened, talking

FIGURES = PROGRAMS / "figures.go"
TOOLCHAINS = [OLDEST, MIDDLE, NEWEST, *older_toolchains()]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("toolchain", TOOLCHAINS)
def test_the_table_is_what_dwarf_says(toolchain: str, architecture: str, tmp_path: Path) -> None:
    go = toolchain if toolchain.startswith("/") else go_of_release(toolchain)
    with GoBinary(build(go, architecture, tmp_path)) as binary:
        assert binary.architecture == architecture
        minor = binary.build_info.minor
        assert minor is not None
        assert dwarf_offsets(binary) == known_offsets(minor, architecture)
        assert tuple(wait_reasons_of(binary)) == known_wait_reasons(minor)
        (layout,) = layouts(binary)
    assert layout.evidence == "offsets from DWARF"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_binary_without_dwarf_has_the_same_layout(architecture: str) -> None:
    settings = {"GOARCH": architecture, "CGO_ENABLED": "0"}
    found: list[Layout] = []
    for flags in [(), ("-ldflags=-w",)]:
        with GoBinary(compiled(FIGURES, *flags, settings=settings)) as binary:
            found += layouts(binary)
    with_dwarf, without = found
    assert without.evidence == "offsets known of Go 1.27"
    assert without.offsets == with_dwarf.offsets
    assert without.addresses.keys() == with_dwarf.addresses.keys()


def test_an_unlisted_version_is_read_by_its_kin(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a version is that comes after this table: its neighbours' offsets must add up."""

    def listed(minor: tuple[int, int], architecture: str) -> Offsets | None:
        return None if minor == (1, 24) else known_offsets(minor, architecture)

    monkeypatch.setattr(locate, "known_offsets", listed)
    assert nearest_versions((1, 24))[:3] == [(1, 24), (1, 25), (1, 23)]
    monkeypatch.setattr(locate, "nearest_versions", lambda minor: list(nearest_versions(minor))[1:])
    with talking(built(FIGURES, MIDDLE, "-ldflags=-w")) as talker:
        said = talker.figures()
        with opened(talker.pid) as running:
            sample = running.sample()
            assert "tried and found to add up" in running.evidence
    assert sample is not None
    assert (sample.heap_inuse_bytes, sample.sys_bytes, sample.goroutines) == (
        said["heap_inuse_bytes"],
        said["sys_bytes"],
        said["goroutines"],
    )


def test_too_old_a_program_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with GoBinary(compiled(FIGURES)) as binary:
        old = replace(binary.build_info, go_version="go1.18.10")
        monkeypatch.setattr(binary, "build_info", old)
        with pytest.raises(CannotRead, match=r"built with go1\.18\.10: .* Go 1\.19 and later"):
            list(layouts(binary))


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("go1.27.3", (1, 27)),
        ("go1.9", (1, 9)),
        ("go1.28rc1", (1, 28)),
        ("devel go1.28-3f4c2a1 Fri Nov 20", (1, 28)),
        ("go1.25.1 X:nodwarf5", (1, 25)),
        ("devel +abc", None),
        ("gotcha", None),
        ("", None),
    ],
)
def test_versions_are_read(text: str, minor: tuple[int, int] | None) -> None:
    with GoBinary(compiled(FIGURES)) as binary:
        assert replace(binary.build_info, go_version=text).minor == minor


def test_a_layout_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[GoBinary] = []

    def counting(binary: GoBinary) -> Iterator[Layout]:
        found.append(binary)
        yield from layouts(binary)

    monkeypatch.setattr(program, "layouts", counting)
    with talking(compiled(FIGURES)) as talker:
        opened(talker.pid).close()
        opened(talker.pid).close()
        assert len(found) == 1


def _moved(whole: dict[str, Any]) -> dict[str, Any]:
    places = {name: address + 64 for name, address in whole["addresses"].items()}
    return {**whole, "addresses": places}


def _goroutines_elsewhere(whole: dict[str, Any]) -> dict[str, Any]:
    """Return what fits all sums and counts the goroutines where there are none."""
    place = whole["addresses"]["runtime.allglen"]
    return {**whole, "addresses": {**whole["addresses"], "runtime.allglen": place + 8}}


def _with_offset(name: str, *place: float) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda whole: {**whole, "offsets": {**whole["offsets"], name: place}}


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "no json",
        lambda _: "[]",
        lambda _: "{}",
        lambda _: '{"addresses": 7}',
        _moved,
        _goroutines_elsewhere,
        _with_offset("g", 0, 10),
        _with_offset("gcControllerState.heapLive", -8, 8),
        _with_offset("gcControllerState.heapLive", 1 << 50, 8),
        _with_offset("gcControllerState.heapLive", float("inf"), 8),
        _with_offset("p.gFree.size", 8, 3),
        lambda whole: {**whole, "sizes": {**whole["sizes"], "runtime.waitReasonStrings": 24}},
        lambda whole: {**whole, "offsets": {"g": [0, 8]}},
    ],
)
def test_a_damaged_cache_is_replaced(
    damage: Callable[[dict[str, Any]], str | dict[str, Any]], layout_cache: Path
) -> None:
    with talking(compiled(FIGURES)) as talker:
        said = talker.figures()
        opened(talker.pid).close()
        (kept,) = layout_cache.iterdir()
        whole = json.loads(kept.read_text())
        damaged = damage(whole)
        kept.write_text(damaged if isinstance(damaged, str) else json.dumps(damaged))
        with opened(talker.pid) as running:
            sample = running.sample()
        assert sample is not None
        assert sample.goroutines == said["goroutines"]
        assert json.loads(kept.read_text()) == whole


@pytest.mark.parametrize("what", ["fifo", "endless", "folder"])
def test_what_is_no_file_of_ours_is_left_alone(what: str, layout_cache: Path) -> None:
    with talking(compiled(FIGURES)) as talker:
        opened(talker.pid).close()
        (kept,) = layout_cache.iterdir()
        kept.unlink()
        if what == "fifo":
            os.mkfifo(kept)
        elif what == "endless":
            kept.symlink_to("/dev/zero")
        else:
            kept.mkdir()
        with opened(talker.pid) as running:
            assert running.sample() is not None


def test_binaries_with_one_build_id_are_told_apart(layout_cache: Path, tmp_path: Path) -> None:
    flags = "-ldflags=-buildid=redacted"
    for source in (FIGURES, PROGRAMS / "parked.go"):
        with talking(compiled(source, flags)) as talker:
            opened(talker.pid).close()
    assert len(list(layout_cache.iterdir())) == 2


def test_a_cache_that_cannot_be_written_is_no_failure(layout_cache: Path) -> None:
    layout_cache.write_text("a file where the folder should be")
    with talking(compiled(FIGURES)) as talker, opened(talker.pid) as running:
        assert running.sample() is not None


def test_a_kept_layout_comes_back_whole() -> None:
    with GoBinary(compiled(FIGURES)) as binary:
        (layout,) = layouts(binary)
    keep_layout("a key", layout)
    assert cached_layout("a key") == layout
    assert cached_layout("another") is None


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"#!/bin/sh\n", b"\x7fELF\2\1\1" + bytes(99)])
def test_what_is_no_binary_is_said(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "app"
    path.write_bytes(content)
    with pytest.raises(NotGo):
        GoBinary(path)


def _section_headers(data: bytearray) -> tuple[int, int]:
    return struct.unpack_from("<Q", data, 40)[0], struct.unpack_from("<H", data, 60)[0]


def test_a_binary_made_to_keep_us_busy_is_refused_at_once(tmp_path: Path) -> None:
    """Section headers without number, and a section that is a hole of three gigabytes."""
    whole = bytearray(compiled(FIGURES).read_bytes())
    table, count = _section_headers(whole)
    with GoBinary(compiled(FIGURES)) as binary:
        span = binary.section(".go.buildinfo")
    assert span is not None
    info = next(
        place
        for place in range(table, table + 64 * count, 64)
        if struct.unpack_from("<Q", whole, place + 16)[0] == span.address
    )
    many, hole = bytearray(whole), bytearray(whole)
    struct.pack_into("<H", many, 60, 0)
    struct.pack_into("<Q", many, table + 32, 1 << 28)
    struct.pack_into("<QQ", hole, info + 24, len(whole), 3 << 30)
    for name, data, length in (("many", many, 1 << 34), ("hole", hole, len(whole) + (3 << 30))):
        path = tmp_path / name
        path.write_bytes(data)
        os.truncate(path, length)
        begun_s = time.monotonic()
        with pytest.raises(CannotRead):
            GoBinary(path)
        assert time.monotonic() - begun_s < 5


def test_damaged_binaries_are_refused_or_read(tmp_path: Path) -> None:
    """Any bytes may be wrong: the answer is a layout or a reason, never another exception."""
    whole = compiled(FIGURES).read_bytes()
    chance = random.Random(7)
    path = tmp_path / "damaged"
    refused = 0
    for round_number in range(60):
        data = bytearray(whole)
        if round_number % 3 == 0:
            del data[chance.randrange(64, len(data)) :]
        # The headers and the tables of sections at both ends are what everything hangs on.
        for _ in range(chance.choice([1, 10, 200])):
            near = chance.choice([0, len(data) - 4000, chance.randrange(len(data))])
            place = min(len(data) - 1, max(0, near + chance.randrange(4000)))
            data[place] = chance.randrange(256)
        path.write_bytes(data)
        try:
            with GoBinary(path) as binary:
                list(layouts(binary))
                binary.function_table()
        except CannotRead:
            refused += 1
    assert 0 < refused < 60


def test_strip_leaves_the_same_addresses(tmp_path: Path) -> None:
    whole, stripped = compiled(FIGURES), tmp_path / "stripped"
    done = subprocess.run(["objcopy", "--strip-all", whole, stripped], check=False)
    if done.returncode:
        pytest.skip("no objcopy")
    with GoBinary(whole) as binary:
        (by_symbols,) = layouts(binary)
    with GoBinary(stripped) as binary:
        (by_code,) = layouts(binary)
    assert by_code.evidence.startswith("no symbol table")
    assert by_code.addresses.items() <= by_symbols.addresses.items()
    assert by_code.addresses.keys() >= {"runtime.gcController", "runtime.allgs", "runtime.text"}
