"""One GET over HTTP/1.1, bounded in time and size, whatever the other side does.

There is no proxy, no cookie, no retry. A redirect is followed within the same scheme, host and port
alone: a server must not be able to make gctui ask somebody else. A password goes to the server that
it was given for, and into no message.
"""

from __future__ import annotations

import base64
import io
import socket
import ssl
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit

from gctui.errors import GctuiError

if TYPE_CHECKING:
    from typing_extensions import Buffer

SIZE_LIMIT_BYTES = 64 << 20
PATIENCE_S = 20.0
CONNECT_PATIENCE_S = 5.0
_MOST_REDIRECTS = 5
_PIECE_BYTES = 1 << 16
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_CLOCK_TOLERANCE_S = 2.0
_SHOWN_BYTES = 200
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GOOD = 400, 401, 403, 404, 200


class HttpError(GctuiError):
    """Why there is no page, in plain words."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The server's own verdict; None where there was no server to give one."""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    """With its query; begins with a slash."""
    credentials: str = ""
    """`user:password`."""

    @property
    def origin(self) -> str:
        """The URL up to its path, without the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    def __str__(self) -> str:
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered."""

    body: bytes
    taken_ns: int
    """When, since 1970: by our clock, or by the server's `Date` where the two are far apart."""


def address_of(url: str) -> Address:
    """Take a URL apart; without a scheme it is http, without a host this machine.

    Raises GctuiError for what is no URL of a web server.
    """
    full = url if "://" in url else f"http://{'localhost' if url.startswith(':') else ''}{url}"
    try:
        if any(char < " " or char == "\x7f" for char in full):
            # They would be dropped silently.
            raise ValueError
        parts = urlsplit(full)
        port = parts.port
    except ValueError:
        raise GctuiError(f"{_shown(url)}: not a URL") from None
    if parts.scheme not in _PORTS:
        raise GctuiError(f"{_shown(url)}: not a URL of http or https")
    if not parts.hostname or any(not "!" <= char <= "~" for char in parts.hostname):
        raise GctuiError(f"{_shown(url)}: not a URL with a host")
    query = f"?{parts.query}" if parts.query else ""
    path = quote((parts.path or "/") + query, safe="/?&=%:@!$'()*+,;~-._")
    credentials = ""
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return Address(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path, credentials)


def get(address: Address, patience_s: float = PATIENCE_S) -> Page:
    """Return the page. Raises HttpError."""
    until_s = time.monotonic() + patience_s
    at = address
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            answer = _ask(at, until_s)
        except (OSError, HTTPException, ValueError) as error:
            raise HttpError(f"{at.origin}: {_why(error, at, patience_s)}") from error
        if isinstance(answer, Page):
            return answer
        at = _redirected(at, answer)
    raise HttpError(f"{address}: more than {_MOST_REDIRECTS} redirects")


def _ask(at: Address, until_s: float) -> Page | str:
    """Return the page, or where the server sends us on to."""
    with _connected(at, until_s) as connection:
        connection.settimeout(_left_s(until_s))
        connection.sendall(_request(at))
        with HTTPResponse(_Patient(connection, until_s)) as response:  # type: ignore[arg-type]
            response.begin()
            if response.status in _REDIRECTS and (location := response.headers.get("Location")):
                return location
            if response.status != _GOOD:
                raise HttpError(f"{at}: {_verdict(response.status)}", response.status)
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise HttpError(f"{at}: the answer is compressed, which was not asked for")
            return Page(_body(response, at), _taken_ns(response))


def _connected(at: Address, until_s: float) -> socket.socket:
    patience_s = min(CONNECT_PATIENCE_S, _left_s(until_s))
    connection = socket.create_connection((at.host, at.port), patience_s)
    if at.scheme == "http":
        return connection
    try:
        connection.settimeout(_left_s(until_s))
        return ssl.create_default_context().wrap_socket(connection, server_hostname=at.host)
    except BaseException:
        connection.close()
        raise


def _request(at: Address) -> bytes:
    host = at.origin.partition("://")[2]
    lines = [
        f"GET {at.path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: gctui",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    if at.credentials:
        token = base64.b64encode(at.credentials.encode("utf-8", "surrogateescape")).decode()
        lines.append(f"Authorization: Basic {token}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _body(response: HTTPResponse, at: Address) -> bytes:
    body = bytearray()
    while piece := response.read(_PIECE_BYTES):
        body += piece
        if len(body) > SIZE_LIMIT_BYTES:
            raise HttpError(f"{at}: more than {SIZE_LIMIT_BYTES >> 20} MiB")
    if response.length:
        raise IncompleteRead(b"", response.length)
    return bytes(body)


def _taken_ns(response: HTTPResponse) -> int:
    ours_ns = time.time_ns()
    try:
        theirs_s = parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return ours_ns
    is_near = abs(theirs_s - ours_ns / 1e9) <= _CLOCK_TOLERANCE_S
    return ours_ns if is_near else int(theirs_s * 1e9)


def _redirected(at: Address, location: str) -> Address:
    try:
        to = address_of(urljoin(str(at), location))
    except (GctuiError, ValueError):
        raise HttpError(f"{at}: a redirect to nowhere") from None
    if to.origin != at.origin:
        raise HttpError(f"{at}: sends on to {_shown(to.origin)}; name that if it is meant")
    return replace(to, credentials=at.credentials)


def _verdict(status: int) -> str:
    known = {
        _BAD_REQUEST: "a bad request (400); does it want https?",
        _UNAUTHORIZED: "wants a password (401): http://USER:PASSWORD@HOST…",
        _FORBIDDEN: "refused (403)",
        _NOT_FOUND: "not there (404)",
    }
    return known.get(status, f"the server answers {status}")


def _why(error: Exception, at: Address, patience_s: float) -> str:
    match error:
        case ConnectionRefusedError():
            return "nothing listens there (connection refused)"
        case TimeoutError():
            return f"no answer within {patience_s:g} s"
        case socket.gaierror():
            return f"no such host: {_shown(at.host)}"
        case ssl.SSLCertVerificationError():
            return f"TLS: {error.verify_message} (SSL_CERT_FILE names certificates to trust)"
        case ssl.SSLError():
            return "TLS failed; does it speak https?"
        case ConnectionError() | IncompleteRead():
            return "closed the connection early"
        case OSError():
            return error.strerror or "cannot be reached"
        case _:
            return "does not speak HTTP as it should"


def _shown(text: str) -> str:
    """Show what others wrote, without its password and in little."""
    at = text.rpartition("@")
    return ascii(at[2][:_SHOWN_BYTES])[1:-1]


def _left_s(until_s: float) -> float:
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


class _Patient(io.RawIOBase):
    """What http.client takes for a socket: each read waits as long as is left of the whole.

    A timeout of the socket's own would begin anew with every byte.
    """

    def __init__(self, connection: socket.socket, until_s: float) -> None:
        self._connection = connection
        self._until_s = until_s

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what is read from."""
        return io.BufferedReader(self, _PIECE_BYTES)

    def readable(self) -> bool:
        """Tell that it is read from."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Read what is there."""
        self._connection.settimeout(_left_s(self._until_s))
        return self._connection.recv_into(memoryview(buffer))
