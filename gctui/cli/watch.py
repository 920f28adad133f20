"""`gctui watch URL`: watch a program through its own web pages, wherever it runs."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gctui.analysis.neutral import neutral
from gctui.cli.options import add_view_options
from gctui.cli.plain import print_summary, tick
from gctui.cli.record import add_record_option, recording_of
from gctui.cli.screen import can_draw, draw, draws_ascii
from gctui.errors import ExitCode
from gctui.session.live import LiveSession, Outlets
from gctui.session.sampling import Sources
from gctui.sources.process import listener_on
from gctui.sources.spool import Spool

if TYPE_CHECKING:
    from gctui.session.recording import Recording
    from gctui.sources.server import Server

_PORTS = {"http": 80, "https": 443}
_LONGEST_NAME = 40


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
            _print_remedy(session, args.server)
            return ExitCode.GOOD if left.signal_number is None else 128 + left.signal_number
        session.start()
        # The summary is what a plain run is for: Ctrl-C ends the watching, not gctui.
        signal.signal(signal.SIGINT, lambda _number, _frame: session.stop())
        signal.signal(signal.SIGTERM, lambda _number, _frame: session.stop())
        every_s = args.interval or args.server.every_s
        tick(session, sys.stdout, every_s, at_first_answer=True)
        session.join()
        print_summary(session, sys.stdout)
        _print_remedy(session, args.server)
        return ExitCode.GOOD


def _print_remedy(session: LiveSession, server: Server) -> None:
    """Say how to get what the pages lack: RSS, and what the goroutines do."""
    if session.frame().snapshot.process is None:
        print(f"  process  its pages tell no RSS: {who_tells(server.label)}")


def who_tells(url: str) -> str:
    """Say how to read the process behind a URL: by its number where it runs here."""
    address = urlsplit(url)
    if not _is_here(address.hostname or ""):
        return "gctui attach PID on its machine does"
    found = listener_on(address.port or _PORTS.get(address.scheme, 0))
    if found is None:
        return "gctui attach PID does (gctui ps lists the programs, sudo sees all)"
    pid, name = found
    return f"gctui attach {pid} does ({neutral(name, _LONGEST_NAME)} listens there)"


def _is_here(host: str) -> bool:
    """Tell whether a name or an address is this machine's: only those can be bound to."""
    try:
        addresses = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(_can_be_bound(family, address) for family, _, _, _, address in addresses)


def _can_be_bound(family: int, address: tuple[Any, ...]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.bind(address)
    except OSError:
        return False
    return True


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
