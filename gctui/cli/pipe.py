"""`app 2>&1 | gctui`: a live stream on standard input, keys from the terminal."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from gctui.cli.options import add_view_options
from gctui.cli.plain import print_summary, tick, trace_exit_code
from gctui.cli.screen import can_draw, draw, draws_ascii, take_input
from gctui.cli.text_out import TextOut
from gctui.errors import ExitCode, GctuiError
from gctui.session.live import LiveSession
from gctui.sources.drain import Drain
from gctui.sources.spool import Channel, Spool
from gctui.sources.standard_input import take_standard_input
from gctui.tui.leaving import Leave, Way


class Pipe:
    """Watches standard input."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        add_view_options(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Read until the end of input, or until the user leaves."""
        if os.isatty(0):
            raise GctuiError(
                "standard input is a terminal; pipe a program's output in, or name a file"
            )
        if can_draw(plain=args.plain) and sys.stdout.isatty():
            return self._on_screen(ascii_only=draws_ascii(args.ascii))
        return self._plain(args.interval)

    def _on_screen(self, *, ascii_only: bool) -> int:
        handover = take_input()
        spool = Spool()
        session = LiveSession(spool, "standard input")
        drain = Drain({handover.data_fd: Channel.STDIN}, spool)
        drain.start()
        left = draw(session, session, handover=handover, leave=Leave.PIPE, ascii_only=ascii_only)
        ended_by_itself = session.has_ended
        if left.way is Way.DRAIN and not ended_by_itself:
            self._drain_to_stdout(session)
        else:
            session.stop()
            session.join()
        drain.stop()
        print_summary(session, sys.stderr if left.way is Way.DRAIN else sys.stdout)
        if left.signal_number is not None:
            return 128 + left.signal_number
        return trace_exit_code(session) if ended_by_itself else ExitCode.GOOD

    def _drain_to_stdout(self, session: LiveSession) -> None:
        """Keep reading, so that the program is not killed by SIGPIPE; its text goes on."""
        print("gctui: still draining; Ctrl-C ends it", file=sys.stderr)
        session.send_text_to(TextOut(1))
        try:
            session.join()
        except KeyboardInterrupt:
            session.stop()

    def _plain(self, interval_s: float) -> int:
        spool = Spool()
        drain = Drain({take_standard_input(): Channel.STDIN}, spool)
        session = LiveSession(spool, "standard input", text_sink=TextOut(2))
        # Ctrl-C reaches the program too; what it prints while it ends is still to be read.
        signal.signal(signal.SIGINT, _first_interrupt)
        drain.start()
        session.start()
        tick(session, sys.stdout, interval_s)
        session.join()
        print_summary(session, sys.stdout)
        return trace_exit_code(session)


def _first_interrupt(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


COMMAND = Pipe()
