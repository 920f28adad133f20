"""Every line finds its program: in real streams, and in drawn ones whose truth is known."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import AnyEvent, Event, Gc, Sched
from gctui.events.event import ALONE
from gctui.model.assignment import MOST_STRANDS, Assigner
from gctui.model.strand import Strand
from gctui.trace.scanner import scan
from tests.corpus_files import corpus_logs, read_log, sample_logs

STREAMS = Path(__file__).parent / "streams"
GC = (
    "gc {n} @{at:.3f}s 1%: 0.10+2.0+0.10 ms clock, 0.20+0.40/1.0/0.60+0.20 ms cpu, "
    "{start}->{end}->{live} MB, {goal} MB goal, 0 MB stacks, 0 MB globals, {procs} P\n"
)
SEVERAL = ("two-procs", "two-opens", "concurrently", "honcho", "tail-two-files", "gotool", "mixed")


def numbers_of(events: Iterable[AnyEvent]) -> dict[Strand, list[int]]:
    """The numbers of the collections of each strand, in the order of their lines."""
    assigner, found = Assigner(), defaultdict[Strand, list[int]](list)
    for event in events:
        strand = assigner.assign(event)
        if isinstance(event, Gc) and strand is not None:
            found[strand].append(event.n or 0)
    return found


@pytest.mark.parametrize("name", ["go1.9.7", "go1.21.13", "go1.27.3"])
def test_counters_of_three_programs_on_one_pipe_go_on_without_gaps(name: str) -> None:
    data = (STREAMS / f"three-on-a-pipe.{name}.log").read_bytes()
    found = numbers_of(scan([data])).values()
    assert len(found) == 3
    for numbers in found:
        assert numbers == [*range(1, len(numbers) + 1)]


def test_programs_of_three_go_versions_are_told_apart() -> None:
    data = next(STREAMS.glob("three-versions.*")).read_bytes()
    assigner, kinds = Assigner(), defaultdict[Strand, set[str | None]](set)
    for event in scan([data]):
        strand = assigner.assign(event)
        if isinstance(event, Gc) and strand is not None:
            kinds[strand].add(event.format)
    assert sorted(len(forms) for forms in kinds.values()) == [1, 1, 1]


@pytest.mark.parametrize("name", ["honcho", "tail-of-two"])
def test_without_names_collections_go_where_the_names_say(name: str) -> None:
    data = next(STREAMS.glob(f"{name}.*")).read_bytes()
    named, unnamed = Assigner(), Assigner()
    truth = defaultdict[Strand, set[str | None]](set)
    for event in scan([data]):
        strand = named.assign(event)
        if not isinstance(event, Event) or strand is None:
            continue
        event.around = ALONE
        guessed = unnamed.assign(event)
        if isinstance(event, Gc) and guessed is not None:
            truth[guessed].add(strand.source)
    assert sorted(len(sources) for sources in truth.values()) == [1, 1]


def test_lines_of_the_scavenger_go_to_the_right_program_or_to_none() -> None:
    data = next(STREAMS.glob("tail-of-two.*")).read_bytes()
    named, unnamed = Assigner(), Assigner()
    names: dict[Strand, str | None] = {}
    right = wrong = 0
    for event in scan([data]):
        strand = named.assign(event)
        if not isinstance(event, Event) or strand is None:
            continue
        guessed = unnamed.assign(event)
        if guessed is None:
            continue
        if isinstance(event, Gc):
            names[guessed] = strand.source
        elif guessed in names:
            right += names[guessed] == strand.source
            wrong += names[guessed] != strand.source
    assert right > 50
    assert wrong < right / 10


def one_program_logs() -> list[Path]:
    """Every log at hand that one program printed."""
    logs = [*sample_logs(), *corpus_logs()]
    return [path for path in logs if not any(word in str(path) for word in SEVERAL)]


def test_a_program_alone_stays_one() -> None:
    several = {}
    for path in one_program_logs():
        if {"public", "forms"} & {*path.parts} or "clobber" in path.name:
            # Excerpts, and files whose lines were written over.
            continue
        numbers = numbers_of(scan([read_log(path)]))
        if sum(len(seen) > 1 for seen in numbers.values()) > 1:
            several[path.name] = [seen[:3] for seen in numbers.values()]
    assert not several


def line(n: int, at: float, live: int, procs: int) -> bytes:
    goal = max(4, 2 * live)
    start = max(live, goal - 1)
    return GC.format(
        n=n, at=at, start=start, end=start + 1, live=live, goal=goal, procs=procs
    ).encode()


@st.composite
def interleaved(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """Two programs' lines, mixed in the order in which they were printed; whose each line is.

    They began at different times, and collect each at a pace and in a heap of its own.
    """
    lines: list[tuple[float, int, bytes]] = []
    heaps = draw(st.sampled_from([(1, 20), (3, 60), (8, 100), (200, 3)]))
    for program, heap in enumerate(heaps):
        began_s = draw(st.floats(0, 30))
        pace_s = draw(st.floats(0.05, 2))
        count = draw(st.integers(2, 60))
        at_s = draw(st.floats(0.01, 1))
        for n in range(1, count + 1):
            live = heap + draw(st.integers(0, 1 + heap // 10))
            lines.append((began_s + at_s, program, line(n, at_s, live, 4)))
            at_s += 0.01 + pace_s * draw(st.floats(0.3, 3))
    lines.sort()
    return b"".join(text for _, _, text in lines), [program for _, program, _ in lines]


@settings(max_examples=150, deadline=None)
@given(interleaved())
def test_two_programs_mixed_at_random_are_told_apart(drawn: tuple[bytes, list[int]]) -> None:
    data, truth = drawn
    assigner = Assigner()
    strands = [assigner.assign(event) for event in scan([data])]
    owners = {(strand, program) for strand, program in zip(strands, truth, strict=True)}
    assert len(owners) == len({program for _, program in owners}) == len(set(strands))


@st.composite
def named(draw: st.DrawFn) -> tuple[bytes, list[str | None]]:
    """Any order at all of lines that say whose they are, and of a program without a name."""
    names = st.sampled_from(["web-1", "db-1", "job-1", None])
    order = draw(st.lists(names, min_size=1, max_size=60))
    counts = dict.fromkeys(order, 0)
    text = b""
    for name in order:
        counts[name] += 1
        prefix = f"{name}  | ".encode() if name else b""
        text += prefix + line(counts[name], counts[name] * 0.5, 2, 4)
    return text, order


@settings(deadline=None)
@given(named())
def test_a_name_in_the_prefix_tells_and_so_does_none(drawn: tuple[bytes, list[str | None]]) -> None:
    data, order = drawn
    assigner = Assigner()
    strands = [assigner.assign(event) for event in scan([data])]
    assert [strand.source for strand in strands if strand is not None] == order
    assert len(set(strands)) == len(set(order))


def test_a_line_that_lost_its_name_is_the_program_s_whose_next_one_it_is() -> None:
    lines = [line(n, 0.5 * n, 2, 4) for n in range(1, 60)]
    texts = [text if n % 9 == 8 else b"[web] " + text for n, text in enumerate(lines)]
    assert len(set(sequence(*texts))) == 1


def sequence(*lines: bytes) -> Sequence[Strand | None]:
    assigner = Assigner()
    return [assigner.assign(event) for event in scan([b"".join(lines)])]


def test_a_line_that_others_overtook_is_their_program_s() -> None:
    strands = sequence(line(1, 0.1, 2, 4), line(3, 0.3, 2, 4), line(2, 0.2, 2, 4))
    assert len(set(strands)) == 1


def test_lost_lines_do_not_end_a_program() -> None:
    strands = sequence(line(1, 0.1, 2, 4), line(2, 0.2, 2, 4), line(9, 0.9, 2, 4))
    assert len(set(strands)) == 1


def test_a_counter_that_goes_back_begins_a_strand() -> None:
    strands = sequence(line(7, 0.7, 2, 4), line(8, 0.8, 2, 4), line(1, 0.1, 2, 4))
    assert len(set(strands)) == 2


def test_lines_of_schedulers_go_by_their_clocks() -> None:
    text = b"SCHED %dms: gomaxprocs=%d idleprocs=0 threads=5 spinningthreads=0 idlethreads=0 "
    text += b"runqueue=0 [0 0]\n"
    data = b"".join(text % pair for pair in [(9000, 2), (1000, 8), (10000, 2), (2000, 8)])
    assigner = Assigner()
    seen = [
        (assigner.assign(event), event.gomaxprocs)
        for event in scan([data])
        if isinstance(event, Sched)
    ]
    assert len(seen) == 4
    assert len(set(seen)) == len({strand for strand, _ in seen}) == 2


def test_strands_are_bounded() -> None:
    assigner = Assigner()
    for number in range(3 * MOST_STRANDS):
        data = f"job-{number}  | ".encode() + line(1, 0.1, 2, 4)
        for event in scan([data]):
            assigner.assign(event)
    assert len(assigner.strands) == MOST_STRANDS
