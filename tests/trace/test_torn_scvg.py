"""Lines of the scavenger before Go 1.14, torn by other writers: put together, never guessed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import Event, Scvg
from gctui.trace.scanner import Scanner, scan

from .test_corpora import assert_partition

PAGES = b"inuse: 1, idle: 61, sys: 63, released: 60, consumed: 2 (MB)\n"
LINES = [
    b"scvg7: " + PAGES,
    b"scvg-1: " + PAGES,
    b"scvg7: 50 MB released\n",
    b"scvg7: 0xa0 MB released\n",
    b"scvg: " + PAGES,
    b"scvg: 50 MB released\n",
    b"scvg: 640 KB released\n",
    b"forced scvg: " + PAGES,
    b"forced scvg: 50 MB released\n",
]
FOREIGN = [
    b"user line\n",
    b"at 7\n",
    b"sys: 70, released: 1\n",
    b" 16 workers\n",
    b"{}\n",
    b"progress 3%: ",
    b"half 0.5 ",
    b"took=1",
    b" MB \n",
    b'{"n":7,"took":"0.31+0.2"}\n',
    b"\n",
    b"scvg of old\n",
]


def writes(line: bytes) -> list[bytes]:
    """Split a line as the runtime writes it, each text and each number by itself."""
    return re.findall(rb"forced |0x[0-9a-f]+|-?[0-9]+|[^-0-9]+", line)


def scavenged(data: bytes) -> list[Scvg]:
    events = list(scan([data]))
    assert_partition(events, data)
    return [event for event in events if isinstance(event, Scvg)]


def whole(line: bytes) -> Event:
    (event,) = scan([line])
    return event


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("text", [b"user line\n", b"one\ntwo 3 4.5\n", b"{}\n"])
def test_one_line_in_between(line: bytes, text: bytes) -> None:
    pieces = writes(line)
    assert b"".join(pieces) == line
    for cut in range(1 + line.startswith(b"forced "), len(pieces)):
        data = b"".join([*pieces[:cut], text, *pieces[cut:]])
        if pieces[cut - 1].startswith(b"0x") and text[:1].isalpha():
            # Its letters may be digits.
            assert not scavenged(data)
            continue
        (mended,) = scavenged(data)
        assert mended.around.repaired
        assert mended.values() == whole(line).values()


@settings(max_examples=1000, deadline=None)
@given(
    st.sampled_from(LINES),
    st.lists(st.tuples(st.integers(0, 14), st.sampled_from([None, *FOREIGN])), max_size=4),
    st.booleans(),
)
def test_never_wrong(
    line: bytes, tears: list[tuple[int, bytes | None]], is_first_of_stream: bool
) -> None:
    """Whatever comes in between or is lost: as it was printed, or not at all.

    Only what begins with a digit can be taken for a part of a number: nothing tells it from one.
    """
    pieces = writes(line)
    first = 1 + line.startswith(b"forced ")
    for at, foreign in sorted(tears, key=lambda tear: tear[0], reverse=True):
        if foreign is not None:
            pieces.insert(max(first, at), foreign)
        elif first < at < len(pieces):
            # Without its first words or its number it is a line all the same.
            del pieces[at]
    before = b"" if is_first_of_stream else line.replace(b"7", b"6")
    for event in scavenged(before + b"".join(pieces)):
        assert not event.around.repaired or event.values() == whole(line).values()


def test_figures_that_do_not_add_up_are_nobodys() -> None:
    data = b"scvg7: inuse: 1, idle: 61, sys: user line\n64, released: 60, consumed: 2 (MB)\n"
    assert not scavenged(data)
    (mended,) = scavenged(data.replace(b"64", b"63"))
    assert mended.sys_mb == 63


def test_a_word_alone_waits_for_no_one() -> None:
    scanner = Scanner()
    assert not scanner.feed(b"scvg\nready\n")
    assert [event.kind for event in scanner.settle()] == ["text", "text"]
