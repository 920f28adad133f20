"""`gctui run -- CMD`: start a program with tracing on and watch it; behave as a wrapper should."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from gctui.analysis.neutral import neutral
from gctui.cli.counters import counters_if, go_program_under, mappings_of, while_it_lives
from gctui.cli.ending import CommandEnd
from gctui.cli.options import add_counters_option, add_view_options
from gctui.cli.plain import print_summary, tick
from gctui.cli.record import add_record_option, recording_of
from gctui.cli.screen import can_draw, draw, draws_ascii
from gctui.cli.text_out import BytesOut, TextOut
from gctui.cli.watch import server_of
from gctui.errors import GctuiError
from gctui.session.live import LiveSession, Outlets, Watched
from gctui.session.sampling import Sources
from gctui.sources.command import WrappedCommand
from gctui.sources.godebug import parse_trace_option
from gctui.sources.oom import OomWatch
from gctui.sources.process import ProcessSampler
from gctui.sources.spool import Channel, Spool
from gctui.tui.leaving import Leave, Way

if TYPE_CHECKING:
    from gctui.session.recording import Recording

_LAST_WORDS = 20
_LAST_LINES_S = 2.0
_STARTING = frozenset({"run", "test", "build", "install", "vet", "generate", "tool"})
_MIXED_IN = (
    "gctui: go and its tools print traces of their own: each program is told by itself; "
    "to watch yours alone: go build -o app . && gctui run ./app"
)


class Run:
    """Starts a command and watches it."""

    def prepare(self, parser: ArgumentParser) -> None:
        """Add the options; everything from the command's name on is the command's own."""
        parser.usage = "gctui run [options] [--] CMD ARG…"
        add_view_options(parser)
        add_counters_option(parser)
        add_record_option(parser)
        parser.add_argument(
            "--trace",
            default="gctrace,scavtrace",
            metavar="LIST",
            help="what to trace: gctrace,scavtrace,sched=1000,pacer (default gctrace,scavtrace); "
            "keys that GODEBUG already has win",
        )
        parser.add_argument(
            "--pprof",
            type=server_of,
            metavar="URL",
            help="read the program's own pages as well: net/http/pprof, expvar or metrics",
        )
        parser.add_argument("command", nargs=REMAINDER, metavar="CMD", help="the command")

    def run(self, args: Namespace) -> int:
        """Start the command, watch it to its end, and give its exit code."""
        argv = args.command[1:] if args.command[:1] == ["--"] else args.command
        if not argv:
            raise GctuiError("no command: gctui run -- ./app")
        parse_trace_option(args.trace)
        if _is_toolchain(argv):
            print(_MIXED_IN, file=sys.stderr)
        with recording_of(args) as recording:
            # A screen can be drawn while standard output goes into a file or the next program.
            if can_draw(plain=args.plain) and sys.stderr.isatty():
                return self._on_screen(argv, args, recording)
            return self._plain(argv, args, recording)

    def _on_screen(self, argv: list[str], args: Namespace, recording: Recording | None) -> int:
        # The keys are the screen's; a program that reads from a pipe keeps its input.
        stdin = subprocess.DEVNULL if sys.stdin.isatty() else None
        passes_stdout = not sys.stdout.isatty()
        outlets = _outlets(argv, recording, passes_stdout=passes_stdout)
        command, session = _started(argv, args, outlets, stdin)
        left = draw(
            session,
            session,
            leave=Leave.RUN,
            interrupt=lambda: _interrupt(command),
            pass_signal=command.send_signal,
            ascii_only=draws_ascii(args.ascii),
        )
        if left.signal_number is not None:
            command.send_signal(left.signal_number)
            _follow(session, command)
        elif left.way is Way.LEAVE and not session.has_ended:
            goes_on = f"gctui: the program (pid {command.pid}) goes on; Ctrl-C stops it"
            print(goes_on, file=sys.stderr)
            _follow(session, command)
        elif not session.has_ended:
            _stop(session, command)
        session.join()
        _say_the_end(session, command, outlets, after_screen=True)
        return _exit_code(command)

    def _plain(self, argv: list[str], args: Namespace, recording: Recording | None) -> int:
        outlets = _outlets(argv, recording, passes_stdout=True)
        command, session = _started(argv, args, outlets)
        text = TextOut(2)
        session.send_text_to(text)
        session.start()
        _forward_signals(command)
        with contextlib.suppress(OSError):
            tick(session, sys.stderr, args.interval, beside=text)
        session.join()
        text.end_line()
        _say_the_end(session, command, outlets)
        return _exit_code(command)


def _is_toolchain(argv: list[str]) -> bool:
    """Tell whether the command is `go` with a subcommand that starts Go programs of its own."""
    return Path(argv[0]).name == "go" and not _STARTING.isdisjoint(argv[1:2])


def _outlets(argv: list[str], recording: Recording | None, *, passes_stdout: bool) -> Outlets:
    # The screen may put the terminal in the place of descriptor 1.
    passed_on = {Channel.STDOUT: BytesOut(os.dup(1))} if passes_stdout else {}
    is_toolchain = _is_toolchain(argv)
    return Outlets(passed_on=passed_on, recording=recording, is_toolchain=is_toolchain)


def _started(
    argv: list[str], args: Namespace, outlets: Outlets, stdin: int | None = None
) -> tuple[WrappedCommand, LiveSession]:
    """Start the command, whose standard output is passed on by itself unless it is recorded."""
    by_itself = bool(outlets.passed_on) and outlets.recording is None
    wanted = parse_trace_option(args.trace)
    command = WrappedCommand(argv, wanted_trace=wanted, pass_stdout=by_itself, stdin=stdin)
    # The command inherits gctui's own control group, and may be over before anyone looks.
    oom = OomWatch([os.getpid()])
    spool = command.start(Spool())
    sampler = ProcessSampler(command.pid, oom)
    end = CommandEnd(command, sampler)
    find = while_it_lives(sampler, go_program_under(command.pid))
    counters = counters_if(args.counters, find)

    session = LiveSession(
        spool,
        " ".join(argv),
        watched=Watched(
            command.pid,
            end.how,
            command.finish_output,
            godebug=command.godebug,
            godebug_added=command.godebug_added,
        ),
        sources=Sources(
            sampler.sample,
            counters,
            mappings=mappings_of(find, counters),
            why_ended=end.explained,
            pages=args.pprof,
        ),
        outlets=outlets,
        asked=args.what_if,
    )
    return command, session


def _stop(session: LiveSession, command: WrappedCommand) -> None:
    """End the program, and the reading of what it left: the user has seen enough."""
    with contextlib.suppress(OSError):
        print("gctui: stopping the program (TERM, KILL after 5 s; Ctrl-C kills)", file=sys.stderr)
    try:
        command.terminate()
    except KeyboardInterrupt:
        command.terminate(grace_s=0)
    if not session.is_far_behind:
        session.join(_LAST_LINES_S)
    session.stop()


def _say_last_words(session: LiveSession, command: WrappedCommand) -> None:
    """Print the end of a failed program's output, which went with the screen."""
    if not command.poll_exit_code():
        return
    total = session.frame().text_lines
    _, lines = session.text(total - _LAST_WORDS, _LAST_WORDS)
    if lines:
        so_far = ", as far as it was read" if session.is_far_behind else ""
        print(f"  the end of its output{so_far}:", file=sys.stderr)
        for line in lines:
            print(f"  {neutral(line)}", file=sys.stderr)


def _say_the_end(
    session: LiveSession, command: WrappedCommand, outlets: Outlets, *, after_screen: bool = False
) -> None:
    """Print the summary. An error output that takes nothing must not cost the program's code."""
    try:
        print_summary(session, sys.stderr, full=not after_screen)
        _say_what_was_not_passed_on(outlets)
        if command.output_cut_short:
            left = "a process that it left behind still held its output, which is read no longer"
            print(f"  {left}", file=sys.stderr)
        if after_screen:
            _say_last_words(session, command)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _say_what_was_not_passed_on(outlets: Outlets) -> None:
    """Say so where standard output took no more of what the program wrote there."""
    stdout, recording = outlets.passed_on.get(Channel.STDOUT), outlets.recording
    if not isinstance(stdout, BytesOut) or not stdout.failure:
        return
    is_kept = recording is not None and not recording.status.startswith("recording failed")
    kept = "; the recording has all of it" if is_kept else ""
    said = f"not all of the program's output was passed on: standard output: {stdout.failure}{kept}"
    print(f"  {said}", file=sys.stderr)


def _interrupt(command: WrappedCommand) -> None:
    command.send_signal(signal.SIGINT)


def _follow(session: LiveSession, command: WrappedCommand) -> None:
    """Wait with the screen closed, passing signals and the program's own output on."""
    text = TextOut(2)
    session.send_text_to(text)
    _forward_signals(command)
    session.join()
    text.end_line()


def _forward_signals(command: WrappedCommand) -> None:
    def forward(number: int, _frame: object) -> None:
        # In the terminal's own group the program got it already.
        if command.own_group or number not in {signal.SIGINT, signal.SIGQUIT}:
            command.send_signal(number)

    for number in (
        signal.SIGINT,
        signal.SIGTERM,
        signal.SIGHUP,
        signal.SIGQUIT,
        signal.SIGUSR1,
        signal.SIGUSR2,
    ):
        signal.signal(number, forward)


def _exit_code(command: WrappedCommand) -> int:
    command.wait(None)
    code = command.poll_exit_code()
    return 0 if code is None else code


COMMAND = Run()
