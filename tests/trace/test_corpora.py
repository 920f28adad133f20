"""Real logs: every whole trace line read exactly, every byte accounted for."""

from pathlib import Path

import pytest

from gctui.events import Event, Text, Unparsed
from gctui.trace.scanner import scan
from tests.corpus_files import SAMPLES, corpus_logs, read_log, sample_logs
from tests.oracle import expected


def assert_partition(events: list[Event], data: bytes) -> None:
    """The ranges of the events, in order, are the input, and texts are what stands there."""
    at = 0
    for event in events:
        assert event.start == at, event
        at = event.end
        if isinstance(event, Text | Unparsed):
            assert data[event.start : event.end].removesuffix(b"\n") == event.raw
        else:
            assert data[event.start : event.end].rstrip(b" \t\r\n") == event.raw
    assert at == len(data)


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
        whole += 1
        (event,) = by_line[number]
        assert (event.kind, event.format, event.values()) == wanted
    return whole


@pytest.mark.parametrize("path", sample_logs(), ids=lambda path: str(path.relative_to(SAMPLES)))
def test_samples(path: Path) -> None:
    data = read_log(path)
    events = list(scan([data]))
    assert_partition(events, data)
    whole = assert_whole_lines_exact(events, data)
    assert whole > 0 or "crash" in path.name


@pytest.mark.skipif(not corpus_logs(), reason="GCTUI_CORPUS names no folder of logs")
def test_external_corpus() -> None:
    """A larger collection, where there is one."""
    whole = 0
    for path in corpus_logs():
        data = read_log(path)
        events = list(scan([data]))
        assert_partition(events, data)
        whole += assert_whole_lines_exact(events, data)
    assert whole > 0
