"""`app 2>&1 | gctui`: a live stream on standard input, keys from the terminal."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING

from gctui.cli.counters import Upstream, counters_if, mappings_of
from gctui.cli.ending import VanishedEnd
from gctui.cli.options import add_counters_option, add_view_options, pid
from gctui.cli.plain import print_summary, tick, trace_exit_code
from gctui.cli.record import add_record_option, recording_of
from gctui.cli.screen import can_draw, draw, draws_ascii, take_input
from gctui.cli.text_out import TextOut
from gctui.errors import ExitCode, GctuiError
from gctui.session.live import LiveSession, Outlets
from gctui.session.sampling import Sources
from gctui.sources.beside import ProcessBeside
from gctui.sources.drain_process import begin_draining
from gctui.sources.spool import Channel, Spool
from gctui.sources.standard_input import take_standard_input
from gctui.tui.leaving import Leave, Way

if TYPE_CHECKING:
    from gctui.session.recording import Recording


class Pipe:
    """Watches standard input."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        add_view_options(parser)
        add_counters_option(parser)
        add_record_option(parser)
        parser.add_argument(
            "--pid",
            type=pid,
            metavar="PID",
            help="the program whose process and counters are read (default: the one that writes "
            "into the pipe)",
        )

    def run(self, args: argparse.Namespace) -> int:
        """Read until the end of input, or until the user leaves."""
        if os.isatty(0):
            raise GctuiError(
                "standard input is a terminal; pipe a program's output in, or name a file"
            )
        with recording_of(args) as recording:
            if can_draw(plain=args.plain) and sys.stdout.isatty():
                return self._on_screen(args, recording)
            return self._plain(args, recording)

    def _on_screen(self, args: argparse.Namespace, recording: Recording | None) -> int:
        handover = take_input()
        spool, drain = begin_draining({handover.data_fd: Channel.STDIN}, Spool())
        session = LiveSession(
            spool,
            "standard input",
            sources=_beside(handover.data_fd, args),
            outlets=Outlets(recording=recording),
            asked=args.what_if,
        )
        ascii_only = draws_ascii(args.ascii)
        left = draw(session, session, handover=handover, leave=Leave.PIPE, ascii_only=ascii_only)
        ended_by_itself = session.has_ended
        if left.way is Way.DRAIN and not ended_by_itself:
            self._drain_to_stdout(session)
        else:
            session.stop()
            session.join()
        drain.stop()
        out = sys.stderr if left.way is Way.DRAIN else sys.stdout
        print_summary(session, out, full=False)
        if left.signal_number is not None:
            return 128 + left.signal_number
        return trace_exit_code(session) if ended_by_itself else ExitCode.GOOD

    def _drain_to_stdout(self, session: LiveSession) -> None:
        """Keep reading, so that the program is not killed by SIGPIPE; its text goes on."""
        try:
            print("gctui: still draining; Ctrl-C ends it", file=sys.stderr)
            session.send_text_to(TextOut(1))
            session.join()
        except KeyboardInterrupt:
            session.stop()

    def _plain(self, args: argparse.Namespace, recording: Recording | None) -> int:
        # Ctrl-C reaches the program too; what it prints while it ends is still to be read.
        signal.signal(signal.SIGINT, _first_interrupt)
        data_fd = take_standard_input()
        spool, _ = begin_draining({data_fd: Channel.STDIN}, Spool())
        session = LiveSession(
            spool,
            "standard input",
            sources=_beside(data_fd, args),
            outlets=Outlets(TextOut(2), recording=recording),
            asked=args.what_if,
        )
        session.start()
        tick(session, sys.stdout, args.interval)
        session.join()
        print_summary(session, sys.stdout)
        return trace_exit_code(session)


def _beside(data_fd: int, args: argparse.Namespace) -> Sources:
    """Return what can be asked of the program at the other end of the pipe."""
    upstream = Upstream(data_fd, args.pid)
    beside = ProcessBeside(upstream.pid, named=args.pid is not None)
    counters = counters_if(args.counters, beside.pid, lambda: _why_none(beside, upstream, args.pid))
    end = VanishedEnd(lambda: beside.sampler)
    return Sources(
        beside.sample,
        counters,
        mappings=mappings_of(beside.pid, counters),
        why_ended=end.explained,
    )


def _why_none(beside: ProcessBeside, upstream: Upstream, named: int | None) -> str:
    if named is None:
        return upstream.why_none()
    return f"process {named} has ended" if beside.has_gone else f"no process {named}"


def _first_interrupt(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


COMMAND = Pipe()
