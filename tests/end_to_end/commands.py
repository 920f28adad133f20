"""How the tests start gctui: as a user does, by its name, in an environment of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 60.0
"""For one thing to happen on a slow, busy machine; only a failure takes that long."""

_OF_THE_SURROUNDINGS = ("CI", "COLORTERM", "COLUMNS", "GODEBUG", "GOGC", "LINES", "NO_COLOR")


def environment(**extra: str) -> dict[str, str]:
    """Return an environment in which `gctui` is the one under test."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OF_THE_SURROUNDINGS and not name.startswith(("GCTUI_", "LC_", "TEXTUAL"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return kept | {"LANG": "C.UTF-8", "PATH": path, "TERM": "xterm-256color"} | extra


def gctui(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run gctui to its end, without a terminal; `stdin` is what it reads there."""
    return subprocess.run(
        ["gctui", *arguments],
        input=stdin,
        capture_output=True,
        env=environment(),
        start_new_session=True,
        timeout=PATIENCE_S,
        check=False,
    )


def limited(*arguments: str | Path, gib: int) -> subprocess.CompletedProcess[bytes]:
    """Run gctui in so much address space: what it is fed would unpack to more than it may hold."""
    limit_bytes = gib << 30
    return subprocess.run(
        [sys.executable, "-m", "gctui", *arguments],
        capture_output=True,
        env=environment(),
        timeout=PATIENCE_S,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes)),
    )


def shell(command: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
    """Run a shell command line to its end, without a terminal."""
    return subprocess.run(
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(**extra),
        start_new_session=True,
        timeout=PATIENCE_S,
        check=False,
    )


def contents(path: Path) -> str:
    """Return what is in a file by now, nothing while it is not there."""
    return path.read_text() if path.exists() else ""
