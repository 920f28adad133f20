"""`gctui attach PID|NAME`: watch a program that runs already, without its help."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING

from gctui.analysis.neutral import neutral
from gctui.cli.counters import (
    Find,
    ProgramCounters,
    counters_of,
    mappings_of,
    no_counters,
    while_it_lives,
)
from gctui.cli.ending import AttachedEnd
from gctui.cli.options import add_view_options
from gctui.cli.plain import print_summary, tick
from gctui.cli.record import add_record_option, recording_of
from gctui.cli.screen import can_draw, draw, draws_ascii
from gctui.errors import ExitCode, GctuiError
from gctui.session.live import LiveSession, Outlets, Watched
from gctui.session.sampling import Sources
from gctui.sources.mappings import may_read_mappings
from gctui.sources.process import ProcessSampler
from gctui.sources.spool import Spool

if TYPE_CHECKING:
    from gctui.model.program import GoProgram
    from gctui.session.recording import Recording


class Attach:
    """Reads a running program's counters; it is never stopped, signalled or written to."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        add_view_options(parser)
        add_record_option(parser, has_stream=False)
        parser.add_argument("program", metavar="PID|NAME", help="see `gctui ps`")

    def run(self, args: argparse.Namespace) -> int:
        """Watch until the program ends or the user leaves."""
        program = _found(args.program)
        with recording_of(args) as recording:
            return self._watch(_session(program, recording, args), args)

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
        tick(session, sys.stdout, args.interval)
        session.join()
        print_summary(session, sys.stdout)
        return ExitCode.GOOD


def _found(pid_or_name: str) -> GoProgram:
    if sys.platform != "linux":
        raise GctuiError("attach works on Linux only; elsewhere: gctui run, or a pipe")
    from gctui.sources.inside.programs import find_program  # noqa: PLC0415 - Linux alone

    program = find_program(pid_or_name)
    if program.unreadable and not may_read_mappings(program.pid):
        raise GctuiError(f"process {program.pid} cannot be read: {_why_unreadable(program)}")
    return program


def _why_unreadable(program: GoProgram) -> str:
    return program.unreadable.replace("PID", str(program.pid))


def _counters(program: GoProgram, find: Find) -> ProgramCounters:
    if program.unreadable:
        return no_counters(_why_unreadable(program))
    return counters_of(find)


def _session(
    program: GoProgram, recording: Recording | None, args: argparse.Namespace
) -> LiveSession:
    sampler = ProcessSampler(program.pid)
    find = while_it_lives(sampler, lambda: program.pid)
    counters = _counters(program, find)
    mappings = mappings_of(find, counters)
    # The axis begins where the program did, as that of a trace does.
    spool = Spool(began_ago_s=program.up_s or 0.0)
    end = AttachedEnd(sampler, " ".join(program.command))

    return LiveSession(
        spool,
        neutral(end.command),
        watched=Watched(program.pid, end.how, spool.close, command=lambda: neutral(end.command)),
        sources=Sources(sampler.sample, counters, mappings=mappings, why_ended=end.explained),
        shows_output=False,
        outlets=Outlets(recording=recording),
        asked=args.what_if,
    )


COMMAND = Attach()
