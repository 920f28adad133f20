"""A profile is told by its content from everything else, logs of all kinds above all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.sources.pprof_proto import ProfileMessage
from gctui.sources.pprof_shape import HEAD_BYTES, begins_as_profile
from tests.analysis.made_profiles import random_profile
from tests.corpus_files import SAMPLES, corpus_logs

SHIPPED = sorted((SAMPLES / "profiles").glob("*.pb.gz"))
TEXTS = [path for path in SAMPLES.rglob("*") if path.suffix in {".log", ".txt", ".tsv", ".jsonl"}]


def is_profile(data: bytes) -> bool | None:
    """Ask with every beginning, which must never be mistaken for the contrary of the whole."""
    whole = begins_as_profile(data, is_whole=True)
    for end in (*range(64), 500, 2000, HEAD_BYTES):
        assert begins_as_profile(data[:end], is_whole=False) in (None, whole)
    return whole


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_profiles(path: Path) -> None:
    assert is_profile(gzip.decompress(path.read_bytes()))


@pytest.mark.parametrize("seed", range(6))
def test_other_writers_profiles(seed: int) -> None:
    """Records in an order of the writer's own, the strings first."""
    data = gzip.decompress(random_profile(seed, "drop.*", "keep.*"))
    assert is_profile(data)
    message = ProfileMessage.FromString(data)
    strings = ProfileMessage(string_table=message.string_table).SerializeToString()
    message.ClearField("string_table")
    assert is_profile(strings + message.SerializeToString())
    # Lists of numbers need not be packed.
    assert is_profile(b"\x12\x06\x08\x01\x08\x02\x10\x05")


@pytest.mark.parametrize(
    "path", [*TEXTS, *corpus_logs()], ids=lambda path: "/".join(path.parts[-2:])
)
def test_logs_are_none(path: Path) -> None:
    with path.open("rb") as file:
        assert begins_as_profile(file.read(HEAD_BYTES), is_whole=True) is False


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n\n\n",
        b"\n\0" * 2000,
        b"\0" * 5000,
        b"2026-11-21T10:00:00Z gc 1 @0.1s",
        b"2\x000\x002\x006\x00",
        "*** gc 1 @0.1s".encode("utf-16"),
        b"\x1b[32mgc 1",
        b"\x1aabc",
        b'"' * 5000,
        b'"(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x',
        b"* x x x x x x x x x x x x x x x x x x",
        b"0x1234 0x1234",
        b"@x" * 3000,
        b"\x7fELF\x02\x01\x01",
        b"PK\x03\x04",
        b"\xff" * 100,
    ],
)
def test_other_bytes_are_none(data: bytes) -> None:
    assert begins_as_profile(data, is_whole=True) is False


@given(st.text(st.characters(min_codepoint=9, exclude_categories=["Cs"]), max_size=300))
def test_no_text_without_control_characters_is_one(text: str) -> None:
    shown = "".join(each for each in text if each in "\t\n\r" or each >= " ")
    assert begins_as_profile(shown.encode(), is_whole=True) is False


@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    assert begins_as_profile(data, is_whole=True) in (True, False)
