"""Whether bytes begin as a pprof profile does: the format has no magic number.

Its records are walked, down to the numbers in them. Text does not pass: what a record consists of
begins with control characters, and the table of strings with an empty one. Needs no library.
Source: https://github.com/google/pprof/blob/main/proto/profile.proto
"""

from __future__ import annotations

from collections.abc import Mapping

HEAD_BYTES = 4096
"""As much of a file as the answer needs."""

_Shape = Mapping[int, "_Shape | None"]
"""A message's fields by number: the shape of a message, None of a number."""

_NUMBERS: _Shape = dict.fromkeys(range(1, 11))
_LIST: _Shape = {}
"""Numbers in a row, or text: any bytes, counted."""
_VALUE_TYPE: _Shape = dict.fromkeys((1, 2))
_SAMPLE: _Shape = {1: _LIST, 2: _LIST, 3: dict.fromkeys((1, 2, 3, 4))}
_LOCATION: _Shape = {1: None, 2: None, 3: None, 4: dict.fromkeys((1, 2, 3)), 5: None}
_FUNCTION: _Shape = dict.fromkeys((1, 2, 3, 4, 5))
_STRING_TABLE = 6
_RECORDS: _Shape = {1: _VALUE_TYPE, 2: _SAMPLE, 3: _NUMBERS, 4: _LOCATION, 5: _FUNCTION}
_PROFILE: _Shape = {
    **dict.fromkeys((7, 8, 9, 10, 12, 14, 15)),
    **_RECORDS,
    _STRING_TABLE: _LIST,
    11: _VALUE_TYPE,
    13: _LIST,
}
_NUMBERED = (3, 4, 5)
"""The records that have a number of their own, which every writer puts first."""
_OWN_NUMBER = 0x08

_VARINT, _COUNTED = 0, 2
_LONGEST_VARINT = 10


class _NotIt(Exception):
    """Not the bytes of such a message."""


def begins_as_profile(head: bytes, *, is_whole: bool) -> bool | None:
    """Tell by how a file begins; None while `head` is too short to tell.

    `is_whole`: nothing follows.
    """
    is_enough = is_whole or len(head) >= HEAD_BYTES
    head = head[:HEAD_BYTES]
    at, is_proven = 0, False
    try:
        while at < len(head):
            found = _record(head, at)
            if found is None:
                break
            at, tells = found
            is_proven = is_proven or tells
    except _NotIt:
        return False
    if is_enough:
        return is_proven
    return None


def _record(data: bytes, at: int) -> tuple[int, bool] | None:
    """Return where the record at `at` ends, and whether only a profile has it; None if cut."""
    start = _tag(data, at)
    if start is None:
        return None
    field, wire_type, at = start
    if field not in _PROFILE:
        raise _NotIt
    number = _varint(data, at)
    if number is None:
        return None
    value, at = number
    shape = _PROFILE[field]
    # A list of one may be written as a number.
    if wire_type == _VARINT and not shape and field != _STRING_TABLE:
        return at, False
    if wire_type != _COUNTED or shape is None:
        raise _NotIt
    content = data[at : at + value]
    is_cut = len(content) < value
    if field == _STRING_TABLE:
        return None if is_cut else (at + value, not value)
    if field in _NUMBERED and content and content[0] != _OWN_NUMBER:
        raise _NotIt
    if shape:
        _walk(content, shape, is_cut=is_cut)
    return None if is_cut else (at + value, bool(shape and value))


def _walk(data: bytes, shape: _Shape, *, is_cut: bool) -> None:
    """Raise _NotIt unless `data` are fields of this shape."""
    at = 0
    while at < len(data):
        start = _tag(data, at)
        number = None if start is None else _varint(data, start[2])
        if start is None or number is None:
            if is_cut:
                return
            raise _NotIt
        field, wire_type, _ = start
        value, at = number
        if field not in shape:
            raise _NotIt
        inner = shape[field]
        if wire_type == _COUNTED and inner is not None:
            content = data[at : at + value]
            at += value
            if at > len(data) and not is_cut:
                raise _NotIt
            if inner:
                _walk(content, inner, is_cut=is_cut)
        elif wire_type != _VARINT or inner:
            raise _NotIt


def _tag(data: bytes, at: int) -> tuple[int, int, int] | None:
    found = _varint(data, at)
    return None if found is None else (found[0] >> 3, found[0] & 7, found[1])


def _varint(data: bytes, at: int) -> tuple[int, int] | None:
    """Return the number at `at` and where it ends; None where the data end before it."""
    number = 0
    for place, byte in enumerate(data[at : at + _LONGEST_VARINT]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, at + place + 1
    if len(data) - at >= _LONGEST_VARINT:
        raise _NotIt
    return None
