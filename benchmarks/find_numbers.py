"""The reference of the export: finds the numbers of every line of a file, and does nothing else."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def main(path: str) -> None:
    find = re.compile(rb"[0-9]+(?:\.[0-9]+)?").findall
    with Path(path).open("rb") as file:
        for line in file:
            find(line)


if __name__ == "__main__":
    main(sys.argv[1])
