r"""Events as CSV (RFC 4180): one header, a column for every field of every kind, empty for absent.

Printed digits stay as printed. Lists and maps are JSON text. In a text, what is not printable is
written as in a JSON string (`\u001b`, `\udcff`, `\\` for a backslash), so that no byte of a
program's output acts on a terminal and all of them can be had back. So is a sign at the beginning
by which a spreadsheet would take the text for a formula.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from gctui.events.columns import Column
from gctui.report.table import PlainWriter, Put

_FORMULA_SIGNS = "=+-@＝＋－＠"
_NEEDS_QUOTES = re.compile('[",]')


class _Digits(str):
    """A number as printed."""

    __slots__ = ()


_ROW = json.JSONDecoder(parse_float=_Digits, parse_int=_Digits)


class CsvRows:
    """Makes CSV rows of some columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._places = {column.name: place for place, column in enumerate(columns)}

    @property
    def header(self) -> bytes:
        """The first row."""
        return ",".join(self._places).encode() + b"\r\n"

    def encode(self, lines: bytes) -> bytes:
        """Return a row for each JSON line."""
        places, columns, decode = self._places, self._columns, _ROW.decode
        rows: list[str] = []
        for line in lines.decode("ascii").splitlines():
            cells = [""] * len(columns)
            for name, value in decode(line).items():
                if value.__class__ is _Digits:
                    cells[places[name]] = value
                elif value is not None:
                    cells[places[name]] = _cell(value)
            rows.append(",".join(cells))
        rows.append("")
        return "\r\n".join(rows).encode()

    def writer(self, put: Put) -> PlainWriter:
        """Begin with the header."""
        put(self.header)
        return PlainWriter(put)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = plain_text(value) if isinstance(value, str) else _json_text(value)
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def plain_text(text: str) -> str:
    """Return a text in printable characters of which none acts on a terminal or a spreadsheet."""
    if text and text[0] in _FORMULA_SIGNS:
        return _code(text[0]) + _printable(text[1:])
    return _printable(text)


def _printable(text: str) -> str:
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(char if char.isprintable() and char != "\\" else _code(char) for char in text)


def _code(char: str) -> str:
    if char == "\\":
        return "\\\\"
    number = ord(char)
    if number > 0xFFFF:
        number -= 0x10000
        return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"
    return f"\\u{number:04x}"


def _json_text(value: object) -> str:
    """Return JSON whose numbers are digits as printed."""
    if isinstance(value, _Digits):
        return value
    if isinstance(value, dict):
        members = (f"{json.dumps(name)}:{_json_text(member)}" for name, member in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_json_text, value))}]"
    return json.dumps(value)
