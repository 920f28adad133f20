"""A Go program's own web pages about its memory: net/http/pprof, expvar, or Prometheus metrics.

All that is ever sent is a GET of one of these pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from gctui.errors import GctuiError
from gctui.sources.http_address import Address, address_of
from gctui.sources.http_get import SIZE_LIMIT_BYTES, HttpError, Page, get


class PageKind(StrEnum):
    """What a page tells."""

    HEAP = "heap"
    """A heap profile as text, with MemStats at its end."""
    GOROUTINES = "goroutines"
    """A goroutine profile as text."""
    EXPVAR = "expvar"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class _Interface:
    """A way in which a program tells of itself."""

    name: str
    pages: tuple[tuple[PageKind, str], ...]
    """The first is what it is known by."""
    looks_right: Callable[[bytes], bool]
    every_s: float
    """How often it may be asked: what it costs the program decides."""
    remedy: str
    most_bytes: int
    """Of one page. What JSON costs is a multiple of it, and nothing else goes on meanwhile."""


_METRICS_LINE = re.compile(rb"^go_(?:memstats_|goroutines\b|gc_)", re.MULTILINE)

_PPROF = _Interface(
    "/debug/pprof/",
    (
        (PageKind.HEAP, "/debug/pprof/heap?debug=1"),
        (PageKind.GOROUTINES, "/debug/pprof/goroutine?debug=1"),
    ),
    lambda body: body.startswith(b"heap profile: "),
    5.0,
    'no net/http/pprof there: import _ "net/http/pprof"',
    SIZE_LIMIT_BYTES,
)
_EXPVAR = _Interface(
    "/debug/vars",
    ((PageKind.EXPVAR, "/debug/vars"),),
    lambda body: body.lstrip()[:1] == b"{" and b'"memstats"' in body,
    1.0,
    'no expvar there: import _ "expvar"',
    4 << 20,
)
_METRICS = _Interface(
    "/metrics",
    ((PageKind.METRICS, "/metrics"),),
    lambda body: _METRICS_LINE.search(body) is not None,
    2.0,
    "no metrics of a Go program there",
    16 << 20,
)
_INTERFACES = (_PPROF, _EXPVAR, _METRICS)


_PASSING_FROM = 500
"""A server in trouble says so, and may be well the next time."""


class Server:
    """One program's pages; which there are is found out when they are first asked for.

    The constructor raises GctuiError for what is no URL; it asks nothing.
    """

    def __init__(self, url: str) -> None:
        self._address = address_of(url)
        self._found: _Interface | None = None
        self._pages: list[tuple[PageKind, Address]] = []
        self._first: Page | None = None

    @property
    def label(self) -> str:
        """The URL, without a password."""
        address = self._address
        return str(address).rstrip("/")

    @property
    def every_s(self) -> float:
        """How often it may be asked, as long as nobody says otherwise."""
        return _PPROF.every_s if self._found is None else self._found.every_s

    def discover(self) -> None:
        """Find out what there is. Raises GctuiError where it is nothing, or nobody answers."""
        refused: list[HttpError] = []
        candidates = _candidates(self._address)
        for interface, pages in candidates:
            try:
                page = get(pages[0][1], most_bytes=interface.most_bytes)
            except HttpError as error:
                if error.status is None:
                    raise
                refused.append(error)
                continue
            if interface.looks_right(page.body):
                self._found, self._pages, self._first = interface, pages, page
                return
        raise _nothing(self._address, [interface for interface, _ in candidates], refused)

    def ask(self) -> list[tuple[PageKind, Page]]:
        """Return the pages of now. Raises GctuiError where the first cannot be had."""
        if self._found is None:
            self.discover()
        most_bytes = SIZE_LIMIT_BYTES if self._found is None else self._found.most_bytes
        first, self._first = self._first, None
        (kind, address), *others = self._pages
        answers = [(kind, first or get(address, most_bytes=most_bytes))]
        for kind, address in others:
            try:
                answers.append((kind, get(address, most_bytes=most_bytes)))
            except HttpError as error:
                if error.status is None:
                    raise
                if error.status < _PASSING_FROM:
                    # It has the one and not the other; that will not change.
                    self._pages = [page for page in self._pages if page[0] is not kind]
        return answers


def _candidates(address: Address) -> list[tuple[_Interface, list[tuple[PageKind, Address]]]]:
    """Return what a URL may mean: one of the pages, or a server that has some of them."""
    path, mark, query = address.path.partition("?")
    for interface in _INTERFACES:
        root = interface.name.rstrip("/")
        before, found, _ = f"{path}/".rpartition(f"{root}/")
        if found and interface is _PPROF:
            return [(interface, _at(replace(address, path=before), interface))]
        if found and path.rstrip("/").endswith(root):
            return [
                (interface, [(interface.pages[0][0], replace(address, path=path + mark + query))])
            ]
    prefix = replace(address, path=path.rstrip("/"))
    return [(interface, _at(prefix, interface)) for interface in _INTERFACES]


def _at(prefix: Address, interface: _Interface) -> list[tuple[PageKind, Address]]:
    return [(kind, replace(prefix, path=prefix.path + path)) for kind, path in interface.pages]


def _nothing(address: Address, tried: list[_Interface], refused: list[HttpError]) -> GctuiError:
    other = [error for error in refused if error.status != 404]
    if other:
        return other[0]
    if len(tried) == 1:
        said = tried[0].remedy if refused else "answers, but not as a Go program does"
        return GctuiError(f"{address}: {said}")
    names = ", ".join(interface.name for interface in tried)
    return GctuiError(f'{address}: none of {names} is there: import _ "net/http/pprof"')
