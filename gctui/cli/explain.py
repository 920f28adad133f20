"""`gctui explain LINE`: one trace line, or a line of a text profile, field by field."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gctui.analysis.go_versions import Program, VersionSearch
from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import no_trace
from gctui.analysis.one_line import derived
from gctui.cli.explained_log import ExplainedLog
from gctui.cli.explanation import Line, explanation
from gctui.cli.near_miss import near_miss
from gctui.errors import ExitCode, GctuiError
from gctui.events import Event, Surroundings, Text, Unparsed
from gctui.events.versions import versions
from gctui.grammar.describe import form_named, sample_line
from gctui.grammar.forms import FAMILIES, family_forms, profile_forms
from gctui.grammar.pattern import form_pattern
from gctui.report.paper import Paper, output_paper
from gctui.trace.scanner import scan

_EXAMPLE = "gctrace.go1.18"
_LABEL = 9
_STANDARD_INPUT = "-"
_LONGEST_INPUT_BYTES = 1 << 20


class Explain:
    """Takes lines apart."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "line",
            nargs="*",
            metavar="LINE",
            help="the line, quoted or not; standard input if none, or -",
        )
        parser.add_argument(
            "--log", metavar="FILE", help="hold each figure against this log's lines of the form"
        )
        parser.add_argument(
            "--brief", action="store_true", help="only the fields, their values and meanings"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Explain the line given, or those on standard input."""
        if args.line and args.line != [_STANDARD_INPUT]:
            data = os.fsencode(" ".join(args.line))
        elif sys.stdin is None:
            raise GctuiError("no line: standard input is closed; gctui explain LINE")
        elif sys.stdin.isatty() and not args.line:
            print("\n".join(_usage()), file=sys.stderr)
            return ExitCode.USAGE
        else:
            data = sys.stdin.buffer.read(_LONGEST_INPUT_BYTES)
        events = list(scan([data]))
        is_told = any(_line_of(event) for event in events)
        if not is_told and not any(isinstance(event, Unparsed) for event in events):
            raise GctuiError(_no_trace_line(), ExitCode.NO_TRACE)
        _Explainer(args.log, events, data, brief=args.brief).explain()
        return ExitCode.GOOD if is_told else ExitCode.NO_TRACE


class _Explainer:
    def __init__(self, log: str | None, events: list[Event], data: bytes, *, brief: bool) -> None:
        self._paper = output_paper()
        self._events = events
        self._data = data
        self._brief = brief
        self._explained: set[str] = set()
        self._log: ExplainedLog | None = None
        self._whose = ""
        if log is not None:
            # It is read once for all lines.
            lines = [line for line in map(_line_of, self._events) if line is not None]
            self._log = ExplainedLog(log, lines)

    def explain(self) -> None:
        """Print everything about each line, and less about one like a line before it."""
        for place, event in enumerate(self._events):
            if place:
                print()
            print("\n".join(self._explanation(event)))

    def _explanation(self, event: Event) -> Iterator[str]:
        if isinstance(event, Unparsed):
            yield from near_miss(event, self._paper)
            return
        line = _line_of(event)
        if line is None:
            yield from self._paper.labelled("text:", neutral(_decoded(event.raw)), 0, 6)
            return
        yield from _before(event, self._paper)
        yield from self._in_full(line, event.around.source)
        for below in _below(event, self._data):
            yield ""
            yield from self._in_full(below, event.around.source)

    def _in_full(self, line: Line, source: str | None) -> Iterator[str]:
        log, whose = None, ""
        if self._log is not None:
            log, whose = self._log.held_against(line, source)
            line = _narrowed(line, self._log.versions_of(line, source))
        if whose and whose != self._whose:
            yield from self._paper.labelled("log", whose, 0, _LABEL)
            yield ""
        self._whose = whose
        is_brief = self._brief or line.form.name in self._explained
        self._explained.add(line.form.name)
        yield from explanation(line, self._paper, log, brief=is_brief)
        if log is not None and not log.spread.lines.get(line.form.name):
            forms = ", ".join(sorted(log.spread.lines))
            none = f"{log.label} has no {line.form.name} to compare with; it has {forms}"
            yield none if forms else f"{log.label}: {no_trace()}"


def _narrowed(line: Line, programs: Sequence[Program]) -> Line:
    """Take the log's Go for the line's, where that may be."""
    common = programs[0].versions & line.printed_by if len(programs) == 1 else None
    return replace(line, printed_by=common) if common else line


def _line_of(event: Event) -> Line | None:
    """Read an event as a line that can be explained: a trace line, or one of a text profile."""
    if event.format:
        search = VersionSearch()
        search.add([event])
        form = form_named(event.format)
        (program,) = search.programs()
        printed_by = program.versions & versions(form.versions)
        return Line(form, event.printed, tuple(derived(event)), printed_by)
    return _line_alone(event.raw) if isinstance(event, Text) else None


def _line_alone(raw: bytes) -> Line | None:
    """Read what is looked for in no stream: a line of a text profile, or below a SCHED line."""
    # The runtime aligns the columns of a profile with any number of tabs.
    text = re.sub(rb"\t+", b"\t", raw.rstrip())
    for form in family_forms("scheddetail") + profile_forms():
        if (found := form_pattern(form).fullmatch(text)) is not None:
            return Line(form, found.groups(), (), versions(form.versions))
    return None


def _below(event: Event, data: bytes) -> Iterator[Line]:
    """Yield the first of each kind of line that belongs to a SCHED line."""
    told: set[str] = set()
    for begin, end in event.ranges if event.kind == "sched" else ():
        for raw in data[begin:end].split(b"\n"):
            line = _line_alone(raw)
            if line is not None and line.form.name not in told:
                told.add(line.form.name)
                yield line


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _before(event: Event, paper: Paper) -> Iterator[str]:
    """Yield what a logger put before the line."""
    around = event.around
    if around == Surroundings():
        return
    if around.prefix:
        yield from paper.labelled("before", neutral(around.prefix), 0, _LABEL)
    if around.wall:
        yield from paper.labelled("printed", neutral(around.wall), 0, _LABEL)
    if around.source:
        yield from paper.labelled("by", neutral(around.source), 0, _LABEL)
    if around.repaired:
        yield from paper.labelled("torn", "by other output, and put together again", 0, _LABEL)
    if around.extra:
        said = f"{neutral(around.extra)}: behind the last field that gctui knows"
        yield from paper.labelled("more", said, 0, _LABEL)
    yield ""


def _usage() -> Iterator[str]:
    yield "usage: gctui explain [--log FILE] [--brief] LINE      takes a trace line apart, e.g."
    yield ""
    yield f"  gctui explain '{sample_line(form_named(_EXAMPLE))}'"
    yield "  grep 'gc 1 ' app.log | gctui explain --log app.log"
    yield ""
    yield f"gctui formats shows a line of each kind: {', '.join(FAMILIES)}."


def _no_trace_line() -> str:
    return f"not a trace line: none of {', '.join(FAMILIES)}; `gctui formats` shows one of each"


COMMAND = Explain()
