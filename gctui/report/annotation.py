"""Lines that GitHub shows beside a file: `::error file=app.log,line=3,title=…::…`.

The runner takes a line apart at the first `::`, its properties at commas, and puts back what is
written as %25, %0D, %0A, %3A and %2C (actions/toolkit, core/src/command.ts). What a file's name or
a program's text could say to the runner is thereby text.
"""

from __future__ import annotations

from gctui.analysis.neutral import neutral

_IN_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
_LONGEST = 1000


def annotation(
    text: str, *, file: str = "", line: int | None = None, title: str = "", level: str = "error"
) -> str:
    """Return one workflow command; empty properties are left out."""
    told = {"file": file, "line": "" if line is None else str(line), "title": title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in told.items() if value)
    return _without_old_commands(f"::{level} {properties}".rstrip() + f"::{_text(text)}")


def harmless(line: str) -> str:
    """Return a line of text that is no command, whatever names are in it: a space is put in.

    The runner looks past leading spaces, and for the older form of commands anywhere.
    """
    if line.lstrip().startswith("::"):
        line = line.replace("::", ": :", 1)
    return _without_old_commands(line)


def _without_old_commands(line: str) -> str:
    return line.replace("##[", "## [")


def _property(value: str) -> str:
    # Escaped first: a line break in a name is a part of it, every other control character a mark.
    return neutral(value.translate(_IN_PROPERTY), _LONGEST)


def _text(value: str) -> str:
    return neutral(value.translate(_IN_TEXT), _LONGEST)
