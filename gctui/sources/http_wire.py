"""What http.client reads an answer from: all that comes is counted, and waited for as a whole.

It follows what the other side says of sizes. A chunk of a negative size it would read to the end of
the connection, and it passes over headers, trailers and `100 Continue` without end.
"""

from __future__ import annotations

import io
import socket
from http.client import HTTPException
from typing import TYPE_CHECKING

from gctui.sources.http_connect import left_s

if TYPE_CHECKING:
    from typing_extensions import Buffer

_PIECE_BYTES = 1 << 16
_MOST_LINES = 1 << 17
"""Of headers, and between chunks: a server gathers two kilobytes before it sends one."""


class UnfinishedError(TimeoutError):
    """Something came, and its end did not."""


class TooMuchError(HTTPException):
    """The answer is larger than it may be; the message says how."""


class Wire(io.RawIOBase):
    """What http.client takes for a socket: each read waits as long as is left of the whole.

    A timeout of the socket's own would begin anew with every byte.
    """

    def __init__(self, connection: socket.socket, until_s: float, most_bytes: int) -> None:
        self._connection = connection
        self._until_s = until_s
        self._most_bytes = most_bytes
        self._read_bytes = 0

    def send(self, request: bytes) -> None:
        """Send all of it. Raises OSError."""
        self._connection.settimeout(left_s(self._until_s))
        self._connection.sendall(request)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what is read from."""
        return _Reader(self, _PIECE_BYTES)

    def readable(self) -> bool:
        """Tell that it is read from."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Read what is there. Raises OSError, TooMuchError."""
        try:
            self._connection.settimeout(left_s(self._until_s))
            count = self._connection.recv_into(memoryview(buffer))
        except TimeoutError:
            raise (UnfinishedError if self._read_bytes else TimeoutError) from None
        self._read_bytes += count
        if self._read_bytes > self._most_bytes:
            raise TooMuchError(f"more than {self._most_bytes >> 20} MiB, too much for such a page")
        return count


class _Reader(io.BufferedReader):
    def __init__(self, raw: Wire, buffer_bytes: int) -> None:
        super().__init__(raw, buffer_bytes)
        self._lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self._lines += 1
        if self._lines > _MOST_LINES:
            raise TooMuchError("an answer in too many pieces")
        return super().readline(size)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            # Pieces are asked for, so it is a chunk's size.
            raise HTTPException("a chunk of a negative size")
        return super().read(size)
