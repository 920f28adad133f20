"""Ctrl-C ends what reads a long log at once, however often it comes: a wrapper passes it on too."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.commands import PATIENCE_S, environment
from tests.model.test_assignment import line

LONG_BYTES = 48 << 20


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "app.log"
    # One run: of many starts, which have to be told apart, no export is read ahead.
    each = line(100_000, 10_000.0, 2, 4)
    path.write_bytes(b"".join(line(n, 0.1 * n, 2, 4) for n in range(1, LONG_BYTES // len(each))))
    return path


@pytest.mark.parametrize("command", ["export", "report"])
@pytest.mark.parametrize("gap_s", [0.0, 0.05])
def test_two_interrupts_at_once(command: str, gap_s: float, long_log: Path) -> None:
    process = subprocess.Popen(
        ["gctui", command, "--jobs", "2", str(long_log)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    with process:
        workers: list[psutil.Process] = []
        until_s = time.monotonic() + PATIENCE_S
        while not workers and process.poll() is None and time.monotonic() < until_s:
            workers = psutil.Process(process.pid).children()
        assert workers, "no other process joined in"
        for _ in range(2):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(gap_s)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (128 + signal.SIGINT, b"")
    _, alive = psutil.wait_procs(workers, PATIENCE_S)
    assert not alive
