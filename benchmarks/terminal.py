"""A terminal without a window: runs a command in a pseudo-terminal and keeps what it draws."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

_SEQUENCE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP.*?\x1b\\|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
_PRIVATE = re.compile(rb"\x1b\[[<=>?][0-?]*[ -/]*[@-~]")
_ASKS_SYNC, _HAS_SYNC = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FRAME_END = b"\x1b[?2026l"
ALTERNATE_SCREEN = b"\x1b[?1049h"
COLUMNS, ROWS = 160, 48


class Terminal:
    """One command in its own session. Says, as terminals do now, that it knows whole frames."""

    def __init__(self, argv: list[str], columns: int = COLUMNS, rows: int = ROWS) -> None:
        self.columns, self.rows = columns, rows
        self.began_s = time.monotonic()
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            _become(argv, columns, rows)
        self._pieces: list[tuple[float, bytes]] = []
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        """End the command if it has not ended, and reap it."""
        if self._is_open:
            os.killpg(self.pid, signal.SIGTERM)
            self.watch(2)
        os.close(self._descriptor)
        os.waitpid(self.pid, 0)

    @property
    def output(self) -> bytes:
        """All that was written so far."""
        return b"".join(data for _, data in self._pieces)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._descriptor, keys)

    def watch(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Take output for a while; return whether `until` came true, or the command closed it."""
        deadline_s = time.monotonic() + seconds
        while (left_s := deadline_s - time.monotonic()) > 0:
            if not self._take(left_s):
                return until is None or until()
            if until is not None and until():
                return True
        return False

    def shows(self, text: bytes) -> bool:
        """Tell whether `text` was drawn on the alternate screen at any time."""
        _, entered, drawn = self.output.partition(ALTERNATE_SCREEN)
        return bool(entered) and text in _SEQUENCE.sub(b"", drawn)

    def frames(self) -> Iterator[tuple[float, bytes]]:
        """Yield (when, what) of every frame, without what a plain emulator does not know."""
        pending = b""
        for when_s, data in self._pieces:
            *whole, pending = (pending + data).split(_FRAME_END)
            for frame in whole:
                yield when_s, _PRIVATE.sub(b"", frame)

    def _take(self, seconds: float) -> bool:
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._descriptor, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self._is_open = False
            return False
        if _ASKS_SYNC in data:
            self.type(_HAS_SYNC)
        self._pieces.append((time.monotonic(), data))
        return True


def _become(argv: list[str], columns: int, rows: int) -> None:
    termios.tcsetwinsize(0, (rows, columns))
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    os.chdir(Path(__file__).parent.parent)
    os.execvpe(argv[0], argv, {**os.environ, **terminal})
