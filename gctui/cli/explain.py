"""`gctui explain LINE`: one trace line, field by field."""

from __future__ import annotations

import argparse
import os
import sys

from gctui.analysis.neutral import neutral
from gctui.errors import ExitCode, GctuiError
from gctui.events import Event, Text, Unparsed
from gctui.grammar.describe import field_table, form_named
from gctui.trace.scanner import LINE_LIMIT_BYTES, scan


class Explain:
    """Takes lines apart."""

    def prepare(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "line",
            nargs="*",
            metavar="LINE",
            help="the line, quoted or not; standard input if none",
        )

    def run(self, args: argparse.Namespace) -> int:
        """Explain the line given, or those on standard input."""
        if args.line:
            data = os.fsencode(" ".join(args.line))
        elif sys.stdin.isatty():
            raise GctuiError("no line: gctui explain 'gc 1 @0.012s 2%: …'")
        else:
            data = sys.stdin.buffer.read(LINE_LIMIT_BYTES)
        explained = [self._explain(event) for event in scan([data])]
        if not any(explained):
            raise GctuiError(
                "not a trace line; `gctui formats` lists those that gctui reads", ExitCode.NO_TRACE
            )
        return ExitCode.GOOD if all(explained) else ExitCode.NO_TRACE

    def _explain(self, event: Event) -> bool:
        if isinstance(event, Unparsed):
            print(_near_miss(event))
            return False
        if isinstance(event, Text):
            if event.raw.strip():
                print(f"text: {neutral(event.text)}")
            return not event.raw.strip()
        form = form_named(event.format or "")
        print(f"{form.name}: printed by Go {form.versions}. {form.remark}")
        print("\n".join(field_table(form, event.printed)))
        return True


def _near_miss(event: Unparsed) -> str:
    before = neutral(event.raw[: event.column - 1].decode("utf-8", "surrogateescape"))
    return (
        f"{neutral(event.text)}\n{' ' * len(before)}^ column {event.column}: "
        f"expected {event.expected}"
    )


COMMAND = Explain()
