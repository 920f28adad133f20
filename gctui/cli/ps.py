"""`gctui ps`: the Go programs that run here, and whether gctui can read them."""

from __future__ import annotations

import argparse
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict

from gctui.analysis.neutral import is_combining, neutral
from gctui.analysis.units import UNKNOWN, clock, size
from gctui.errors import ExitCode
from gctui.model.program import GoProgram
from gctui.report.jsonl import ascii_json
from gctui.sources.inside.permission import refusal, what_gives_privilege
from gctui.sources.inside.proc_files import read_stat
from gctui.sources.inside.programs import Listing, go_programs

_HEAD = ("PID", "USER", "GO", "RSS", "UP", "READ", "COMMAND")
_TO_THE_RIGHT = {"PID", "RSS", "UP"}
_LONGEST_USER = 16
_LONGEST_NAME = 40
_NAMED_AT_MOST = 3
_LONGEST_VERSION = 24
_GAP = "  "
_CUT = "…"


class Ps:
    """Lists the programs."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="one JSON object per program")

    def run(self, args: argparse.Namespace) -> int:
        """Print them, the largest first; raises GctuiError where none can ever be seen."""
        listing = go_programs()
        if args.json:
            for program in listing.programs:
                print(ascii_json(asdict(program)))
        elif listing.programs:
            print("\n".join([*_table(listing.programs), *_refusals(listing.programs)]))
        else:
            print("No Go program runs here that gctui can see.")
        if listing.unknown_count:
            # What is no program is kept out of a stream of programs.
            print(_unknown(listing), file=sys.stderr if args.json else sys.stdout)
        return ExitCode.GOOD


def _table(programs: Sequence[GoProgram]) -> list[str]:
    rows = [_HEAD, *map(_row, programs)]
    widths = [max(map(_cells, column)) for column in zip(*rows, strict=True)]
    room_cells = shutil.get_terminal_size().columns if _to_terminal() else None
    lines = []
    for row in rows:
        cells = [
            _padded(text, width, name)
            for text, width, name in zip(row[:-1], widths, _HEAD, strict=False)
        ]
        lines.append(_cut(_GAP.join([*cells, row[-1]]), room_cells))
    return lines


def _to_terminal() -> bool:
    return sys.stdout.isatty()


def _row(program: GoProgram) -> tuple[str, ...]:
    rss_mib = None if program.rss_bytes is None else program.rss_bytes / (1 << 20)
    return (
        str(program.pid),
        neutral(program.user, _LONGEST_USER),
        neutral(program.go_version.removeprefix("go"), _LONGEST_VERSION),
        size(rss_mib),
        clock(program.up_s),
        "no" if program.unreadable else "yes",
        neutral(" ".join(program.command) or program.package) or UNKNOWN,
    )


def _refusals(programs: Sequence[GoProgram]) -> list[str]:
    """Return a line per reason: many programs are refused for the same one."""
    pids: dict[str, list[str]] = {}
    for program in programs:
        if program.unreadable:
            pids.setdefault(program.unreadable, []).append(str(program.pid))
    lines = [f"cannot read {', '.join(each)}: {neutral(why)}" for why, each in pids.items()]
    return ["", *lines] if lines else []


def _unknown(listing: Listing) -> str:
    """Say which processes may be Go programs or not, and what would tell."""
    count, named = listing.unknown_count, listing.unknown_pids[:_NAMED_AT_MOST]
    processes = "1 process" if count == 1 else f"{count} processes"
    pids = ", ".join(map(_named, named)) + ("…" if len(named) < count else "")
    said = f"{processes} could not be looked at{f' ({pids})' if named else ''}"
    if wanted := what_gives_privilege("gctui ps"):
        return f"{said}: of other users, or protected; {wanted}"
    # From here on it is hardly ever but one and the same policy.
    why = refusal(named[0]).short(named[0]) if named else "protected from root too"
    return f"{said}: {neutral(why)}"


def _named(pid: int) -> str:
    stat = read_stat(pid)
    return f"{pid} {neutral(stat.name, _LONGEST_NAME)}" if stat and stat.name else str(pid)


def _padded(text: str, width_cells: int, column: str) -> str:
    padding = " " * (width_cells - _cells(text))
    return padding + text if column in _TO_THE_RIGHT else text + padding


def _cut(text: str, room_cells: int | None) -> str:
    if room_cells is None or _cells(text) <= room_cells:
        return text
    shown, used_cells = "", len(_CUT)
    for character in text:
        used_cells += _cells(character)
        if used_cells > room_cells:
            break
        shown += character
    return shown + _CUT


def _cells(text: str) -> int:
    """Count what a terminal uses: a wide character takes two cells, a combining one none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if is_combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )


COMMAND = Ps()
