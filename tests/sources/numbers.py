"""Numbers of processes, given out anew on purpose."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def started_with_number(pid: int) -> subprocess.Popen[bytes]:
    """Start a process with a number that is free; skips the test where that cannot be done.

    The kernel gives out the number that follows the one in ns_last_pid.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("choosing a process's number needs root on Linux")
    for _ in range(50):
        with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:  # noqa: PTH123
            last.write(str(pid - 1))
        process = subprocess.Popen(["sleep", "60"])
        if process.pid == pid:
            return process
        process.kill()
        process.wait()
    pytest.skip("another process took the number each time")
