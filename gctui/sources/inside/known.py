"""The layouts of released Go versions, for binaries without DWARF (`-ldflags=-w`).

`layouts.json` is generated from the DWARF of real binaries by `make layouts`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from gctui.sources.inside.layout import Offsets

TABLE = Path(__file__).with_name("layouts.json")

Minor = tuple[int, int]


def known_offsets(minor: Minor, architecture: str) -> Offsets | None:
    """Return the offsets of a version; None where the table lacks it."""
    found = _table().get(_name(minor), {}).get("offsets", {}).get(architecture)
    return None if found is None else {name: (place[0], place[1]) for name, place in found.items()}


def nearest_versions(minor: Minor) -> list[Minor]:
    """Return the table's versions, the nearest first and of two the newer."""
    listed = [(int(major), int(number)) for major, number in (n.split(".") for n in _table())]
    return sorted(listed, key=lambda each: (abs(each[1] - minor[1]), -each[1]))


def known_wait_reasons(minor: Minor) -> tuple[str, ...]:
    """Return why goroutines may wait, by the runtime's numbers; empty where not known."""
    return tuple(_table().get(_name(minor), {}).get("wait_reasons", ()))


def _name(minor: Minor) -> str:
    return f"{minor[0]}.{minor[1]}"


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
    return table
