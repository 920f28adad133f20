"""`gctui replay FILE…`: saved logs and recordings, on the screen or as a summary."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from gctui.cli.options import add_view_options, speed
from gctui.cli.plain import print_summary, tick, trace_exit_code
from gctui.cli.screen import can_draw, draw, draws_ascii
from gctui.errors import ExitCode, GctuiError
from gctui.session.replay import ReplaySession
from gctui.sources.files import LogFile


class Replay:
    """Shows what was saved."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="a log or a recording, plain or .gz; - is stdin",
        )
        parser.add_argument(
            "--speed",
            type=speed,
            metavar="X",
            help="play at X times the speed at which it came, instead of at once",
        )
        add_view_options(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Open every file before the first is read, so that a wrong name is said at once."""
        return replay([LogFile(name) for name in args.files], args)


def replay(files: Sequence[LogFile], args: argparse.Namespace) -> int:
    """Replay open files; `args` has `speed` and the view's options."""
    reads_keys = any(file.label == "standard input" for file in files) and os.isatty(0)
    if reads_keys:
        raise GctuiError("standard input is a terminal; pipe a log in, or name a file")
    draws = can_draw(plain=args.plain) and sys.stdout.isatty()
    session = ReplaySession(files, speed=args.speed)
    signal_number = None
    if draws:
        takes_input = any(file.label == "standard input" for file in files)
        left = draw(session, session, takes_input=takes_input, ascii_only=draws_ascii(args.ascii))
        signal_number = left.signal_number
        session.stop()
        if left.failed:
            return ExitCode.OWN_FAILURE
    else:
        session.start()
        if args.speed:
            tick(session, sys.stdout, args.interval)
        session.join()
    print_summary(session, sys.stdout, full=not draws)
    if signal_number is not None:
        return 128 + signal_number
    if session.failure is not None:
        raise session.failure
    # The recording of a program attached to has no trace, and needs none; nor does a profile.
    snapshot = session.frame().snapshot
    told = (snapshot.counters, snapshot.profile, snapshot.goroutine_profile)
    if not session.has_ended or any(each is not None for each in told):
        return ExitCode.GOOD
    return trace_exit_code(session)


COMMAND = Replay()
