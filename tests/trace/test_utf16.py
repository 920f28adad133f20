"""Logs in UTF-16: read, and every byte has its place."""

from __future__ import annotations

import codecs
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.trace.scanner import Scanner, scan

GC = (
    "gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
    "51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)
ENCODED = {
    "little": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le", "surrogatepass"),
    "big": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be", "surrogatepass"),
    "unmarked": lambda text: text.encode("utf-16-le", "surrogatepass"),
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_lines_and_their_places(encoding: str) -> None:
    text = f"{GC}\r\nhéllo ∆ 🎉\r\nglued ∆ {GC}\r\n"
    data = ENCODED[encoding](text)
    events = list(scan([data]))
    assert [event.kind for event in events] == ["gc", "text", "text", "gc"]
    pieces = [data[event.start : event.end] for event in events]
    assert b"".join(pieces) == data
    decoded = [piece.decode("utf-16-be" if encoding == "big" else "utf-16-le") for piece in pieces]
    assert decoded[0].lstrip("\ufeff") == f"{GC}\r\n"
    assert decoded[1:] == ["héllo ∆ 🎉\r\n", "glued ∆ ", f"{GC}\r\n"]


@pytest.mark.parametrize("encoding", ENCODED)
def test_lines_alike_have_their_places_too(encoding: str) -> None:
    data = ENCODED[encoding](f"{GC}\r\n" + f"{GC}\n" * 500)
    scanner, place = Scanner(), 0
    for start in range(0, len(data), 20_000):
        found = scanner.feed(data[start : start + 20_000])
        singly = [found[place] for place in range(len(found))]
        assert [(each.start, each.end) for each in singly] == [(e.start, e.end) for e in found]
        for event in found:
            assert event.start == place
            place = event.end
    assert place == len(data)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(ENCODED)),
    st.lists(st.one_of(st.just(GC), st.just("\n"), st.just("gc 5 @"), st.text(max_size=8))),
    st.lists(st.integers(0, 2000), max_size=8),
    st.sampled_from([b"", b"\x00", b"\xd8"]),
    st.sampled_from([7, 1 << 20]),
)
def test_any_text_in_any_pieces_is_partitioned(
    encoding: str, pieces: list[str], cuts: list[int], rest: bytes, limit_bytes: int
) -> None:
    data = ENCODED[encoding]("gc" + "".join(pieces)) + rest
    at = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    scanner = Scanner(limit_bytes)
    events = [
        event for start, end in itertools.pairwise(at) for event in scanner.feed(data[start:end])
    ]
    events += scanner.finish()
    place = 0
    for start, end in sorted(pair for event in events for pair in event.ranges):
        assert start == place
        place = end
    assert place == len(data)


def test_a_hole_of_nuls_is_no_utf16() -> None:
    data = b"\0" * 4096 + GC.encode() + b"\n"
    assert [event.kind for event in scan([data])] == ["text", "gc"]
