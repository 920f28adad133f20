"""Options that several commands share."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from math import isfinite

from gctui.model.feed import Asked

_SIZE = re.compile(r"([0-9]{1,18})(B|KiB|MiB|GiB|TiB)?")
_UNITS_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


def add_view_options(
    parser: argparse.ArgumentParser,
    *,
    interval_s: float | None = 1.0,
    interval_is: str = "seconds between two lines of --plain (default 1)",
) -> None:
    """Add the options of every live view."""
    parser.add_argument(
        "--plain", action="store_true", help="no screen: a line per interval, then a summary"
    )
    parser.add_argument(
        "--interval",
        type=interval,
        default=interval_s,
        metavar="SECONDS",
        help=interval_is,
    )
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    add_what_if_option(parser)


def add_what_if_option(parser: argparse.ArgumentParser) -> None:
    """Add the option to ask about settings."""
    parser.add_argument(
        "--what-if",
        type=setting,
        action="append",
        default=[],
        metavar="SETTING",
        help="predict another setting, too: GOGC=300, GOMEMLIMIT=2GiB, or both with a comma",
    )


def add_counters_option(parser: argparse.ArgumentParser) -> None:
    """Add the option to leave the process alone."""
    parser.add_argument(
        "--no-counters",
        dest="counters",
        action="store_false",
        help="do not read the Go runtime's counters out of the process's memory; what the system "
        "tells of it (RSS, smaps) is shown all the same",
    )


def setting(text: str) -> Asked:
    """Read a setting as Go's environment variables have it. Raises ArgumentTypeError."""
    asked = Asked()
    for part in text.split(","):
        name, is_set, value = part.strip().partition("=")
        name = name.upper() if is_set else ""
        if name == "GOGC" and value == "off":
            asked = replace(asked, gogc_percent=-1)
        elif name == "GOGC":
            asked = replace(asked, gogc_percent=positive_count(value))
        elif name == "GOMEMLIMIT":
            asked = replace(asked, limit_mib=_mib(value))
        else:
            said = f"{text[:60]!r} is no setting: GOGC=200, GOGC=off, GOMEMLIMIT=2GiB"
            raise argparse.ArgumentTypeError(said)
    return asked


def _mib(text: str) -> float:
    """Read a size as GOMEMLIMIT takes it: with B, KiB, MiB, GiB, TiB, or in bytes."""
    found = _SIZE.fullmatch(text)
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no size: 2GiB, 1500MiB")
    return int(found[1]) * _UNITS_BYTES[found[2] or "B"] / _UNITS_BYTES["MiB"]


def positive_count(text: str) -> int:
    """Read a number of things. Raises ArgumentTypeError for anything else."""
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not count:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a positive number")
    return count


def pid(text: str) -> int:
    """Read a process's number. Raises ArgumentTypeError for anything else."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 0 < number < 1 << 22:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no process's number")
    return number


def interval(text: str) -> float:
    """Read an interval: no shorter than a twentieth of a second, which nobody reads."""
    return max(0.05, positive(text))


def speed(text: str) -> float:
    """Read a speed, within a thousandth and a million times the trace's own."""
    return min(1e6, max(1e-3, positive(text)))


def positive(text: str) -> float:
    """Read a positive number. Raises ArgumentTypeError for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not (isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return value
