"""`gctui check FILE… --max-pause-ms 5`: limits for CI, told by the exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from gctui.analysis.cycle_samples import CycleSamples
from gctui.analysis.findings import findings
from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import PROFILE_ALONE, no_trace
from gctui.analysis.run_check import CheckResult, checked, objections, of_all, ranked_measures
from gctui.cli.check_options import Asked, add_limit_options, asked
from gctui.cli.chosen_programs import (
    Read,
    add_program_option,
    can_be_read_again,
    chosen,
    listed,
    read_again,
    taken_by,
    too_many,
)
from gctui.cli.run_words import about
from gctui.cli.saved_files import to_be_read
from gctui.errors import ExitCode, GctuiError
from gctui.report.annotation import harmless
from gctui.report.check import check_json, check_lines, github_lines
from gctui.report.paper import output_paper
from gctui.session.whole_run import Program, WholeRun
from gctui.sources.files import LogFile

_STDIN = "standard input"


class Check:
    """Checks."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="a log or a recording, plain, .gz or .zst; several are one stream, a rotated "
            "log's in any order; - is stdin",
        )
        add_limit_options(parser)
        add_program_option(parser, "check this one")
        parser.add_argument(
            "--fail-on",
            action="append",
            default=[],
            metavar="FINDING",
            help="a finding by its name, or alarm, warn, info: anything at least as severe",
        )
        parser.add_argument(
            "--threshold",
            action="append",
            default=[],
            metavar="ID.NAME=VALUE",
            help="when a finding speaks",
        )
        parser.add_argument(
            "--config", metavar="FILE", help="limits in TOML, by the names of these options"
        )
        parser.add_argument(
            "--allow-unknown",
            action="store_true",
            help="a figure that the log does not tell breaks no limit",
        )
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="(default text)"
        )

    def run(self, args: argparse.Namespace) -> int:
        """Read everything, then say what is broken."""
        wanted = asked(args)
        found = _check(to_be_read(args.files), wanted, args.program)
        _print(found, args.format)
        return ExitCode.GOOD if found.is_good else ExitCode.BROKEN


def _check(names: Sequence[str], wanted: Asked, programs: Sequence[str]) -> CheckResult:
    files = [LogFile(name) for name in names]
    labels = [file.label for file in files]
    label = labels[0] + (f" and {len(labels) - 1} more" if len(labels) > 1 else "")
    reader = _read(files, label, wanted, taken_by(programs))
    if reader.damage:
        print(f"gctui: {neutral(label)}: {neutral(reader.damage)}", file=sys.stderr)
    if not reader.tells_anything:
        raise GctuiError(
            f"{label}: {PROFILE_ALONE if reader.has_profile else no_trace()}", ExitCode.NO_TRACE
        )
    found: Iterator[Read] = ((reader, program) for program in chosen(reader, programs))
    more = too_many(reader, programs)
    if more and can_be_read_again(names):
        found = chain(found, read_again(more, lambda takes: _reread(names, label, wanted, takes)))
    elif more:
        said = f"too many programs to check all, left out: {listed(more)}; --program NAME"
        print(f"gctui: {neutral(label)}: {said}", file=sys.stderr)
    file = labels[0] if len(labels) == 1 and labels[0] != _STDIN else ""
    results = [(program.name, _result(by, program, wanted, file)) for by, program in found]
    is_one = len(reader.programs) == 1 and not reader.told.left_out
    return (
        results[0][1]
        if is_one
        else of_all([each for _, each in results], [name for name, _ in results])
    )


def _read(
    files: Sequence[LogFile], label: str, wanted: Asked, takes: Callable[[str], bool] | None
) -> WholeRun:
    ranked = ranked_measures(wanted.limits)
    reader = WholeRun(label, samples=lambda: CycleSamples(ranked), takes=takes)
    for each in files:
        reader.read(each)
    return reader


def _reread(
    names: Sequence[str], label: str, wanted: Asked, takes: Callable[[str], bool]
) -> WholeRun:
    return _read([LogFile(name) for name in names], label, wanted, takes)


def _result(reader: WholeRun, program: Program, wanted: Asked, file: str) -> CheckResult:
    run = reader.figures(program=program)
    worst = program.part.samples.worst
    return CheckResult(
        reader.label,
        file,
        about(run),
        tuple(checked(wanted.limits, run, worst, file)),
        tuple(objections(findings(run, wanted.thresholds), wanted.fail_on, file)),
        fail_on=wanted.fail_on,
        allow_unknown=wanted.allow_unknown,
    )


def _print(found: CheckResult, form: str) -> None:
    is_github = os.environ.get("GITHUB_ACTIONS") == "true"
    if form == "json":
        lines = [json.dumps(check_json(found), indent=2)]
    else:
        lines = list(check_lines(found, output_paper()))
    for line in lines:
        print(harmless(line) if is_github else line)
    if is_github:
        # The runner reads both; JSON on the standard output stays JSON.
        out = sys.stderr if form == "json" else sys.stdout
        for line in github_lines(found):
            print(line, file=out)


COMMAND = Check()
