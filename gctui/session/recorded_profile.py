"""From an object of a recording back to its profile. Nothing that stands there is trusted.

Its page is unpacked piece by piece, and no further than a page of a server may go: in size, and in
what reading it costs, as there may be thousands of them.
"""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gctui.errors import GctuiError
from gctui.model.goroutine_profile import GOROUTINES
from gctui.model.profile import Profile
from gctui.session.recorded_event import NotAnEvent

_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_PIECE_BYTES = 1 << 20
_MOST_LINES = 1 << 22
"""The lines of a real page of the largest size are four times as long, on average."""
_LATEST_NS = 1 << 63
_LONGEST_SERVER = 2000


class RecordedProfiles:
    """Reads the profiles of one recording, in their order."""

    def __init__(self) -> None:
        self._last: dict[bool, tuple[object, Profile]] = {}
        """The newest of goroutines, and the newest other, with the digests of their pages."""

    def read(self, row: Mapping[str, Any]) -> Profile:
        """Return the profile that was recorded as `row`. Raises NotAnEvent."""
        kind = row.get("default_type") == GOROUTINES
        digest, taken_ns, server = row.get("digest"), _taken_ns(row), _server(row)
        if "page" in row or not isinstance(digest, str):
            found = _read_page(row, kind)
        else:
            last = self._last.get(kind)
            if last is None or last[0] != digest:
                raise NotAnEvent("page, or the digest of the one before")
            found = last[1]
        profile = replace(found, time_ns=taken_ns, source=server)
        self._last[kind] = digest, profile
        return profile


def _read_page(row: Mapping[str, Any], kind: bool) -> Profile:
    # The grammars cost a tenth of a second.
    from gctui.trace.profile_text import read_text_profile  # noqa: PLC0415

    try:
        pieces = _not_too_costly(_unpacked(_packed(row)))
        profile = read_text_profile(pieces, "a text profile").profile
    except GctuiError as error:
        raise NotAnEvent(f"page, {error}") from error
    if (profile.default_type == GOROUTINES) is not kind:
        raise NotAnEvent("page, a profile of its default_type")
    return profile


def _packed(row: Mapping[str, Any]) -> bytes:
    page = row.get("page")
    if page is None:
        raise NotAnEvent("page (one that packs to more than 12 MiB is not kept)")
    try:
        return binascii.a2b_base64(page, strict_mode=True)
    except (ValueError, TypeError) as error:
        raise NotAnEvent("page, in base64") from error


def _unpacked(packed: bytes) -> Iterator[bytes]:
    """Yield the text of a page. Raises NotAnEvent where it is damaged, or too large."""
    # It comes with HTTP and TLS, which take a twentieth of a second to load.
    from gctui.sources.http_get import SIZE_LIMIT_BYTES  # noqa: PLC0415

    member, unpacked_bytes = zlib.decompressobj(_GZIP_WINDOW), 0
    while not member.eof:
        try:
            piece = member.decompress(packed, _PIECE_BYTES)
        except zlib.error as error:
            raise NotAnEvent("page, packed with gzip") from error
        packed = member.unconsumed_tail
        if not piece and not packed and not member.eof:
            raise NotAnEvent("page, its end")
        unpacked_bytes += len(piece)
        if unpacked_bytes > SIZE_LIMIT_BYTES:
            raise NotAnEvent(f"page, at most {SIZE_LIMIT_BYTES >> 20} MiB of it")
        yield piece
    if member.unused_data:
        raise NotAnEvent("page, and nothing behind it")


def _not_too_costly(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pass the pieces of a page on. Raises NotAnEvent where reading them takes too long."""
    # It comes with the grammars.
    from gctui.trace.server_pages import MOST_STACKS  # noqa: PLC0415

    stacks = lines = 0
    for piece in pieces:
        stacks += piece.count(b" @")
        lines += piece.count(b"\n")
        if stacks > MOST_STACKS or lines > _MOST_LINES:
            raise NotAnEvent(f"page, at most {MOST_STACKS} stacks in {_MOST_LINES} lines")
        yield piece


def _taken_ns(row: Mapping[str, Any]) -> int | None:
    taken_ns = row.get("taken_ns")
    if taken_ns is None:
        return None
    if type(taken_ns) is not int or not 0 <= taken_ns < _LATEST_NS:
        raise NotAnEvent("taken_ns")
    return taken_ns


def _server(row: Mapping[str, Any]) -> str:
    server = row.get("server", "")
    if not isinstance(server, str):
        raise NotAnEvent("server")
    return server[:_LONGEST_SERVER]
