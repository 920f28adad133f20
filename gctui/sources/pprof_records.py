"""A pprof file's bytes, unpacked and cut where protobuf records end, in bounded memory.

A record of two bytes can decode into an object of fifty, and a small gzip file into gigabytes: so
neither the unpacked file nor the decoded message ever exists as a whole.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator

MAX_UNPACKED_BYTES = 512 << 20
MAX_RECORD_BYTES = 4 << 20
_PIECE_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"

_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5


class BadRecordsError(ValueError):
    """The bytes are not a sequence of protobuf records; says why."""


class RecordCutter:
    """Cuts pieces of an unpacked file, as they come, where records end."""

    def __init__(self) -> None:
        self._rest = b""
        self._left_bytes = MAX_UNPACKED_BYTES

    def feed(self, piece: bytes) -> bytes:
        """Return the whole records that there are by now, perhaps none. Raises BadRecordsError."""
        self._left_bytes -= len(piece)
        if self._left_bytes < 0:
            limit = MAX_UNPACKED_BYTES >> 20
            raise BadRecordsError(f"it unpacks to more than {limit} MiB")
        data = self._rest + piece
        end = _end_of_whole_records(data)
        self._rest = data[end:]
        if len(self._rest) > MAX_RECORD_BYTES:
            raise BadRecordsError("a record is too long")
        return data[:end]

    def finish(self) -> None:
        """Raise BadRecordsError if a record is not whole."""
        if self._rest:
            raise BadRecordsError("the file is cut short")


def unpacked(data: bytes) -> Iterator[bytes]:
    """Yield a file in pieces of a mebibyte, decompressed if need be. Raises BadRecordsError."""
    file: io.BufferedIOBase = io.BytesIO(data)
    if data.startswith(_GZIP_MAGIC):
        file = gzip.GzipFile(fileobj=file)
    while piece := _read(file):
        yield piece


def _read(file: io.BufferedIOBase) -> bytes:
    try:
        return file.read(_PIECE_BYTES)
    except EOFError as error:
        raise BadRecordsError("the gzip data are cut short") from error
    except (OSError, zlib.error) as error:
        raise BadRecordsError("damaged gzip data") from error


def _end_of_whole_records(data: bytes) -> int:
    """Return where the last record that lies in `data` as a whole ends."""
    at = end = 0
    try:
        while True:
            tag, at = _varint(data, at)
            at = _after_value(data, at, tag)
            if at > len(data):
                return end
            end = at
    except IndexError:
        return end


def _after_value(data: bytes, at: int, tag: int) -> int:
    wire_type = tag & 7
    if not tag >> 3:
        raise BadRecordsError("it holds a field without a number")
    if wire_type == _COUNTED:
        length, at = _varint(data, at)
        if length > MAX_RECORD_BYTES:
            raise BadRecordsError("a record is too long")
        return at + length
    if wire_type == _VARINT:
        return _varint(data, at)[1]
    if wire_type == _EIGHT_BYTES:
        return at + 8
    if wire_type == _FOUR_BYTES:
        return at + 4
    raise BadRecordsError("it holds a field of an unknown kind")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at `at` and where it ends; IndexError where the data end before it."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    number, shift = byte & 0x7F, 7
    while shift < 70:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
    raise BadRecordsError("it holds a number that is too long")
