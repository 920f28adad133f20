"""`gctui export FILE… --to jsonl`: the events of logs, one row each, as a stream."""

from __future__ import annotations

import argparse
import json
import os
import select
import sys
from collections.abc import Iterator

from gctui.errors import ExitCode, GctuiError
from gctui.events import Event
from gctui.report.jsonl import json_lines
from gctui.sources.files import LogFile
from gctui.trace.scanner import Scanner


class Export:
    """Prints events."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "files",
            nargs="*",
            default=["-"],
            metavar="FILE",
            help="a log, plain or .gz; - is stdin",
        )
        parser.add_argument(
            "--to", choices=["jsonl"], default="jsonl", help="the format (default jsonl)"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Write each event as soon as its line is read. Memory does not grow with the input."""
        files = [LogFile(name) for name in args.files]
        has_trace = False
        for file in files:
            head = _source_head(file) if len(files) > 1 else None
            for events in _event_batches(file):
                has_trace = has_trace or any(event.format for event in events)
                _write(events, head)
        return ExitCode.GOOD if has_trace else _no_trace()


def _event_batches(file: LogFile) -> Iterator[list[Event]]:
    scanner = Scanner()
    try:
        for chunk in file.chunks():
            yield scanner.feed(chunk)
    except GctuiError:
        # What stands before a damaged place is exported too.
        yield scanner.finish()
        raise
    yield scanner.finish()


def _write(events: list[Event], head: bytes | None) -> None:
    lines = json_lines(events)
    data = b"".join(lines if head is None else (head + line[1:] for line in lines))
    while data:
        try:
            data = data[os.write(1, data) :]
        except BlockingIOError:
            select.select([], [1], [])


def _source_head(file: LogFile) -> bytes:
    return f'{{"source":{json.dumps(file.label)},'.encode()


def _no_trace() -> int:
    print("gctui: not a single trace line; set GODEBUG=gctrace=1 for the program", file=sys.stderr)
    return ExitCode.NO_TRACE


COMMAND = Export()
