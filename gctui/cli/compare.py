"""`gctui compare BASE NEW`: two runs or two heap profiles, and whether they really differ."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence

from gctui.analysis.cycle_samples import CycleSamples
from gctui.analysis.difference import ALPHA
from gctui.analysis.figure_limit import Gate
from gctui.analysis.neutral import neutral
from gctui.analysis.no_trace import no_trace
from gctui.analysis.observations import observations
from gctui.analysis.profile_change import profile_change
from gctui.analysis.run_difference import Row, Run, differences
from gctui.analysis.trend import since
from gctui.cli.chosen_programs import (
    add_program_option,
    chosen,
    common_name,
    listed,
    names,
    taken_by,
    telling,
)
from gctui.cli.gates import gate, share
from gctui.cli.run_words import about
from gctui.cli.saved_files import label_of, to_be_read
from gctui.cli.screen import draws_ascii
from gctui.errors import ExitCode, GctuiError
from gctui.model.profile import Profile
from gctui.report.annotation import harmless
from gctui.report.compare import Comparison, compare_lines, compare_markdown
from gctui.report.compare_json import compare_json, profile_json
from gctui.report.compare_profile import profile_change_lines, profile_change_markdown
from gctui.report.overlay import ASCII, UNICODE
from gctui.report.paper import output_paper
from gctui.session.whole_run import WholeRun
from gctui.sources.files import LogFile
from gctui.sources.rotation import runs_of

_DESCRIPTION_OF_FAIL = (
    "exit 1 when a figure became worse, by more than noise: NAME:+10%% for a rise, NAME:-5%% for "
    "a fall, NAME:+0.5 in its own unit, NAME alone for anything worse; again for each figure"
)


class Compare:
    """Compares."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "files",
            nargs="*",
            metavar="BASE NEW",
            help="two logs or recordings, or two heap profiles; plain, .gz or .zst",
        )
        parser.add_argument(
            "--base",
            nargs="+",
            default=[],
            metavar="FILE",
            help="several runs; with four a side the runs themselves are compared. Files named "
            "like those of one rotated log (run.log.1 run.log.2) are one run",
        )
        parser.add_argument("--new", nargs="+", default=[], metavar="FILE", help="the same of NEW")
        parser.add_argument(
            "--fail",
            type=gate,
            action="append",
            default=[],
            metavar="WHAT",
            help=_DESCRIPTION_OF_FAIL,
        )
        parser.add_argument(
            "--alpha",
            type=share,
            default=ALPHA,
            metavar="P",
            help=f"how likely a difference may be chance and still count (default {ALPHA})",
        )
        parser.add_argument(
            "--all", action="store_true", help="every figure, not the most important ones alone"
        )
        parser.add_argument(
            "--format", choices=["text", "json", "markdown"], default="text", help="(default text)"
        )
        add_program_option(parser, "compare this one on both sides")
        parser.add_argument("--sample", metavar="TYPE", help="of profiles: inuse_space, …")
        parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")

    def run(self, args: argparse.Namespace) -> int:
        """Read both sides, then print."""
        sides = _chosen([_read(names, args.program) for names in _sides(args)], args.program)
        profiles = [[each for each in side if isinstance(each, Profile)] for side in sides]
        if any(profiles):
            return _compare_profiles(sides, profiles, args)
        base, new = [[each for each in side if isinstance(each, Run)] for side in sides]
        rows = differences(base, new, args.alpha)
        gates = list(_with_rows(args.fail, rows))
        seen = observations(rows, base, new)
        if args.format != "json" and not args.all:
            named = {each.figure for each in args.fail}
            rows = [row for row in rows if row.words.is_headline or row.name in named]
        found = Comparison(base, new, rows, gates, seen)
        _print(_lines(found, args))
        return ExitCode.BROKEN if found.failed else ExitCode.GOOD


def _sides(args: argparse.Namespace) -> tuple[list[str], list[str]]:
    base, new, files = list(args.base), list(args.new), list(args.files)
    if files and (base or new):
        raise GctuiError("either BASE NEW, or --base FILE… --new FILE… (gctui compare --help)")
    if files:
        if len(files) != 2:
            raise GctuiError("two files are compared; several a side: --base FILE… --new FILE…")
        base, new = files[:1], files[1:]
    if not base or not new:
        raise GctuiError("nothing to compare: gctui compare BASE NEW")
    if [*base, *new].count("-") > 1:
        raise GctuiError("standard input can be read once")
    return base, new


def _read(names: Sequence[str], wanted: Sequence[str]) -> list[WholeRun]:
    """Read one side; the files of a rotated log are one run."""
    groups = [[LogFile(name) for name in group] for group in runs_of(to_be_read(names))]
    return [_read_one(files, wanted) for files in groups]


def _read_one(files: Sequence[LogFile], wanted: Sequence[str]) -> WholeRun:
    label = label_of(files)
    reader = WholeRun(label, samples=CycleSamples, takes=taken_by(wanted))
    for file in files:
        reader.read(file)
    if reader.damage:
        print(f"gctui: {neutral(label)}: {neutral(reader.damage)}", file=sys.stderr)
    if not reader.is_profile and not reader.tells_anything:
        raise GctuiError(f"{label}: {no_trace()}", ExitCode.NO_TRACE)
    return reader


def _chosen(
    sides: Sequence[Sequence[WholeRun]], wanted: Sequence[str]
) -> list[list[Run | Profile]]:
    """Take one program of each run: that which was asked for, or one that all of them have."""
    runs = [run for side in sides for run in side]
    several = [run for run in runs if len(telling(run)) > 1]
    name = None
    if several and not wanted:
        name = common_name(runs)
        said = f"{name} is compared" if name else "the one with the most collections is compared"
        there = listed(dict.fromkeys(each for run in several for each in names(telling(run))))
        print(f"gctui: several programs, {said}; there is {there}; --program NAME", file=sys.stderr)
    return [[_compared(run, [name] if name else wanted) for run in side] for side in sides]


def _compared(reader: WholeRun, wanted: Sequence[str]) -> Run | Profile:
    alone = reader.programs[0]
    is_meant = len(reader.programs) == 1 and alone.source is None and not reader.told.left_out
    program = alone if is_meant or reader.is_profile else chosen(reader, wanted)[0]
    found = reader.figures(program=program)
    profile = found.snapshot.profile or found.snapshot.goroutine_profile
    if reader.is_profile and profile is not None:
        return profile
    begin_s = found.begin_s or 0.0
    lines = {
        chart: [(time_s - begin_s, value) for time_s, value in since(view, begin_s)]
        for chart, view in found.charts.items()
    }
    return Run(
        found.label,
        found.values(),
        program.part.samples.values(),
        program.part.samples.ratios(),
        lines,
        about(found, reader.files),
        found.growth,
        found.goroutines,
        found.extremes,
        found.program,
    )


def _with_rows(gates: Iterable[Gate], rows: Sequence[Row]) -> Iterator[tuple[Gate, Row]]:
    by_name = {row.name: row for row in rows}
    for each in gates:
        row = by_name.get(each.figure)
        if row is None or row.difference.base is None or row.difference.new is None:
            raise GctuiError(f"--fail {each.written}: these runs do not tell {each.figure}")
        yield each, row


def _lines(found: Comparison, args: argparse.Namespace) -> Iterator[str]:
    paper = output_paper()
    glyphs = ASCII if draws_ascii(args.ascii) else UNICODE
    if args.format == "json":
        yield json.dumps(compare_json(found, args.alpha), indent=2)
    elif args.format == "markdown":
        yield from compare_markdown(found, 80, glyphs)
    else:
        yield from compare_lines(found, paper, glyphs)


def _compare_profiles(
    sides: Sequence[Sequence[Run | Profile]],
    profiles: Sequence[Sequence[Profile]],
    args: argparse.Namespace,
) -> int:
    if any(len(side) != 1 for side in sides) or any(len(side) != 1 for side in profiles):
        raise GctuiError("a profile is compared with one other profile")
    if args.fail:
        raise GctuiError("--fail is of runs: a profile has none of their figures")
    (base,), (new,) = profiles
    found = profile_change(base, new, args.sample, args.alpha)
    if args.format == "json":
        _print([json.dumps(profile_json(found, base.source, new.source, args.alpha), indent=2)])
        return ExitCode.GOOD
    count = None if args.all else 20
    told = profile_change_markdown if args.format == "markdown" else profile_change_lines
    _print(told(found, base.source, new.source, count))
    return ExitCode.GOOD


def _print(lines: Iterable[str]) -> None:
    is_github = os.environ.get("GITHUB_ACTIONS") == "true"
    for line in lines:
        print(harmless(line) if is_github else line)


COMMAND = Compare()
