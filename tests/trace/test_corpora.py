"""Real logs: every whole trace line read exactly, every byte accounted for."""

import codecs
from pathlib import Path

import pytest

from gctui.events import Event, Sched, Text, Unparsed
from gctui.events.event import ALONE
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES, corpus_logs, read_log, sample_logs
from tests.oracle import expected


def assert_partition(events: list[Event], data: bytes) -> None:
    """The ranges of all events, sorted, are the input, and texts are what stands there."""
    at = 0
    for start, end in sorted(place for event in events for place in event.ranges):
        assert start == at
        at = end
    assert at == len(data)
    for event in events:
        stands = _as_utf8(data, event)
        if isinstance(event, Text | Unparsed):
            assert stands.removesuffix(b"\n") == event.raw
        elif event.around == ALONE and not _is_snapshot(event):
            assert stands.rstrip(b" \t\r\n") == event.raw


def _is_snapshot(event: Event) -> bool:
    """Tell whether the lines of goroutines, behind the event's own, are counted in it."""
    return isinstance(event, Sched) and event.goroutines_by_status is not None


def _as_utf8(data: bytes, event: Event) -> bytes:
    stands = data[event.start : event.end]
    if data.startswith(codecs.BOM_UTF16_LE) and data[3] == 0:
        return stands.decode("utf-16-le").lstrip("\ufeff").encode()
    return stands


def assert_nothing_invented(events: list[Event]) -> None:
    """Whatever stood around a line or in it: what is left of it is a line, and its figures."""
    for event in events:
        wanted = expected(event.raw) if event.format else None
        if wanted is not None:
            kind, form, values = wanted
            shown = {name: value for name, value in event.values().items() if name in values}
            assert (event.kind, event.format, shown) == (kind, form, values)
        elif event.format:
            assert event.format.startswith(("complaint.", "checkfinalizers.")), event


def assert_whole_lines_exact(events: list[Event], data: bytes) -> int:
    """Compare with a reader that shares nothing with the grammars; return how many lines."""
    by_line: dict[int, list[Event]] = {}
    for event in events:
        by_line.setdefault(event.line, []).append(event)
    whole = 0
    for number, raw in enumerate(data.split(b"\n"), 1):
        wanted = expected(raw)
        if wanted is None:
            continue
        kind, _, values = wanted
        if kind == "sched_part":
            # Counted in the event of its snapshot.
            continue
        whole += 1
        (event,) = by_line[number]
        shown = {name: value for name, value in event.values().items() if name in values}
        assert (event.kind, event.format, shown) == wanted
        assert shown == event.values() or _is_snapshot(event)
    return whole


@pytest.mark.parametrize("path", sample_logs(), ids=lambda path: str(path.relative_to(SAMPLES)))
def test_samples(path: Path) -> None:
    data = read_log(path)
    events = list(scan([data]))
    assert_partition(events, data)
    assert_nothing_invented(events)
    whole = assert_whole_lines_exact(events, data)
    assert whole > 0 or "crash" in path.name or path.name.startswith("scheddetail.")


@pytest.mark.skipif(not corpus_logs(), reason="GCTUI_CORPUS names no folder of logs")
def test_external_corpus() -> None:
    """A larger collection, where there is one."""
    whole = 0
    for path in corpus_logs():
        data = read_log(path)
        events = list(scan([data]))
        assert_partition(events, data)
        assert_nothing_invented(events)
        whole += assert_whole_lines_exact(events, data)
    assert whole > 0
