"""Servers that mean harm or are broken: each is refused in plain words, in bounded time."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import formatdate
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from gctui.errors import GctuiError
from gctui.sources.http_address import address_of
from gctui.sources.http_get import HttpError, get
from gctui.sources.server import PageKind, Server
from tests.sources.serving import EXPVAR, GOROUTINES, HEAP, Answer, hostile, page, pages


def sending(data: bytes) -> Answer:
    return lambda connection, _path: connection.sendall(data)


def refused(answer: Answer, path: str = "/debug/pprof/") -> str:
    with hostile(answer) as server, pytest.raises(GctuiError) as caught:
        Server(server.url + path).ask()
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 400
    return said.replace(server.url, "URL")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (page(b"", "404 Not Found"), 'no net/http/pprof there: import _ "net/http/pprof"'),
        (page(b"", "401 Unauthorized"), "wants a password (401)"),
        (page(b"", "403 Forbidden"), "refused (403)"),
        (page(b"", "500 \x1b[31mred"), "the server answers 500"),
        (page(b"", "400 Bad Request"), "does it want https?"),
        (page(b"<html>hello</html>"), "answers, but not as a Go program does"),
        (page(HEAP[:20])[:-5], "closed the connection early"),
        (b"", "closed the connection early"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP as it should"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * (10 << 20), "does not speak HTTP as it should"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, "does not speak HTTP as it should"),
        (page(b"x", "200 OK", "Content-Encoding: gzip"), "compressed, which was not asked for"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nheap",
            "closed the connection early",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nheap", "early"),
        (page(b"", "302 Found", "Location: http://127.0.0.1:1/other"), "sends on to http://127"),
        (page(b"", "302 Found", "Location: https://127.0.0.1/"), "sends on to https://127.0.0.1;"),
        (page(b"", "302 Found", "Location: file:///etc/passwd"), "on to file://, and is not"),
        (page(b"", "302 Found", "Location: gopher://u:p@x\x1b/"), "on to gopher://x\\x1b, and is"),
        (page(b"", "302 Found", "Location: http://x\x1b[2J"), "on to what is no URL, and is not"),
        (page(b"", "302 Found", "Location: http://127.0.0.1:0/"), "on to http://127.0.0.1, and is"),
        (page(b"", "302 Found", "Location: http://a..b/"), "on to http://a..b, and is not"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nheap", "not speak HTTP as"),
        (page(b"", "301 Moved", "Location: again"), "more than 5 redirects"),
        (page(b"", "301 Moved"), "the server answers 301"),
    ],
)
def test_what_goes_wrong_is_said_in_plain_words(data: bytes, said: str) -> None:
    assert said in refused(sending(data))


def test_redirects_within_the_server_are_followed() -> None:
    def answer(connection: socket.socket, path: str) -> None:
        if path.startswith("/moved"):
            connection.sendall(pages_answer(path))
        else:
            connection.sendall(page(b"", "307 Moved", f"Location: /moved{path}"))

    def pages_answer(path: str) -> bytes:
        return page(HEAP if "heap" in path else GOROUTINES)

    with hostile(answer) as server:
        assert [kind for kind, _ in Server(server.url).ask()] == [
            PageKind.HEAP,
            PageKind.GOROUTINES,
        ]
    assert server.asked[1] == "/moved/debug/pprof/heap?debug=1"


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(HttpError, match=r"nothing listens there \(connection refused\)"):
        Server(f"http://127.0.0.1:{port}").ask()
    with pytest.raises(HttpError, match=r"no such host: gctui\.invalid"):
        Server("http://gctui.invalid").ask()


def test_a_bare_server_without_any_of_it() -> None:
    assert refused(pages(), "") == (
        'URL/: none of /debug/pprof/, /debug/vars, /metrics is there: import _ "net/http/pprof"'
    )
    everything = pages(heap=b"<html>", vars=b"<html>", metrics=b"<html>")
    assert "none of" in refused(everything, "")


def trickling(piece: bytes) -> Answer:
    """Send a little, again and again: no single wait is long."""

    def answer(connection: socket.socket, _path: str) -> None:
        with suppress(OSError):
            for _ in repeat(None):
                connection.sendall(piece)
                time.sleep(0.02)

    return answer


def silent(connection: socket.socket, _path: str) -> None:
    with suppress(OSError):
        connection.recv(1)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (trickling(b"H"), "the answer was not complete within 0.5 s"),
        (trickling(b"HTTP/1.1 100 Continue\r\n\r\n"), "the answer was not complete"),
        (
            lambda connection, path: (
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n"),
                trickling(b"x")(connection, path),
            )[1],
            "the answer was not complete",
        ),
        (silent, "no answer within 0.5 s"),
    ],
    ids=["status", "continues", "body", "silent"],
)
def test_patience_is_for_the_whole_answer(answer: Answer, said: str) -> None:
    with hostile(answer) as server:
        began_s = time.monotonic()
        with pytest.raises(HttpError, match=re.escape(said)):
            get(address_of(server.url), 0.5)
        assert time.monotonic() - began_s < 3


def flooding(head: bytes, piece: bytes) -> Answer:
    """Send without an end."""

    def answer(connection: socket.socket, _path: str) -> None:
        with suppress(OSError):
            connection.sendall(head)
            for _ in repeat(None):
                connection.sendall(piece)

    return answer


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (flooding(b"HTTP/1.1 200 OK\r\n\r\n", bytes(1 << 16)), "more than 4 MiB"),
        (flooding(CHUNKED + b"F" * 20 + b"\r\n", bytes(1 << 16)), "more than 4 MiB"),
        (flooding(CHUNKED + b"-1\r\n", bytes(1 << 16)), "does not speak HTTP as it should"),
        (flooding(CHUNKED + b"-7FFFFFFF\r\n", bytes(1 << 16)), "not speak HTTP as it should"),
        (flooding(CHUNKED, b"1\r\nA\r\n" * 10_000), "an answer in too many pieces"),
        (flooding(CHUNKED + b"0\r\n", b"X: y\r\n" * 10_000), "an answer in too many pieces"),
        (flooding(CHUNKED + b"0\r\n", b"X" * 60_000 + b"\n"), "more than 4 MiB"),
        (flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000), "too many pieces|4 MiB"),
        (flooding(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 10_000), "does not speak HTTP"),
    ],
    ids=[
        *("body", "chunk", "negative", "very negative", "chunks", "trailers", "long trailers"),
        *("continues", "headers"),
    ],
)
def test_an_endless_answer_is_cut_wherever_it_has_no_end(answer: Answer, said: str) -> None:
    """An endless `-1` chunk once took all memory there was."""
    with hostile(answer) as server:
        began_s = time.monotonic()
        tracemalloc.start()
        try:
            with pytest.raises(HttpError, match=said):
                get(address_of(server.url), most_bytes=4 << 20)
            # The server here is in the same process, and has little of its own.
            assert tracemalloc.get_traced_memory()[1] < 8 << 20
        finally:
            tracemalloc.stop()
        assert time.monotonic() - began_s < 15


def test_a_page_of_json_has_a_limit_of_its_own() -> None:
    large = b'{"memstats": {"Alloc": 5}, "own": [' + b"[]," * (2 << 20) + b"0]}"
    said = refused(pages(vars=large), "/debug/vars")
    assert said == "URL/debug/vars: more than 4 MiB, too much for such a page"
    with hostile(pages(heap=HEAP + b"#" * (5 << 20))) as server:
        assert Server(f"{server.url}/debug/pprof/").ask()


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    real, released, asked = socket.getaddrinfo, threading.Event(), []

    def hanging(host: str, *args: Any, **options: Any) -> Any:
        if options.get("flags"):
            return real(host, *args, **options)
        asked.append(host)
        released.wait(20)
        return real("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    with hostile(pages(vars=EXPVAR)) as server:
        address = address_of(f"http://slow.example:{server.port}/debug/vars")
        for _ in range(3):
            began_s = time.monotonic()
            with pytest.raises(HttpError, match=r"address of slow\.example was not told within 0"):
                get(address, 0.2)
            assert time.monotonic() - began_s < 2
        released.set()
        # What was asked for once is not asked for again, and its answer is taken.
        assert get(address).body == EXPVAR
        assert asked == ["slow.example"]


def test_a_name_with_many_addresses_is_tried_within_the_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        there = full.getsockname()
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(there)
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", there)] * 1000
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: rows)
        began_s = time.monotonic()
        with pytest.raises(HttpError, match=r"no (connection|answer) within 0"):
            get(address_of("http://many.example/"), 0.5)
        assert time.monotonic() - began_s < 3
        for each in waiting:
            each.close()


def test_compressed_bombs_are_not_unpacked() -> None:
    bomb = gzip.compress(bytes(10 << 20))
    assert "compressed" in refused(sending(page(bomb, "200 OK", "Content-Encoding: gzip")))


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with hostile(pages(vars=EXPVAR)) as server:
        assert Server(f"{server.url}/debug/vars").ask()


def test_the_servers_clock_counts_where_it_is_another() -> None:
    at_s = int(time.time()) - 400 * 86400
    old = page(EXPVAR, "200 OK", f"Date: {formatdate(at_s, usegmt=True)}")
    with hostile(sending(old)) as server:
        ((_, answer),) = Server(f"{server.url}/debug/vars").ask()
        assert answer.taken_ns == at_s * 10**9


@pytest.mark.parametrize(
    "date",
    [
        "never",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 01 Jan 1800 00:00:00 +9900",
    ],
)
def test_a_clock_that_cannot_be_is_not_believed(date: str) -> None:
    with hostile(sending(page(EXPVAR, "200 OK", f"Date: {date}"))) as server:
        ((_, answer),) = Server(f"{server.url}/debug/vars").ask()
        assert abs(answer.taken_ns / 1e9 - time.time()) < 5


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server with a certificate that it made itself."""
    certificate = tmp_path / "tls.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    make += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    make += ["-keyout", str(certificate), "-out", str(tmp_path / "cert.pem")]
    try:
        subprocess.run(make, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve_tls, args=(listener, context))
        thread.start()
        yield listener.getsockname()[1], tmp_path / "cert.pem"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve_tls(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            raw, _ = listener.accept()
        except OSError:
            return
        with raw, suppress(OSError), context.wrap_socket(raw, server_side=True) as connection:
            connection.recv(65536)
            connection.sendall(page(EXPVAR))


def test_certificates_are_checked(tls: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    port, certificate = tls
    url = f"https://127.0.0.1:{port}/debug/vars"
    with pytest.raises(HttpError, match=r"TLS: self.signed certificate"):
        Server(url).ask()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert Server(url).ask()


def test_tls_to_one_that_has_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        said = threading.Thread(target=_say_at_once, args=(listener,))
        said.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(HttpError, match=r"TLS failed; does it speak https"):
            get(address_of(url), 5)
        said.join()


def _say_at_once(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_nothing_stays_open(no_descriptor_leaks: None) -> None:
    answers: list[Callable[[], str]] = [
        lambda: refused(sending(b"nonsense\r\n")),
        lambda: refused(pages(), ""),
        lambda: refused(sending(page(HEAP)[:-3])),
    ]
    for answer in answers:
        assert answer()
