"""What `gctui check` is asked for: by options, and by a file of the same names in TOML."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any

from gctui.analysis.figure_limit import Bound, Limit
from gctui.analysis.findings import RULES, Severity, thresholds_with
from gctui.analysis.findings.finding import Thresholds
from gctui.analysis.utilisation import WINDOWS_MS
from gctui.cli.gates import at_least, at_most, known, number, possible
from gctui.errors import GctuiError

_LARGEST_FILE_BYTES = 1 << 20
_OTHER_KEYS = ("fail-on", "threshold", "allow-unknown")


_TOLD_LENGTHS = ("10ms", "100ms", "1s")
"""The options of the other lengths are like these."""


@dataclass(frozen=True, slots=True)
class Short:
    """An option for one figure."""

    name: str
    figure: str
    bound: Bound
    metavar: str
    help: str
    """Empty: it is not told."""


SHORTS = (
    Short("max-pause-ms", "pause.max_ms", Bound.MAX, "MS", "the longest pause"),
    Short("max-p99-pause-ms", "pause.p99_ms", Bound.MAX, "MS", "99 of 100 pauses"),
    Short("max-gc-cpu-percent", "gc_cpu.percent", Bound.MAX, "PERCENT", "GC CPU over the run"),
    Short("max-gc-per-s", "gc.per_s", Bound.MAX, "N", "collections a second"),
    Short("max-live-mb", "heap.live.max_mb", Bound.MAX, "MB", "the largest live heap"),
    Short("max-heap-mb", "heap.end.max_mb", Bound.MAX, "MB", "the largest heap at GC end"),
    Short("max-rss-mb", "rss.peak_mb", Bound.MAX, "MB", "the peak RSS (recordings)"),
    Short(
        "max-growth-mb-per-min",
        "growth.low_mb_per_min",
        Bound.MAX,
        "MB",
        "how fast the live heap grows at least: the lower end of the 95%% interval",
    ),
    Short(
        "max-alloc-mb-per-s", "alloc.rate_mb_per_s", Bound.MAX, "MB", "what the program allocates"
    ),
    Short("max-goroutines", "goroutines.max", Bound.MAX, "N", "the most goroutines"),
    Short(
        "max-goroutine-growth-per-min",
        "goroutines.growth_low_per_min",
        Bound.MAX,
        "N",
        "how fast goroutines become more at least: the lower end of the 95%% interval",
    ),
    *(
        Short(
            f"min-mmu-{length}",
            f"mmu.{length}_percent",
            Bound.MIN,
            "PERCENT",
            f"what the GC leaves to the program in its worst {length}"
            if length in _TOLD_LENGTHS
            else "",
        )
        for each in WINDOWS_MS
        for length in [f"{each:g}ms" if each < 1000 else f"{each / 1000:g}s"]
    ),
)


def add_limit_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that set limits."""
    group = parser.add_argument_group(
        "limits", "sizes in MB of 2^20 bytes, as the runtime prints them"
    )
    for short in SHORTS:
        group.add_argument(
            f"--{short.name}",
            type=partial(_limit_value, short.figure),
            metavar=short.metavar,
            help=short.help or argparse.SUPPRESS,
        )
    for bound, read in (("max", at_most), ("min", at_least)):
        group.add_argument(
            f"--{bound}",
            type=read,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"any figure at {'most' if bound == 'max' else 'least'}, by a name that "
            "gctui report --format json has; again for each",
        )


def _limit_value(figure: str, text: str) -> float:
    return possible(figure, number(text))


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that is asked for."""

    limits: tuple[Limit, ...]
    fail_on: tuple[str, ...]
    thresholds: Mapping[str, Thresholds]
    """Of the findings."""
    allow_unknown: bool


def asked(args: argparse.Namespace) -> Asked:
    """Return what the options ask for, and the file; an option wins. Raises GctuiError."""
    limits: dict[tuple[str, Bound], Limit] = {}
    fail_on: list[str] = []
    settings: list[str] = []
    allow_unknown = bool(args.allow_unknown)
    if args.config is not None:
        table = _table(args.config)
        for limit in _file_limits(table, args.config):
            limits[limit.figure, limit.bound] = limit
        fail_on += _names(table.get("fail-on", []), args.config)
        settings += _settings(table.get("threshold", {}), args.config)
        allow_unknown = allow_unknown or table.get("allow-unknown") is True
    for limit in _option_limits(args):
        limits[limit.figure, limit.bound] = limit
    fail_on += args.fail_on
    _check_names(fail_on)
    thresholds = thresholds_with([*settings, *args.threshold])
    if not limits and not fail_on:
        raise GctuiError("no limit is set: --max-pause-ms 5, say (gctui check --help)")
    return Asked(
        tuple(limits.values()),
        tuple(dict.fromkeys(fail_on)),
        thresholds,
        allow_unknown,
    )


def threshold_settings(name: str | None) -> list[str]:
    """Return the findings' thresholds in a file; what else it sets has to be right as well.

    Raises GctuiError.
    """
    if name is None:
        return []
    table = _table(name)
    list(_file_limits(table, name))
    return _settings(table.get("threshold", {}), name)


def _option_limits(args: argparse.Namespace) -> Iterator[Limit]:
    for short in SHORTS:
        value = getattr(args, short.name.replace("-", "_"))
        if value is not None:
            yield Limit(short.figure, short.bound, value, f"--{short.name} {value:g}")
    yield from args.max
    yield from args.min


def _table(name: str) -> dict[str, Any]:
    try:
        with Path(name).open("rb") as file:
            text = file.read(_LARGEST_FILE_BYTES).decode()
        return tomllib.loads(text)
    except RecursionError as error:
        raise GctuiError(f"{name}: nested too deeply") from error
    except (OSError, ValueError) as error:
        # tomllib says line and column; what the system says has no name in it.
        said = getattr(error, "strerror", None) or str(error)
        raise GctuiError(f"{name}: {said}") from error


def _file_limits(table: Mapping[str, Any], name: str) -> Iterator[Limit]:
    shorts = {short.name: short for short in SHORTS}
    for key, value in table.items():
        if key in {"max", "min"} and isinstance(value, dict):
            for figure, limit in _flat(value):
                written = f"{name}: {key}.{figure}"
                known_one = _figure(figure, name)
                most = _possible(known_one, _number(limit, written), written)
                yield Limit(known_one, Bound(key), most, written)
        elif key in shorts:
            short, written = shorts[key], f"{name}: {key}"
            limit = _possible(short.figure, _number(value, written), written)
            yield Limit(short.figure, short.bound, limit, written)
        elif key not in _OTHER_KEYS:
            near = get_close_matches(key[:80], [*shorts, *_OTHER_KEYS, "max", "min"], n=1)
            hint = f"; {near[0]}?" if near else ""
            raise GctuiError(f"{name}: no such key: {key[:80]!r}{hint}")


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted names: TOML reads `pause.max_ms = 5` as a table in a table."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _figure(figure: str, name: str) -> str:
    try:
        return known(figure)
    except argparse.ArgumentTypeError as error:
        raise GctuiError(f"{name}: {error}") from error


def _possible(figure: str, value: float, written: str) -> float:
    try:
        return possible(figure, value)
    except argparse.ArgumentTypeError as error:
        raise GctuiError(f"{written} = {error}") from error


def _number(value: object, written: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise GctuiError(f"{written} is no number")
    return float(value)


def _names(value: object, name: str) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise GctuiError(f'{name}: fail-on is a list of names: ["death-spiral", "alarm"]')
    return names


def _settings(value: object, name: str) -> list[str]:
    if not isinstance(value, dict):
        raise GctuiError(f"{name}: threshold is a table: [threshold]")
    return [f"{key}={_number(limit, f'{name}: threshold.{key}')!r}" for key, limit in _flat(value)]


def _check_names(names: Sequence[str]) -> None:
    """Raise GctuiError for what is neither a finding nor a severity."""
    known_ones = [*(rule.id for rule in RULES), *Severity]
    for name in names:
        if name not in known_ones:
            near = get_close_matches(name[:80], known_ones, n=1)
            hint = f"; {near[0]}?" if near else f": {', '.join(known_ones)}"
            raise GctuiError(f"--fail-on: no finding {name[:80]!r}{hint}")
