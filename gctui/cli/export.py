"""`gctui export FILE… --to jsonl`: the events of logs and recordings, one row each, as a stream.

A profile of a recording is one row too, of kind `profile`: its sample types with their units and
totals, how many samples (stacks) it has, when it was taken, whose it is. Its stacks are left out.
"""

from __future__ import annotations

import argparse
import os
import select
import sys
from collections.abc import Iterator

from gctui.analysis.neutral import neutral
from gctui.cli.saved_files import to_be_read
from gctui.errors import ExitCode, GctuiError
from gctui.model.profile import Profile
from gctui.report.jsonl import ascii_json, json_lines
from gctui.session.recording_format import rfc3339
from gctui.session.recording_profiles import profile_row
from gctui.session.saved import Batch, SavedReader
from gctui.sources.files import LogFile

_SAMPLES = ("runtime", "memstats")


class Export:
    """Prints events."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "files",
            nargs="*",
            default=["-"],
            metavar="FILE",
            help="a log or a recording, plain, .gz or .zst; a rotated log's files in any order; "
            "- is stdin",
        )
        parser.add_argument(
            "--to", choices=["jsonl"], default="jsonl", help="the format (default jsonl)"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Write each event as soon as its line is read. Memory does not grow with the input."""
        files = [LogFile(name) for name in to_be_read(args.files)]
        tells = has_profile = False
        for file in files:
            head = _source_head(file) if len(files) > 1 else None
            for batch in _batches(file):
                is_recorded = batch.profile is not None and batch.received is not None
                has_profile = has_profile or (batch.profile is not None and not is_recorded)
                tells = (
                    tells
                    or is_recorded
                    or any(event.format or event.kind in _SAMPLES for event in batch.events)
                )
                _write(batch, head)
        if has_profile:
            said = "a profile has no events to export: gctui profile FILE prints its figures"
            print(f"gctui: {said}", file=sys.stderr)
        return ExitCode.GOOD if tells or has_profile else _no_trace()


def _batches(file: LogFile) -> Iterator[Batch]:
    reader = SavedReader(file.label)
    try:
        for chunk in file.chunks():
            yield from reader.feed(chunk)
    except GctuiError:
        # What stands before a damaged place is exported too.
        yield from reader.finish()
        raise
    yield from reader.finish()
    if reader.recording is not None and reader.recording.damage:
        print(f"gctui: {neutral(file.label)}: {neutral(reader.recording.damage)}", file=sys.stderr)


def _write(batch: Batch, head: bytes | None) -> None:
    lines, tail = _lines(batch), _tail(batch, has_head=head is not None)
    if tail:
        lines = (line[:-2] + tail for line in lines)
    data = b"".join(lines if head is None else (head + line[1:] for line in lines))
    while data:
        try:
            data = data[os.write(1, data) :]
        except BlockingIOError:
            select.select([], [1], [])


def _lines(batch: Batch) -> Iterator[bytes]:
    if batch.profile is not None and batch.received is not None:
        yield _profile_line(batch.profile)
    yield from json_lines(batch.events)


def _profile_line(profile: Profile) -> bytes:
    return ascii_json(profile_row(profile)).encode() + b"\n"


def _tail(batch: Batch, *, has_head: bool) -> bytes:
    """Return what a recording adds to each of these events; empty for a log."""
    if batch.received is None:
        return b""
    source = f',"source":{ascii_json(batch.source)}' if batch.source and not has_head else ""
    return f'{source},"received":"{rfc3339(batch.received)}"}}\n'.encode()


def _source_head(file: LogFile) -> bytes:
    return f'{{"source":{ascii_json(file.label)},'.encode()


def _no_trace() -> int:
    print("gctui: not a single trace line; set GODEBUG=gctrace=1 for the program", file=sys.stderr)
    return ExitCode.NO_TRACE


COMMAND = Export()
