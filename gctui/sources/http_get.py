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
from urllib.parse import urljoin, urlsplit

from gctui.errors import GctuiError
from gctui.sources.http_address import Address, address_of, shown
from gctui.sources.http_connect import LateError, connected
from gctui.sources.http_wire import TooMuchError, UnfinishedError, Wire

SIZE_LIMIT_BYTES = 64 << 20
PATIENCE_S = 20.0
_MOST_REDIRECTS = 5
_PIECE_BYTES = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)
_CLOCK_TOLERANCE_S = 2.0
_STRANGEST_CLOCK_S = 10 * 365.25 * 86400
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GOOD = 400, 401, 403, 404, 200


class HttpError(GctuiError):
    """Why there is no page, in plain words."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The server's own verdict; None where there was no server to give one."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered."""

    body: bytes
    taken_ns: int
    """When, since 1970: by our clock, or by the server's `Date` where the two are far apart."""


def get(
    address: Address, patience_s: float = PATIENCE_S, most_bytes: int = SIZE_LIMIT_BYTES
) -> Page:
    """Return the page; its headers, and how it is sent, count as its bytes do. Raises HttpError."""
    until_s = time.monotonic() + patience_s
    at = address
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            answer = _ask(at, until_s, most_bytes)
        except TooMuchError as error:
            raise HttpError(f"{at}: {error}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise HttpError(f"{at.origin}: {_why(error, at, patience_s)}") from error
        if isinstance(answer, Page):
            return answer
        at = _redirected(at, answer)
    raise HttpError(f"{address}: more than {_MOST_REDIRECTS} redirects")


def _ask(at: Address, until_s: float, most_bytes: int) -> Page | str:
    """Return the page, or where the server sends us on to."""
    with connected(at, until_s) as connection:
        wire = Wire(connection, until_s, most_bytes)
        wire.send(_request(at))
        with HTTPResponse(wire) as response:  # type: ignore[arg-type]
            response.begin()
            if response.status in _REDIRECTS and (location := response.headers.get("Location")):
                return location
            if response.status != _GOOD:
                raise HttpError(f"{at}: {_verdict(response.status)}", response.status)
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise HttpError(f"{at}: the answer is compressed, which was not asked for")
            return Page(_body(response), _taken_ns(response))


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


def _body(response: HTTPResponse) -> bytes:
    # It gives its bytes away without a copy.
    body = io.BytesIO()
    while piece := response.read(_PIECE_BYTES):
        body.write(piece)
    if response.length:
        raise IncompleteRead(b"", response.length)
    return body.getvalue()


def _taken_ns(response: HTTPResponse) -> int:
    ours_ns = time.time_ns()
    try:
        theirs_s = parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return ours_ns
    is_another = _CLOCK_TOLERANCE_S < abs(theirs_s - ours_ns / 1e9) < _STRANGEST_CLOCK_S
    return int(theirs_s * 1e9) if is_another else ours_ns


def _redirected(at: Address, location: str) -> Address:
    try:
        full = urljoin(str(at), location)
        parts = urlsplit(full)
        elsewhere = f"{parts.scheme}://{parts.hostname or ''}"
    except ValueError:
        raise HttpError(f"{at}: sends on to what is no URL, and is not followed there") from None
    try:
        to = address_of(full)
    except GctuiError:
        raise HttpError(f"{at}: sends on to {shown(elsewhere)}, and is not followed") from None
    if to.origin != at.origin:
        raise HttpError(f"{at}: sends on to {shown(to.origin)}; name that if it is meant")
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
        case LateError():
            return str(error)
        case ConnectionRefusedError():
            return "nothing listens there (connection refused)"
        case TimeoutError():
            has_begun = isinstance(error, UnfinishedError)
            what = "the answer was not complete" if has_begun else "no answer"
            return f"{what} within {patience_s:g} s"
        case socket.gaierror():
            return f"no such host: {shown(at.host)}"
        case ssl.SSLError():
            return _why_no_tls(error)
        case ConnectionError() | IncompleteRead():
            return "closed the connection early"
        case OSError():
            return error.strerror or "cannot be reached"
        case _:
            return "does not speak HTTP as it should"


def _why_no_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message} (SSL_CERT_FILE names certificates to trust)"
    return "TLS failed; does it speak https?"
