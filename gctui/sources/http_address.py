"""URLs of web servers, taken apart and shown: a password is in neither's text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from gctui.errors import GctuiError

_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_LONGEST_SHOWN = 200


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


def address_of(url: str) -> Address:
    """Take a URL apart; without a scheme it is http, without a host this machine.

    Raises GctuiError for what is no URL of a web server.
    """
    if not url.strip():
        raise GctuiError("an empty text is not a URL; http://HOST:PORT is one")
    full = url if "://" in url else f"http://{'localhost' if url.startswith(':') else ''}{url}"
    try:
        if any(char < " " or char == "\x7f" for char in full):
            # They would be dropped silently.
            raise ValueError
        parts = urlsplit(full)
        port = parts.port
    except ValueError:
        raise GctuiError(f"{shown(url)}: not a URL") from None
    if parts.scheme not in _PORTS:
        raise GctuiError(f"{shown(url)}: not a URL of http or https")
    if not parts.hostname:
        raise GctuiError(f"{shown(url)}: not a URL with a host")
    if not _is_host(parts.hostname):
        raise GctuiError(f"{shown(url)}: not a URL: its host name is not a valid one")
    if port == 0:
        raise GctuiError(f"{shown(url)}: not a URL: no server has port 0")
    return Address(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        _path(parts),
        _credentials(parts),
    )


def shown(text: str) -> str:
    """Show what others wrote as a URL: without its password, in ASCII, and in little."""
    scheme = _SCHEME.match(text)
    begin = scheme[0] if scheme else ""
    # A password may hold a slash: whatever stands before an @ goes.
    rest = text[len(begin) :].rpartition("@")[2]
    return begin + ascii(rest[:_LONGEST_SHOWN])[1:-1]


def _is_host(name: str) -> bool:
    if any(not "!" <= char <= "~" for char in name):
        return False
    try:
        # As the resolver will: it wants labels of 1 to 63 characters.
        name.encode("idna")
    except UnicodeError:
        return False
    return True


def _path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe="/?&=%:@!$'()*+,;~-._")


def _credentials(parts: SplitResult) -> str:
    if parts.username is None:
        return ""
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}"
