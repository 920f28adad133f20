"""Real Go programs, running: what they say of themselves is the truth to compare with."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gctui.sources.inside.program import NotReady, RunningProgram
from tests.go_toolchain import compiled, go_of_release

PROGRAMS = Path(__file__).with_name("programs")
_SETTLES_S = 0.1
_PATIENCE_S = 20.0


class Talking:
    """A program that answers each line with its own figures."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def figures(self) -> dict[str, int]:
        """Ask once it is idle."""
        self._ask()
        # The runtime's own threads still trim and sweep for a moment.
        time.sleep(_SETTLES_S)
        words = self._ask().split()
        return {name: int(value) for name, value in zip(words[0::2], words[1::2], strict=True)}

    def _ask(self) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def talking(binary: Path, **settings: str) -> Iterator[Talking]:
    """Start a program that answers, and end it by the end of its input."""
    with started(binary, settings) as process:
        yield Talking(process)


@contextmanager
def started(
    binary: Path, settings: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a program with its input and output on pipes; it is gone afterwards."""
    with subprocess.Popen(
        [binary],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **(settings or {})},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def built(source: Path, toolchain: str, *flags: str) -> Path:
    """Compile with a release of PyPI's, or with the toolchain at a path."""
    go = toolchain if toolchain.startswith("/") else go_of_release(toolchain)
    return compiled(source, *flags, go=go)


def opened(pid: int) -> RunningProgram:
    """Open a program as soon as its runtime is set up."""
    for _ in until("the program is set up"):
        try:
            return RunningProgram(pid)
        except NotReady:
            continue
    raise AssertionError


def until(what: str, deadline_s: float = _PATIENCE_S) -> Iterator[None]:
    """Repeat until the caller breaks off; fails after some time."""
    end_s = time.monotonic() + deadline_s
    while time.monotonic() < end_s:
        yield
        time.sleep(0.02)
    raise AssertionError(f"not in {deadline_s} s: {what}")
