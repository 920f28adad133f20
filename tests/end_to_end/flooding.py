"""A program that writes as fast as it can when it is let go, and tells how long that took."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

from tests.go_toolchain import compiled

from .commands import PATIENCE_S, contents
from .terminal import Terminal

MIB = 1 << 20


def flood(size_bytes: int, folder: Path) -> str:
    """Return the command of the program, for a shell."""
    program = compiled(Path(__file__).with_name("flood.go"))
    return shlex.join([str(program), str(size_bytes), str(folder)])


def flooding(size_bytes: int, folder: Path, options: str = "") -> Terminal:
    """Start it under gctui."""
    command = f"gctui run --no-counters {options} -- {flood(size_bytes, folder)}"
    terminal = Terminal(command)
    terminal.wait_for("ready to flood")
    return terminal


def wait_for_flood(folder: Path, least_s: float = 0.0) -> None:
    """Let the program go; return when it has written all, and not before `least_s`."""
    began_s = time.monotonic()
    (folder / "go").touch()
    while not contents(folder / "done") or time.monotonic() - began_s < least_s:
        assert time.monotonic() - began_s < PATIENCE_S, "the program is held up"
        time.sleep(0.02)
