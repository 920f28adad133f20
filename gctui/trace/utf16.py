"""Logs in UTF-16, as PowerShell redirects output: read as UTF-8, with the places of their bytes."""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from gctui.events import Event

SNIFFED_BYTES = 4
"""How many bytes of a stream tell its encoding."""

_KEPT_BYTES = 4 << 20
"""How far back events may reach: more than a line, and all that a torn one waits for."""

_GOES_ON = 0x80
"""The highest two bits of the bytes of a character behind its first."""

_BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def sniffed(head: bytes) -> Utf16 | None:
    """Return how to read a stream that begins with `head`; None for what is no UTF-16."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark) and _is_ascii(head[2:4], encoding):
            return Utf16(encoding, len(mark))
    is_little = _is_ascii(head[:2], "utf-16-le") and _is_ascii(head[2:4], "utf-16-le")
    return Utf16("utf-16-le", 0) if is_little else None


def _is_ascii(unit: bytes, encoding: str) -> bool:
    low, high = (unit[:1], unit[1:]) if encoding == "utf-16-le" else (unit[1:], unit[:1])
    return high == b"\0" and b"\t" <= low < b"\x7f"


class Utf16:
    """Turns pieces of UTF-16 into UTF-8, and places in the UTF-8 back into those of the source."""

    def __init__(self, encoding: str, mark_bytes: int) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._to_skip_bytes = mark_bytes
        self._read_bytes = 0
        self._kept = bytearray()
        self._kept_from = 0
        # Where lines begin: in the UTF-8, and in the source.
        self._places = [0]
        self._sources = [mark_bytes]

    def decoded(self, data: bytes) -> bytes:
        """Return what `data` completes, as UTF-8."""
        self._read_bytes += len(data)
        skipped = min(self._to_skip_bytes, len(data))
        self._to_skip_bytes -= skipped
        return self._keep(self._decoder.decode(data[skipped:]))

    def finish(self) -> bytes:
        """Return what half a character at the end stands for."""
        half, _ = self._decoder.getstate()
        return self._keep("\ufffd") if half else b""

    def at_source(self, events: Iterable[Event]) -> list[Event]:
        """Give the events their places in the source."""
        placed = [*events]
        for event in placed:
            event.start, event.end = self._source(event.start), self._source(event.end)
            if event.around.ranges:
                pairs = event.around.ranges
                ranges = tuple((self._source(start), self._source(end)) for start, end in pairs)
                event.around = replace(event.around, ranges=ranges)
        self._forget()
        return placed

    def _keep(self, text: str) -> bytes:
        added = bytearray()
        place = self._kept_from + len(self._kept)
        source = self._source(place) if place else self._sources[0]
        for line in text.splitlines(keepends=True):
            added += line.encode("utf-8", "surrogatepass")
            source += len(line.encode(self._encoding, "surrogatepass"))
            self._places.append(place + len(added))
            self._sources.append(source)
        self._kept += added
        return bytes(added)

    def _source(self, place: int) -> int:
        """Return a place in the source. What stands before the first character is its line's."""
        if place == 0:
            return 0
        index = bisect_right(self._places, place) - 1
        begin = self._places[index] - self._kept_from
        stop = place - self._kept_from
        while stop < len(self._kept) and self._kept[stop] & 0xC0 == _GOES_ON:
            # A line that is too long is cut anywhere, which may be within a character.
            stop -= 1
        inside = self._kept[begin:stop].decode("utf-8", "surrogatepass")
        length = len(inside.encode(self._encoding, "surrogatepass"))
        return min(self._sources[index] + length, self._read_bytes)

    def _forget(self) -> None:
        """Drop what no event can reach any more."""
        oldest = self._kept_from + len(self._kept) - _KEPT_BYTES
        index = bisect_right(self._places, oldest) - 1
        if index > 0 and oldest - self._kept_from > _KEPT_BYTES:
            del self._kept[: self._places[index] - self._kept_from]
            self._kept_from = self._places[index]
            del self._places[:index]
            del self._sources[:index]
