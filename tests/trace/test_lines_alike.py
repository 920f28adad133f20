"""Lines of one form are read at once, and as if one by one."""

import random

import pytest

from gctui.events import Event
from gctui.events.alike import (
    Alike,
    columns_of,
    ends_of,
    figures_of,
    first_fields_of,
    lines_of,
    types_of,
)
from gctui.trace.line_scanner import LINE_LIMIT_BYTES
from gctui.trace.scanner import Scanner, scan
from tests.corpus_files import read_log, sample_logs

ONE_BY_ONE_BYTES = 1000
OTHERS = [
    b"handled GET /items in 12 ms",
    b"",
    b"gc 7 @0.1",
    b"\xff\x00\xfe",
    b"SCHED 0ms: gomaxprocs=2 idleprocs=1 threads=3 spinningthreads=0 idlethreads=1 runqueue=0 [0]",
    b"scvg0: inuse: 1, idle: 2, sys: 3, released: 4, consumed: 5 (MB)",
    b"2026-05-04T11:32:00Z gc 9 @1.0s",
]


def lines_by_form() -> dict[str, list[bytes]]:
    """Return the whole lines of all samples."""
    found: dict[str, list[bytes]] = {}
    for path in sample_logs():
        data = read_log(path)
        for event in scan([data]):
            if event.format and len(event.ranges) == 1:
                raw = data[event.start : event.end]
                if raw == event.raw + b"\n":
                    found.setdefault(event.format, []).append(raw)
    return {form: lines for form, lines in found.items() if len(lines) > 2}


BY_FORM = lines_by_form()


def read(pieces: list[bytes], limit_bytes: int = LINE_LIMIT_BYTES) -> tuple[list[Event], int]:
    """Return the events, and how many of them were read at once."""
    scanner, at_once = Scanner(limit_bytes), 0
    events: list[Event] = []
    for piece in pieces:
        found = scanner.feed(piece)
        at_once += len(found) * isinstance(found, Alike)
        events += found
    return events + scanner.finish(), at_once


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Return data in pieces of these sizes, in turn."""
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    return pieces


@pytest.mark.parametrize("form", sorted(BY_FORM))
def test_all_lines_of_a_form(form: str) -> None:
    lines = BY_FORM[form]
    data = b"".join(lines * (30_000 // sum(map(len, lines)) + 1))
    events, at_once = read(cut(data, [5000, 4096, 9000]))
    expected, none = read(cut(data, [ONE_BY_ONE_BYTES]))
    assert events == expected
    assert none == 0
    # Those below a SCHED line become one event with it.
    assert at_once > 0 or form.startswith("sched")


@pytest.mark.parametrize("seed", range(40))
def test_with_others_between(seed: int) -> None:
    draw = random.Random(seed)
    form = draw.choice(sorted(BY_FORM))
    made: list[bytes] = []
    while sum(map(len, made)) < 60_000:
        made += draw.choices(BY_FORM[form], k=draw.choice([1, 40, 150]))
        other = draw.choice([*OTHERS, draw.choice(BY_FORM[draw.choice(sorted(BY_FORM))])[:-1]])
        made.append(other + draw.choice([b"\n", b"\n", b"\r\n", b""]))
    data = b"".join(made)
    sizes = [draw.randrange(1, 12_000) for _ in range(9)]
    assert read(cut(data, sizes))[0] == read(cut(data, [ONE_BY_ONE_BYTES]))[0]


def test_a_line_that_never_ends() -> None:
    lines = b"".join(BY_FORM["gctrace.go1.18"] * 100)[:100_000]
    data = lines + b"y" * (LINE_LIMIT_BYTES + 5000) + b"\n" + lines
    assert read(cut(data, [64_000]))[0] == read(cut(data, [ONE_BY_ONE_BYTES]))[0]


def test_a_line_that_is_too_long_though_it_is_of_the_form() -> None:
    line = b'GODEBUG: no value specified for "%b"\n'
    names = [b"cpu.a"] * 200 + [b"cpu." + b"x" * 5000] + [b"cpu.a"] * 200
    data = b"".join(line % name for name in names)
    cut_in_it = [data[:6000], data[6000:10_000], data[10_000:]]
    expected = read(cut(data, [ONE_BY_ONE_BYTES]), 4096)[0]
    assert sum(event.kind == "text" for event in expected) > 0
    assert read(cut_in_it, 4096)[0] == expected


def test_is_a_sequence_of_events() -> None:
    data = b"".join(BY_FORM["gctrace.go1.18"] * 50)[:50_000]
    data = data[: data.rindex(b"\n") + 1]
    scanner = Scanner()
    scanner.feed(data)
    alike = scanner.feed(data)
    events = [*alike]
    assert isinstance(alike, Alike)
    assert len(alike) == len(events) > 100
    assert [alike[place] for place in range(-3, 3)] == [events[place] for place in range(-3, 3)]
    assert alike[5:-7:16] == events[5:-7:16]
    assert ends_of(alike) == ends_of(events) == (events[0], events[-1])
    assert [*lines_of(alike)] == [*lines_of(events)]
    assert columns_of(alike) == columns_of(events)
    assert [*first_fields_of(alike)] == [*first_fields_of(events)]
    figures = [*figures_of(alike, "heap_start_mb", 7)]
    assert figures == [*figures_of(events, "heap_start_mb", 7)] != [None] * len(figures)
    assert types_of(alike) == types_of(events)
    with pytest.raises(IndexError):
        alike[len(events)]
