"""`gctui replay FILE…`: saved logs, recordings and profiles, on the screen or as a summary."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from gctui.analysis.neutral import neutral
from gctui.cli.naming import Naming, add_binary_option
from gctui.cli.options import add_view_options, speed
from gctui.cli.plain import print_summary, tick, trace_exit_code
from gctui.cli.saved_files import to_be_read
from gctui.cli.screen import can_draw, draw, draws_ascii
from gctui.errors import ExitCode, GctuiError
from gctui.model.snapshot import Snapshot
from gctui.session.replay import ReplaySession
from gctui.sources.files import LogFile
from gctui.sources.follow import FollowedFile

_LAST_PIECE_S = 0.5
"""Longer it need not take to read a piece of a file; one of a pipe may never come."""


class Replay:
    """Shows what was saved."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="a log, a recording or a profile (text, protobuf), plain, .gz or .zst; a rotated "
            "log's files in any order; - is stdin",
        )
        parser.add_argument(
            "--speed",
            type=speed,
            metavar="X",
            help="play at X times the speed at which it came, instead of at once",
        )
        parser.add_argument(
            "--follow",
            action="store_true",
            help="go on reading the last file while it is written to, by its name, as tail -F does",
        )
        add_binary_option(parser)
        add_view_options(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Open every file before the first is read, so that a wrong name is said at once."""
        naming = Naming(args.binary)
        names = to_be_read(args.files)
        if not args.follow:
            return replay([LogFile(name) for name in names], args, naming)
        if args.speed:
            raise GctuiError("--follow goes at the pace of the log: leave --speed out")
        if names[-1] == "-":
            raise GctuiError("standard input is followed by itself: leave --follow out")
        before: list[LogFile | FollowedFile] = [LogFile(name) for name in names[:-1]]
        followed = FollowedFile(names[-1])
        if not followed.is_there:
            print(f"gctui: {neutral(names[-1])} is not there yet: waiting for it", file=sys.stderr)
        files = [*before, followed]
        return replay(files, args, naming)


def replay(
    files: Sequence[LogFile | FollowedFile],
    args: argparse.Namespace,
    naming: Naming | None = None,
) -> int:
    """Replay open files; `args` has `speed` and the view's options."""
    naming = naming or Naming()
    reads_keys = any(file.label == "standard input" for file in files) and os.isatty(0)
    if reads_keys:
        raise GctuiError("standard input is a terminal; pipe a log in, or name a file")
    draws = can_draw(plain=args.plain) and sys.stdout.isatty()
    session = ReplaySession(files, speed=args.speed, named=naming.named, asked=args.what_if)
    signal_number, is_whole = None, True
    if draws:
        takes_input = any(file.label == "standard input" for file in files)
        left = draw(session, session, takes_input=takes_input, ascii_only=draws_ascii(args.ascii))
        signal_number = left.signal_number
        is_whole = session.has_ended
        session.stop()
        session.join(_LAST_PIECE_S)
        if left.failed:
            return ExitCode.OWN_FAILURE
    else:
        session.start()
        if isinstance(files[-1], FollowedFile):
            # The summary is what a plain run is for: Ctrl-C ends the following, not gctui.
            signal.signal(signal.SIGINT, lambda _number, _frame: session.stop())
            signal.signal(signal.SIGTERM, lambda _number, _frame: session.stop())
        if args.speed or isinstance(files[-1], FollowedFile):
            tick(session, sys.stdout, args.interval)
        session.join()
    _print_end(session, draws=draws)
    naming.print_notes()
    if signal_number is not None:
        return 128 + signal_number
    if session.failure is not None:
        raise session.failure
    if not is_whole or _needs_no_trace(session.frame().snapshot):
        return ExitCode.GOOD
    return trace_exit_code(session)


def _print_end(session: ReplaySession, *, draws: bool) -> None:
    from gctui.cli.profile_summary import (  # noqa: PLC0415 - after the screen
        print_profiles,
        tells_of_a_run,
    )

    snapshot = session.frame().snapshot
    # Of profiles alone, or of what could not be read, there is no run to sum up.
    says_it_all = session.failure is not None or _needs_no_trace(snapshot)
    if draws or tells_of_a_run(snapshot) or not says_it_all:
        print_summary(session, sys.stdout, full=not draws, with_profile=False)
    if not draws:
        print_profiles(snapshot, session.profiles, sys.stdout)


def _needs_no_trace(snapshot: Snapshot) -> bool:
    """Tell whether there is a profile, or the recording of a program that was attached to."""
    told = (snapshot.counters, snapshot.profile, snapshot.goroutine_profile)
    return any(each is not None for each in told)


COMMAND = Replay()
