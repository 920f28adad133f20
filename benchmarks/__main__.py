"""`python -m benchmarks [NAME…]`: run the benchmarks and print a table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from compileall import compile_dir
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.rows import Row, table

NAMES = (
    "parse",
    "export",
    "report",
    "frame",
    "screen",
    "start",
    "memory",
    "inside",
    "what_if",
    "pressure",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)} (all)")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (default 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown or options.rounds < 1:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}" if unknown else "--rounds ≥ 1")
    print(_machine())
    _compile()
    results: dict[str, list[Row]] = {}
    for name in options.names or NAMES:
        print(f"\n{name} …", file=sys.stderr, flush=True)
        results[name] = list(import_module(f"benchmarks.{name}").run(options.rounds))
        print(f"\n{name}\n{table(results[name])}", flush=True)
    if options.json:
        figures = {name: [asdict(row) for row in rows] for name, rows in results.items()}
        options.json.write_text(json.dumps({"machine": _machine(), **figures}, indent=1) + "\n")


def _compile() -> None:
    """Keep all bytecode, as an installation does.

    Children would compile every module anew where PYTHONDONTWRITEBYTECODE is set.
    """
    root = Path(__file__).parent.parent
    for package in ("gctui", "benchmarks"):
        compile_dir(root / package, quiet=1)


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    system = f"{platform.system()} {platform.machine()}"
    return f"Python {platform.python_version()}, {system}, {os.cpu_count()} × {model or 'CPU'}"


if __name__ == "__main__":
    main()
