"""Where the tests find real logs.

The samples ship with the product, so they are always there. A larger collection may lie anywhere:
the environment variable GCTUI_CORPUS names its folder, and without it those tests have no files to
read, which keeps the suite runnable from a fresh checkout.
"""

import gzip
import os
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def sample_logs() -> list[Path]:
    """All logs that ship with the product: by version, by form, and for the demo.

    Sorted, so that a test's name and its failures are the same on every machine.
    """
    return sorted(SAMPLES.rglob("*.log"))


def corpus_logs() -> list[Path]:
    """All logs of the external corpus, packed or not; empty where GCTUI_CORPUS is not set.

    Parts of a rotated log (`name.log.00`) count. Folders named pprof hold saved profiles and
    snapshots of /proc beside their `gctrace.log`: only that is a log.
    """
    folder = os.environ.get("GCTUI_CORPUS")
    if not folder:
        return []
    return sorted(path for path in Path(folder).rglob("*") if path.is_file() and _is_log(path))


def read_log(path: Path) -> bytes:
    """Read the whole log, unpacked if it is packed: bytes, since a log need not be UTF-8."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _is_log(path: Path) -> bool:
    suffixes = path.suffixes
    if suffixes and suffixes[-1] == ".gz":
        suffixes = suffixes[:-1]
    if suffixes and suffixes[-1].removeprefix(".").isdigit():  # one part of a rotated log
        suffixes = suffixes[:-1]
    return bool(suffixes) and suffixes[-1] == ".log"
