"""Servers for the tests: a real Go program, and sockets that do whatever they like."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.go_toolchain import compiled

SOURCE = Path(__file__).with_name("programs") / "server.go"
METRICS = Path(__file__).with_name("metrics.txt")
HEAP = b"heap profile: 1: 2 [3: 4] @ heap/1048576\n\n# runtime.MemStats\n# Alloc = 7\n"
GOROUTINES = b"goroutine profile: total 0\n"
EXPVAR = b'{"memstats": {"Alloc": 5}}'

Answer = Callable[[socket.socket, str], None]
"""Gets the connection and what was asked for; the connection is closed afterwards."""


@contextmanager
def go_server(port: int = 0, go: str | None = None) -> Iterator[tuple[str, Path]]:
    """Run server.go; yield its URL and its binary."""
    binary = compiled(SOURCE, go=go)
    with subprocess.Popen([binary, str(port)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://{process.stdout.readline().strip()}", binary
        finally:
            process.kill()


class Hostile:
    """Answers each request as told, and remembers what was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.closing = threading.Event()
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.closing.is_set():
                connection.close()
                return
            self._threads.append(threading.Thread(target=self._talk, args=(connection,)))
            self._threads[-1].start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (data := connection.recv(65536)):
                head += data
            words = head.decode("latin-1").split(" ")
            if len(words) > 1:
                self.asked.append(words[1])
                self.heads.append(head.decode("latin-1"))
                self._answer(connection, words[1])

    def close(self) -> None:
        self.closing.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._listener.close()
        for thread in self._threads:
            thread.join()


@contextmanager
def hostile(answer: Answer) -> Iterator[Hostile]:
    """Serve with `answer` until the block is left."""
    server = Hostile(answer)
    try:
        yield server
    finally:
        server.close()


def page(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def pages(**bodies: bytes) -> Answer:
    """Answer with these by the last part of the path, with 404 for others."""

    def answer(connection: socket.socket, path: str) -> None:
        name = path.partition("?")[0].rpartition("/")[2]
        found = bodies.get(name)
        connection.sendall(
            page(b"404 page not found\n", "404 Not Found") if found is None else page(found)
        )

    return answer
