"""Lines of several programs in one stream have their sources, in their order, and nothing waits."""

from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gctui.events import Event, Gc
from gctui.model.programs import Programs
from gctui.model.strand import Strand
from gctui.session.saved import Batch
from gctui.session.sources import Sources
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES
from tests.model.test_assignment import line

STREAMS = Path(__file__).parents[1] / "model" / "streams"


def run(count: int, live: int, first: int = 1, at: float = 0.1) -> list[bytes]:
    return [line(n, at + 0.1 * (n - first), live, 4) for n in range(first, first + count)]


def batches(data: bytes, size: int) -> Iterator[Batch]:
    events = [*scan([data])]
    for first in range(0, len(events), size):
        yield Batch([*events[first : first + size]], 0)


def told(data: bytes, size: int = 7) -> list[Event]:
    sources = Sources()
    given = [*batches(data, size)]
    done = [batch for each in given for batch in sources.take(each)] + [*sources.rest()]
    assert len(done) == len(given)
    events = [event for batch in done for event in batch.events]
    assert all(isinstance(event, Event) for event in events)
    return [event for event in events if isinstance(event, Event)]


def sources_of(data: bytes, size: int = 7) -> list[str | None]:
    return [event.around.source for event in told(data, size)]


def as_it_was(event: Event) -> tuple[object, ...]:
    return type(event), event.line, event.start, event.end, event.printed


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_two_programs_without_names_are_told_by_number(size: int) -> None:
    few, many = run(6, 2), run(6, 80, at=0.13)
    mixed = b"".join(text for pair in zip(few, many, strict=True) for text in pair)
    assert sources_of(mixed, size) == [None, "program 2"] * 6


def test_lines_before_the_second_program_showed_are_its_own_too() -> None:
    before, after = run(20, 2), run(2, 2, first=21, at=2.1)
    data = b"".join([*before, *run(5, 50), *after])
    assert sources_of(data) == [None] * 20 + ["program 2"] * 5 + [None] * 2


def test_what_is_asked_for_before_it_is_settled_is_what_it_seems_to_be() -> None:
    sources = Sources()
    (begun,) = batches(b"".join([*run(20, 2), *run(5, 2)]), 100)
    assert [*sources.take(begun)] == []
    waited = sources.waits
    (shown,) = sources.unsettled()
    assert (waited, sources.waits) == (True, False)
    assert {e.around.source for e in shown.events if isinstance(e, Event)} == {None}
    both = b"".join([*run(2, 2, first=21, at=2.1), *run(2, 2, first=6, at=0.6)])
    (later,) = batches(both, 100)
    (done,) = sources.take(later)
    found = [e.around.source for e in done.events if isinstance(e, Event)]
    assert found == [None, None, "program 2", "program 2"]


def test_waiting_is_bounded_in_bytes() -> None:
    sources = Sources()
    (begun,) = batches(b"".join([*run(20, 2), *run(5, 2)]), 100)
    assert [*sources.take(begun)] == []
    text = Batch([*scan([b"x" * (1 << 19) + b"\n"])], 0)
    shown = sum(1 for _ in range(100) for _ in sources.take(text))
    assert shown >= 100


def test_a_restart_is_the_same_program() -> None:
    assert set(sources_of(b"".join([*run(20, 2), *run(5, 2), *run(7, 2)]))) == {None}


def test_what_has_a_name_keeps_it() -> None:
    few = [b"web-1  | " + text for text in run(6, 2)]
    many = [b"db-1   | " + text for text in run(6, 80, at=0.13)]
    mixed = b"".join(text for pair in zip(few, many, strict=True) for text in pair)
    assert sources_of(mixed) == ["web-1", "db-1"] * 6


@pytest.mark.parametrize("name", ["go1.27.3", "go1.12.17", "go1.4.3", "demo"])
def test_a_program_alone_is_left_as_it_is(name: str) -> None:
    for path in sorted((SAMPLES / name).glob("*.log")):
        data = path.read_bytes()
        assert told(data) == [*scan([data])]


@settings(max_examples=60)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=60), st.integers(1, 20))
def test_nothing_is_lost_and_the_screen_tells_the_same(turns: list[int], size: int) -> None:
    programs = [run(60, 2), run(60, 80, at=0.13), run(60, 900, at=5.0)]
    places = [0, 0, 0]
    pieces = []
    for each in turns:
        pieces.append(programs[each][places[each]])
        places[each] += 1
    agrees_with_the_screen(b"".join(pieces), size)


@pytest.mark.parametrize("path", STREAMS.glob("*.log"), ids=lambda path: path.name)
def test_real_streams_are_told_apart_as_on_the_screen(path: Path) -> None:
    agrees_with_the_screen(path.read_bytes(), 64)


def agrees_with_the_screen(data: bytes, size: int) -> None:
    events = told(data, size)
    assert [*map(as_it_was, events)] == [*map(as_it_was, scan([data]))]
    screen = Programs()
    for event in scan([data]):
        screen.apply(copy(event))
    counts: dict[str | None, int] = {}
    for event in events:
        if isinstance(event, Gc):
            counts[event.around.source] = counts.get(event.around.source, 0) + 1
    assert sorted(counts.values()) == sorted(each.collections for each in screen.listed())


def test_lines_of_hundreds_of_programs_do_not_wait_for_one_another() -> None:
    sources = Sources()
    for n in range(1, 5):
        lines = [b"pod-%d  | %b" % (pod, line(n, 0.1 * n, 2, 4)) for pod in range(300)]
        (batch,) = batches(b"".join(lines), 1000)
        (done,) = sources.take(batch)
        found = [e.around.source for e in done.events if isinstance(e, Event)]
        assert found == [f"pod-{pod}" for pod in range(300)]


def test_thousands_of_programs_are_told_in_bounded_memory() -> None:
    sources = Sources()
    for pod in range(3000):
        for n in (1, 2):
            text = b"pod-%d  | %b" % (pod, line(n, 0.1 * n, 2, 4))
            for batch in batches(text, 10):
                (done,) = sources.take(batch)
                assert {e.around.source for e in done.events if isinstance(e, Gc)} <= {f"pod-{pod}"}
    known = sources._known
    assert len(known.programs) <= 256
    assert len(known.of) + len(known.over) <= 256


def test_of_many_programs_without_a_name_two_are_looked_at() -> None:
    """There may be thousands that wait, and each line that begins one asks."""
    known = Sources()._known
    (event,) = scan([line(1, 0.1, 2, 4)])
    for _ in range(3):
        known.add().lives = [Strand(None, 0.0)]
    assert known.named(None, event) == known.programs[:2]
    assert known.named("web-1", event) == []
