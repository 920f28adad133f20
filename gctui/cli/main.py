"""The entry point: picks the command, reports failures in one line, gives the exit code.

Nothing heavy is imported before a command needs it: `gctui --version` loads no library at all.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import io
import os
import signal
import stat
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, Protocol, TextIO

from gctui import __version__
from gctui.analysis.neutral import neutral
from gctui.errors import ExitCode, GctuiError


class Command(Protocol):
    """One verb of the command line."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own options."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit code."""


COMMANDS = {
    "run": ("gctui.cli.run", "start a command with tracing on and watch it: gctui run -- ./app"),
    "attach": ("gctui.cli.attach", "watch a running Go program, without its help: PID or name"),
    "watch": ("gctui.cli.watch", "watch a server that has net/http/pprof, expvar or metrics: URL"),
    "ps": ("gctui.cli.ps", "list the Go programs that run here"),
    "replay": (
        "gctui.cli.replay",
        "show saved logs and profiles, at once or at --speed (gctui FILE is short for it)",
    ),
    "profile": (
        "gctui.cli.profile",
        "show a saved heap or goroutine profile: top, peek, list, difference",
    ),
    "compare": (
        "gctui.cli.compare",
        "compare two runs or two heap profiles: what differs by more than noise",
    ),
    "check": ("gctui.cli.check", "hold logs against limits, for CI: --max-pause-ms 5"),
    "report": ("gctui.cli.report", "the full analysis of saved logs: text, JSON, Markdown, HTML"),
    "export": ("gctui.cli.export", "write events as JSON lines, CSV, Parquet or OpenMetrics"),
    "explain": ("gctui.cli.explain", "take one trace line apart, field by field"),
    "formats": ("gctui.cli.formats", "list every line that gctui reads, and which Go prints it"),
    "demo": ("gctui.cli.demo", "play a bundled real log"),
}
_PIPE = "gctui.cli.pipe"

OPTIONS_WITH_VALUE = {
    "--binary",
    "--interval",
    "--pid",
    "--pprof",
    "--record",
    "--speed",
    "--what-if",
}
"""Of the commands without a name: what follows one of these is no file."""

_OF_FILES = frozenset({"replay", "profile", "compare", "check", "report", "export"})
"""Commands whose arguments are files."""

_BROKEN_PIPE = 128 + signal.SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run gctui with `argv` (sys.argv without the name by default) and return the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    # Modules and classes are no garbage: the collector would only look at them while they load.
    gc.disable()
    _open_what_is_closed()
    try:
        code = _dispatch(args)
        sys.stdout.flush()
    except GctuiError as error:
        return _failed(str(error), error.exit_code)
    except BrokenPipeError:
        _silence(1)
        return _BROKEN_PIPE
    except OSError as error:
        is_hung_up = error.errno == errno.EIO and stat.S_ISCHR(os.fstat(1).st_mode)
        _silence(1)
        if is_hung_up:
            return 128 + signal.SIGHUP
        return _failed(f"cannot write the output: {error.strerror or error}", ExitCode.USAGE)
    except KeyboardInterrupt:
        # It may come twice at once: wrappers pass on what the terminal sent to all of them.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return 128 + signal.SIGINT
    except Exception as error:
        if os.environ.get("GCTUI_DEBUG"):
            raise
        what = f"internal error: {type(error).__name__}: {error} (GCTUI_DEBUG=1 shows where)"
        return _failed(what, ExitCode.OWN_FAILURE)
    finally:
        gc.enable()
    return code


def _failed(what: str, code: int) -> int:
    """Say one line, whatever file names and commands in it contain."""
    with contextlib.suppress(OSError):
        print(f"gctui: {neutral(what)}", file=sys.stderr)
        sys.stderr.flush()
    return int(code)


def _open_what_is_closed() -> None:
    """Give a closed standard output or error a descriptor, so that no file of ours lands there.

    Writing to such an output fails, and is said; such an error output swallows.
    """
    if sys.stdout is None:
        sys.stdout = _opened(1, os.O_RDONLY)
    if sys.stderr is None:
        sys.stderr = _opened(2, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the locale cannot say must not stop what it can.
            stream.reconfigure(errors="replace")


def _opened(descriptor: int, flags: int) -> TextIO:
    null = os.open(os.devnull, flags)
    if null != descriptor:
        os.dup2(null, descriptor)
        os.close(null)
    return open(descriptor, "w", encoding="utf-8", errors="replace", closefd=False)


def _dispatch(args: list[str]) -> int:
    name = args[0] if args else "-h"
    if name in _OF_FILES or name not in COMMANDS:
        _refuse_options_among_names(args)
    if name in COMMANDS:
        return _run(COMMANDS[name][0], f"gctui {name}", COMMANDS[name][1], args[1:])
    if _names_a_file(args):
        if meant := _command_meant(name):
            raise GctuiError(f"{name}: no such file; did you mean gctui {meant}?")
        return _run(COMMANDS["replay"][0], "gctui", COMMANDS["replay"][1], args)
    if not args and not _is_terminal(0):
        return _run(_PIPE, "gctui", "read a live stream from standard input", args)
    if name in {"-h", "--help"}:
        print(_usage(), file=sys.stdout if args else sys.stderr)
        return ExitCode.GOOD if args else ExitCode.USAGE
    if name in {"-V", "--version"}:
        print(f"gctui {__version__}")
        return ExitCode.GOOD
    return _run(_PIPE, "gctui", "read a live stream from standard input", args)


def _refuse_options_among_names(args: list[str]) -> None:
    """Say of an option behind -- why it is none."""
    names = args[args.index("--") + 1 :] if "--" in args else []
    for name in names:
        if name.startswith("-") and name != "-" and not os.path.lexists(name):
            said = f"{name}: no such file; behind -- there are file names only, options go before"
            raise GctuiError(said)


def _names_a_file(args: list[str]) -> bool:
    """Tell whether anything but options and their values stands there: `gctui FILE` is short."""
    rest = iter(args)
    for arg in rest:
        if arg in OPTIONS_WITH_VALUE:
            next(rest, None)
        elif not arg.startswith("-") or arg == "-":
            return True
        elif arg == "--":
            return next(rest, None) is not None
    return False


def _command_meant(name: str) -> str | None:
    """Return the command that a word is nearly the name of, if it names no file."""
    if name.startswith("-") or os.sep in name or os.path.lexists(name):
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes only

    return next(iter(get_close_matches(name[:40], COMMANDS, n=1, cutoff=0.7)), None)


_EXIT_CODES = (
    "Exit codes: 0 good; 1 a limit of check or of compare --fail is not kept; 2 usage, or what "
    "cannot be read; 3 no trace line in it; 125 gctui's own failure; run: those of its command."
)


class _Parser(argparse.ArgumentParser):
    """Says a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        raise GctuiError(f"{message} ({self.prog} --help says more)")


def _run(module: str, prog: str, description: str, args: list[str]) -> int:
    command: Command = import_module(module).COMMAND
    parser = _Parser(prog=prog, description=description, epilog=_EXIT_CODES, allow_abbrev=False)
    command.prepare(parser)
    gc.enable()
    return command.run(parser.parse_args(args))


def _usage() -> str:
    width = max(map(len, COMMANDS))
    return "\n".join(
        [
            f"gctui {__version__}: any Go program's memory, on one screen, in numbers that add up",
            "",
            "  GODEBUG=gctrace=1 ./app 2>&1 | gctui     watch a live stream",
            "  gctui run -- ./app                       start a program and watch it",
            "  gctui attach PID                         watch a program that runs already",
            "  gctui app.log                            show a saved log",
            "  gctui demo                               play a bundled real log",
            "",
            "commands:",
            *(f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items()),
            "",
            "gctui COMMAND --help says more. Where no screen can be drawn, or with --plain,",
            "gctui prints a line per interval and a summary.",
        ]
    )


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _silence(descriptor: int) -> None:
    """Keep the interpreter from failing again when it flushes an output that is gone."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
