"""The entry point: picks the command, reports failures in one line, gives the exit code.

Nothing heavy is imported before a command needs it: `gctui --version` loads no library at all.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from gctui import __version__
from gctui.errors import ExitCode, GctuiError


class Command(Protocol):
    """One verb of the command line."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own options."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit code."""


COMMANDS = {
    "run": ("gctui.cli.run", "start a command with tracing on and watch it: gctui run -- ./app"),
    "replay": (
        "gctui.cli.replay",
        "show saved logs, at once or at --speed (gctui FILE is short for it)",
    ),
    "export": ("gctui.cli.export", "print the events of logs, one JSON object each"),
    "explain": ("gctui.cli.explain", "take one trace line apart, field by field"),
    "formats": ("gctui.cli.formats", "list every line that gctui reads, and which Go prints it"),
    "demo": ("gctui.cli.demo", "play a bundled real log"),
}
_PIPE = "gctui.cli.pipe"

_BROKEN_PIPE = 128 + signal.SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run gctui with `argv` (sys.argv without the name by default) and return the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _dispatch(args)
        sys.stdout.flush()
    except GctuiError as error:
        print(f"gctui: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        _silence_stdout()
        return _BROKEN_PIPE
    except OSError as error:
        _silence_stdout()
        print(f"gctui: cannot write the output: {error.strerror or error}", file=sys.stderr)
        return ExitCode.USAGE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        if os.environ.get("GCTUI_DEBUG"):
            raise
        print(
            f"gctui: internal error: {type(error).__name__}: {error} (GCTUI_DEBUG=1 shows where)",
            file=sys.stderr,
        )
        return ExitCode.OWN_FAILURE
    return code


def _dispatch(args: list[str]) -> int:
    name = args[0] if args else ""
    if name in COMMANDS:
        return _run(COMMANDS[name][0], f"gctui {name}", COMMANDS[name][1], args[1:])
    if name and (not name.startswith("-") or name == "-"):
        return _run(COMMANDS["replay"][0], "gctui", COMMANDS["replay"][1], args)
    if name in {"-h", "--help"} or (not args and _is_terminal(0)):
        print(_usage(), file=sys.stdout if args else sys.stderr)
        return ExitCode.GOOD if args else ExitCode.USAGE
    if name in {"-V", "--version"}:
        print(f"gctui {__version__}")
        return ExitCode.GOOD
    return _run(_PIPE, "gctui", "read a live stream from standard input", args)


def _run(module: str, prog: str, description: str, args: list[str]) -> int:
    command: Command = import_module(module).COMMAND
    parser = argparse.ArgumentParser(prog=prog, description=description, allow_abbrev=False)
    command.prepare(parser)
    return command.run(parser.parse_args(args))


def _usage() -> str:
    width = max(map(len, COMMANDS))
    return "\n".join(
        [
            f"gctui {__version__}: any Go program's memory, on one screen, in numbers that add up",
            "",
            "  GODEBUG=gctrace=1 ./app 2>&1 | gctui     watch a live stream",
            "  gctui run -- ./app                       start a program and watch it",
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


def _silence_stdout() -> None:
    """Keep the interpreter from failing again when it flushes a standard output that is gone."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError:
        return
