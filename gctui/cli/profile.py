"""`gctui profile FILE`: a saved profile as text: the largest functions, one of them, its source."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator

from gctui.analysis.neutral import neutral
from gctui.analysis.profile_diff import difference
from gctui.analysis.profile_top import By
from gctui.cli.naming import Naming, add_binary_option
from gctui.cli.options import positive_count
from gctui.errors import ExitCode
from gctui.model.counters import Census
from gctui.model.ledger import ledger
from gctui.model.profile import Profile
from gctui.model.state import ProgramState
from gctui.report.goroutines import goroutine_lines
from gctui.report.plain import memory_lines
from gctui.report.profile import TopOptions, listing_lines, peek_lines, profile_lines
from gctui.session.saved_profile import SavedProfile, read_saved_profile

_LARGEST_SOURCE_BYTES = 16 << 20
_LONGEST_NAME = 120


class ProfileCommand:
    """Prints what `go tool pprof` would, with the sampling error beside each figure."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "file",
            metavar="FILE",
            help="a heap, goroutine or other profile: protobuf (.pb.gz) or text (debug=1); "
            "goroutines with their stacks (debug=2, or of a panic); - is stdin",
        )
        parser.add_argument("--base", metavar="FILE", help="show the difference to this one")
        parser.add_argument(
            "--sample",
            metavar="TYPE",
            help="what to show: inuse_space, inuse_objects, alloc_space, alloc_objects; of "
            "goroutines there is one alone",
        )
        parser.add_argument(
            "--top", type=positive_count, default=20, metavar="N", help="functions (default 20)"
        )
        parser.add_argument(
            "--all", action="store_true", help="functions that hold less than 0.5%%, too"
        )
        parser.add_argument("--cum", action="store_true", help="sort by what callees hold too")
        parser.add_argument("--peek", metavar="REGEX", help="callers and callees of functions")
        parser.add_argument("--list", metavar="REGEX", help="functions line by line")
        add_binary_option(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Print the tables."""
        naming = Naming(args.binary)
        saved = read_saved_profile(args.file)
        profile = naming.named(saved.profile)
        if args.base is not None:
            profile = difference(naming.named(read_profile(args.base)), profile)
        for line in _lines(profile, args):
            print(line)
        if args.peek is None and args.list is None and args.base is None:
            for line in _beside(saved, args.file):
                print(line)
        naming.print_notes()
        return ExitCode.GOOD


def _lines(profile: Profile, args: argparse.Namespace) -> Iterator[str]:
    if args.peek is not None:
        yield from peek_lines(profile, type_name=args.sample, pattern=args.peek)
    elif args.list is not None:
        yield from listing_lines(
            profile, type_name=args.sample, pattern=args.list, read_source=_source
        )
    else:
        by: By = "cum" if args.cum else "flat"
        width_cells = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        options = TopOptions(args.top, by, all_of_them=args.all, width_cells=width_cells)
        yield from profile_lines(profile, type_name=args.sample, options=options)


def _beside(saved: SavedProfile, name: str) -> Iterator[str]:
    """Yield what a file tells besides its profile: goroutines' states, the rest of the memory."""
    if saved.groups:
        yield from goroutine_lines(Census(0.0, saved.groups), None)
    if saved.memstats is not None:
        state = ProgramState()
        state.take_profile(saved.profile)
        state.apply(saved.memstats, 0.0)
        snapshot = state.snapshot()
        yield from memory_lines(snapshot, ledger(snapshot, 0.0))
    if saved.memstats is not None or saved.is_log:
        what = "the whole memory" if saved.memstats is not None else "its trace lines"
        yield f"           gctui replay {neutral(name, _LONGEST_NAME)} shows {what}"


def read_profile(name: str) -> Profile:
    """Read a saved profile of either form. Raises GctuiError saying why it cannot be read."""
    return read_saved_profile(name).profile


def _source(path: str) -> list[str] | None:
    """Return a source file's lines where it is at hand; the profile names it, so with care."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            text = file.read(_LARGEST_SOURCE_BYTES)
    except (OSError, ValueError):
        return None
    return text.decode("utf-8", "replace").splitlines()


COMMAND = ProfileCommand()
