"""Feeds what a fuzzer invents to the scanner; a wrong place or an exception ends it.

`python -m tests.soak.fuzz_scanner CORPUS -max_total_time=60`, as libFuzzer's programs are started.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["gctui.trace", "gctui.grammar"]):
    from gctui.trace.scanner import Scanner

_LINE_LIMIT_BYTES = 512
"""Small, so that the limit is met."""


def check(data: bytes) -> None:
    """Scan `data` in two pieces; every byte must be of exactly one event, and all readable."""
    cut = data[0] if data else 0
    data = data[1:]
    scanner = Scanner(_LINE_LIMIT_BYTES)
    events = [*scanner.feed(data[:cut]), *scanner.feed(data[cut:]), *scanner.finish()]
    at = 0
    for start, end in sorted(place for event in events for place in event.ranges):
        assert start == at, (start, at)
        at = end
    assert at == len(data), (at, len(data))
    for event in events:
        event.values()


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
