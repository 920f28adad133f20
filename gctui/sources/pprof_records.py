"""A pprof file's bytes, unpacked and cut into batches of whole protobuf records, in bounded memory.

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
_BATCH_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"

_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5


class BadRecordsError(ValueError):
    """The bytes are not a sequence of protobuf records; says why."""


def batches(data: bytes) -> Iterator[bytes]:
    """Yield the file in pieces of whole records, one mebibyte or a record each.

    Raises BadRecordsError.
    """
    rest = b""
    for piece in _unpacked(data):
        rest += piece
        end = _end_of_whole_records(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
        if len(rest) > MAX_RECORD_BYTES:
            raise BadRecordsError("a record is too long")
    if rest:
        raise BadRecordsError("the file is cut short")


def _unpacked(data: bytes) -> Iterator[bytes]:
    file: io.BufferedIOBase = io.BytesIO(data)
    if data.startswith(_GZIP_MAGIC):
        file = gzip.GzipFile(fileobj=file)
    left = MAX_UNPACKED_BYTES
    while piece := _read(file):
        left -= len(piece)
        if left < 0:
            limit = MAX_UNPACKED_BYTES >> 20
            raise BadRecordsError(f"it unpacks to more than {limit} MiB")
        yield piece


def _read(file: io.BufferedIOBase) -> bytes:
    try:
        return file.read(_BATCH_BYTES)
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
