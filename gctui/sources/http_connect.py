"""A connection to a web server, within a time that covers the search for its address too."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any, ClassVar

from gctui.sources.http_address import Address, shown

CONNECT_PATIENCE_S = 5.0
"""For each of a host's addresses: where one does not answer, another may."""

_Found = list[tuple[int, Any]]
"""Family and address, in the order in which they are to be tried."""


class LateError(TimeoutError):
    """The patience has an end; the message says what was waited for."""


def left_s(until_s: float) -> float:
    """Return how long may still be waited, in seconds. Raises TimeoutError where it is over."""
    remaining_s = until_s - time.monotonic()
    if remaining_s <= 0:
        raise TimeoutError
    return remaining_s


def connected(at: Address, until_s: float) -> socket.socket:
    """Return a connection, encrypted if the scheme says so. Raises OSError."""
    connection = _connected_to_any(_resolved(at, until_s), until_s)
    if at.scheme == "http":
        return connection
    try:
        connection.settimeout(left_s(until_s))
        return ssl.create_default_context().wrap_socket(connection, server_hostname=at.host)
    except BaseException:
        connection.close()
        raise


def _connected_to_any(found: _Found, until_s: float) -> socket.socket:
    failure: OSError = OSError("no address")
    for family, address in found:
        patience_s = min(CONNECT_PATIENCE_S, left_s(until_s))
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(patience_s)
            connection.connect(address)
        except TimeoutError:
            connection.close()
            failure = LateError(f"no connection within {patience_s:.2g} s")
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise failure


def _resolved(at: Address, until_s: float) -> _Found:
    with suppress(socket.gaierror):
        return _addresses(at, socket.AI_NUMERICHOST)
    lookup = _Lookup.of(at)
    patience_s = left_s(until_s)
    lookup.join(patience_s)
    if lookup.is_alive():
        raise LateError(f"the address of {shown(at.host)} was not told within {patience_s:.2g} s")
    lookup.forget()
    if lookup.failure is not None:
        raise lookup.failure
    return lookup.found


def _addresses(at: Address, flags: int = 0) -> _Found:
    rows = socket.getaddrinfo(at.host, at.port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, address) for family, _, _, _, address in rows]


class _Lookup(threading.Thread):
    """A question to the system's resolver, which cannot be told when to give up.

    While one has no answer the same is not asked again: a resolver that hangs costs one thread.
    """

    _lock = threading.Lock()
    _waiting: ClassVar[dict[tuple[str, int], _Lookup]] = {}

    def __init__(self, at: Address) -> None:
        super().__init__(name="gctui-resolving", daemon=True)
        self._at = at
        self.found: _Found = []
        self.failure: OSError | None = None

    @classmethod
    def of(cls, at: Address) -> _Lookup:
        """Return the question that waits for an answer already, or a new one."""
        with cls._lock:
            waiting = cls._waiting.get((at.host, at.port))
            if waiting is None:
                waiting = cls._waiting[at.host, at.port] = cls(at)
                waiting.start()
            return waiting

    def forget(self) -> None:
        """Let the next one ask anew."""
        with self._lock:
            self._waiting.pop((self._at.host, self._at.port), None)

    def run(self) -> None:
        """Ask."""
        try:
            self.found = _addresses(self._at)
        except OSError as error:
            self.failure = error
        except Exception as error:
            self.failure = socket.gaierror(socket.EAI_NONAME, str(error))
