"""`--program`: which of the programs that print into one log."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from gctui.analysis.neutral import neutral
from gctui.errors import ExitCode, GctuiError
from gctui.model.processes import without_process
from gctui.report.overview import Listed, Overview
from gctui.session.told_apart import MOST_PROGRAMS
from gctui.session.whole_run import Program, WholeRun

_MOST_NAMED = 12
_LONGEST_NAME = 60
_NUMBERED = re.compile(r"(?:program )?\d+").fullmatch
Again = Callable[[Callable[[str], bool]], WholeRun]
"""Reads a log once more, for programs of some names."""
Read = tuple[WholeRun, Program]
_PLAIN = re.compile(r"[\w./:@()[\]\\*?+-]+(?: \d+)?").fullmatch
_AGAIN = re.compile(r" \(\d+\)$")


def add_program_option(parser: argparse.ArgumentParser, what: str) -> None:
    """Add `--program`."""
    parser.add_argument(
        "--program",
        action="append",
        default=[],
        metavar="NAME",
        help=f"where several programs print into one log: {what}, by its name there (web-1, "
        "web-*) or its number; may be given again",
    )


def taken_by(wanted: Sequence[str]) -> Callable[[str], bool] | None:
    """Return what tells whether lines with a name are wanted; None where all are to be read."""
    if not wanted or any(map(_NUMBERED, wanted)):
        return None
    patterns = [each for name in wanted for each in (name, _AGAIN.sub("", name))]
    return lambda source: any(
        _is_called(name, each) for name in _with_and_without_process(source) for each in patterns
    )


def chosen(run: WholeRun, wanted: Sequence[str]) -> list[Program]:
    """Return the programs that were asked for, by default all. Raises GctuiError for none."""
    if not wanted:
        return telling(run)
    there = [each for each in run.programs if each.part.fold.tells or each.collections]
    found = [each for each in there if any(_is_meant(each, name) for name in wanted)]
    if not found and run.tells_anything:
        said = f"{run.label}: no program {listed(wanted)}; there is {_others(run, wanted)}"
        raise GctuiError(said, ExitCode.USAGE)
    return [each for each in found if each.part.fold.tells]


def _others(run: WholeRun, wanted: Sequence[str]) -> str:
    """Name what could have been asked for, that with the most collections first."""
    sizes = Counter(run.told.left_out)
    # Where lines were left out by their names, the others' numbers are not those of the whole log.
    is_whole = taken_by(wanted) is None
    nameless = [each for each in telling(run) if each.source is None and not is_whole]
    sizes.update({each.name: each.collections for each in telling(run) if each not in nameless})
    others = listed(name for name, _ in sizes.most_common())
    if not nameless:
        return others
    without = f"{len(nameless)} without a name: by number, as the report of all has it"
    return f"{others}, and {without}" if others else without


def too_many(run: WholeRun, wanted: Sequence[str]) -> list[str]:
    """Return the names of those programs that were wanted and too many, the largest first."""
    takes = taken_by(wanted)
    return [name for name, _ in run.told.left_out.most_common() if takes is None or takes(name)]


def largest(run: WholeRun, wanted: Sequence[str], most: int, again: Again | None) -> list[Read]:
    """Return the largest programs of those that were asked for, and what has read them.

    Some were too many to be kept at once: they are read again, where that is possible.
    """
    sizes: list[tuple[int, Program | str]] = [(p.collections, p) for p in chosen(run, wanted)]
    if again is not None:
        sizes += [(run.told.left_out[name], name) for name in too_many(run, wanted)]
    first = [each for _, each in sorted(sizes, key=lambda each: -each[0])[:most]]
    found = [(run, each) for each in first if not isinstance(each, str)]
    if again is not None:
        found += read_again([each for each in first if isinstance(each, str)], again)
    return sorted(found, key=lambda each: -each[1].collections)


def read_again(names: Sequence[str], again: Again) -> Iterator[Read]:
    """Read programs that were too many, so many at a time as are kept."""
    for first in range(0, len(names), MOST_PROGRAMS):
        some = frozenset(names[first : first + MOST_PROGRAMS])
        run = again(some.__contains__)
        yield from ((run, each) for each in telling(run) if each.source is not None)


def can_be_read_again(files: Iterable[str]) -> bool:
    """Tell whether files are there still; a pipe is not."""
    return all(name != "-" and Path(name).is_file() for name in files)


def telling(run: WholeRun) -> list[Program]:
    """Return the programs of which there are figures, the one with the most collections first."""
    return [each for each in run.programs if each.part.fold.tells]


def names(programs: Sequence[Program]) -> Iterator[str]:
    """Yield what programs are called."""
    return (each.name for each in programs)


def common_name(runs: Sequence[WholeRun]) -> str | None:
    """Return the name that programs of all runs have, of the first's that with most collections."""
    for program in telling(runs[0]):
        if program.source is not None and all(
            any(each.name == program.name for each in telling(run)) for run in runs[1:]
        ):
            return program.name
    return None


def listed(them: Iterable[str]) -> str:
    """Name some programs in a line, whatever their names consist of."""
    called = list(them)
    told = ", ".join(typed(each) for each in called[:_MOST_NAMED])
    return told if len(called) <= _MOST_NAMED else f"{told} and {len(called) - _MOST_NAMED} more"


def typed(name: str) -> str:
    """Return a name as it can be typed: what nobody sees is escaped, and so it may be asked for."""
    shown = "".join(each if neutral(each) == each else _escape(each) for each in name)
    shown = neutral(shown, _LONGEST_NAME)
    return shown if _PLAIN(shown) else f'"{shown}"'


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()


def _with_and_without_process(source: str | None) -> Iterator[str]:
    """Yield app[42] and app: the one is a process, the other all that ran under this name."""
    yield from filter(None, (source, without_process(source)))


def _is_called(name: str, asked: str) -> bool:
    return name == asked or fnmatchcase(name, asked) or typed(name).strip('"') == asked.strip('"')


def _is_meant(program: Program, name: str) -> bool:
    if name == str(program.number):
        return True
    called = (program.name, *_with_and_without_process(program.source))
    return any(_is_called(each, name) for each in called)


def overview(run: WholeRun, reported: Sequence[Read]) -> Overview:
    """Return all programs that a run has, those included whose lines were not wanted."""
    programs = [program for _, program in reported]
    again = {program.source for by, program in reported if by is not run}
    found = [Listed(p.name, p.collections, p in programs) for p in telling(run)]
    found += [Listed(name, count, name in again) for name, count in run.told.left_out.items()]
    found.sort(key=lambda each: -each.collections)
    return Overview(run.label, tuple(found), run.told.unassigned, run.told.dropped)
