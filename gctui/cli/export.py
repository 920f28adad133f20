"""`gctui export FILE… --to FORMAT`: the events of logs and recordings, one row each, as a stream.

A profile of a recording is one row too, of kind `profile`: its sample types with their units and
totals, how many samples (stacks) it has, when it was taken, whose it is. Its stacks are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import no_trace
from gctui.cli.export_output import Output
from gctui.cli.saved_files import to_be_read
from gctui.errors import ExitCode, GctuiError
from gctui.events.columns import KINDS, columns
from gctui.model.profile import Profile
from gctui.report.jsonl import ascii_json, json_lines
from gctui.report.table import JsonLines, TableFormat, TableWriter
from gctui.session.long_logs import alone_bytes, usable_jobs
from gctui.session.recording_format import rfc3339
from gctui.session.recording_profiles import profile_row
from gctui.session.saved import Batch, SavedReader
from gctui.session.sources import Sources
from gctui.sources.files import LogFile

if TYPE_CHECKING:
    from gctui.events import Event
    from gctui.trace.scanner import Scanner

FORMATS = ("jsonl", "csv", "parquet", "openmetrics")
_SAMPLES = ("runtime", "memstats")
_PAUSE_S = 1.0
"""A pipe that is silent for so long may stay so: what waits for more to come is written."""
_LONGEST_WAIT_S = 10.0
"""Of what a pipe brings, when more comes all the time."""


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
        parser.add_argument("--to", choices=FORMATS, default="jsonl", help="default jsonl")
        parser.add_argument("--out", metavar="FILE", help="write there instead of to stdout")
        parser.add_argument(
            "--kind",
            metavar="KIND[,KIND…]",
            help=f"these events only, and their columns: {', '.join(KINDS)}",
        )
        parser.add_argument(
            "--started",
            metavar="TIME",
            help="openmetrics: when the program began (RFC 3339), where no line tells the time",
        )
        parser.add_argument(
            "--jobs",
            type=int,
            metavar="N",
            help="jsonl, csv: processes that read a long plain log (default: one per core, Linux)",
        )
        parser.add_argument(
            "--schema",
            nargs="?",
            const="json",
            choices=["json", "markdown"],
            help="print what a row consists of instead: JSON Schema (default) or a table",
        )

    def run(self, args: argparse.Namespace) -> int:
        """Write each event as soon as its line is read. Memory does not grow with the input."""
        if args.schema:
            return _print_schema(args.schema)
        kinds = _kinds(args.kind)
        table = _format(args, kinds)
        names = to_be_read(args.files)
        files = [LogFile(name) for name in names]
        if args.to == "parquet" and not args.out and os.isatty(1):
            raise GctuiError("Parquet is no text for a terminal: --out FILE writes it to a file")
        with Output(args.out, names) as output:
            rows = _Rows(table, table.writer(output.put), kinds, _jobs(args))
            for file in files:
                rows.add(file, is_one_of_several=len(files) > 1)
            rows.writer.close()
        return rows.said()


class _Rows:
    """Reads files and writes their rows."""

    def __init__(
        self,
        table: TableFormat,
        writer: TableWriter,
        kinds: Collection[str] | None,
        jobs: int = 1,
    ) -> None:
        self.writer = writer
        self._table = table
        self._kinds = kinds
        self._jobs = jobs
        self._tells = self._has_profile = False

    def add(self, file: LogFile, *, is_one_of_several: bool) -> None:
        """Write the rows of one file."""
        label = file.label if is_one_of_several else None
        reader, first_bytes = SavedReader(file.label), alone_bytes(file, self._jobs)
        sources = Sources()
        try:
            for batch in _batches(file, reader, sources, first_bytes):
                self._write(sources.unsettled() if batch is None else sources.take(batch), label)
        finally:
            self._write(sources.rest(), label)
        scanner, plain = reader.scanner, file.plain
        if first_bytes is not None and scanner and plain and _may_be_read_ahead(sources):
            self._by_processes(scanner, sources, plain, label)

    def _write(self, batches: Iterable[Batch], label: str | None) -> None:
        for batch in batches:
            is_recorded = batch.profile is not None and batch.received is not None
            self._has_profile |= batch.profile is not None and not is_recorded
            self._tells = (
                self._tells
                or is_recorded
                or any(event.format or event.kind in _SAMPLES for event in batch.events)
            )
            self.writer.write(self._encoded(batch, label))

    def _by_processes(
        self, scanner: Scanner, sources: Sources, plain: tuple[int, int], label: str | None
    ) -> None:
        """Write the rest of a log, read by several processes as long as it is one program's."""
        from gctui.session.rows_ahead import rows_ahead  # noqa: PLC0415 - for long logs alone

        def encode(events: Sequence[Event]) -> bytes:
            return self._encoded(Batch(events, 0), label)

        for part in rows_ahead(scanner, sources, plain, encode, self._jobs):
            if isinstance(part, Batch):
                self._write([part], label)
            else:
                self.writer.write(part.rows)
                self._tells |= part.tells

    def _encoded(self, batch: Batch, label: str | None) -> bytes:
        return self._table.encode(b"".join(_lines(batch, label, self._kinds)))

    def said(self) -> int:
        """Say what is missing, and return the exit code."""
        if self.writer.remark:
            print(f"gctui: {self.writer.remark}", file=sys.stderr)
        if self._has_profile:
            said = "a profile has no events to export: gctui profile FILE prints its figures"
            print(f"gctui: {said}", file=sys.stderr)
        return ExitCode.GOOD if self._tells or self._has_profile else _no_trace()


def _format(args: argparse.Namespace, kinds: Collection[str] | None) -> TableFormat:
    """Return the format that was asked for. What the others need is not loaded."""
    if args.started and args.to != "openmetrics":
        raise GctuiError("--started is for --to openmetrics")
    if args.to == "csv":
        from gctui.report.csv_rows import CsvRows  # noqa: PLC0415

        return CsvRows(columns(KINDS if kinds is None else kinds))
    if args.to == "parquet":
        from gctui.report.parquet import Parquet  # noqa: PLC0415

        return Parquet(columns(KINDS if kinds is None else kinds))
    if args.to == "openmetrics":
        from gctui.report.openmetrics import OpenMetrics  # noqa: PLC0415

        return OpenMetrics(_meanings(), _moment_s(args.started))
    return JsonLines()


def _kinds(listed: str | None) -> Collection[str] | None:
    """Return the kinds that were asked for; None for all."""
    if listed is None:
        return None
    kinds = [kind.strip() for kind in listed.split(",")]
    for kind in kinds:
        if kind not in KINDS:
            raise GctuiError(f"--kind: no kind {kind!r}, there are {', '.join(KINDS)}")
    return frozenset(kinds)


def _moment_s(moment: str | None) -> float:
    if moment is None:
        return 0.0
    try:
        read = datetime.fromisoformat(moment)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise GctuiError(f"--started: no time {moment!r}; like 2026-05-04T11:32:00Z") from error


def _print_schema(how: str) -> int:
    from gctui.report.schema import json_schema, markdown  # noqa: PLC0415

    print(json_schema(_meanings()) if how == "json" else "\n".join(markdown(_meanings())))
    return ExitCode.GOOD


def _meanings() -> Mapping[tuple[str, str], str]:
    """Return what the grammars say of each field of each kind."""
    from gctui.grammar.forms import all_forms  # noqa: PLC0415 - costs a tenth of a second

    meanings: dict[tuple[str, str], str] = {}
    for form in all_forms():
        for field in form.fields:
            meanings.setdefault((form.kind, field.name), field.meaning)
    return meanings


def _jobs(args: argparse.Namespace) -> int:
    """Return how many processes may read a log; one where rows do not stand for themselves."""
    jobs = usable_jobs(args.jobs)
    return jobs if args.to in {"jsonl", "csv"} else 1


def _may_be_read_ahead(sources: Sources) -> bool:
    """Tell whether other processes can make rows: of lines that need no source."""
    return sources.is_one_program and not sources.starts_often


def _batches(
    file: LogFile, reader: SavedReader, sources: Sources, read_bytes: int | None
) -> Iterator[Batch | None]:
    """Yield the events of a file; of one program's log those of its first `read_bytes` alone.

    None: what waits in `sources` waited long enough.
    """
    done_bytes, patience = 0, _Patience(file)
    try:
        for chunk in file.chunks(pause_s=_PAUSE_S):
            yield from reader.feed(chunk) if chunk else reader.settle()
            if patience.ends(chunk, sources):
                yield None
            done_bytes += len(chunk)
            is_enough = read_bytes is not None and done_bytes >= read_bytes
            if is_enough and reader.scanner is not None and _may_be_read_ahead(sources):
                return
    except GctuiError:
        # What stands before a damaged place is exported too.
        yield from reader.finish()
        raise
    yield from reader.finish()
    if reader.recording is not None and reader.recording.damage:
        print(f"gctui: {neutral(file.label)}: {neutral(reader.recording.damage)}", file=sys.stderr)


class _Patience:
    """How long lines may wait until it is settled whose they are: in a file, to its end."""

    def __init__(self, file: LogFile) -> None:
        self._is_saved = file.is_regular
        self._since_s: float | None = None

    def ends(self, chunk: bytes, sources: Sources) -> bool:
        """Tell whether somebody has waited too long, now that `chunk` came; empty: nothing did."""
        if self._is_saved or not sources.waits:
            self._since_s = None
            return False
        now_s = time.monotonic()
        if self._since_s is None:
            self._since_s = now_s
        is_over = not chunk or now_s - self._since_s >= _LONGEST_WAIT_S
        if is_over:
            self._since_s = None
        return is_over


def _lines(batch: Batch, label: str | None, kinds: Collection[str] | None) -> Iterator[bytes]:
    """Yield the JSON lines of a batch, each with where and when it came from."""
    lines = _event_lines(batch, label or batch.source, kinds)
    if batch.received is None:
        return lines
    tail = f',"received":"{rfc3339(batch.received)}"}}\n'.encode()
    return (line[:-2] + tail for line in lines)


def _event_lines(batch: Batch, stream: str, kinds: Collection[str] | None) -> Iterator[bytes]:
    is_recorded = batch.profile is not None and batch.received is not None
    if batch.profile is not None and is_recorded and (kinds is None or "profile" in kinds):
        yield _profile_line(batch.profile, stream)
    events = batch.events
    if kinds is not None:
        events = [event for event in events if event.kind in kinds]
    yield from json_lines(events, stream)


def _profile_line(profile: Profile, stream: str) -> bytes:
    row = profile_row(profile)
    return ascii_json(row | {"source": stream} if stream else row).encode() + b"\n"


def _no_trace() -> int:
    print(f"gctui: {no_trace()}", file=sys.stderr)
    return ExitCode.NO_TRACE


COMMAND = Export()
