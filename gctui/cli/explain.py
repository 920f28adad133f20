"""`gctui explain LINE`: one trace line, or a line of a text profile, field by field."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator

from gctui.analysis.neutral import neutral
from gctui.errors import ExitCode, GctuiError
from gctui.events import Event, Printed, Text, Unparsed
from gctui.grammar.describe import field_table, form_named
from gctui.grammar.forms import Form, profile_forms
from gctui.grammar.pattern import form_pattern
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
        events = list(scan([data]))
        for event in events:
            print("\n".join(_explained(event)))
        if any(event.format or _of_profile(event) for event in events):
            return ExitCode.GOOD
        if not any(isinstance(event, Unparsed) for event in events):
            known = "`gctui formats` lists those that gctui reads"
            raise GctuiError(f"not a trace line; {known}", ExitCode.NO_TRACE)
        return ExitCode.NO_TRACE


def _explained(event: Event) -> Iterator[str]:
    if isinstance(event, Unparsed):
        yield _near_miss(event)
    elif (found := _of_profile(event)) is not None:
        yield from _table(*found)
    elif isinstance(event, Text):
        yield f"text: {neutral(event.text)}"
    else:
        yield from _table(form_named(event.format or ""), event.printed)


def _table(form: Form, printed: Printed) -> Iterator[str]:
    yield f"{form.name}: printed by Go {form.versions}. {form.remark}"
    yield from map(neutral, field_table(form, printed))


def _of_profile(event: Event) -> tuple[Form, Printed] | None:
    """Read a line that is no trace line as one of a text profile, whose columns tabs align."""
    if not isinstance(event, Text):
        return None
    line = re.sub(rb"\t+", b"\t", event.raw.rstrip())
    for form in profile_forms():
        if (found := form_pattern(form).fullmatch(line)) is not None:
            return form, found.groups()
    return None


def _near_miss(event: Unparsed) -> str:
    before = neutral(event.raw[: event.column - 1].decode("utf-8", "surrogateescape"))
    return (
        f"{neutral(event.text)}\n{' ' * len(before)}^ column {event.column}: "
        f"expected {neutral(event.expected)}"
    )


COMMAND = Explain()
