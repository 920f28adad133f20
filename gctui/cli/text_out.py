"""Where a program's own output goes when no screen shows it."""

from __future__ import annotations

import os
import select

from gctui.analysis.neutral import neutral
from gctui.events import Text, Unparsed


class BytesOut:
    """Writes bytes to a descriptor, as they are, until nobody reads them any more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._is_gone = False
        self.failure = ""
        """Why it took no more, as the OS says it; empty where its reader had seen enough."""

    def __call__(self, data: bytes) -> None:
        """Write all of `data`."""
        while data and not self._is_gone:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError as error:
                # Watching goes on.
                self._is_gone = True
                if not isinstance(error, BrokenPipeError):
                    self.failure = os.strerror(error.errno or 0)


class TextOut:
    """Writes texts to a descriptor: bytes as they are, but made harmless on a terminal."""

    def __init__(self, descriptor: int) -> None:
        self._write = BytesOut(descriptor)
        self._to_terminal = os.isatty(descriptor)
        self._is_within_line = False

    def __call__(self, event: Text | Unparsed) -> None:
        """Write one text; what stood in the middle of a line gets no newline of its own."""
        ends_line = event.end - event.start > len(event.raw)
        data = event.raw
        if self._to_terminal:
            # A trace line that was taken out of this line would have ended it.
            data, ends_line = neutral(event.text).encode("utf-8", "replace"), True
        self._write(data + b"\n" if ends_line else data)
        self._is_within_line = bool(data) and not ends_line

    def end_line(self) -> None:
        """End the line that was begun, if there is one: what comes next is not the program's."""
        if self._is_within_line:
            self._is_within_line = False
            self._write(b"\n")
