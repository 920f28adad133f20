"""`gctui watch URL`: watch a program through its own web pages, wherever it runs."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING

from gctui.cli.options import add_view_options
from gctui.cli.plain import print_summary, tick
from gctui.cli.record import add_record_option, recording_of
from gctui.cli.screen import can_draw, draw, draws_ascii
from gctui.errors import ExitCode
from gctui.session.live import LiveSession, Outlets
from gctui.session.recording import Recording
from gctui.session.sampling import Sources
from gctui.sources.spool import Spool

if TYPE_CHECKING:
    from gctui.sources.server import Server


class Watch:
    """Asks a server for its pages; nothing but GET is ever sent."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        add_view_options(
            parser,
            interval_s=None,
            interval_is="seconds between two questions to the server, and between two lines of "
            "--plain (default: 5 for pprof, 2 for metrics, 1 for expvar)",
        )
        add_record_option(parser, has_stream=False)
        parser.add_argument(
            "server",
            type=server_of,
            metavar="URL",
            help="http://HOST:PORT, or one of its pages: /debug/pprof/, /debug/vars, /metrics",
        )

    def run(self, args: argparse.Namespace) -> int:
        """Watch until the user leaves. A server that is not there at first is a mistake."""
        args.server.discover()
        with recording_of(args) as recording:
            return self._watch(_session(args, recording), args)

    def _watch(self, session: LiveSession, args: argparse.Namespace) -> int:
        if can_draw(plain=args.plain) and sys.stdout.isatty():
            left = draw(session, session, takes_input=True, ascii_only=draws_ascii(args.ascii))
            session.stop()
            session.join()
            print_summary(session, sys.stdout, full=False)
            return ExitCode.GOOD if left.signal_number is None else 128 + left.signal_number
        session.start()
        # The summary is what a plain run is for: Ctrl-C ends the watching, not gctui.
        signal.signal(signal.SIGINT, lambda _number, _frame: session.stop())
        signal.signal(signal.SIGTERM, lambda _number, _frame: session.stop())
        tick(session, sys.stdout, args.interval or args.server.every_s)
        session.join()
        print_summary(session, sys.stdout)
        return ExitCode.GOOD


def server_of(url: str) -> Server:
    """Return the server of a URL. Raises GctuiError for what is none; asks nothing."""
    # HTTP and TLS take a twentieth of a second to load.
    from gctui.sources.server import Server  # noqa: PLC0415

    return Server(url)


def _session(args: argparse.Namespace, recording: Recording | None) -> LiveSession:
    return LiveSession(
        Spool(),
        args.server.label,
        sources=Sources(pages=args.server, pages_every_s=args.interval),
        shows_output=False,
        outlets=Outlets(recording=recording),
        asked=args.what_if,
    )


COMMAND = Watch()
