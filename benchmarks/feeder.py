"""The program at the other end of the pipe: prints a log at the pace of its clock.

`python -m benchmarks.feeder HISTORY SECONDS STAMPS` prints HISTORY collections at once and then
one every 100 ms, each followed by the scavenger's line; when each left is written to STAMPS.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.logs import INTERVAL_S, collections


def main(history: int, seconds: float, stamps: Path) -> None:
    with stamps.open("w") as file:
        begin_s = time.monotonic() - history * INTERVAL_S
        for number, (gc, scav) in enumerate(collections(), 1):
            due_s = begin_s + number * INTERVAL_S
            if due_s > begin_s + history * INTERVAL_S + seconds:
                return
            time.sleep(max(0.0, due_s - time.monotonic()))
            sys.stdout.buffer.write(gc + b"\n" + scav + b"\n")
            sys.stdout.buffer.flush()
            file.write(f"{number} {time.monotonic()}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
