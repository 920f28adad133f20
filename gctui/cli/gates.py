"""Limits as they are written on a command line: NAME=VALUE, and NAME:+10% of a comparison."""

from __future__ import annotations

import argparse
import re
from difflib import get_close_matches
from math import isfinite

from gctui.analysis.figure_limit import Bound, Gate, Limit
from gctui.analysis.figure_words import HEADLINES, Better, known_names, words_of

_OFTEN = (
    "pause.max_ms",
    "gc_cpu.percent",
    "heap.end.max_mb",
    "growth.mb_per_min",
    "mmu.10ms_percent",
)
_SIGNED = ("growth.", "goroutines.growth_", "overshoot.", "gogc.")
"""Figures that may be below zero."""
_MOVE = re.compile(r"([+\-−])([0-9]+(?:\.[0-9]+)?)(%?)")


def gate(text: str) -> Gate:
    """Read `NAME:+10%`, `NAME:-5`, or NAME alone. Raises ArgumentTypeError."""
    name, is_set, move = text.partition(":")
    known(name)
    better = words_of(name).better
    if not is_set:
        if better is Better.NEITHER:
            said = f"{name}: neither way is worse; write {name}:+10% or {name}:-10%"
            raise argparse.ArgumentTypeError(said)
        return Gate(name, 0.0, True, better is Better.LOWER, text)
    found = _MOVE.fullmatch(move)
    if not found:
        raise argparse.ArgumentTypeError(f"{text[:80]!r}: {name}:+10% or {name}:-0.5 is meant")
    rises = found[1] == "+"
    most = float(found[2]) if rises else -float(found[2])
    return Gate(name, most, bool(found[3]), rises, text)


def at_most(text: str) -> Limit:
    """Read `NAME=VALUE`, which must not be exceeded. Raises ArgumentTypeError."""
    return _limit(text, Bound.MAX)


def at_least(text: str) -> Limit:
    """Read `NAME=VALUE`, which must be reached. Raises ArgumentTypeError."""
    return _limit(text, Bound.MIN)


def _limit(text: str, bound: Bound) -> Limit:
    name, is_set, value = text.partition("=")
    if not is_set:
        raise argparse.ArgumentTypeError(f"{text[:80]!r}: NAME=VALUE is meant")
    figure = known(name.strip())
    return Limit(figure, bound, possible(figure, number(value)), f"--{bound} {text}")


def number(text: str) -> float:
    """Read a number. Raises ArgumentTypeError for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number")
    return value


def possible(figure: str, value: float) -> float:
    """Return a limit for a figure. Raises ArgumentTypeError for one that it cannot come near."""
    if value < 0 and not figure.startswith(_SIGNED):
        raise argparse.ArgumentTypeError(f"{value:g}: {figure} is never negative")
    return value


def share(text: str) -> float:
    """Read a number between 0 and 1. Raises ArgumentTypeError for anything else."""
    value = number(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not between 0 and 1")
    return value


def known(name: str) -> str:
    """Return a figure's name. Raises ArgumentTypeError for what is none, with what is near."""
    if name in known_names():
        return name
    raise argparse.ArgumentTypeError(f"{name[:80]!r} is no figure; {_meant(name[:80])}")


def _meant(name: str) -> str:
    """Name what is near; else the most important figures, and where all are."""
    near = get_close_matches(name, known_names(), n=3, cutoff=0.5)
    within = [each for each in HEADLINES if name and name.lower() in each]
    if near or within:
        return f"{', '.join([*dict.fromkeys([*near, *within])][:4])}?"
    return f"{', '.join(_OFTEN)}, …: gctui report FILE --format json names all that FILE tells"
