"""The rest of a trace line whose beginning nobody found is counted, and is no program's text."""

from __future__ import annotations

import pytest

from gctui.events import Unparsed
from gctui.trace.scanner import scan

LINE = (
    b"gc %d @1.1%02ds 1%%: 0.1+1.0+0.01 ms clock, 0.2+0.1/0.2/0+0.02 ms cpu, "
    b"4->4->1 MB, 5 MB goal, 2 P"
)


def kinds_of(data: bytes) -> list[str]:
    events = list(scan([data]))
    assert sorted(each for event in events for each in event.ranges)[-1][1] == len(data)
    return [event.kind for event in events]


def test_two_lines_that_tore_each_other_are_one_event_and_one_that_is_lost() -> None:
    rest = (LINE % (68, 6)).removeprefix(b"gc 68") + b" (forced)\n"
    assert kinds_of(b"gc 68" + LINE % (134, 3) + b"\n" + rest) == ["text", "gc", "unparsed"]


@pytest.mark.parametrize("at", [b" @", b"s 1%", b"ms clock", b"/0.2/", b"2 ms cpu"])
def test_a_rest_is_counted_wherever_the_line_was_torn(at: bytes) -> None:
    line = LINE % (8, 8)
    rest = b"[web] " + line[line.index(at) :]
    data = b"[web] " + LINE % (1, 1) + b"\n" + rest + b"\r\n" + b"[web] " + LINE % (9, 9) + b"\n"
    assert kinds_of(data) == ["gc", "unparsed", "gc"]
    rest_event = list(scan([data]))[1]
    assert isinstance(rest_event, Unparsed)
    assert rest_event.raw.rstrip() == rest
    assert rest_event.raw[rest_event.column - 1 :].startswith(b"2 ms cpu, 4->4->1 MB")


@pytest.mark.parametrize(
    "text",
    [
        b"heap 4->4->1 MB, 5 MB goal, 2 P",
        b"#+# ms clock, #+#/#/#+# ms cpu, 4->4->1 MB, 5 MB goal, 2 P",
        b"0.02 ms cpu, 4->4->1 MB, 5 MB goal, 2 P, says the documentation",
        b"0.02 ms cpu, #->#-># MB, # MB goal, # P",
    ],
)
def test_what_may_be_somebodys_text_stays_text(text: bytes) -> None:
    assert kinds_of(LINE % (1, 1) + b"\n" + text + b"\n") == ["gc", "text"]
