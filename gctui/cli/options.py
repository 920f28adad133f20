"""Options that several commands share."""

from __future__ import annotations

import argparse
from math import isfinite


def add_view_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every live view."""
    parser.add_argument(
        "--plain", action="store_true", help="no screen: a line per interval, then a summary"
    )
    parser.add_argument(
        "--interval",
        type=interval,
        default=1.0,
        metavar="SECONDS",
        help="seconds between two lines of --plain (default 1)",
    )
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")


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
