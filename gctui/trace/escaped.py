"""Quoted text and where each of its characters stands in the line that quotes it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*+)"')
_TOKEN = re.compile(
    rb"(?P<plain>[^\\]++)|(?P<wide>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|"
    rb"\\u[0-9a-fA-F]{4})|\\x(?P<byte>[0-9a-fA-F]{2})|"
    rb"\\U(?P<rune>[0-9a-fA-F]{8})|\\(?P<octal>[0-7]{3})|\\(?P<char>.)",
    re.DOTALL,
)
_CHARS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Unescaped:
    """What a quoted text says."""

    text: bytes
    starts: list[int]
    """Where its tokens begin, in their order; the last one is its end."""
    origins: list[int]
    """Where they begin in the line."""

    def place(self, offset: int) -> int:
        """Return where in the line an offset of the text is."""
        index = bisect_right(self.starts, offset) - 1
        # Within an escape there are no places; in plain text every byte has its own.
        within = min(offset - self.starts[index], self._length(index))
        return self.origins[index] + within

    def _length(self, index: int) -> int:
        if index + 1 == len(self.starts):
            return 0
        printed = self.origins[index + 1] - self.origins[index]
        return printed if printed == self.starts[index + 1] - self.starts[index] else 0


def unescaped(quoted: bytes, origin: int = 0) -> Unescaped:
    """Return what a text says that was quoted as JSON or Go does it, and begins at `origin`."""
    parts: list[bytes] = []
    starts, origins = [], []
    at = 0
    for token in _TOKEN.finditer(quoted):
        starts.append(at)
        origins.append(origin + token.start())
        parts.append(_said(token))
        at += len(parts[-1])
    return Unescaped(b"".join(parts), [*starts, at], [*origins, origin + len(quoted)])


def find_quoted(line: bytes, begin: int, text: bytes, depth: int = 0) -> Unescaped | None:
    """Return the place where `line`, from `begin` on, says `text` in quotes; None if it does not.

    What is quoted may quote itself: a logger's line in another one's.
    """
    for quoted in _QUOTED.finditer(line, begin):
        if quoted.end() - quoted.start() - 2 < len(text):
            # An escape is longer than what it stands for.
            continue
        outer = unescaped(quoted[1], quoted.start(1))
        if outer.text == text:
            return outer
        inner = find_quoted(outer.text, 0, text, depth + 1) if _may_quote(outer, depth) else None
        if inner is not None:
            return Unescaped(text, inner.starts, [outer.place(at) for at in inner.origins])
    return None


def _may_quote(outer: Unescaped, depth: int) -> bool:
    return depth < _DEEPEST and outer.text[:1] == b"{"


def _said(token: re.Match[bytes]) -> bytes:
    kind, found = token.lastgroup, token[token.lastgroup or 0]
    if kind == "wide":
        units = bytes.fromhex(found.replace(b"\\u", b"").decode())
        return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
    if kind == "byte":
        return bytes([int(found, 16)])
    if kind == "octal":
        return bytes([int(found, 8) & 0xFF])
    if kind == "rune":
        code = int(found, 16)
        return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""
    return _CHARS.get(found, found) if kind == "char" else found
