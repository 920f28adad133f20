"""What a child process cost: CPU time, peak memory, wall time.

`python -m benchmarks.children FILE COMMAND…` runs a command and writes its cost as JSON. It stands
between the benchmarks and the command because a child starts with its parent's peak of memory,
and this one is small.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

GCTUI = str(Path(sys.executable).with_name("gctui"))


@dataclass(frozen=True, slots=True)
class Cost:
    """One child's cost; `peak_mb` is of 10^6 bytes."""

    cpu_s: float
    peak_mb: float
    wall_s: float
    code: int


def measuring(argv: list[str], result: Path) -> list[str]:
    """Return the command that runs `argv` and writes its cost to `result`."""
    return [sys.executable, "-S", __file__, str(result), *argv]


def cost_of(argv: list[str]) -> Cost:
    """Run a command, its standard output thrown away, and return its cost."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "cost.json"
        subprocess.run(measuring(argv, result), stdout=subprocess.DEVNULL, check=True)
        return read_cost(result)


def read_cost(result: Path) -> Cost:
    """Read what `measuring` wrote. Raises RuntimeError when the command failed."""
    cost = Cost(**json.loads(result.read_text()))
    if cost.code:
        raise RuntimeError(f"a measured command ended with {cost.code}")
    return cost


def _main(result: str, *argv: str) -> None:
    begin = time.monotonic()
    code = subprocess.run(argv, check=False).returncode
    wall_s = time.monotonic() - begin
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak_mb = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    cost = Cost(usage.ru_utime + usage.ru_stime, peak_mb, wall_s, code)
    Path(result).write_text(json.dumps(asdict(cost)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
