"""`gctui report FILE…`: the whole analysis of saved logs, as text, JSON, Markdown or HTML."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from gctui.analysis.findings import findings, thresholds_with
from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import PROFILE_ALONE, no_trace
from gctui.analysis.run_figures import RunFigures
from gctui.cli.asked_span import moment, span_asked
from gctui.cli.check_options import threshold_settings
from gctui.cli.chosen_programs import (
    Again,
    Read,
    add_program_option,
    can_be_read_again,
    largest,
    overview,
    taken_by,
)
from gctui.cli.options import add_what_if_option
from gctui.cli.saved_files import say_what_goes_on, to_be_read
from gctui.cli.screen import draws_ascii
from gctui.errors import ExitCode, GctuiError
from gctui.report.overview import Overview, with_overview
from gctui.report.paper import output_paper
from gctui.report.report_document import document
from gctui.report.report_html import html_lines
from gctui.report.report_json import report_json
from gctui.report.report_markdown import markdown_lines
from gctui.report.report_parts import Document
from gctui.report.report_text import text_lines
from gctui.session.long_logs import usable_jobs
from gctui.session.span import Span
from gctui.session.told_apart import MOST_PROGRAMS
from gctui.session.whole_run import WholeRun
from gctui.sources.files import LogFile
from gctui.sources.rotation import runs_of

_FORMATS = ("text", "json", "markdown", "html")
_BAR = 30
_MOST_REPORTED = 4
_RARELY = 100_000


class Report:
    """Prints the full analysis."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="a log or a recording, plain, .gz or .zst; a rotated log's files are one run; "
            "- is stdin",
        )
        parser.add_argument(
            "--format", choices=_FORMATS, default="text", help="the format (default text)"
        )
        parser.add_argument(
            "--join", action="store_true", help="one report of all files, as one run"
        )
        _add_span_options(parser)
        _add_finding_options(parser)
        add_program_option(parser, "report this one")
        parser.add_argument(
            "--jobs",
            type=int,
            metavar="N",
            help="processes that read a long plain log (default: one per core, Linux)",
        )
        parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")

    def run(self, args: argparse.Namespace) -> int:
        """Read every run to its end, then print. Memory does not grow with the input."""
        thresholds = thresholds_with([*threshold_settings(args.config), *args.threshold])
        span, jobs = span_asked(args.begin, args.end), usable_jobs(args.jobs)
        names = to_be_read(args.files)
        # Every file is opened before the first is read, so that a wrong name is said at once.
        groups = [names] if args.join else runs_of(names)
        sets = [[LogFile(name) for name in group] for group in groups]
        say_what_goes_on(groups)
        # Nothing that is read for a while refers to itself: the collector would find nothing.
        gc.freeze()
        gc.set_threshold(_RARELY, 10, 10)
        told: list[list[RunFigures]] = []
        overviews, failure = [], None
        for group, files in zip(groups, sets, strict=True):
            run = WholeRun(_label(files), span, takes=taken_by(args.program))
            failed = _read(run, files, jobs)
            failure = failure or failed
            shown: list[Read] = []
            if failure is None or run.tells:
                most = MOST_PROGRAMS if args.format == "json" or args.program else _MOST_REPORTED
                shown = largest(run, args.program, most, _again(group, span))
            if shown:
                told.append([by.figures(args.what_if, program) for by, program in shown])
                overviews.append(overview(run, shown))
            elif failure is None:
                print(f"gctui: {neutral(run.label)}: {_nothing(run, span)}", file=sys.stderr)
        if told:
            _print(told, overviews, thresholds, args)
        if failure is not None:
            raise failure
        return ExitCode.GOOD if len(told) == len(sets) else ExitCode.NO_TRACE


def _add_span_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="begin",
        type=moment,
        metavar="TIME",
        help="begin there: seconds by the trace's clock (12.5, 1m30s), a wall time of the log's "
        "prefixes (2026-01-31T23:59:59), or a time of day (23:59:59), with --to on every day",
    )
    parser.add_argument(
        "--to", dest="end", type=moment, metavar="TIME", help="end there, told in the same ways"
    )


def _add_finding_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--threshold",
        action="append",
        default=[],
        metavar="ID.NAME=VALUE",
        help="when a finding speaks: long-pauses.p99_ms=5; a wrong name lists the right ones",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="thresholds in TOML: the file that gctui check takes; its limits say nothing here",
    )
    add_what_if_option(parser)


def _read(run: WholeRun, files: Sequence[LogFile], jobs: int) -> GctuiError | None:
    """Read files as one run; return what kept them from being read to their end."""
    failure = None
    try:
        with _progress(files) as progress:
            for file in files:
                run.read(file, progress, jobs)
    except GctuiError as error:
        failure = error
    if run.damage:
        print(f"gctui: {neutral(run.label)}: {neutral(run.damage)}", file=sys.stderr)
    return failure


def _again(names: Sequence[str], span: Span) -> Again | None:
    """Return what reads a log once more, for programs that are too many to be kept at once."""

    def read(takes: Callable[[str], bool]) -> WholeRun:
        files = [LogFile(name) for name in names]
        run = WholeRun(_label(files), span, takes=takes)
        # What is wrong with them was said when they were read first.
        with suppress(GctuiError):
            for file in files:
                run.read(file)
        return run

    return read if can_be_read_again(names) else None


def _label(files: Sequence[LogFile]) -> str:
    label = ", ".join(file.label for file in files[:3])
    return label if len(files) <= 3 else f"{label} and {len(files) - 3} more"


def _nothing(run: WholeRun, span: Span) -> str:
    if run.has_profile:
        return PROFILE_ALONE
    if span.asks_for_walls and not run.knows_walls:
        return (
            "no line of it says when it was printed: --from and --to take the trace's seconds here "
            "(12.5, 1m30s)"
        )
    if not span.is_everything:
        return f"not a single trace line between --from and --to{_covered(run)}"
    return no_trace()


def _covered(run: WholeRun) -> str:
    """Say what there is instead."""
    if run.clock_s is not None:
        first_s, last_s = run.clock_s
        return f": the collections are from {first_s:.3f} to {last_s:.3f} s"
    if run.walls is not None:
        first, last = run.walls
        return f": it was printed from {neutral(first, 40)} to {neutral(last, 40)}"
    return ""


def _print(
    told: list[list[RunFigures]],
    overviews: list[Overview],
    thresholds: dict[str, dict[str, float]],
    args: argparse.Namespace,
) -> None:
    if args.format == "json":
        runs = ((run, findings(run, thresholds)) for group in told for run in group)
        print(report_json(runs, overviews))
        return
    documents = []
    for group, each in zip(told, overviews, strict=True):
        *before, last = [document(run, thresholds) for run in group]
        documents += [*before, with_overview(last, each)]
    for line in _lines(documents, args):
        print(line)


def _lines(documents: list[Document], args: argparse.Namespace) -> Iterator[str]:
    if args.format == "html":
        yield from html_lines(documents)
        return
    paper = output_paper()
    for number, each in enumerate(documents):
        if number:
            yield ""
        if args.format == "markdown":
            yield from markdown_lines(each)
        else:
            yield from text_lines(each, paper, is_ascii=draws_ascii(args.ascii))


@contextmanager
def _progress(files: Sequence[LogFile]) -> Iterator[Callable[[float], None] | None]:
    """Draw a bar on a terminal's standard error, where there is much to read."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = ""

    def draw(_share: float) -> None:
        nonlocal shown
        share = sum(file.progress for file in files) / len(files)
        bar = f"\r[{'#' * int(_BAR * share):<{_BAR}}] {share:4.0%}"
        if bar != shown and share < 1:
            shown = bar
            sys.stderr.write(bar)
            sys.stderr.flush()

    try:
        yield draw
    finally:
        if shown:
            sys.stderr.write(f"\r{'':<{_BAR + 8}}\r")
            sys.stderr.flush()


COMMAND = Report()
