"""Runs a Python script as the leader of a session that has a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import tty
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAKE_TERMINAL = "import fcntl, termios; fcntl.ioctl(2, termios.TIOCSCTTY, 0)\n"


@dataclass
class Terminal:
    """A pseudo-terminal; `screen` reads what was drawn, `type_keys` is the keyboard."""

    ours: int = -1
    theirs: int = -1
    environment: Mapping[str, str] = field(default_factory=dict)

    def __enter__(self) -> Terminal:
        self.ours, self.theirs = pty.openpty()
        tty.setraw(self.theirs)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.ours)
        os.close(self.theirs)

    def type_keys(self, keys: bytes) -> None:
        os.write(self.ours, keys)

    def screen(self) -> bytes:
        assert select.select([self.ours], [], [], 5)[0], "nothing was drawn"
        return os.read(self.ours, 65536)

    def start(
        self, script: str, stdin: int | None = None, stdout: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Start the script; what is not given is the terminal."""
        terminal = self.theirs
        return subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL + script],
            stdin=terminal if stdin is None else stdin,
            stdout=terminal if stdout is None else stdout,
            stderr=terminal,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )
