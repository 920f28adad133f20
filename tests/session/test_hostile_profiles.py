"""Profiles in recordings that somebody damaged or made: nothing in them is trusted."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.report.plain import summary
from gctui.session.saved import SavedReader
from tests.end_to_end.commands import limited
from tests.session.test_recorded_profiles import (
    END,
    GOROUTINES,
    HEADER,
    HEAP,
    line_of,
    packed,
    read,
    row,
)
from tests.session.test_recording import replayed

GZ = gzip.compress(GOROUTINES)
HURT: dict[str, Any] = {
    "no page": None,
    "number": 5,
    "list": [1],
    "object": {},
    "empty": "",
    "surrogate": "\ud800",
    "not base64": "%%%",
    "loose base64": packed(GOROUTINES)[:-1] + "\n=",
    "not ASCII": "é" * 8,
    "not gzip": base64.b64encode(GOROUTINES).decode(),
    "cut": base64.b64encode(GZ[:-30]).decode(),
    "no checksum": base64.b64encode(GZ[:-8]).decode(),
    "wrong checksum": base64.b64encode(GZ[:-8] + b"12345678").decode(),
    "something behind": base64.b64encode(GZ + b"x").decode(),
    "two members": base64.b64encode(GZ + GZ).decode(),
    "empty text": packed(b""),
    "no profile": packed(b"hello\n"),
    "binary": packed(bytes(range(256))),
    "damaged text": packed(GOROUTINES.replace(b" @ ", b" at ")),
    "other kind": packed(HEAP),
    "a line without an end": packed(GOROUTINES + b"x" * (2 << 20)),
    "a bomb of lines": packed(GOROUTINES + b"\n" * (63 << 20)),
    "too many stacks": packed(GOROUTINES + b"1 @ 0x1\n" * 131_072),
    "a bomb": packed(GOROUTINES + (b"#" * (1 << 19) + b"\n") * 130),
}


@pytest.mark.parametrize("page", HURT.values(), ids=HURT)
def test_a_damaged_page_is_one_message(page: object) -> None:
    found, said = read(row(page=page), row(HEAP))
    assert [profile.default_type for profile in found] == ["inuse_space"]
    (expected,) = said
    assert expected.startswith("an event of a recording: page")
    assert len(expected) < 200
    assert expected.isprintable()


@pytest.mark.parametrize("name", ["default_type", "taken_ns", "server", "digest", "received"])
def test_no_value_beside_it_is_trusted(name: str, tmp_path: Path) -> None:
    values: list[Any] = [None, True, -1, 0.5, 1 << 63, 10**400, "", "x", "\ud800", [], {}, [{}]]
    path = tmp_path / "a.jsonl"
    for value in values:
        path.write_bytes(HEADER + line_of(row(**{name: value})) + line_of(row(HEAP)) + END)
        session = replayed(path)
        frame = session.frame()
        assert frame.snapshot.profile is not None
        assert frame.snapshot.count("unparsed") == (frame.snapshot.goroutine_profile is None)
        assert [*summary(frame)]


@settings(deadline=None)
@given(st.integers(0, 400), st.binary(max_size=20), st.integers(0, 60))
def test_any_damage_is_survived(at: int, damage: bytes, over: int) -> None:
    whole = line_of(row()) + line_of(row(HEAP))
    at = at * len(whole) // 400
    reader = SavedReader("x")
    data = HEADER + whole[:at] + damage + whole[at + over :] + END
    batches = [*reader.feed(data), *reader.finish()]
    assert sum(batch.profile is not None for batch in batches) <= 2


def test_bombs_are_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    bomb = gzip.compress(GOROUTINES + (b"#" * (1 << 19) + b"\n") * (1 << 11), compresslevel=1)
    line = line_of(row(page=base64.b64encode(bomb).decode()))
    path.write_bytes(HEADER + line + line_of(row()) + END)
    done = limited("replay", "--plain", path, gib=1)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"goroutine 13 in" in done.stdout
