"""What `go tool pprof` says of a profile, read back from its text."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from gctui.analysis.profile_peek import PeekEntry
from tests.go_toolchain import cache_folder, go_command

_EVERYTHING = ("-nodefraction=0", "-edgefraction=0", "-nodecount=100000")
_UNITS = {"bytes": "B", "nanoseconds": "ns"}

Edge = tuple[str, int]


@dataclass
class Peeked:
    function: str = ""
    flat: int = 0
    cum: int = 0
    callers: list[Edge] = field(default_factory=list)
    callees: list[Edge] = field(default_factory=list)


def sorted_peeked(entries: list[PeekEntry] | list[Peeked]) -> list[Peeked]:
    """Return entries in an order that does not depend on what pprof leaves open.

    It does not decide between 1 and −1, nor between functions without names.
    """
    return sorted(
        (
            Peeked(each.function, each.flat, each.cum, sorted(each.callers), sorted(each.callees))
            for each in entries
        ),
        key=repr,
    )


@dataclass
class Listed:
    name: str
    file: str
    flat: int
    cum: int
    lines: list[tuple[int, int, int, str]]


@cache
def pprof_command() -> str:
    """The path of the pprof that belongs to the new `go`; skips the test where there is none."""
    found = subprocess.run(
        [go_command(), "tool", "-n", "pprof"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": ""},
    )
    if found.returncode != 0:
        pytest.skip(f"no pprof: {found.stderr[-200:]}")
    return found.stdout.strip()


def pprof(report: str, path: Path, kind: tuple[str, str], *options: str) -> str:
    """Return pprof's report on one sample type, `("inuse_space", "bytes")`, in its own unit."""
    name, unit = kind
    command = [pprof_command(), report, *_EVERYTHING, f"-sample_index={name}"]
    command += [f"-unit={_UNITS.get(unit, unit)}", *options, str(path)]
    folder = str(cache_folder())
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PPROF_TMPDIR": folder},
    )
    assert done.returncode == 0 or "no matches found" in done.stderr, done.stderr
    return done.stdout


def pprof_top(path: Path, kind: tuple[str, str], *options: str) -> list[tuple[str, int, int]]:
    """Return name, flat and cum of each function, in pprof's order."""
    _, _, table = pprof("-top", path, kind, *options).partition("cum%\n")
    rows = []
    for line in table.splitlines():
        flat, _, _, cum, _, name = line.split(None, 5)
        rows.append((_bare(name), _number(flat), _number(cum)))
    return rows


def pprof_peek(path: Path, kind: tuple[str, str], pattern: str, *options: str) -> list[Peeked]:
    """Return the matching functions between their callers and callees, in pprof's order."""
    blocks = re.split(r"^-+\+-+\n", pprof(f"-peek={pattern}", path, kind, *options), flags=re.M)
    entries = []
    for block in blocks[2:]:
        entry = Peeked()
        edges = entry.callers
        for line in block.splitlines():
            left, _, name = line.partition("|")
            figures = left.split()
            if len(figures) == 2:
                edges.append((_bare(name.strip()), _number(figures[0])))
            else:
                entry.function, entry.flat, entry.cum = (
                    name[1:],
                    _number(figures[0]),
                    _number(figures[3]),
                )
                edges = entry.callees
        if entry.function:
            entries.append(entry)
    return entries


def pprof_list(path: Path, kind: tuple[str, str], pattern: str, *options: str) -> list[Listed]:
    """Return the matching functions with their source."""
    text = pprof(f"-list={pattern}", path, kind, *options)
    listings = []
    for block in text.split("ROUTINE ======================== ")[1:]:
        lines = block.splitlines()
        name, _, file = lines[0].rpartition(" in ")
        flat, cum, *_ = lines[1].split()
        listings.append(Listed(name, file, _number(flat), _number(cum), _lines(lines[2:])))
    return listings


def _lines(lines: list[str]) -> list[tuple[int, int, int, str]]:
    found = []
    for line in lines:
        if line.startswith((" Error:", "No source information")):
            continue
        figures, _, text = line.partition(":")
        flat, cum, number = figures.split()
        found.append((int(number), _number(flat), _number(cum), text))
    return found


def _bare(name: str) -> str:
    return re.sub(r" \((partial-)?inline\)$", "", name)


def _number(text: str) -> int:
    if text == ".":
        return 0
    found = re.match(r"-?\d+(\.0+)?(?=\D*$)", text)
    assert found, text
    return int(float(found[0]))
