"""The strings of a protobuf profile: cut to what a name can be, counted, decoded when asked for.

What is not UTF-8 grows fourfold when it is decoded, and takes long; one text can be in any number
of labels. So there is a limit for what is stored, and one for what is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_BYTES = 4096
"""Of one string; what is cut off is marked with an ellipsis."""
_LONGEST_UNIT = 64
MOST_STORED_BYTES = 64 << 20
MOST_TEXT = 128 << 20
"""Characters of all texts that are made, those of labels included."""


class BadProfileError(ValueError):
    """The records do not make a profile; says why."""


class Strings:
    """The string table, by index."""

    def __init__(self) -> None:
        self._table: list[bytes] = []
        self._decoded: dict[int, str] = {}
        self._stored_bytes = self._text = 0

    def add(self, strings: Iterable[bytes]) -> None:
        """Store more of the table. Raises BadProfileError where it is too large."""
        for each in strings:
            # One byte more tells that it is to be cut.
            kept = each if len(each) <= LONGEST_BYTES else each[: LONGEST_BYTES + 1]
            self._stored_bytes += len(kept)
            self._table.append(kept)
        if self._stored_bytes > MOST_STORED_BYTES:
            raise BadProfileError("its strings are too large")

    def check(self) -> None:
        """Raise BadProfileError unless the table begins as each must."""
        if not self._table or self._table[0]:
            raise BadProfileError("its table of strings does not begin with an empty one")

    def __getitem__(self, index: int) -> str:
        text = self._decoded.get(index)
        if text is None:
            if not 0 <= index < len(self._table):
                raise BadProfileError("it refers to a string that is not there")
            text = self._decoded[index] = self._counted(_decoded(self._table[index]))
        return text

    def quantity(self, number: int, unit: int) -> str:
        """Return a label's number with its unit."""
        return self._counted(f"{number}{self[unit][:_LONGEST_UNIT]}")

    def _counted(self, text: str) -> str:
        self._text += len(text)
        if self._text > MOST_TEXT:
            raise BadProfileError("its names and labels are too large")
        return text


def _decoded(data: bytes) -> str:
    if len(data) <= LONGEST_BYTES:
        return data.decode(errors="backslashreplace")
    end = LONGEST_BYTES
    # Not within a character, which is of four bytes at most.
    while end > LONGEST_BYTES - 4 and data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end].decode(errors="backslashreplace") + "…"
