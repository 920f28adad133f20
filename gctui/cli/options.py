"""Options that several commands share."""

from __future__ import annotations

import argparse
from math import isfinite


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


def add_counters_option(parser: argparse.ArgumentParser) -> None:
    """Add the option to leave the process alone."""
    parser.add_argument(
        "--no-counters",
        dest="counters",
        action="store_false",
        help="do not read the Go runtime's counters out of the process",
    )


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
