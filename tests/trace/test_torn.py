"""Lines torn by other writers: put together, or left alone, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import Event, Gc
from gctui.trace.scanner import Scanner, scan

from .test_corpora import assert_partition

FIRST = (
    b"gc 4 @0.011s 2%: 0.05+0.31+0.002 ms clock, 0.11+0.08/0.10/0+0.004 ms cpu, "
    b"4->4->1 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
)
TORN = (
    b"gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
    b"51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)\n"
)
WRITES = re.findall(rb"[0-9.]+|[^0-9.\n(]+?(?= \()| \(forced\)|[^0-9.\n(]+|\n", TORN)
"""As the runtime writes it, piece by piece."""


def collections(data: bytes) -> list[Gc]:
    events = list(scan([data]))
    assert_partition(events, data)
    return [event for event in events if isinstance(event, Gc)]


def untorn() -> Event:
    (event,) = scan([TORN])
    return event


def torn(cuts: Sequence[int], foreign: Sequence[bytes]) -> bytes:
    """Return the line with a foreign text behind some of its writes."""
    pieces = list(WRITES)
    for cut, text in sorted(zip(cuts, foreign, strict=True), reverse=True):
        pieces.insert(cut, text)
    return b"".join(pieces)


def test_the_writes_are_the_line() -> None:
    assert torn([], []) == TORN
    assert len(WRITES) > 35


@pytest.mark.parametrize("cut", range(1, len(WRITES) - 2))
@pytest.mark.parametrize("text", [b"user line\n", b"one\ntwo 3 4.5\n", b"{}\n"])
def test_one_line_in_between(cut: int, text: bytes) -> None:
    """Wherever it comes, the collection is read, and the foreign text stands alone."""
    data = FIRST + torn([cut], [text])
    events = list(scan([data]))
    assert_partition(events, data)
    _, event = (event for event in events if isinstance(event, Gc))
    assert event.values() == untorn().values()
    assert event.around.repaired
    stands = b"".join(data[start:end] for start, end in event.ranges)
    assert stands.strip() in TORN
    others = b"".join(event.raw + b"\n" for event in events if not event.format)
    assert text in others


def test_a_text_without_newlines_in_between() -> None:
    data = FIRST + torn([5, 20], [b"progress ...", b"progress ... ok\n"])
    assert [event.n for event in collections(data)] == [4, 5]


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.integers(1, len(WRITES) - 3), max_size=5, unique=True),
    st.randoms(use_true_random=False),
)
def test_never_wrong(cuts: list[int], chance: Random) -> None:
    """Whatever comes in between, a collection is read as it was printed, or not at all.

    Only what begins with a digit can be taken for a part of a number: nothing tells it from one.
    """
    foreign = [
        chance.choice(
            [
                b"user line\n",
                b"at 7\n",
                b"heap 4->4 MB, 5 MB goal\n",
                b" 16 workers\n",
                b"(8ms)\n",
                b"progress 3%: ",
                b"half 0.5 ",
                b"took=1",
                b" ms clock, \n",
                b"gc 1 looks like a trace @0.5s\n",
                b'{"n":7,"took":"0.31+0.2"}\n',
                b"\n",
                b"+",
            ]
        )
        for _ in cuts
    ]
    truth = untorn().values()
    for event in collections(FIRST + torn(cuts, foreign))[1:]:
        assert not event.around.repaired or event.values() == truth


@pytest.mark.parametrize("cut", [3, 10, 25])
def test_a_prefix_is_the_line_s_though_it_was_torn(cut: int) -> None:
    """Where every line has a prefix, the mended one has the first's, and no other text is left."""
    prefix = b"2026-11-21T22:31:31Z web-1  | "
    head, rest = b"".join(WRITES[:cut]), b"".join(WRITES[cut:])
    data = b"".join(
        (
            prefix + FIRST,
            prefix.replace(b"31Z", b"32Z") + head + b"user line\n",
            prefix.replace(b"web-1", b"db-1 ") + b"another program\n",
            prefix.replace(b"31Z", b"33Z") + rest,
        )
    )
    events = list(scan([data]))
    assert_partition(events, data)
    kinds = [(event.kind, event.raw) for event in events if not isinstance(event, Gc)]
    assert kinds == [
        ("text", b"user line"),
        ("text", b"2026-11-21T22:31:31Z db-1   | another program"),
    ]
    _, mended = (event for event in events if isinstance(event, Gc))
    assert mended.values() == untorn().values()
    assert mended.around.prefix == "2026-11-21T22:31:32Z web-1  | "
    assert (mended.around.wall, mended.around.source) == ("2026-11-21T22:31:32Z", "web-1")
    assert mended.around.repaired
    behind_text = data.replace(b"| gc 5", b"| progress ...gc 5")
    _, mended = (event for event in scan([behind_text]) if isinstance(event, Gc))
    assert (mended.around.prefix, mended.around.source) == (None, None)
    assert mended.around.wall == "2026-11-21T22:31:32Z"


@pytest.mark.parametrize("width", [60, 80, 100])
def test_folded_lines(width: int) -> None:
    """A terminal or a mail client tears at a width, in the middle of numbers too."""
    lines = [TORN.replace(b"gc 5 ", b"gc %d " % n).rstrip(b"\n") for n in range(10, 40)]
    folded = b"".join(
        line[at : at + width] + b"\n" for line in lines for at in range(0, len(line), width)
    )
    assert [event.n for event in collections(folded)] == list(range(10, 40))


def test_a_whole_line_is_nobodys_rest() -> None:
    data = FIRST + b"forced scvg: inuse: 0, idle: 1\nscvg: 3 MB released\n"
    kinds = [event.kind for event in scan([data])]
    assert kinds == ["gc", "unparsed", "scvg"]


def test_a_head_that_proves_nothing_needs_the_next_number() -> None:
    rest = TORN.removeprefix(b"gc 5")
    assert [event.n for event in collections(FIRST + b"gc 5and text\n" + rest)] == [4, 5]
    assert [event.n for event in collections(FIRST + b"gc 900and text\n" + rest)] == [4]
    assert [event.n for event in collections(b"gc 5and text\n" + rest)] == []


def test_what_never_ends_is_given_back() -> None:
    begun = b"gc 5 @0.017s 1%: 16+user line\n"
    data = FIRST + begun + b"text\n" * 200
    kinds = [event.kind for event in scan([data])]
    assert kinds == ["gc", "unparsed", *["text"] * 200]
    scanner = Scanner()
    (_,) = scanner.feed(FIRST + begun + b"text\n" * 9)
    assert [event.kind for event in scanner.settle()] == ["unparsed", *["text"] * 9]
    assert [event.kind for event in scan([FIRST + begun])] == ["gc", "unparsed"]


def test_two_torn_programs_are_not_mixed() -> None:
    """Of the pieces of two, nobody knows whose they are. (A real log of two programs.)"""
    data = (
        b"gc 52 @1.300s 0%: 0.01+0.62+0.002 ms clock, 0.02+0.05/0/0+0.004 ms cpu, "
        b"6->7->7 MB, 7 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
        b"gc 53 @gc 220 @1.320s 3%: 0.044+0.45+0.001 ms clock, 0.089+0.10/0/0+0.003 ms cpu, "
        b"3->3->0 MB, 41.316 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
        b"scav 0s  KiB work (bg), 0 KiB work (eager), 3304 KiB now, 92% util\n"
        b"0%: 0.011+0.62+0.002 ms clock, 0.023+0.058/0/0+0.004 ms cpu, "
        b"6->7->7 MB, 7 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
    )
    assert [event.n for event in collections(data)] == [52]


def test_somebodys_number_of_processors() -> None:
    data = FIRST + TORN.replace(b"2 P (forced)\n", b"\n4 P\n2 P\n")
    assert {event.procs for event in collections(data)} == {2}
