"""A real terminal in which a shell command runs: a pseudo-terminal, and pyte as its screen."""

from __future__ import annotations

import contextlib
import copy
import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psutil
import pyte

from .commands import PATIENCE_S, environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ESCAPE = "\x1b"
CTRL_C = "\x03"
ENTER = "\r"
LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"

_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv("/bin/sh", ["/bin/sh", "-c", sys.argv[1]])
"""
_READ_BYTES = 1 << 16
# Private sequences that change nothing on a screen, and that pyte would print in part.
_NOT_DRAWN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]")
_INCOMPLETE = re.compile(rb"\x1b(?:\[[<>=]?[0-9;]*)?\Z")


class Terminal:
    """Runs `command` in a session of its own, with this as its controlling terminal.

    A thread reads all that is written, so that nobody ever waits for the tests.
    """

    def __init__(
        self,
        command: str,
        *,
        width: int = 120,
        height: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._raw = bytearray()
        self._screen = _Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self._may_read = threading.Event()
        self._may_read.set()
        self._master, slave = os.openpty()
        _set_size(self._master, width, height)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment(), **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
        self._begin = termios.tcgetattr(slave)
        os.close(slave)
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        # Programs that gctui has started may lead groups of their own.
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        self._reader.join(PATIENCE_S)
        os.close(self._master)

    @property
    def raw(self) -> bytes:
        """Every byte that was written to the terminal."""
        with self._changed:
            return bytes(self._raw)

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is shown, as a screen application does."""
        with self._changed:
            return self._screen.normal is not None

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was: screen, cursor, and modes of its line."""
        with self._changed:
            shown = self._screen.normal is None and not self._screen.cursor.hidden
        return shown and termios.tcgetattr(self._master) == self._begin

    def text(self) -> str:
        """Return what is on the screen now, a line for each row."""
        with self._changed:
            return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, wanted: str | Callable[[], object], timeout_s: float = PATIENCE_S) -> str:
        """Wait until `wanted` is on the screen, or is true; return the screen's text then."""
        until_s = time.monotonic() + timeout_s
        while True:
            over = not self._reader.is_alive() or time.monotonic() > until_s
            if wanted() if callable(wanted) else re.search(wanted, self.text()):
                return self.text()
            assert not over, f"no {wanted!r} on the screen:\n{self.text()}"
            with self._changed:
                # Not all that is waited for is written to the terminal.
                self._changed.wait(0.05)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def resize(self, width: int, height: int) -> None:
        """Change the size; the programs of the foreground get SIGWINCH."""
        with self._changed:
            self._screen.resize(height, width)
            _set_size(self._master, width, height)

    @contextlib.contextmanager
    def unread(self) -> Iterator[None]:
        """Take nothing from the terminal for a while, as after Ctrl-S or over a slow line."""
        self._may_read.clear()
        try:
            yield
        finally:
            self._may_read.set()

    def processes(self) -> list[psutil.Process]:
        """Return the shell and all that it has started, as far as they run."""
        try:
            shell = psutil.Process(self.process.pid)
            return [shell, *shell.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def find(self, name: str) -> psutil.Process:
        """Wait for a program of this name to run, whatever interprets it, and return it."""
        found: list[psutil.Process] = []

        def runs() -> bool:
            found[:] = [process for process in self.processes() if _is_named(process, name)]
            return bool(found)

        self.wait_for(runs)
        return found[0]

    def exit_code(self, timeout_s: float = PATIENCE_S) -> int:
        """Wait for the end of the command line and of its output; 128+n when killed by n."""
        try:
            status = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running:\n{self.text()}") from None
        self._reader.join(timeout_s)
        assert not self._reader.is_alive(), "something still holds the terminal open"
        return status if status >= 0 else 128 - status

    def _read(self) -> None:
        held = b""
        while data := self._read_some():
            drawn = _NOT_DRAWN.sub(b"", held + data)
            cut = _INCOMPLETE.search(drawn)
            drawn, held = (drawn[: cut.start()], cut[0]) if cut else (drawn, b"")
            with self._changed:
                self._raw += data
                self._stream.feed(drawn)
                self._changed.notify_all()

    def _read_some(self) -> bytes:
        self._may_read.wait()
        try:
            return os.read(self._master, _READ_BYTES)
        except OSError:
            # EIO: nobody has the terminal open any more.
            return b""


class _Screen(pyte.Screen):
    """pyte's screen, with the alternate one that it lacks."""

    normal: tuple[Any, Any] | None = None
    """What is kept while the alternate screen is shown."""

    _ALTERNATE = 1049

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        if self._ALTERNATE in modes and self.normal is None:
            self.normal = copy.deepcopy(self.buffer), copy.copy(self.cursor)
            self.erase_in_display(2)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if self._ALTERNATE in modes and self.normal is not None:
            hidden = self.cursor.hidden
            (self.buffer, self.cursor), self.normal = self.normal, None
            self.cursor.hidden = hidden
            self.dirty.update(range(self.lines))


def _set_size(descriptor: int, width: int, height: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


def _is_named(process: psutil.Process, name: str) -> bool:
    try:
        words = process.cmdline()[:2]
    except psutil.Error:
        return False
    return any(os.path.basename(word) == name for word in words)  # noqa: PTH119
