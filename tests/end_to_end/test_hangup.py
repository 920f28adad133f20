"""A terminal that goes away under the screen: a window closed, a connection lost."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import psutil
import pytest

from .commands import PATIENCE_S, environment

_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


@pytest.mark.parametrize("command", ["gctui demo leak", "gctui run -- sleep 600"])
def test_gctui_ends_with_its_terminal(command: str) -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, *command.split()],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(),
        start_new_session=True,
    ) as gctui:
        os.close(slave)
        read_until_drawn(master)
        started = psutil.Process(gctui.pid).children(recursive=True)
        os.close(master)
        assert gctui.wait(PATIENCE_S) == 128 + signal.SIGHUP
    _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []


def read_until_drawn(master: int) -> None:
    read, until_s = b"", time.monotonic() + PATIENCE_S
    while b"Where the memory is" not in read:
        assert time.monotonic() < until_s
        if select.select([master], [], [], 0.1)[0]:
            read += os.read(master, 1 << 16)
