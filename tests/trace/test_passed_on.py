"""Lines that a logger got piece by piece: put together where the pieces are all there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import Event, Gc
from gctui.trace.scanner import Scanner, scan
from tests.go_toolchain import compiled
from tests.trace.test_corpora import assert_partition
from tests.trace.test_torn import FIRST, TORN, WRITES, untorn

PROGRAM = Path(__file__).with_name("programs") / "passes_on.go"
STAMP = "2026-11-21T22:31:31.123Z"


def as_json(piece: bytes) -> bytes:
    return json.dumps({"time": STAMP, "msg": piece.decode(), "app": "web"}).encode() + b"\n"


def as_html_safe_json(piece: bytes) -> bytes:
    return as_json(piece).replace(b">", rb"\u003e")


def as_logfmt(piece: bytes) -> bytes:
    text = piece.decode().replace("\n", r"\n")
    quoted = f'"{text}"' if " " in text or not text or "\\" in text else text
    return f"time={STAMP} level=INFO msg={quoted} app=web\n".encode()


def as_log(piece: bytes) -> bytes:
    return b"2026/11/21 22:31:31 " + piece + (b"" if piece.endswith(b"\n") else b"\n")


LOGGERS = [as_json, as_html_safe_json, as_logfmt, as_log]
Logger = Callable[[bytes], bytes]


def read(data: bytes) -> tuple[list[Event], list[Gc]]:
    events = list(scan([data]))
    assert_partition(events, data)
    return events, [event for event in events if isinstance(event, Gc)]


@pytest.mark.parametrize("logger", LOGGERS)
@pytest.mark.parametrize("at_once", [1, 2, 3, 7])
def test_the_pieces_are_the_line(logger: Logger, at_once: int) -> None:
    pieces = [b"".join(WRITES[at : at + at_once]) for at in range(0, len(WRITES), at_once)]
    data = b"".join(map(logger, [*pieces, FIRST.replace(b"gc 4", b"gc 6"), b"done\n"]))
    events, (mended, whole) = read(data)
    assert [event.kind for event in events] == ["gc", "gc", "text"]
    assert mended.values() == untorn().values()
    assert mended.around.repaired
    assert not whole.around.repaired
    if logger is not as_log:
        assert (mended.around.wall, mended.around.source) == (STAMP, "web")
    assert (mended.around.prefix or "").startswith(data[:10].decode())


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(LOGGERS),
    st.lists(st.integers(1, len(WRITES) - 1), unique=True),
    st.lists(st.integers(0, len(WRITES)), max_size=2),
    st.randoms(use_true_random=False),
)
def test_never_wrong(logger: Logger, cuts: list[int], drops: list[int], chance: Random) -> None:
    """Other messages in between, pieces that are lost: as it was printed, or not at all."""
    ends = sorted(cuts)
    pieces = [
        b"".join(WRITES[begin:end])
        for begin, end in zip([0, *ends], [*ends, len(WRITES)], strict=True)
    ]
    for at in drops:
        foreign = chance.choice(
            [None, b"user line\n", b"7", b"+", b"gc ", b"0.5\n", b" MB goal", b""]
        )
        if foreign is not None:
            pieces.insert(min(at, len(pieces)), foreign)
        elif at < len(pieces):
            del pieces[at]
    data = b"".join(map(logger, [FIRST, *pieces, FIRST.replace(b"gc 4", b"gc 9"), b"done\n"]))
    _, gcs = read(data)
    truth = untorn().values()
    for event in gcs:
        if event.around.repaired:
            assert {**truth, **event.values()} == truth
    assert {4, 9} <= {event.n for event in gcs}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(LOGGERS),
    st.lists(st.integers(1, 8 * len(WRITES)), unique=True, max_size=60),
    st.sampled_from([b"", b"user line\n", b"\n"]),
    st.none() | st.integers(0, 60),
)
def test_a_message_ends_one_line_and_begins_another(
    logger: Logger, cuts: list[int], own: bytes, lost: int | None
) -> None:
    """However many lines and pieces a message holds, all are there; of a lost one, none is made."""
    writes = [
        re.sub(rb"^5$", b"%d" % number, write) if place == 1 else write
        for number in range(5, 13)
        for place, write in enumerate([*WRITES, *([own] if number % 3 == 0 and own else [])])
    ]
    ends = sorted(cut for cut in cuts if cut < len(writes))
    bounds = zip([0, *ends], [*ends, len(writes)], strict=True)
    pieces = [b"".join(writes[begin:end]) for begin, end in bounds]
    if lost is not None:
        del pieces[lost % len(pieces)]
    _, gcs = read(b"".join(map(logger, [FIRST, *pieces, b"done\n"])))
    numbers = [event.n for event in gcs]
    if lost is None:
        assert numbers == [*range(4, 13)]
    for event in gcs[1:]:
        # Whether ` (forced)` is still to come, a line that is whole without it does not tell.
        truth = {**untorn().values(), "n": event.n}
        assert truth == {**truth, **event.values()}


@pytest.mark.parametrize("logger", LOGGERS)
def test_what_does_not_go_on_is_given_back(logger: Logger) -> None:
    begun = b"".join(map(logger, WRITES[:9]))
    scanner = Scanner()
    assert scanner.feed(begun) == []
    assert {event.kind for event in scanner.settle()} <= {"text", "unparsed"}
    others = b"".join(map(logger, [b"user line\n", TORN]))
    events, (whole,) = read(begun + others)
    assert whole.values() == untorn().values()
    assert len([event for event in events if not event.format]) >= 1
    many = logger(b"gc ") * 500
    events, gcs = read(many)
    assert len(events) == 500
    assert gcs == []


@pytest.mark.parametrize("how", ["json", "text", "log"])
def test_a_program_that_logs_what_its_child_writes(how: str, tmp_path: Path) -> None:
    """However the pieces come: the figures are those of the child's own output, or none."""
    raw = tmp_path / "raw"
    done = subprocess.run(
        [str(compiled(PROGRAM)), how, str(raw)],
        capture_output=True,
        check=True,
        timeout=60,
        env={"GODEBUG": ""},
    )
    _, printed = read(raw.read_bytes())
    _, logged = read(done.stdout)
    assert len(printed) > 5
    truth = {event.n: event.values() for event in printed}
    assert all(event.values() == truth[event.n] for event in logged)
    assert {event.n for event in logged} == set(truth)
