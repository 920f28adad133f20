"""A SCHED line and the P, M and G lines below it: one event, wherever its lines stand."""

from __future__ import annotations

import re
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.events import Event, Sched, SchedPart, Text
from gctui.grammar.forms import all_forms
from gctui.grammar.pattern import form_pattern
from gctui.trace.event_classes import event_class
from gctui.trace.sched_snapshot import MOST_OTHERS, MOST_RANGES, SchedSnapshots
from tests.corpus_files import SAMPLES, corpus_logs, read_log

MANY = 100_000

READERS = [(form_pattern(form).fullmatch, event_class(form)) for form in all_forms()]

HEAD = (
    b"SCHED 1001ms: gomaxprocs=2 idleprocs=0 threads=5 spinningthreads=0 needspinning=1 "
    b"idlethreads=2 runqueue=1 gcwaiting=true nmidlelocked=0 stopwait=1 sysmonwait=false"
)
SHORT = (
    b"SCHED 1001ms: gomaxprocs=2 idleprocs=0 threads=5 spinningthreads=0 needspinning=1 "
    b"idlethreads=2 runqueue=1 [0 3]"
)
P = b"  P0: status=1 schedtick=3 syscalltick=0 m=3 runqsize=0 gfreecnt=0 timerslen=0"
M = (
    b"  M3: p=0 curg=nil mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false "
    b"blocked=false lockedg=nil"
)
GC = (
    b"gc 5 @0.017s 1%: 16+0.41+0.002 ms clock, 32+0/0.16/0+0.005 ms cpu, "
    b"51->52->27 MB, 52 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)


def g(number: int, status: int, reason: bytes = b"") -> bytes:
    return b"  G%d: status=%d(%b) m=nil lockedm=nil" % (number, status, reason)


def unfolded(lines: Iterable[bytes]) -> Iterator[Event]:
    """Read each line by itself; not a trace line, it is text."""
    at = 0
    for number, raw in enumerate(lines, 1):
        end = at + len(raw) + 1
        body = raw.rstrip(b" \r")
        found = ((cls, read) for fullmatch, cls in READERS if (read := fullmatch(body)))
        cls, read = next(found, (None, None))
        if cls is None or read is None:
            yield Text(number, at, end, (raw,))
        else:
            yield cls(number, at, end, read.groups())
        at = end


def folded(lines: Iterable[bytes]) -> list[Event]:
    snapshots = SchedSnapshots()
    return [*snapshots.fold_all(list(unfolded(lines))), *snapshots.finish()]


def only_sched(events: list[Event]) -> Sched:
    (event,) = (event for event in events if isinstance(event, Sched))
    return event


def assert_partition(events: list[Event], size: int) -> None:
    at = 0
    for start, end in sorted(place for event in events for place in event.ranges):
        assert start == at
        at = end
    assert at == size


def test_one_event_counts_all_lines() -> None:
    lines = [HEAD, P, M, g(1, 4, b"sleep"), g(2, 4 + 4096, b"force gc (idle)"), g(3, 6), g(4, 2)]
    (event,) = folded(lines)
    assert isinstance(event, Sched)
    assert event.goroutines_by_status == {"waiting": 2, "dead": 1, "running": 1}
    assert event.goroutines == 3
    assert (event.line, event.threads, event.gcwaiting) == (1, 5, True)
    assert event.ranges == ((0, sum(len(line) + 1 for line in lines)),)
    assert event.values()["goroutines"] == 3
    assert event.raw == HEAD


@pytest.mark.parametrize(
    ("status", "name", "lives"),
    [
        (0, "idle", False),
        (1, "runnable", True),
        (3, "syscall", True),
        (6, "dead", False),
        (8, "copystack", True),
        (9, "preempted", True),
        (10, "leaked", True),
        (11, "deadextra", False),
        (4096 + 11, "deadextra", False),
        (77, "other", True),
    ],
)
def test_statuses(status: int, name: str, *, lives: bool) -> None:
    event = only_sched(folded([HEAD, g(1, status)]))
    assert event.goroutines_by_status == {name: 1}
    assert event.goroutines == int(lives)


def test_what_others_write_in_between_passes_at_once() -> None:
    lines = [HEAD, P, b"served /a", g(1, 4, b"select"), GC, b"served /b", g(2, 1)]
    events = folded(lines)
    assert [event.kind for event in events] == ["text", "gc", "text", "sched"]
    assert only_sched(events).goroutines == 2
    assert len(only_sched(events).ranges) == 3
    assert_partition(events, sum(len(line) + 1 for line in lines))


def test_the_next_head_ends_a_snapshot() -> None:
    events = folded([HEAD, g(1, 4), SHORT, HEAD, g(1, 4), g(2, 4)])
    assert [event.goroutines for event in events if isinstance(event, Sched)] == [1, None, 2]
    assert [event.line for event in events] == [1, 3, 4]


@pytest.mark.parametrize("late", [P, M])
def test_a_line_that_cannot_follow_ends_it_and_is_text(late: bytes) -> None:
    """Processors stand before threads, threads before goroutines: its head was lost."""
    events = folded([HEAD, P, M, g(1, 4), late, g(2, 4)])
    assert [event.kind for event in events] == ["sched", "text", "text"]
    assert only_sched(events).goroutines == 1
    assert events[1].raw == late


def test_lines_without_a_head_are_text() -> None:
    events = folded([P, M + b"\r", g(1, 4), GC])
    assert [event.kind for event in events] == ["text", "text", "text", "gc"]
    assert events[1].raw == M + b"\r"


def test_many_other_lines_end_it() -> None:
    other = [b"served"] * MOST_OTHERS
    events = folded([HEAD, g(1, 4), *other, g(2, 4)])
    assert isinstance(events[MOST_OTHERS], Sched)
    assert only_sched(events).goroutines == 1
    assert only_sched(folded([HEAD, g(1, 4), *other[1:], g(2, 4)])).goroutines == 2


def test_a_head_alone_counts_nothing() -> None:
    event = only_sched(folded([HEAD, P, M]))
    assert (event.goroutines, event.goroutines_by_status) == (None, None)
    assert "goroutines" not in event.values()


def test_quiet_ends_it() -> None:
    """A session that waits for more asks for what is held back."""
    snapshots = SchedSnapshots()
    assert not list(snapshots.fold_all(list(unfolded([HEAD, g(1, 4)]))))
    assert [event.kind for event in snapshots.flush()] == ["sched"]
    assert snapshots.flush() == snapshots.finish() == ()


def test_what_has_nothing_to_fold_is_handed_back() -> None:
    events = list(unfolded([GC, b"served"]))
    assert SchedSnapshots().fold_all(events) is events


def test_folding_twice_changes_nothing() -> None:
    events = folded([HEAD, P, g(1, 4), b"served", g(2, 4), GC])
    snapshots = SchedSnapshots()
    again = [*snapshots.fold_all(events), *snapshots.finish()]
    assert sorted(again, key=lambda each: each.line) == sorted(events, key=lambda each: each.line)


def test_many_goroutines_are_counted_in_little_memory() -> None:
    """What is kept grows neither with them nor, beyond a bound, with what stands between them."""
    snapshots = SchedSnapshots()
    (head,) = unfolded([HEAD])
    (goroutine,) = unfolded([g(1, 4, b"select")])
    assert isinstance(goroutine, SchedPart)
    snapshots.fold(head)
    tracemalloc.start()
    at = head.end
    for number in range(MANY):
        part = type(goroutine)(number, at, at + 50, goroutine.printed)
        assert not snapshots.fold(part)
        at += 50
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (event,) = snapshots.finish()
    assert isinstance(event, Sched)
    assert event.goroutines == MANY
    assert event.ranges == ((0, at),)
    assert grown < 10_000


def test_a_snapshot_in_many_pieces_ends() -> None:
    lines = [HEAD]
    for number in range(MOST_RANGES + 10):
        lines += [g(number, 4), b"served"]
    events = folded(lines)
    assert only_sched(events).goroutines == MOST_RANGES
    assert_partition(events, sum(len(line) + 1 for line in lines))


_LINES = st.one_of(
    st.sampled_from([HEAD, SHORT, P, M, M + b"\r", GC, b"served", b"", b"  G1: status"]),
    st.builds(g, st.integers(1, 9), st.integers(0, 5000)),
)


@given(st.lists(_LINES, max_size=40), st.data())
def test_any_order_of_lines_is_accounted_for(lines: list[bytes], data: st.DataObject) -> None:
    """However the stream is cut, nothing is lost and each goroutine counts at most once."""
    events = list(unfolded(lines))
    whole, cut = folded(lines), data.draw(st.integers(0, len(lines)))
    snapshots = SchedSnapshots()
    pieces = [*snapshots.fold_all(events[:cut]), *snapshots.fold_all(events[cut:])]
    assert [*pieces, *snapshots.finish()] == whole
    assert_partition(whole, sum(len(line) + 1 for line in lines))
    by_line = {event.line: event for event in whole}
    assert len(by_line) == len(whole)
    told = [event.counted or {} for event in whole if isinstance(event, Sched)]
    texts = sum(event.raw.startswith(b"  G") for event in whole if isinstance(event, Text))
    given_lines = sum(line.startswith(b"  G") for line in lines)
    assert sum(sum(each.values()) for each in told) + texts == given_lines


@pytest.mark.parametrize(
    "path",
    [path for path in [*SAMPLES.rglob("*.log"), *corpus_logs()] if "scheddetail" in path.name],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_real_snapshots(path: Path) -> None:
    """Counted by hand: every G line between one SCHED line and the next."""
    data = read_log(path)
    lines = data.removesuffix(b"\n").split(b"\n")
    events = folded(lines)
    size = sum(len(line) + 1 for line in lines)
    assert_partition(events, size)
    heads = re.split(rb"(?m)^SCHED ", data)[1:]
    counted = [Counter(re.findall(rb"(?m)^  G\d+: status=(\d+)\(", part)) for part in heads]
    wanted = [
        sum(count for status, count in each.items() if int(status) & 0xFFF not in {0, 6, 11})
        for each in counted
    ]
    told = sorted(
        (event for event in events if isinstance(event, Sched)), key=lambda event: event.line
    )
    assert [event.goroutines or 0 for event in told] == wanted
    assert not any(isinstance(event, SchedPart) for event in events)
