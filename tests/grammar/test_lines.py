"""Every line of real logs, read by the forms and by a reader that shares nothing with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gctui.grammar.forms import all_forms
from gctui.grammar.pattern import form_pattern
from gctui.trace.event_classes import event_class
from tests.corpus_files import corpus_logs, read_log, sample_logs
from tests.oracle import Reading, expected

FORMS = [(form_pattern(form).fullmatch, event_class(form)) for form in all_forms()]


def readings(raw: bytes) -> list[Reading]:
    """Read one whole line by every form that can."""
    events = (cls(1, 0, 0, read.groups()) for fullmatch, cls in FORMS if (read := fullmatch(raw)))
    return [(event.kind, event.format or "", event.values()) for event in events]


def distinct_lines(paths: list[Path]) -> Iterator[bytes]:
    seen: set[int] = set()
    for path in paths:
        for line in read_log(path).split(b"\n"):
            raw = line.removesuffix(b"\r")
            if hash(raw) not in seen and len(raw) < 10_000:
                seen.add(hash(raw))
                yield raw


def assert_all_read_alike(paths: list[Path]) -> set[str]:
    """Compare the two on every line; return the forms that were seen."""
    seen = set()
    for raw in distinct_lines(paths):
        wanted = expected(raw)
        assert readings(raw) == ([] if wanted is None else [wanted]), raw
        if wanted is not None:
            seen.add(wanted[1])
    return seen


def test_samples() -> None:
    assert assert_all_read_alike(sample_logs()) == {form.name for form in all_forms()}


@pytest.mark.skipif(not corpus_logs(), reason="GCTUI_CORPUS names no folder of logs")
def test_external_corpus() -> None:
    assert len(assert_all_read_alike(corpus_logs())) > 40


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("pacer: assist ratio=NaN (scan 0 MB in 4->4 MB) workers=0+0", "assist_ratio", "nan"),
        ("pacer: assist ratio=-Inf (scan 0 MB in 4->4 MB) workers=0+0", "assist_ratio", "-inf"),
        (
            "pacer: assist ratio=1e+06 (scan 0 MB in 4->4 MB) workers=0+1e-05",
            "fractional_utilization",
            "1e-05",
        ),
        (
            "pacer: assist ratio=-0.000000e+000 (scan 0 MB in 4->4 MB) workers=0++2.500000e-001",
            "fractional_utilization",
            "0.25",
        ),
        ("  G7: status=4100(force gc (idle)) m=nil lockedm=nil", "wait_reason", "force gc (idle)"),
        ("  G7: status=4(a) m=b) m=3 lockedm=-1", "wait_reason", None),
        ("  G7: status=2() m=nil lockedm=3", "wait_reason", ""),
        ("  G7: status=2() m=nil lockedm=3", "m", "-1"),
        (
            "  M1: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=2 dying=0 "
            "spinning=false blocked=true lockedg=nil",
            "preemptoff",
            "",
        ),
        (
            "  M1: p=-1 curg=7 mallocing=0 throwing=0 preemptoff=a b locks=2 dying=0 helpgc=0 "
            "spinning=false blocked=true lockedg=-1",
            "preemptoff",
            "a b",
        ),
        (
            "init example.com/a%2eb/c.d @0.61 ms, 0.24 ms clock, 0 bytes, 0 allocs",
            "package",
            "example.com/a%2eb/c.d",
        ),
        (
            "init main @18446744073709 ms, 0 ms clock, 0 bytes, 0 allocs",
            "at_ms",
            "18446744073709.0",
        ),
        ("scan: class L 1+0+0=1 objs, 0+0=0 spans", "class", "L"),
    ],
)
def test_what_is_rarely_printed(line: str, name: str, value: str | None) -> None:
    read = readings(line.encode())
    if value is None:
        assert read == []
        return
    ((_, _, values),) = read
    assert str(values[name]) == value
