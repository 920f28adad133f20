"""Lines inside other text, near misses, torn streams, hostile streams."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import Event, Gc, Notice, Scav, Scvg, Text, Unparsed
from gctui.trace.line_scanner import LINE_LIMIT_BYTES
from gctui.trace.scanner import Scanner, scan
from tests.corpus_files import SAMPLES
from tests.trace.test_corpora import assert_partition

GC = (
    b"gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
    b"51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)
GC_1_4 = (
    b"gc8(1): 1+0+62+0 us, 26 -> 53 MB, 140 (177-37) objects, 7 goroutines, 77/0/0 sweeps, "
    b"0(0) handoff, 0(0) steal, 0/0/0 yields"
)
SCAV = b"scav 1536 KiB work (bg), 0 KiB work (eager), 4744 KiB now, 6% util"


def kinds(data: bytes) -> list[str]:
    return [event.kind for event in scan([data])]


def texts(data: bytes) -> list[bytes]:
    return [event.raw for event in scan([data]) if isinstance(event, Text)]


@pytest.mark.parametrize("line", [GC, GC_1_4, SCAV, b"scvg7: 0x1b MB released"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"2024-01-02T03:04:05.678Z ", b""),
        (b"[pod/app-1] ", b""),
        (b"progress ...", b""),
        (b"gc", b""),
        (b"\xff\xfe\x00", b""),
        (b"", b"request served\n"),
        (b"a ", b" b"),
    ],
)
def test_found_inside_other_text(line: bytes, before: bytes, after: bytes) -> None:
    """The line is found, and the rest of the bytes survive as text."""
    data = before + line + after
    events = list(scan([data]))
    assert_partition(events, data)
    assert [event for event in events if event.format]
    prefix = "".join(event.around.prefix or "" for event in events).encode()
    assert prefix + b"".join(texts(data)) == before + after.removesuffix(b"\n")


def test_two_lines_run_together() -> None:
    events = list(scan([GC + GC_1_4 + b"\n"]))
    assert [event.format for event in events] == ["gctrace.go1.18", "gctrace.go1.4"]


def test_carriage_return_is_the_terminators() -> None:
    (event,) = scan([GC + b"\r\n"])
    assert isinstance(event, Gc)
    assert event.end == len(GC) + 2


def test_fields_of_a_line() -> None:
    (event,) = scan([GC + b" (forced)\n"])
    assert isinstance(event, Gc)
    assert (event.n, event.start_s, event.heap_goal_mb, event.forced) == (5, 0.017, 52, True)
    assert (event.goroutines, event.leak_check) == (None, None)


def test_units_that_differ_by_version() -> None:
    (old,) = scan([GC_1_4])
    (hexadecimal,) = scan([b"scvg7: 0x1b MB released"])
    assert isinstance(old, Gc)
    assert isinstance(hexadecimal, Scvg)
    assert (old.clock_mark_ms, old.heap_live_previous_mb, old.goroutines) == (0.062, 26, 7)
    assert hexadecimal.returned_mb == 27


def test_a_near_miss_says_where_and_what() -> None:
    data = GC.replace(b"globals", b"globels") + b"\n"
    (event,) = scan([data])
    assert isinstance(event, Unparsed)
    assert event.column == data.index(b" MB globels") + 1
    assert event.expected == '" MB globals, "'


@pytest.mark.parametrize(
    "text",
    [
        b'{"level":"info","msg":"gc 1 looks like a trace @0.5s"}',
        b"the GC forced everyone out",
        b"scavenger hunt",
        b"gc",
        b"",
        b"see gc.go:12",
        b"gc 5 items removed",
    ],
)
def test_what_is_no_trace_line(text: bytes) -> None:
    assert kinds(text + b"\n") == ["text"]


def test_a_short_line_needs_its_line_or_the_streams_prefix() -> None:
    """`GC forced` is believed alone on its line, or where the stream's trace lines stand."""
    assert kinds(b"GC forced\n") == ["notice"]
    assert kinds(b"pod-1 GC forced\n") == ["text"]
    assert kinds(b"ready\napp-1  | GC forced\napp-1  | " + GC + b"\n") == ["text", "notice", "gc"]
    assert kinds(GC + b"\napp-1  | GC forced\n") == ["gc", "text"]
    for text in (b"app-1  | GC forced everyone out\n", b"- GC forced\n", b"  GC forced\n"):
        assert kinds(text) == ["text"]
    assert kinds(b"pod-1 " + GC + b"\npod-2 GC forced\n") == ["text", "gc", "text", "notice"]
    for before in (b"", b"[web] ", b"done"):
        *_, notice = scan([before + b"scvg6: GC forced\n"])
        assert isinstance(notice, Notice)
        assert (notice.n, notice.text) == (6, "GC forced")


@pytest.mark.parametrize("before", [b"", b"2026-11-21T22:31:31Z ", b"[web] ", b"done", b'{"msg":"'])
@pytest.mark.parametrize(
    ("line", "forced"),
    [
        (b"scvg-1: 50 MB released", None),
        (b"scvg-1: inuse: 3, idle: 50, sys: 54, released: 50, consumed: 3 (MB)", None),
        (b"forced scvg: 50 MB released", True),
        (b"forced scvg: 4 KB released", True),
        (b"forced scvg: inuse: 3, idle: 60, sys: 63, released: 60, consumed: 3 (MB)", True),
    ],
)
def test_what_free_os_memory_prints(before: bytes, line: bytes, forced: bool | None) -> None:
    """Round −1 up to Go 1.12, a word from 1.13 on; the word is the line's, not the text's."""
    *_, event = scan([before + line + (b'"}\n' if before[:1] == b"{" else b"\n")])
    assert isinstance(event, Scvg)
    assert event.raw == line
    assert event.forced == forced
    assert event.n == (None if forced else -1)


def test_numbers_too_long_for_the_runtime_are_no_numbers() -> None:
    (event,) = scan([GC.replace(b"52 MB goal", b"9" * 5000 + b" MB goal")])
    assert isinstance(event, Unparsed)


def test_overlong_lines_come_in_pieces() -> None:
    data = b"x" * (3 * LINE_LIMIT_BYTES + 5) + b"\n" + GC + b"\n"
    events = list(scan([data]))
    assert [event.kind for event in events] == ["text"] * 4 + ["gc"]
    assert [event.line for event in events] == [1, 1, 1, 1, 2]
    assert_partition(events, data)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["go1.4.3", "go1.12.17", "go1.27.3"])
def test_chunks_do_not_matter(name: str, seed: int) -> None:
    """A log in random pieces gives the events of the log in one piece."""
    data = b"".join(path.read_bytes() for path in sorted((SAMPLES / name).glob("*.log")))
    data += b"y" * 3000 + GC
    chance = random.Random(seed)
    limit = chance.choice([1000, LINE_LIMIT_BYTES])

    def events(pieces: list[bytes]) -> list[Event]:
        scanner = Scanner(limit)
        found = [event for piece in pieces for event in scanner.feed(piece)]
        return found + scanner.finish()

    cuts = sorted(chance.choices(range(len(data)), k=400))
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    assert events(pieces) == events([data])


_PIECES = st.sampled_from(
    [
        GC,
        GC_1_4,
        SCAV,
        b"GC forced",
        b"\n",
        b"\r\n",
        b"gc 1 @",
        b"scvg",
        b"\x00",
        b"\xff",
        b" ",
        b"9",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(_PIECES, st.binary(max_size=20)), max_size=20))
def test_any_bytes_are_partitioned(pieces: list[bytes]) -> None:
    """Nothing raises, nothing is lost, nothing is counted twice."""
    data = b"".join(pieces)
    events = list(scan(pieces))
    assert_partition(events, data)
    for event in events:
        event.values()


NEAR_MISSES = [
    b"gc 1 @",
    b"gc 1 @0.001s 1%: 0+0+0 ms clock, ",
    b"scvg1: ",
    b"scav 1 K",
    b"gc1(1): ",
    b"1" * 50,
    b"5 @0.1 ",
    b"SCHED 1ms: gomaxprocs=",
    b"  G1: status=4(",
    b"  M0: p=0 curg=",
    b"pacer: ",
    b"init a @",
    b'GODEBUG: value "',
    b'{"msg":"gc ',
    b'gc="',
    b"[gc] ",
    b"0|gc ",
    b"\x1b[0mgc",
    b"gc, (",
    b"x GC forced",
]


@pytest.mark.parametrize("near_miss", NEAR_MISSES)
def test_time_is_linear_in_the_length_of_a_line(near_miss: bytes) -> None:
    """Lines of near misses, 1 MiB long: the whole takes seconds at most, not hours."""
    data = near_miss * (LINE_LIMIT_BYTES // len(near_miss))
    assert [event.kind for event in scan([data])] in (["unparsed"], ["text"])
    assert [event.kind for event in scan([data[: 1 << 16] + GC])] == ["text", "gc"]


@pytest.mark.parametrize("near_miss", NEAR_MISSES)
def test_time_is_linear_in_the_number_of_lines(near_miss: bytes) -> None:
    """Each of them may begin a line that was torn, or go on with one."""
    data = (near_miss + b"\n") * 2000 + GC + b"\n"
    events = list(scan([data]))
    assert_partition(events, data)
    assert [event.kind for event in events if event.format] == ["gc"]


def test_attributes_are_values() -> None:
    for line in (GC, GC_1_4, SCAV, b"scvg7: 0x1b MB released"):
        (event,) = scan([line])
        for name, value in event.values().items():
            assert getattr(event, name) == value
    assert isinstance(event, Scvg | Scav)
